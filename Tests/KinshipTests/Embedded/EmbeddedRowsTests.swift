// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// Cells of embedded records and of lists of keys become rows.
@Suite struct EmbeddedRowsTests {
    private static let definitions = [
        """
        {"name": "Customer", "properties": {"id": {"type": "number", "id": true}, "parts": ["Part"],
         "part": {"type": "object", "postgresql": {"dataType": "jsonb"}}},
         "relations": {"items": {"type": "embedsMany", "model": "Part", "property": "parts"}}}
        """,
        """
        {"name": "Part", "base": "Model", "hidden": ["secret"], "properties": {
         "id": "number", "name": "string", "productId": "number", "secret": "string"}}
        """,
    ]

    private func rows(_ select: String) async throws -> RowSet {
        let database = try await TestDatabase.named("embedded_rows")
        let connection = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "rows"))
        defer { connection.close() }
        return try await connection.execute(SQL(stringLiteral: select))
    }

    private func make(
        _ parents: RowSet, isList: Bool = true, filter: String = "{}", keys: [EmbeddedRows.Key] = []
    ) throws -> EmbeddedRows {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let customer = try #require(schema.model("Customer"))
        let part = try #require(schema.model("Part"))
        let property = try #require(customer.property("parts"))
        let checked = try ScopedSchema(schema).resolved(
            schema.filter(JSONValue(parsing: filter), for: part.id), for: part.id)
        var budget = StepBudget(nil)
        return try EmbeddedRows(
            .init(
                parents: parents, column: EmbeddedColumn(property, of: customer, isList: isList, position: 0),
                filter: EmbeddedFilter(checked, of: part), keys: keys), budget: &budget)
    }

    private func texts(_ rows: RowSet) throws -> [String] {
        try rows.decodeColumn(PostgresJSONB.self, at: 0).map(\.text)
    }

    @Test(arguments: ["text", "json", "jsonb", "varchar"]) func `Records of all parents`(_ type: String) async throws {
        let parents = try await rows(
            """
            SELECT x::\(type) FROM (VALUES (1, '[{"id": 1, "name": "a", "secret": "s", "productId": 7}, null, {"id": 2}]'),
            (2, NULL), (3, '[]'), (4, 'null'), (5, '[{"id": 3, "productId": "8", "x": [1, {"y": 1.50}]}]')) AS v(i, x) ORDER BY i
            """)
        let made = try make(parents, keys: [.init(name: "productId", type: .int8), .init(name: "name", type: .text)])
        #expect(made.totals == [2, 0, 0, 0, 1])
        #expect(made.rows.columns.map(\.name) == ["item", "productId", "name", "position", "parent"])
        #expect(made.rows.columns.map(\.typeID) == [.jsonb, .int8, .text, .int4, .int4])
        let items = try texts(made.rows).map { try JSONValue(parsing: $0) }
        #expect(items.map { $0["secret"] } == [nil, nil, nil])
        #expect(items.map { $0["id"] } == [1, 2, 3])
        #expect(items[2]["x"] == [1, ["y": .number("1.50")]])
        #expect(try made.rows.decodeColumn(Int64?.self, at: 1) == [7, nil, 8])
        #expect(try made.rows.decodeColumn(String?.self, at: 2) == ["a", nil, nil])
        #expect(try made.rows.decodeColumn(Int32.self, at: EmbeddedRows.position(keys: 2)) == [0, 1, 0])
        #expect(try made.rows.decodeColumn(Int32.self, at: EmbeddedRows.parent(keys: 2)) == [0, 0, 4])
    }

    @Test func `One record, and none in an empty text`() async throws {
        let parents = try await rows(
            "SELECT x FROM (VALUES (1, '{\"id\": 1}'), (2, ''), (3, E' \\n'), (4, NULL)) AS v(i, x) ORDER BY i")
        let made = try make(parents, isList: false)
        #expect(try texts(made.rows) == [#"{"id":1}"#] && made.totals == [1, 0, 0, 0])
    }

    @Test func `Order and limit hold for each parent`() async throws {
        let parents = try await rows(
            """
            SELECT x::jsonb FROM (VALUES (1, '[{"id": 1}, {"id": 3}, {"id": 2}]'), (2, '[{"id": 5}, {"id": 4}, {"id": 0}]')) AS v(i, x)
            """)
        let made = try make(
            parents, filter: #"{"where": {"id": {"gt": 0}}, "order": "id DESC", "limit": 2, "fields": "id"}"#)
        #expect(try texts(made.rows) == [3, 2, 5, 4].map { "{\"id\":\($0)}" })
        #expect(made.totals == [3, 2])
        #expect(try made.rows.decodeColumn(Int32.self, at: EmbeddedRows.position(keys: 0)) == [1, 2, 0, 1])
    }

    @Test func `What is no record is an error that says where`() async throws {
        for (cell, isList, words) in [
            ("'no JSON'", true, ["no JSON", "row 1"]), ("'{\"id\": 1}'", true, ["no list, but an object"]),
            ("'[{}, 5]'", true, ["element 1", "a number"]), ("'[]'", false, ["no object, but a list"]),
            ("'\"text\"'", false, ["a string"]), ("'[{\"id\": 1}'", true, ["no JSON"]),
            ("repeat('[', 600) || repeat(']', 600)", true, ["element 0", "a list"]),
            ("repeat('[', 600) || repeat(']', 599)", true, ["no JSON", "the text ends"]),
            ("repeat('[', 600) || '}' || repeat(']', 600)", true, ["no JSON", "deeper"]),
        ] {
            let parents = try await rows("SELECT NULL::text UNION ALL SELECT \(cell)")
            let error = #expect(throws: PostgresError.self) { try make(parents, isList: isList) }
            #expect(error?.code == .decodingFailed)
            for word in words + ["Customer.parts"] { #expect(error?.message.contains(word) == true, "\(cell)") }
        }
    }

    // MARK: Keys

    private func keys<K: PostgresDecodable & Sendable>(
        _ cells: [String], _ type: String, _ column: ColumnType, _ key: ColumnType, as _: K.Type
    ) async throws -> [(K, Int32, Int32)] {
        let values = cells.enumerated().map { "(\($0.offset), \($0.element))" }.joined(separator: ", ")
        let parents = try await rows("SELECT x::\(type) FROM (VALUES \(values)) AS v(i, x) ORDER BY i")
        var budget = StepBudget(nil)
        return try ReferenceRows(of: parents, column: 0, type: column, key: key, budget: &budget).rows.decode(
            K.self, Int32.self, Int32.self)
    }

    @Test func `Keys of native arrays`() async throws {
        let integers = try await keys(
            ["'{3,1,3}'", "NULL", "'{}'", "'{NULL,-2}'", "'{{1,2},{3,4}}'"], "int[]", ColumnType.int4.array, .int8,
            as: Int64.self)
        #expect(integers.map(\.0) == [3, 1, 3, -2, 1, 2, 3, 4])
        #expect(integers.map(\.1) == [0, 1, 2, 1, 0, 1, 2, 3])
        #expect(integers.map(\.2) == [0, 0, 0, 3, 4, 4, 4, 4])
        let narrow = try await keys(["'{70000,5}'"], "bigint[]", ColumnType.int8.array, .int2, as: Int16.self)
        #expect(narrow.map(\.0) == [5] && narrow.map(\.1) == [1])
        let texts = try await keys(["'{b,\"\",NULL,b}'"], "text[]", ColumnType.text.array, .varchar, as: String.self)
        #expect(texts.map(\.0) == ["b", "", "b"])
        let uuids = try await keys(
            ["'{11111111-1111-4111-8111-111111111111}'"], "uuid[]", ColumnType.uuid.array, .uuid, as: PostgresUUID.self)
        #expect(uuids.map { "\($0.0)" } == ["11111111-1111-4111-8111-111111111111"])
        #expect(try await keys(["'{a}'"], "text[]", ColumnType.text.array, .int4, as: Int32.self).isEmpty)
    }

    @Test(arguments: ["text", "json", "jsonb"]) func `Keys of JSON lists`(_ type: String) async throws {
        let column = ColumnType(named: type)
        let cells = [
            "'[3, 1, 3, \"4\", 1.5, null, \"x\", [9], 99999999999]'", "NULL", "'{\"a\": 1}'", "'null'", "'5'", "'[]'",
            "' [8] '",
        ]
        let found = try await keys(cells, type, column, .int4, as: Int32.self)
        #expect(
            found.map(\.0) == [3, 1, 3, 4, 8] && found.map(\.1) == [0, 1, 2, 3, 0] && found.map(\.2) == [0, 0, 0, 0, 6])
        let texts = try await keys(["'[\"b\", 1, true, {}, null]'"], type, column, .text, as: String.self)
        #expect(texts.map(\.0) == ["b", "1", "true"])
        let uuids = try await keys(
            ["'[\"11111111-1111-4111-8111-111111111111\", \"no\"]'"], type, column, .uuid, as: PostgresUUID.self)
        #expect(uuids.count == 1)
    }

    @Test func `Texts that are no lists hold no keys`() async throws {
        let found = try await keys(
            ["''", "'[1'", "'[abc]'", "'text'", "'[1] x'"], "text", .text, .int4, as: Int32.self)
        #expect(found.isEmpty)
    }
}
