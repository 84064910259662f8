// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipTesting
import RelationPlanner
import TestSupport
import Testing

/// `set` of several records of a level: one statement for all of them, which does what one after the other does.
@Suite struct GraphGatheringTests {
    private typealias World = GraphLevelTests.World

    private static func number(_ value: Int) -> JSONValue { .number("\(value)") }

    private static func keys(_ values: [Int]) -> JSONValue { .array(values.map(number)) }

    struct Case: Sendable, CustomTestStringConvertible {
        let relation: String
        /// What is to be of the first so many nodes.
        let sql: @Sendable (Int) -> String
        /// How often it is to be for each of them.
        let each: [Int]

        var testDescription: String { relation }
    }

    /// Each node keeps the target that has its number, loses two, and gets the one that is nobody's.
    static let cases: [Case] = [
        Case(
            relation: "leaves",
            sql: {
                "SELECT count(*), count(*) FILTER (WHERE id IN (nodeid, nodeid + 600) AND rev = 2) FROM leaf WHERE nodeid <= \($0)"
            }, each: [2, 2]),
        Case(
            relation: "notes",
            sql: {
                "SELECT count(*), count(*) FILTER (WHERE id IN (about_id, about_id + 600) AND about_type = 'Node') FROM note WHERE about_id <= \($0)"
            }, each: [2, 2]),
        Case(
            relation: "tags",
            sql: {
                "SELECT count(*), count(*) FILTER (WHERE tagid IN (nodeid, nodeid + 600)), count(role) FROM nodetag WHERE nodeid <= \($0)"
            }, each: [2, 2, 1]),
        Case(
            relation: "loose",
            sql: {
                "SELECT count(*), count(*) FILTER (WHERE tagid IN (nodeid, nodeid + 600)), count(role) FROM loose WHERE nodeid <= \($0)"
            }, each: [2, 2, 1]),
    ]

    @Test(arguments: cases) func `As many statements for 2 and for 50 parents as for one`(_ one: Case) async throws {
        let world = try await World("gather_\(one.relation)")
        var statements: [Int: Int] = [:]
        for count in [1, 2, 50] {
            try await world.fill()
            statements[count] = try await world.change(count, one.relation, "set") { Self.keys([$0, $0 + 600]) }
            let expected = one.each.map { "\($0 * count)" }.joined(separator: ",")
            #expect(try await world.rows(one.sql(count)) == expected, "\(count) nodes")
        }
        #expect(statements[2] == statements[50], "\(statements)")
        #expect((statements[50] ?? 100) <= (statements[1] ?? 0) + 4, "\(statements)")
        await world.database.close()
    }

    @Test(arguments: ["leaves", "tags"]) func `Nothing at all is set at once, too`(_ relation: String) async throws {
        let world = try await World("gather_none_\(relation)")
        var statements: [Int: Int] = [:]
        for count in [1, 2, 50] {
            try await world.fill()
            statements[count] = try await world.change(count, relation, "set") { _ in [] }
            let table = relation == "leaves" ? "leaf" : "nodetag"
            #expect(
                try await world.rows("SELECT count(*) FROM \(table) WHERE nodeid IS NOT NULL") == "\(600 - 3 * count)")
        }
        #expect(statements[2] == statements[50], "\(statements)")
        #expect((statements[50] ?? 100) <= (statements[1] ?? 0) + 4, "\(statements)")
        await world.database.close()
    }

    /// What is there and what isn't, in lists of one graph: some of no target, some of a list as it is.
    @Test func `Lists of any length stand beside each other`() async throws {
        let world = try await World("gather_lengths")
        let lists = [[], [2, 202, 402], [9, 9, 3], [700]]
        _ = try await world.change(4, "tags", "set") { Self.keys(lists[$0 - 1]) }
        #expect(
            try await world.rows(
                "SELECT nodeid, string_agg(tagid || coalesce(role, ''), ' ' ORDER BY tagid) FROM nodetag WHERE nodeid <= 4 GROUP BY 1 ORDER BY 1"
            ) == "2,2old 202old 402old;3,3old 9;4,700")
        await world.database.close()
    }

    @Test(arguments: ["leaves", "notes", "tags", "loose"])
    func `What isn't there is told with its place, and nothing happens`(_ relation: String) async throws {
        let world = try await World("gather_missing_\(relation)")
        let everything =
            "SELECT (SELECT json_agg(l ORDER BY id) FROM leaf l), (SELECT json_agg(n ORDER BY id) FROM note n), (SELECT json_agg(t ORDER BY id) FROM nodetag t), (SELECT json_agg(t ORDER BY id) FROM loose t)"
        let before = try await world.rows(everything)
        for wrong in [[2, 9999], [9999]] {
            let error = await #expect(throws: PlannerError.self) {
                _ = try await world.change(3, relation, "set") { Self.keys($0 == 2 ? wrong : [$0, $0 + 600]) }
            }
            let single = await #expect(throws: PlannerError.self) {
                try await world.database.setRelated("Node", id: 2, relation: relation, keys: wrong.map(Self.number))
            }
            #expect(error?.code == .modelNotFound)
            #expect(error?.message == single?.message)
            #expect(error?.path == "nodes.update[1].\(relation).set")
        }
        let error = await #expect(throws: PlannerError.self) {
            _ = try await world.change(3, relation, "set") { node in
                node == 3 ? ["x"] : [Self.number(node)]
            }
        }
        #expect(error?.code == .invalidValue)
        #expect(error?.path?.hasPrefix("nodes.update[2].\(relation).set") == true)
        #expect(try await world.rows(everything) == before)
        await world.database.close()
    }

    @Test func `Kinds that can't be set say so with the place`() async throws {
        let world = try await World("gather_kinds")
        for relation in ["badge", "owner"] {
            let error = await #expect(throws: PlannerError.self) {
                _ = try await world.change(2, relation, "set") { Self.keys([$0]) }
            }
            #expect(error?.code == .unsupported && error?.path == "nodes.update[0].\(relation).set")
        }
        await world.database.close()
    }

    /// The last has its way, and who had it before doesn't keep it.
    @Test func `What two of them name is the last one's`() async throws {
        let world = try await World("gather_twice")
        let lists = [[1, 2], [2, 3], [203], [3, 202]]
        _ = try await world.change(4, "leaves", "set") { Self.keys(lists[$0 - 1]) }
        #expect(
            try await world.rows(
                "SELECT nodeid, string_agg(id::text, ' ' ORDER BY id) FROM leaf WHERE nodeid <= 4 GROUP BY 1 ORDER BY 1"
            )
                == "1,1;2,2;3,203;4,3 202")
        await world.database.close()
    }

    /// With hooks each row is a change of its own, as of one after the other.
    @Test func `Hooks are told of the same rows in the same order`() async throws {
        let log = HookLog()
        let world = try await World("gather_hooks", hooks: log.hooks("Leaf", "NodeTag", loading: .old))
        for relation in ["leaves", "tags"] {
            try await world.fill()
            _ = try await world.change(3, relation, "set") { Self.keys([$0, $0 + 600]) }
            let gathered = log.take().filter { !$0.hasPrefix("after commit") }
            try await world.fill()
            for node in 1...3 {
                try await world.database.setRelated(
                    "Node", id: Self.number(node), relation: relation,
                    keys: [Self.number(node), Self.number(node + 600)])
            }
            #expect(gathered == log.take().filter { !$0.hasPrefix("after commit") })
            #expect(gathered.count > 9)
        }
        await world.database.close()
    }

    @Test func `Random lists of many become what they become one by one`() async throws {
        let world = try await World("gather_random")
        let tables =
            "SELECT (SELECT json_agg(json_build_array(id, nodeid, rev) ORDER BY id) FROM leaf), (SELECT json_agg(json_build_array(id, about_id, about_type) ORDER BY id) FROM note), (SELECT json_agg(t ORDER BY id) FROM nodetag t), (SELECT json_agg(t ORDER BY id) FROM loose t)"
        var random = SeededRandom(20_261)
        for round in 0..<20 {
            var changes: [(node: Int, relation: String, keys: [Int])] = []
            for relation in ["leaves", "notes", "tags", "loose"] {
                for node in 1...Int.random(in: 2...12, using: &random) {
                    let keys = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                        // Every other time of few, so that some are somebody else's, and named twice.
                        (round % 2 == 0 ? node : Int.random(in: 1...12, using: &random))
                            + 200 * Int.random(in: 0...4, using: &random)
                    }
                    changes.append((node, relation, keys))
                }
            }
            try await world.fill()
            for change in changes {
                try await world.database.setRelated(
                    "Node", id: Self.number(change.node), relation: change.relation,
                    keys: change.keys.map(Self.number))
            }
            let expected = try await world.rows(tables)
            try await world.fill()
            for relation in ["leaves", "notes", "tags", "loose"] {
                let own = changes.filter { $0.relation == relation }
                _ = try await world.change(own.count, relation, "set") { node in Self.keys(own[node - 1].keys) }
            }
            #expect(try await world.rows(tables) == expected, "round \(round): \(changes)")
        }
        await world.database.close()
    }
}
