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
                    == #"[{"id":"10.0.0.3"},{"id":"10.0.0.1"}]"#)
            #expect(try await database.findById("Host", id: "10.0.0.2/32").count == 1)
        }
    }

    @Test(.needs(.citext))
    func `Types of extensions are ordered as the database orders them, types without an order are refused`()
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

    /// PostgreSQL 18 has `max(record)`, whose result is no value of the column's type.
    @Test(arguments: ["min", "max"]) func `There is no least and no greatest of composite values in any version`(
        function: String
    ) async throws {
        let test = try await TestDatabase.named("operators_composite_\(function)")
        try await test.run(
            """
            CREATE TYPE pair AS (a int, b text);
            CREATE TABLE basket (id int PRIMARY KEY);
            CREATE TABLE fruit (id int PRIMARY KEY, basketid int, size pair);
            INSERT INTO basket VALUES (1); INSERT INTO fruit VALUES (1, 1, '(1,a)');
            """)
        let schema = try Schema(
            definitions: [
                #"{"name": "Basket", "properties": {"id": {"type": "number", "id": true}}, "relations": {"fruits": {"type": "hasMany", "model": "Fruit", "foreignKey": "basketId"}}}"#,
                #"{"name": "Fruit", "properties": {"id": {"type": "number", "id": true}, "basketId": "number", "size": "any"}}"#,
            ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: test.url)) {
            database in
            let aggregate: JSONValue = .object([.init(function, "size")])
            for filter: JSONValue in [
                ["include": ["relation": "fruits", "aggregate": aggregate]],
                ["order": .string("fruits.\(function)(size)")],
            ] {
                let error = await #expect(throws: PlannerError.self) {
                    try await database.find("Basket", filter: filter)
                }
                #expect(error?.status == 400)
                #expect(error?.property == "size")
            }
        }
    }

    @Test(.needs(.citext)) func `Texts without case are compared without case`() async throws {
        let test = try await TestDatabase.named("operators_citext")
        try await test.run(
            """
            CREATE EXTENSION IF NOT EXISTS citext;
            CREATE TABLE member (email citext PRIMARY KEY, alias citext, tags citext[]);
            CREATE TABLE message (id int PRIMARY KEY, sender citext);
            INSERT INTO member VALUES ('Ann@X.org', 'ann@x.ORG', '{Red,blue}'), ('bob@x.org', 'B', '{}'), ('Cid@y.org', NULL, NULL);
            INSERT INTO message VALUES (1, 'ANN@x.org'), (2, 'bob@X.org'), (3, 'ann@x.org');
            """)
        let schema = try Schema(
            definitions: [
                #"{"name": "Member", "properties": {"email": {"type": "string", "id": true}, "alias": "string", "tags": ["string"]}, "relations": {"messages": {"type": "hasMany", "model": "Message", "foreignKey": "sender"}}}"#,
                #"{"name": "Message", "properties": {"id": {"type": "number", "id": true}, "sender": "string"}, "relations": {"from": {"type": "belongsTo", "model": "Member", "foreignKey": "sender"}}}"#,
            ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: test.url)) {
            database in
            func emails(_ condition: JSONValue) async throws -> String {
                let found = try await database.find(
                    "Member", filter: ["where": condition, "fields": "email", "order": "email"])
                return String(decoding: try found.json(), as: UTF8.self).filter { !"[]{}\"".contains($0) }
                    .replacing("email:", with: "").replacing(".org", with: "")
            }
            #expect(try await emails(["email": "ANN@x.org"]) == "Ann@X")
            #expect(try await emails(["email": ["neq": "ANN@x.org"]]) == "bob@x,Cid@y")
            #expect(try await emails(["email": ["inq": ["BOB@x.org", "cid@Y.org"]]]) == "bob@x,Cid@y")
            #expect(try await emails(["email": ["nin": ["BOB@x.org", "cid@Y.org"]]]) == "Ann@X")
            #expect(try await emails(["email": ["gt": "B"]]) == "bob@x,Cid@y")
            #expect(try await emails(["email": ["between": ["ANN", "BZ"]]]) == "Ann@X,bob@x")
            #expect(try await emails(["email": ["like": "ann%"]]) == "Ann@X")
            #expect(try await emails(["email": ["startsWith": "CID"]]) == "Cid@y")
            #expect(try await emails(["email": ["regexp": "^ANN"]]) == "Ann@X")
            #expect(try await emails(["tags": ["contains": ["RED"]]]) == "Ann@X")
            #expect(try await emails(["tags": ["inq": [["red", "BLUE"], ["x"]]]]) == "Ann@X")
            #expect(try await emails(["email": ["eq": ["column": "alias"]]]) == "Ann@X")
            #expect(try await emails(["messages": ["some": ["sender": "ANN@X.ORG"]]]) == "Ann@X")

            let page = try await database.find(
                "Member", filter: ["order": "email", "after": ["email": "ANN@X.ORG"], "fields": "email", "limit": 1])
            #expect(String(decoding: try page.json(), as: UTF8.self) == #"[{"email":"bob@x.org"}]"#)
            let one = try await database.findById(
                "Member", id: "ANN@X.ORG", filter: ["fields": "email", "include": "messages"])
            #expect(
                String(decoding: try one.json(), as: UTF8.self)
                    == #"[{"email":"Ann@X.org","messages":[{"id":1,"sender":"ANN@x.org"},{"id":3,"sender":"ann@x.org"}]}]"#
            )
            let several = try await database.findByIds(
                "Member", ids: ["CID@y.org", "cid@y.org", "ANN@x.org"], filter: ["fields": "email"])
            #expect(
                String(decoding: try several.json(), as: UTF8.self) == #"[{"email":"Cid@y.org"},{"email":"Ann@X.org"}]"#
            )
        }
    }
}
