// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipTesting
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What becomes of records that are there: one statement for those of a relation, level and word, however many parents and records.
@Suite struct GraphLevelTests {
    /// Hubs with 200 nodes, each of which has three of each relation's targets; targets above 600 are nobody's.
    struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String, hooks: Hooks = Hooks()) async throws {
            tables = try await TestDatabase.named("graph_level_\(name)")
            try await tables.run(
                """
                CREATE TABLE hub (id int PRIMARY KEY, name text);
                CREATE TABLE node (id int PRIMARY KEY, hubid int REFERENCES hub, ownerid int, spots int[], name text);
                CREATE TABLE leaf (id int PRIMARY KEY, nodeid int REFERENCES node, name text, rev int DEFAULT 1);
                CREATE TABLE badge (id int PRIMARY KEY, nodeid int UNIQUE, name text);
                CREATE TABLE owner (id int PRIMARY KEY, name text);
                CREATE TABLE tag (id int PRIMARY KEY, name text);
                CREATE TABLE nodetag (id serial PRIMARY KEY, nodeid int REFERENCES node, tagid int REFERENCES tag, role text, UNIQUE (nodeid, tagid));
                CREATE TABLE loose (id serial PRIMARY KEY, nodeid int, tagid int, role text);
                CREATE TABLE note (id int PRIMARY KEY, about_id int, about_type text, name text);
                CREATE TABLE spot (id int PRIMARY KEY, name text);
                """)
            try await Self.fill(tables)
            let id = #""id": {"type": "number", "id": true}, "name": "string""#
            func model(_ name: String, _ rest: String = "") -> String {
                #"{"name": "\#(name)", "properties": {\#(id)\#(rest)}}"#
            }
            let models = [
                #"""
                {"name": "Hub", "properties": {\#(id)}, "relations": {"nodes": {"type": "hasMany", "model": "Node", "foreignKey": "hubId"}}}
                """#,
                #"""
                {"name": "Node", "properties": {\#(id), "hubId": "number", "ownerId": "number", "spots": ["number"]},
                 "relations": {
                  "leaves": {"type": "hasMany", "model": "Leaf", "foreignKey": "nodeId"},
                  "badge": {"type": "hasOne", "model": "Badge", "foreignKey": "nodeId"},
                  "owner": {"type": "belongsTo", "model": "Owner", "foreignKey": "ownerId"},
                  "tags": {"type": "hasMany", "model": "Tag", "foreignKey": "nodeId", "keyThrough": "tagId", "through": "NodeTag"},
                  "loose": {"type": "hasMany", "model": "Tag", "foreignKey": "nodeId", "keyThrough": "tagId", "through": "Loose"},
                  "notes": {"type": "hasMany", "model": "Note", "polymorphic": {"foreignKey": "aboutId", "discriminator": "aboutType"}},
                  "places": {"type": "referencesMany", "model": "Spot", "foreignKey": "spots"}}}
                """#,
                #"{"name": "Leaf", "version": "rev", "properties": {\#(id), "nodeId": "number", "rev": "number"}}"#,
                model("Badge", #", "nodeId": "number""#), model("Owner"), model("Tag"), model("Spot"),
                #"{"name": "NodeTag", "properties": {"id": {"type": "number", "id": true, "generated": true}, "nodeId": "number", "tagId": "number", "role": "string"}}"#,
                #"{"name": "Loose", "properties": {"id": {"type": "number", "id": true, "generated": true}, "nodeId": "number", "tagId": "number", "role": "string"}}"#,
                model(
                    "Note",
                    #", "aboutId": {"type": "number", "postgresql": {"columnName": "about_id"}}, "aboutType": {"type": "string", "postgresql": {"columnName": "about_type"}}"#
                ),
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url), hooks: hooks)
        }

        /// Makes the tables what they were.
        func fill() async throws { try await Self.fill(tables) }

        private static func fill(_ tables: TestDatabase) async throws {
            try await tables.run(
                """
                TRUNCATE hub, node, leaf, badge, owner, tag, nodetag, loose, note, spot RESTART IDENTITY CASCADE;
                INSERT INTO hub VALUES (1, 'h');
                INSERT INTO node SELECT n, 1, n, ARRAY[n, n + 200, n + 400], 'n' || n FROM generate_series(1, 200) n;
                INSERT INTO leaf SELECT n, 1 + (n - 1) % 200, 'l' || n FROM generate_series(1, 600) n;
                INSERT INTO leaf SELECT n, NULL, 'l' || n FROM generate_series(601, 900) n;
                INSERT INTO badge SELECT n, n, 'b' || n FROM generate_series(1, 200) n;
                INSERT INTO badge SELECT n, NULL, 'b' || n FROM generate_series(601, 900) n;
                INSERT INTO owner SELECT n, 'o' || n FROM generate_series(1, 900) n;
                INSERT INTO tag SELECT n, 't' || n FROM generate_series(1, 900) n;
                INSERT INTO nodetag (nodeid, tagid, role) SELECT 1 + (n - 1) % 200, n, 'old' FROM generate_series(1, 600) n;
                INSERT INTO loose (nodeid, tagid, role) SELECT 1 + (n - 1) % 200, n, 'old' FROM generate_series(1, 600) n;
                INSERT INTO note SELECT n, 1 + (n - 1) % 200, 'Node', 'n' || n FROM generate_series(1, 600) n;
                INSERT INTO note SELECT n, NULL, NULL, 'n' || n FROM generate_series(601, 900) n;
                INSERT INTO spot SELECT n, 's' || n FROM generate_series(1, 900) n;
                """)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        /// Changes what nodes 1 … have, each by a word with its data; and tells how many statements there were beside those that read the
        /// answer.
        func change(_ count: Int, _ relation: String, _ word: String, _ data: (Int) -> JSONValue) async throws -> Int {
            let nodes = (1...count).map { node -> JSONValue in
                .object([
                    .init("id", .number("\(node)")), .init(relation, .object([.init(word, data(node))])),
                ])
            }
            let (_, sent) = try await counting {
                try await database.updateGraph("Hub", id: 1, ["nodes": ["update": .array(nodes)]])
            }
            return sent.statements.count
        }
    }

    private static func number(_ value: Int) -> JSONValue { .number("\(value)") }

    /// Two of each node's own: n and n + 200.
    private static func own(_ node: Int) -> JSONValue { [number(node), number(node + 200)] }

    /// One that is nobody's: n + 600.
    private static func free(_ node: Int) -> JSONValue { [number(node + 600)] }

    private static func changes(_ node: Int) -> JSONValue {
        [["id": number(node), "name": "new"], ["id": number(node + 200), "name": "new"]]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let relation: String
        let word: String
        let data: @Sendable (Int) -> JSONValue
        /// Counts what is to be, for a number of nodes.
        let check: @Sendable (Int) -> (sql: String, expected: String)

        var testDescription: String { "\(word) \(relation)" }
    }

    private static func counts(_ sql: String, _ each: Int = 1) -> @Sendable (Int) -> (sql: String, expected: String) {
        { count in (sql, "\(each * count)") }
    }

    static let cases: [Case] = [
        Case(
            relation: "leaves", word: "connect", data: { free($0) },
            check: counts("SELECT count(*) FROM leaf WHERE id > 600 AND nodeid = id - 600 AND rev = 2")),
        Case(
            relation: "leaves", word: "disconnect", data: { own($0) },
            check: counts("SELECT count(*) FROM leaf WHERE id <= 600 AND nodeid IS NULL", 2)),
        Case(
            relation: "leaves", word: "delete", data: { own($0) },
            check: { ("SELECT count(*) FROM leaf", "\(900 - 2 * $0)") }),
        Case(
            relation: "leaves", word: "update", data: { changes($0) },
            check: counts("SELECT count(*) FROM leaf WHERE name = 'new' AND rev = 2", 2)),
        Case(
            relation: "leaves", word: "upsert",
            data: { [["id": number($0), "name": "new"], ["id": number($0 + 2000), "name": "new"]] },
            check: counts(
                "SELECT count(*) FROM leaf WHERE name = 'new' AND nodeid = (id - 1) % 200 + 1 OR id > 2000 AND nodeid = id - 2000",
                2)),
        Case(
            relation: "badge", word: "connect", data: { number($0 + 600) },
            check: counts(
                "SELECT count(*) FROM badge b WHERE id > 600 AND nodeid = id - 600 AND EXISTS (SELECT FROM badge o WHERE o.id = b.id - 600 AND o.nodeid IS NULL)"
            )),
        Case(
            relation: "badge", word: "disconnect", data: { _ in true },
            check: counts("SELECT count(*) FROM badge WHERE id <= 200 AND nodeid IS NULL")),
        Case(
            relation: "badge", word: "delete", data: { _ in true },
            check: { ("SELECT count(*) FROM badge", "\(500 - $0)") }),
        Case(
            relation: "badge", word: "update", data: { _ in ["name": "new"] },
            check: counts("SELECT count(*) FROM badge WHERE name = 'new' AND nodeid = id")),
        Case(
            relation: "owner", word: "connect", data: { number($0 + 300) },
            check: counts("SELECT count(*) FROM node WHERE ownerid = id + 300")),
        Case(
            relation: "owner", word: "disconnect", data: { _ in true },
            check: counts("SELECT count(*) FROM node WHERE ownerid IS NULL")),
        Case(
            relation: "owner", word: "delete", data: { _ in true },
            check: counts(
                "SELECT count(*) FROM node WHERE ownerid IS NULL AND EXISTS (SELECT FROM owner o WHERE o.id = node.id)")
        ),
        Case(
            relation: "owner", word: "update", data: { _ in ["name": "new"] },
            check: counts("SELECT count(*) FROM owner WHERE name = 'new'")),
        Case(
            relation: "tags", word: "connect",
            data: {
                [
                    ["id": number($0 + 600), "through": ["role": "new"]],
                    ["id": number($0), "through": ["role": "new"]],
                ]
            },
            check: counts("SELECT count(*) FROM nodetag WHERE role = 'new' AND tagid % 200 = nodeid % 200", 2)),
        Case(
            relation: "tags", word: "disconnect", data: { own($0) },
            check: { ("SELECT count(*) FROM nodetag JOIN tag ON tag.id = tagid", "\(600 - 2 * $0)") }),
        Case(
            relation: "tags", word: "delete", data: { own($0) },
            check: { ("SELECT count(*) FROM tag", "\(900 - 2 * $0)") }),
        Case(
            relation: "tags", word: "update", data: { changes($0) },
            check: counts("SELECT count(*) FROM tag WHERE name = 'new'", 2)),
        Case(
            relation: "tags", word: "upsert",
            data: { [["id": number($0), "name": "new"], ["id": number($0 + 2000), "name": "new"]] },
            check: counts("SELECT count(*) FROM tag JOIN nodetag ON tagid = tag.id WHERE name = 'new'", 2)),
        Case(
            relation: "loose", word: "connect", data: { [number($0 + 600), number($0)] },
            check: { ("SELECT count(*) FROM loose", "\(600 + $0)") }),
        Case(
            relation: "loose", word: "disconnect", data: { own($0) },
            check: { ("SELECT count(*) FROM loose", "\(600 - 2 * $0)") }),
        Case(
            relation: "notes", word: "connect", data: { free($0) },
            check: counts("SELECT count(*) FROM note WHERE id > 600 AND about_id = id - 600 AND about_type = 'Node'")),
        Case(
            relation: "notes", word: "disconnect", data: { own($0) },
            check: counts("SELECT count(*) FROM note WHERE id <= 600 AND about_id IS NULL", 2)),
        Case(
            relation: "notes", word: "delete", data: { own($0) },
            check: { ("SELECT count(*) FROM note", "\(900 - 2 * $0)") }),
        Case(
            relation: "places", word: "connect", data: { [number($0 + 600), number($0 + 700)] },
            check: counts(
                "SELECT count(*) FROM node WHERE spots = ARRAY[id, id + 200, id + 400, id + 600, id + 700]")),
        Case(
            relation: "places", word: "disconnect", data: { own($0) },
            check: counts("SELECT count(*) FROM node WHERE spots = ARRAY[id + 400]")),
        Case(
            relation: "places", word: "delete", data: { own($0) },
            check: counts(
                "SELECT count(*) FROM node WHERE spots = ARRAY[id + 400] AND NOT EXISTS (SELECT FROM spot s WHERE s.id IN (node.id, node.id + 200))"
            )),
    ]

    @Test(arguments: cases) func `Of 2 and of 100 parents there are as many statements`(_ one: Case) async throws {
        let world = try await World("counts_\(one.relation)_\(one.word)")
        var statements: [Int: Int] = [:]
        for count in [1, 2, 100] {
            try await world.fill()
            statements[count] = try await world.change(count, one.relation, one.word, one.data)
            let (sql, expected) = one.check(count)
            #expect(try await world.rows(sql) == expected, "\(one.testDescription), \(count) nodes")
        }
        #expect(statements[2] == statements[100], "\(one.testDescription): \(statements)")
        #expect((statements[100] ?? 100) <= (statements[1] ?? 0) + 4, "\(one.testDescription): \(statements)")
        #expect((statements[100] ?? 100) <= 12, "\(one.testDescription): \(statements)")
        await world.database.close()
    }

    @Test func `What is wrong with one of many is told with its place, and nothing happens`() async throws {
        let world = try await World("places")
        let attempts: [(relation: String, word: String, data: [JSONValue], path: String, code: PlannerError.Code)] = [
            ("leaves", "connect", [[601, 602], [603, 9999]], "nodes.update[1].leaves.connect[1]", .modelNotFound),
            ("leaves", "delete", [[1, 201], [2, 3]], "nodes.update[1].leaves.delete[1]", .modelNotFound),
            (
                "leaves", "update", [[["id": 1, "name": "x"]], [["id": 3, "name": "x"]]],
                "nodes.update[1].leaves.update[0]", .modelNotFound
            ),
            (
                "leaves", "update", [[["id": 1, "rev": 1, "name": "x"]], [["id": 2, "rev": 7, "name": "x"]]],
                "nodes.update[1].leaves.update[0].rev", .conflict
            ),
            ("badge", "connect", [601, 9999], "nodes.update[1].badge.connect", .modelNotFound),
            ("owner", "connect", [700, 9999], "nodes.update[1].owner.connect", .modelNotFound),
            ("tags", "connect", [[601], [602, 9999]], "nodes.update[1].tags.connect[1]", .modelNotFound),
            ("tags", "delete", [[1], [2, 3]], "nodes.update[1].tags.delete[1]", .modelNotFound),
            ("places", "connect", [[601], [602, 9999]], "nodes.update[1].places.connect[1]", .modelNotFound),
            ("places", "delete", [[1], [2, 3]], "nodes.update[1].places.delete[1]", .modelNotFound),
        ]
        let everything =
            "SELECT (SELECT json_agg(n ORDER BY id) FROM node n), (SELECT json_agg(l ORDER BY id) FROM leaf l), (SELECT json_agg(b ORDER BY id) FROM badge b), (SELECT json_agg(t ORDER BY id) FROM nodetag t), (SELECT count(*) FROM tag), (SELECT count(*) FROM spot)"
        let before = try await world.rows(everything)
        for attempt in attempts {
            let error = await #expect(throws: PlannerError.self) {
                _ = try await world.change(2, attempt.relation, attempt.word) { attempt.data[$0 - 1] }
            }
            #expect(error?.code == attempt.code, "\(attempt.word) \(attempt.relation): \(error?.message ?? "")")
            #expect(error?.path == attempt.path, "\(attempt.word) \(attempt.relation)")
        }
        let twice = await #expect(throws: ValidationError.self) {
            _ = try await world.change(2, "places", "connect") { [Self.number($0 + 600), Self.number($0)] }
        }
        #expect(twice?.problems.map(\.path) == ["nodes.update[0].places.connect[1]"])
        #expect(try await world.rows(everything) == before)
        await world.database.close()
    }

    /// The last has its way.
    @Test func `What is named at two places is done twice, in the order of the data`() async throws {
        let world = try await World("twice")
        _ = try await world.change(3, "leaves", "connect") { $0 == 2 ? [602] : [601, 603] }
        #expect(
            try await world.rows("SELECT id, nodeid FROM leaf WHERE id IN (601, 602, 603) ORDER BY id")
                == "601,3;602,2;603,3")
        // Two that change places, with a unique key.
        _ = try await world.change(2, "badge", "connect") { Self.number(3 - $0) }
        #expect(try await world.rows("SELECT id, nodeid FROM badge WHERE id < 3 ORDER BY id") == "1,2;2,1")
        let gone = await #expect(throws: PlannerError.self) {
            _ = try await world.change(2, "tags", "delete") { _ in [1] }
        }
        #expect(gone?.code == .modelNotFound && gone?.path == "nodes.update[1].tags.delete[0]")
        await world.database.close()
    }

    /// With hooks each row is a change of its own.
    @Test func `Hooks are told of each`() async throws {
        let log = HookLog()
        let world = try await World("hooks", hooks: log.hooks("Leaf", "NodeTag", loading: .old))
        _ = try await world.change(3, "leaves", "connect") { Self.free($0) }
        #expect(
            log.take().filter { $0.hasPrefix("before save") }
                == (601...603).map { "before save Leaf update \($0) old \($0)" })
        _ = try await world.change(2, "tags", "connect") { Self.free($0) }
        #expect(log.take().filter { $0.hasPrefix("after save") }.count == 2)
        _ = try await world.change(2, "leaves", "delete") { Self.own($0) }
        #expect(log.take().filter { $0.hasPrefix("after delete") }.count == 4)
        #expect(try await world.rows("SELECT count(*) FROM leaf WHERE id > 600 AND nodeid = id - 600") == "3")
        await world.database.close()
    }

    @Test func `New records that are connected to what is there look it up at once`() async throws {
        let world = try await World("new")
        var statements: [Int] = []
        for count in [2, 100] {
            let nodes = (1...count).map { number -> JSONValue in
                ["id": Self.number(number + 1000 * count), "owner": ["connect": Self.number(number)]]
            }
            let (_, sent) = try await counting {
                try await world.database.createGraph("Hub", ["id": Self.number(count), "nodes": .array(nodes)])
            }
            statements.append(sent.statements.count)
        }
        #expect(statements[0] == statements[1])
        let error = await #expect(throws: PlannerError.self) {
            try await world.database.createGraph(
                "Hub",
                ["id": 5, "nodes": [["id": 501, "owner": ["connect": 1]], ["id": 502, "owner": ["connect": 9999]]]])
        }
        #expect(error?.path == "nodes[1].owner.connect")
        await world.database.close()
    }
}
