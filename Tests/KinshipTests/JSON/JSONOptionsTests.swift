// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// K9 and D30: what LoopBack's way of showing leaves out can be had.
@Suite struct JSONOptionsTests {
    private static let sql = """
        CREATE TABLE number (id int PRIMARY KEY, at timestamptz, big bigint, exact numeric, money numeric(30, 2), many bigint[]);
        INSERT INTO number VALUES
            (1, '2026-03-01 10:00:00.123456Z', 9007199254740991, 9007199254740991, 1.50, '{1, 9007199254740993}'),
            (2, '1969-12-31 23:59:59.999999Z', 9007199254740992, -9007199254740992, 12345678901234567.25, '{}'),
            (3, '0044-03-15 00:00:00Z BC', -9223372036854775808, 1e40, -0.5, NULL),
            (4, 'infinity', 1, 'NaN', NULL, NULL);
        """
    private static let model = """
        {"name": "Number", "options": {"postgresql": {"table": "number"}}, "properties": {
         "id": {"type": "number", "id": true}, "at": "date", "big": "number", "exact": "number", "money": "number",
         "many": ["number"]}}
        """

    private func rows(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `Microseconds and integers beyond 2^53`() async throws {
        let exact = JSONOptions(microseconds: true, bigIntegersAsStrings: true)
        try await CursorDatabase.with("json_options", Self.sql, [Self.model]) { (database, _) async throws in
            let graph = try await database.find("Number")
            #expect(
                rows(try graph.jsonLines()) == [
                    #"{"id":1,"at":"2026-03-01T10:00:00.123Z","big":9007199254740991,"exact":9007199254740991,"money":1.50,"many":[1,9007199254740993]}"#,
                    #"{"id":2,"at":"1969-12-31T23:59:59.999Z","big":9007199254740992,"exact":-9007199254740992,"money":12345678901234567.25,"many":[]}"#,
                    #"{"id":3,"at":"-000043-03-15T00:00:00.000Z","big":-9223372036854775808,"exact":10000000000000000000000000000000000000000,"money":-0.50,"many":null}"#,
                    #"{"id":4,"at":"infinity","big":1,"exact":"NaN","money":null,"many":null}"#,
                ])
            let lines = rows(try graph.jsonLines(exact))
            #expect(
                lines == [
                    #"{"id":1,"at":"2026-03-01T10:00:00.123456Z","big":9007199254740991,"exact":9007199254740991,"money":1.50,"many":[1,"9007199254740993"]}"#,
                    #"{"id":2,"at":"1969-12-31T23:59:59.999999Z","big":"9007199254740992","exact":"-9007199254740992","money":"12345678901234567.25","many":[]}"#,
                    #"{"id":3,"at":"-000043-03-15T00:00:00.000000Z","big":"-9223372036854775808","exact":"10000000000000000000000000000000000000000","money":-0.50,"many":null}"#,
                    #"{"id":4,"at":"infinity","big":1,"exact":"NaN","money":null,"many":null}"#,
                ])
            // What is shown either way is accepted back.
            for (index, line) in lines.enumerated() {
                let row = try JSONValue(parsing: line)
                for name in ["at", "big", "exact", "money"] where row[name] != .null {
                    let found = try await database.count("Number", where: [name: row[name] ?? .null])
                    #expect(found.count == 1, "\(name) of \(index + 1)")
                }
            }
        }
    }

    @Test func `For a database`() async throws {
        let trees = TreeOptions(json: JSONOptions(microseconds: true))
        try await CursorDatabase.with("json_database", Self.sql, [Self.model], trees: trees) {
            (database, _) async throws in
            let graph = try await database.findById("Number", id: 1, filter: ["fields": "at"])
            #expect(rows(try graph.firstJSON()) == [#"{"at":"2026-03-01T10:00:00.123456Z"}"#])
            #expect(rows(try graph.firstJSON(JSONOptions())) == [#"{"at":"2026-03-01T10:00:00.123Z"}"#])
        }
    }
}
