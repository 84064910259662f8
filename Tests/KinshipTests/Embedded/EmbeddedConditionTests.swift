// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// Conditions and orders on embedded records (B1, B2), which the server answers, mean what filters over them mean in memory.
@Suite struct EmbeddedConditionTests {
    /// Values that no property declares, to stand where others are due.
    private static let junk: [JSONValue] = [
        5, -1, .number("1.5"), .number("1e300"), .number("1e-320"), .number("99999999999999999999"), "5", "", "x", true,
        [],
        [1], [:], ["a": 1], "2024-02-30", "2024-02-29", .number("1709208000000"), .number("1e18"), "25:00:00", nil,
    ]

    private func definitions() throws -> [ModelDefinition] {
        let properties = RandomPieces.columns.map { column in
            let kind =
                column.kind == "array" ? "[\"\(column.type == "text[]" ? "string" : "number")\"]" : "\"\(column.kind)\""
            return
                "\"\(column.name)\": {\"type\": \(kind), \"postgresql\": {\"columnName\": \"c \(column.name)\", \"dataType\": \"\(column.type)\"}}"
        }
        let texts = [
            """
            {"name": "Piece", "base": "Model", "properties": {
             "id": {"type": "number", "id": true}, \(properties.joined(separator: ", "))}}
            """,
            """
            {"name": "Holder", "options": {"postgresql": {"table": "holder"}}, "properties": {
             "id": {"type": "number", "id": true},
             "list": {"type": ["Piece"], "postgresql": {"dataType": "jsonb"}},
             "single": {"type": "object", "postgresql": {"dataType": "json"}},
             "kept": {"type": "object", "postgresql": {"dataType": "text"}}},
             "relations": {
              "pieces": {"type": "embedsMany", "model": "Piece", "property": "list"},
              "piece": {"type": "embedsOne", "model": "Piece", "property": "single"},
              "texts": {"type": "embedsOne", "model": "Piece", "property": "kept"},
              "named": {"type": "embedsMany", "model": "Piece", "property": "list", "scope": {"where": {"name": {"neq": null}}}}}}
            """,
        ]
        return try texts.map { try ModelDefinition(json: Array($0.utf8), file: nil) }
    }

    private func open(_ name: String, _ rows: [(list: String?, single: String?)]) async throws -> Database {
        let database = try await TestDatabase.named(name)
        func literal(_ text: String?) -> String {
            text.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
                ?? "NULL"
        }
        let values = rows.enumerated().map {
            "(\($0.offset), \(literal($0.element.list)), \(literal($0.element.single)))"
        }
        try await database.run(
            """
            CREATE TABLE holder (id integer PRIMARY KEY, list jsonb, single json, kept text);
            INSERT INTO holder VALUES \(values.joined(separator: ", "));
            """)
        return try await Database.open(
            schema: Schema(definitions: definitions()), connection: ConnectionConfiguration(url: database.url))
    }

    private func ids(_ database: Database, _ condition: JSONValue, order: JSONValue = .null) async throws -> [Int] {
        let graph = try await database.find("Holder", filter: ["where": condition, "order": order, "fields": ["id"]])
        return try graph.rows(of: graph.plan.nodes[0])?.decodeColumn(Int.self, at: 0) ?? []
    }

    @Test func thousandsOfRandomConditions() async throws {
        var random = RandomPieces(seed: 5)
        var dice = SeededRandom(6)
        func roll(_ count: Int) -> Int { Int.random(in: 0..<count, using: &dice) }
        var records = (1...40).map { random.record(id: $0) }
        for index in records.indices where index % 2 == 0 {
            guard case .object(var members) = records[index] else { continue }
            for _ in 0..<4 {
                members[1 + roll(members.count - 1)].value = Self.junk[roll(Self.junk.count)]
            }
            records[index] = .object(members)
        }
        let lists = (0..<60).map { _ in (0..<roll(4)).map { _ in roll(records.count) } }
        let odd: [(String?, String?)] = [
            (nil, nil), ("null", "null"), ("[]", "[]"), ("{}", "5"), ("5", "\"x\""), ("[null, 5, \"x\", []]", "[{}]"),
        ]
        let rows = lists.map { list -> (String?, String?) in
            ("\(JSONValue.array(list.map { records[$0] }))", list.first.map { records[$0].description })
        }
        let database = try await open("embedded_conditions", rows + odd)
        let model = try #require(database.schema.model("Piece"))
        var (compared, refused, matched) = (0, 0, 0)
        for _ in 0..<1500 {
            guard let condition = random.filter()["where"] else { continue }
            let meeting: Set<Int>
            do {
                let checked = try database.scopedSchema.resolved(
                    try database.schema.filter(["where": condition], for: model.id), for: model.id)
                meeting = Set(try EmbeddedFilter(checked, of: model).select(records).positions)
            } catch is PlannerError { continue }
            func holders(_ holds: ([Int]) -> Bool) -> [Int] { lists.indices.filter { holds(lists[$0]) } }
            let none = Array(lists.count..<lists.count + odd.count)
            func isFirst(_ list: [Int]) -> Bool { list.first.map { meeting.contains($0) } ?? false }
            var expected: [(asked: JSONValue, ids: [Int])] = []
            expected.append((["pieces": ["some": condition]], holders { !meeting.isDisjoint(with: $0) }))
            expected.append((["pieces": ["every": condition]], holders { meeting.isSuperset(of: $0) } + none))
            expected.append((["pieces": ["none": condition]], holders { meeting.isDisjoint(with: $0) } + none))
            expected.append((["piece": ["is": condition]], holders { isFirst($0) }))
            expected.append((["piece": ["isNot": condition]], holders { !isFirst($0) } + none))
            do {
                for (asked, ids) in expected {
                    let found = try await self.ids(database, asked)
                    let wrong = Set(found).symmetricDifference(ids).sorted().prefix(3)
                    let shown = wrong.map { $0 < lists.count ? rows[$0].0 ?? "" : odd[$0 - lists.count].0 ?? "" }
                    #expect(found == ids, "\(asked): \(shown)")
                }
                compared += 1
                matched += expected[0].ids.count
            } catch let error as PlannerError {
                #expect([.unsupported].contains(error.code), "\(error)")
                refused += 1
            }
        }
        #expect(compared > 700)
        #expect(refused > 20)
        #expect(matched > 5000)
        await database.close()
    }

    @Test func ordersByEmbeddedRecords() async throws {
        let lists: [JSONValue] = [
            [["n": 2, "name": "b"], ["n": 10, "name": nil]], [["n": 9, "name": "a"]], [], [["n": "x"], ["name": "c"]],
        ]
        let rows = lists.map { list -> (String?, String?) in
            guard case .array(let records) = list else { return (nil, nil) }
            return ("\(list)", records.first.map { "\($0)" })
        }
        let database = try await open("embedded_orders", rows)
        #expect(try await ids(database, [:], order: "pieces.count DESC") == [0, 3, 1, 2])
        #expect(try await ids(database, [:], order: "named.count DESC") == [0, 1, 3, 2])
        #expect(try await ids(database, [:], order: "pieces.max(n) DESC NULLS LAST") == [0, 1, 2, 3])
        #expect(try await ids(database, [:], order: "pieces.min(name)") == [1, 0, 3, 2])
        // A number's order, not that of its digits.
        #expect(try await ids(database, [:], order: "piece.n") == [0, 1, 2, 3])
        #expect(try await ids(database, [:], order: "piece.name DESC NULLS LAST") == [0, 1, 2, 3])
        #expect(try await ids(database, ["named": ["some": ["n": ["gte": 9]]]]) == [1])
        await database.close()
    }

    @Test func whatTheServerCanNotRead() async throws {
        let database = try await open("embedded_unread", [(nil, nil)])
        let refused: [(JSONValue, String)] = [
            (["where": ["texts": ["is": ["n": 1]]]], "Holder.kept keeps its records as text"),
            (["where": ["pieces": ["some": ["tags": ["a"]]]]], "Piece.tags is embedded here and of the type text[]"),
            (["order": "pieces.tags"], "order by its count or an aggregate"),
        ]
        for (filter, message) in refused {
            let error = await #expect(throws: PlannerError.self) {
                _ = try await database.find("Holder", filter: filter)
            }
            #expect(error?.message.contains(message) == true, "\(String(describing: error?.message))")
        }
        await database.close()
    }
}
