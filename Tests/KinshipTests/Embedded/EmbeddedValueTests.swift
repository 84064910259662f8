// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// What JSON holds for a property of embedded records is a value of its type to the server and in memory, or to neither.
@Suite(.timeLimit(.minutes(2))) struct EmbeddedValueTests {
    /// A property for each type that both can read, with a value in the middle.
    private static let columns: [(name: String, type: String, kind: String, middle: JSONValue)] = [
        ("zoned", "timestamptz", "date", "2000-01-01"), ("plain", "timestamp", "date", "2000-01-01"),
        ("day", "date", "date", "2000-01-01"), ("clock", "time", "string", "12:00"),
        ("key", "uuid", "string", "80000000-0000-4000-8000-000000000000"), ("small", "smallint", "number", 0),
        ("whole", "integer", "number", 0), ("big", "bigint", "number", 0), ("single", "real", "number", 0),
        ("double", "double precision", "number", 0), ("exact", "numeric", "number", 0), ("name", "text", "string", "m"),
    ]

    private static let numbers = [
        "0", "-1", "1.0", "1.5", "32767", "32768", "-32769", "2147483648", "9223372036854775807", "9223372036854775808",
        "1e300",
        "1e-37", "9e-38", "1e-320", "3.4e38", "3.41e38", "1.7e308", "1.8e308", "-2e14", "-200000000000000.5", "-2.1e14",
        "4.6e15", "4.7e15", "8e15",
        "4600000000000000.5", "8.1e15", "1709208000000", "1709208000000.75", "99999999999999999999",
    ]

    private func filter(_ column: String, _ middle: JSONValue) -> JSONValue {
        ["or": [[column: ["gte": middle]], [column: ["lt": middle]]]]
    }

    @Test func `The server and this library read the same`() async throws {
        let properties = Self.columns.map {
            "\"\($0.name)\": {\"type\": \"\($0.kind)\", \"postgresql\": {\"dataType\": \"\($0.type)\"}}"
        }
        let models = [
            #"{"name": "Piece", "base": "Model", "properties": {\#(properties.joined(separator: ", "))}}"#,
            #"{"name": "Holder", "options": {"postgresql": {"table": "holder"}}, "properties": {"id": {"type": "number", "id": true}, "list": {"type": ["Piece"], "postgresql": {"dataType": "jsonb"}}}, "relations": {"pieces": {"type": "embedsMany", "model": "Piece", "property": "list"}}}"#,
        ]
        let values =
            StoredTextTests.texts.map { JSONValue.string($0) } + Self.numbers.map { .number($0) }
            + [true, nil, [], [:], ["1"]]
        let sql = "CREATE TABLE holder (id int PRIMARY KEY, list jsonb)"
        try await TypeFixture.with("embedded_values", sql, models) { database, _ in
            let lists = values.map { value in
                JSONValue.array([.object(Self.columns.map { .init($0.name, value) })]).description
            }
            try await database.pool.execute(
                "INSERT INTO holder SELECT n, v::jsonb FROM unnest(\(lists)::text[]) WITH ORDINALITY AS l(v, n)")
            for column in Self.columns {
                let filter = filter(column.name, column.middle)
                let asked = try await records(
                    database, ["where": ["pieces": ["some": filter]], "fields": "id", "order": "id"])
                let shown = try await records(
                    database,
                    ["fields": "id", "order": "id", "include": ["relation": "pieces", "scope": ["where": filter]]])
                let chosen = shown.filter { $0["pieces"]?.elements?.isEmpty == false }
                let (byServer, inMemory) = (Set(asked.compactMap { $0["id"] }), Set(chosen.compactMap { $0["id"] }))
                for (position, value) in values.enumerated() {
                    let id = JSONValue.number(String(position + 1))
                    #expect(
                        byServer.contains(id) == inMemory.contains(id),
                        "\(column.type): \(value.description.prefix(80)), \(byServer.contains(id)) to the server")
                }
                #expect(byServer.count >= 2, "\(column.type)")
            }
        }
    }

    private func records(_ database: Database, _ filter: JSONValue) async throws -> [JSONValue] {
        try JSONValue(parsing: Array(try await database.found("Holder", filter).utf8)).elements ?? []
    }
}
