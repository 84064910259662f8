// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Conditions on columns whose types lack the operators that others have.
@Suite struct OperatorTypeTests {
    private func withHosts<R: Sendable>(_ name: String, _ body: (Database) async throws -> R) async throws -> R {
        let database = try await TestDatabase.named("operators_\(name)")
        try await database.run(
            """
            CREATE TABLE host (id inet PRIMARY KEY, place point, doc json, nets cidr[]);
            INSERT INTO host VALUES
                ('10.0.0.1', '(1,2)', '{"a": 1, "b": 2}', '{10.0.0.0/8}'), ('10.0.0.2', '(3,4)', '[1]', NULL),
                ('10.0.0.3', NULL, NULL, '{}');
            """)
        let definition = """
            {"name": "Host", "options": {"postgresql": {"table": "host"}}, "properties": {
             "id": {"type": "string", "id": true}, "place": "geopoint", "doc": "object", "nets": ["string"]}}
            """
        let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: database.url)
        ) { opened in try await body(opened) }
    }

    @Test func `Points, documents and types known by name`() async throws {
        let expected: [(String, Int64)] = [
            (#"{"place": {"lng": 1, "lat": 2}}"#, 1),
            (#"{"place": {"neq": {"lng": 1, "lat": 2}}}"#, 1),
            (#"{"place": {"inq": [{"lng": 1, "lat": 2}, {"lng": 3, "lat": 4}]}}"#, 2),
            (#"{"place": {"inq": [{"lng": 1, "lat": 2}, null]}}"#, 2),
            (#"{"place": {"nin": [{"lng": 1, "lat": 2}]}}"#, 1),
            (#"{"place": {"nin": []}}"#, 3),
            (#"{"not": {"place": {"lng": 1, "lat": 2}}}"#, 2),
            (#"{"doc": {"eq": {"b": 2, "a": 1.0}}}"#, 1),
            (#"{"doc": {"neq": {"b": 2, "a": 1}}}"#, 1),
            (#"{"doc": {"inq": [{"b": 2, "a": 1}, [1]]}}"#, 2),
            (#"{"doc": {"nin": [{"b": 2, "a": 1}]}}"#, 1),
            (#"{"doc.a": 1}"#, 1),
            (#"{"id": "10.0.0.1/32"}"#, 1),
            (#"{"id": {"nin": ["10.0.0.1/32"]}}"#, 2),
        ]
        try await withHosts("conditions") { database in
            for (condition, count) in expected {
                let answer = try await database.count("Host", where: JSONValue(parsing: condition))
                #expect(answer.count == count, "\(condition)")
            }
        }
    }

    @Test func `Keys of a type known by name`() async throws {
        try await withHosts("keys") { database in
            let graph = try await database.findByIds(
                "Host", ids: ["10.0.0.3/32", "10.0.0.1/32", "10.0.0.3/32"], filter: ["fields": "id"])
            #expect(
                String(decoding: try graph.json(), as: UTF8.self)
                    == #"[{"id":"10.0.0.3/32"},{"id":"10.0.0.1/32"}]"#)
            #expect(try await database.findById("Host", id: "10.0.0.2/32").count == 1)
        }
    }

    @Test func `Types of extensions are ordered as the database orders them, types without an order are refused`()
        async throws
    {
        let test = try await TestDatabase.named("operators_order")
        try await test.run(
            """
            CREATE EXTENSION IF NOT EXISTS citext;
            CREATE TABLE word (id int PRIMARY KEY, name citext, area box);
            INSERT INTO word VALUES (1, 'B', NULL), (2, 'a', NULL), (3, 'c', NULL);
            """)
        let definition = """
            {"name": "Word", "properties": {"id": {"type": "number", "id": true}, "name": "string", "area": "string"}}
            """
        let schema = try Schema(definitions: [ModelDefinition(json: Array(definition.utf8), file: nil)])
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
        let words = try await database.find("Word", filter: ["order": "name", "fields": "name"])
        #expect(String(decoding: try words.json(), as: UTF8.self) == #"[{"name":"a"},{"name":"B"},{"name":"c"}]"#)
        let error = await #expect(throws: PlannerError.self) {
            try await database.find("Word", filter: ["order": "area"])
        }
        #expect(error?.code == .invalidFilter)
        await database.close()
    }
}
