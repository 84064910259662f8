// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Keys whose equality only the server knows, and rows without a key.
@Suite struct KeyEqualityTests {
    private static let folded =
        "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"

    /// Runs a body on a database of the models' tables.
    private func withDatabase(
        _ name: String, _ setup: String, _ definitions: [String], strategy: Strategy = .byLevel,
        _ body: (Database) async throws -> Void
    ) async throws {
        let test = try await TestDatabase.named("equality_\(name)")
        try await test.run(setup)
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url), trees: TreeOptions(strategy: strategy))
        try await body(database)
        await database.close()
    }

    private func json(_ database: Database, _ model: String, _ filter: String) async throws -> String {
        String(decoding: try await database.find(model, filter: filter).json(), as: UTF8.self)
    }

    @Test func `A number that is only equal to the target's key isn't shown for it`() async throws {
        try await expectTargetShown("numeric", target: "1.00", foreignKey: "1.0", shown: "1.00", setup: "")
    }

    @Test(.needs(.icu)) func `A text that is only equal to the target's key isn't shown for it`() async throws {
        try await expectTargetShown(
            "text COLLATE folded", target: "'ABC'", foreignKey: "'abc'", shown: #""ABC""#, setup: "\(Self.folded);")
    }

    private func expectTargetShown(
        _ type: String, target: String, foreignKey: String, shown: String, setup: String
    ) async throws {
        try await withDatabase(
            "only_\(type.prefix(4))",
            """
            \(setup)
            CREATE TABLE city (code \(type) PRIMARY KEY);
            CREATE TABLE shop (id int PRIMARY KEY, citycode \(type) REFERENCES city);
            INSERT INTO city VALUES (\(target)); INSERT INTO shop VALUES (1, \(foreignKey));
            """,
            [
                #"{"name": "City", "properties": {"code": {"type": "any", "id": true}}}"#,
                """
                {"name": "Shop", "properties": {"id": {"type": "number", "id": true}, "cityCode": {"type": "any"}},
                 "relations": {"city": {"type": "belongsTo", "model": "City", "foreignKey": "cityCode", "primaryKey": "code"}}}
                """,
            ]
        ) { (database) async throws in
            let filter = #"{"fields": "id", "include": {"relation": "city", "scope": {"fields": "code"}}}"#
            #expect(try await json(database, "Shop", filter) == #"[{"id":1,"city":{"code":\#(shown)}}]"#)
        }
    }

    @Test func `A foreign key of the table says nothing of embedded records`() async throws {
        try await withDatabase(
            "embedded",
            """
            CREATE TABLE city (id int PRIMARY KEY);
            CREATE TABLE address (id int PRIMARY KEY, cityid int REFERENCES city);
            CREATE TABLE buyer (id int PRIMARY KEY, addresses jsonb);
            INSERT INTO city VALUES (1); INSERT INTO buyer VALUES (1, '[{"id": 1, "cityId": 99}, {"id": 2, "cityId": 1}]');
            """,
            [
                #"{"name": "City", "properties": {"id": {"type": "number", "id": true}}}"#,
                """
                {"name": "Address", "properties": {"id": {"type": "number", "id": true}, "cityId": {"type": "number"}},
                 "relations": {"city": {"type": "belongsTo", "model": "City"}}}
                """,
                """
                {"name": "Buyer", "properties": {"id": {"type": "number", "id": true}, "addresses": {"type": ["Address"]}},
                 "relations": {"places": {"type": "embedsMany", "model": "Address", "property": "addresses"}}}
                """,
            ]
        ) { (database) async throws in
            let filter =
                #"{"fields": "id", "include": {"relation": "places", "scope": {"fields": "id", "include": {"relation": "city", "scope": {"fields": "id"}}}}}"#
            #expect(
                try await json(database, "Buyer", filter)
                    == #"[{"id":1,"places":[{"id":1,"city":null},{"id":2,"city":{"id":1}}]}]"#)
        }
    }

    @Test func `A member of embedded records is a key of each type that it is joined with`() async throws {
        func model(_ name: String) -> String {
            #"{"name": "\#(name)", "properties": {"id": {"type": "any", "id": true}}}"#
        }
        let one = "11111111-1111-4111-8111-111111111111"
        try await withDatabase(
            "members",
            """
            CREATE TABLE wide (id bigint PRIMARY KEY); CREATE TABLE small (id int PRIMARY KEY);
            CREATE TABLE word (id text PRIMARY KEY); CREATE TABLE token (id uuid PRIMARY KEY);
            CREATE TABLE box (id int PRIMARY KEY, items jsonb);
            INSERT INTO wide VALUES (3000000000), (7); INSERT INTO small VALUES (7);
            INSERT INTO word VALUES ('\(one)'), ('x'); INSERT INTO token VALUES ('\(one)');
            INSERT INTO box VALUES (1, '[{"refId": 3000000000}, {"refId": 7}]'), (2, '[{"refId": "x"}, {"refId": "\(one)"}]');
            """,
            [
                model("Wide"), model("Small"), model("Word"), model("Token"),
                """
                {"name": "Item", "base": "Model", "properties": {"refId": {"type": "any"}},
                 "relations": {
                    "wide": {"type": "belongsTo", "model": "Wide", "foreignKey": "refId"},
                    "small": {"type": "belongsTo", "model": "Small", "foreignKey": "refId"},
                    "word": {"type": "belongsTo", "model": "Word", "foreignKey": "refId"},
                    "token": {"type": "belongsTo", "model": "Token", "foreignKey": "refId"}}}
                """,
                """
                {"name": "Box", "properties": {"id": {"type": "number", "id": true}, "items": {"type": ["Item"]}},
                 "relations": {"parts": {"type": "embedsMany", "model": "Item", "property": "items"}}}
                """,
            ]
        ) { (database) async throws in
            func included(_ box: Int, _ relations: String) async throws -> String {
                try await json(
                    database, "Box",
                    #"{"where": {"id": \#(box)}, "fields": "id", "include": {"relation": "parts", "scope": {"include": \#(relations)}}}"#
                )
            }
            let integers = try await included(1, #"["wide", "small"]"#)
            #expect(
                integers
                    == #"[{"id":1,"parts":[{"refId":3000000000,"wide":{"id":3000000000},"small":null},{"refId":7,"wide":{"id":7},"small":{"id":7}}]}]"#
            )
            let texts = try await included(2, #"["token", "word"]"#)
            #expect(
                texts
                    == #"[{"id":2,"parts":[{"refId":"x","token":null,"word":{"id":"x"}},{"refId":"\#(one)","token":{"id":"\#(one)"},"word":{"id":"\#(one)"}}]}]"#
            )
        }
    }

    @Test(arguments: ["json", "point"]) func `Rows without a key are found whatever column comes first`(
        type: String
    ) async throws {
        let value = type == "json" ? "'{\"a\": 1}'" : "point(13.4, 52.5)"
        try await withDatabase(
            "keyless_\(type)",
            """
            CREATE TABLE log (what \(type), line int); INSERT INTO log VALUES (\(value), 2), (\(value), 1);
            """,
            [
                """
                {"name": "Log", "options": {"idInjection": false},
                 "properties": {"what": {"type": "any"}, "line": {"type": "number"}}}
                """
            ]
        ) { (database) async throws in
            let lines = try await json(database, "Log", "{}")
            let first = try #require(lines.firstRange(of: #""line":1"#))
            let second = try #require(lines.firstRange(of: #""line":2"#))
            #expect(first.lowerBound < second.lowerBound)
            let alone = try await database.find("Log", filter: #"{"fields": "what"}"#)
            #expect(alone.count == 2)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `Enumerations with the same labels are compared by them`(strategy: Strategy) async throws {
        try await withDatabase(
            "labels_\(strategy.rawValue)",
            """
            CREATE TYPE color AS ENUM ('red', 'green'); CREATE TYPE paint AS ENUM ('red', 'green');
            CREATE TABLE hue (id color PRIMARY KEY); CREATE TABLE wall (id int PRIMARY KEY, hueid paint);
            INSERT INTO hue VALUES ('green'); INSERT INTO wall VALUES (1, 'red'), (2, 'green');
            """,
            [
                """
                {"name": "Hue", "properties": {"id": {"type": "any", "id": true}},
                 "relations": {"walls": {"type": "hasMany", "model": "Wall", "foreignKey": "hueId"}}}
                """,
                """
                {"name": "Wall", "properties": {"id": {"type": "number", "id": true}, "hueId": {"type": "any"}},
                 "relations": {"hue": {"type": "belongsTo", "model": "Hue"}}}
                """,
            ], strategy: strategy
        ) { (database) async throws in
            #expect(
                try await json(database, "Wall", #"{"fields": "id", "include": "hue"}"#)
                    == #"[{"id":1,"hue":null},{"id":2,"hue":{"id":"green"}}]"#)
            #expect(
                try await json(database, "Hue", #"{"include": {"relation": "walls", "scope": {"fields": "id"}}}"#)
                    == #"[{"id":"green","walls":[{"id":2}]}]"#)
            #expect(
                try await json(database, "Wall", #"{"fields": "id", "where": {"hue": {"is": {}}}}"#) == #"[{"id":2}]"#)
        }
    }

    @Test(.needs(.icu)) func `Keys that a collation holds equal give their record once`() async throws {
        try await withDatabase(
            "once",
            """
            \(Self.folded);
            CREATE TABLE word (id text COLLATE folded PRIMARY KEY); INSERT INTO word VALUES ('a'), ('B'), ('c');
            """,
            [#"{"name": "Word", "properties": {"id": {"type": "string", "id": true}}}"#]
        ) { (database) async throws in
            let words = try await database.findByIds("Word", ids: ["b", "a", "A", "x"])
            #expect(String(decoding: try words.json(), as: UTF8.self) == #"[{"id":"B"},{"id":"a"}]"#)
        }
    }

    @Test func `Records are found by keys of types known by name only`() async throws {
        try await withDatabase(
            "named",
            """
            CREATE TABLE host (id inet PRIMARY KEY); CREATE TABLE port (id int PRIMARY KEY, hostid inet);
            INSERT INTO host VALUES ('10.0.0.1'); INSERT INTO port VALUES (80, '10.0.0.1');
            """,
            [
                """
                {"name": "Host", "properties": {"id": {"type": "string", "id": true}},
                 "relations": {"ports": {"type": "hasMany", "model": "Port", "foreignKey": "hostId"}}}
                """,
                """
                {"name": "Port", "properties": {"id": {"type": "number", "id": true}, "hostId": {"type": "string"}}}
                """,
            ]
        ) { (database) async throws in
            let ports: JSONValue = ["include": ["relation": "ports", "scope": ["fields": "id"]]]
            let found = try await database.findById("Host", id: "10.0.0.1/32", filter: ports)
            #expect(String(decoding: try found.json(), as: UTF8.self) == #"[{"id":"10.0.0.1","ports":[{"id":80}]}]"#)
            await #expect(throws: PlannerError.self) { try await database.findById("Host", id: JSONValue.null) }
            #expect(try await database.findById("Host", id: "10.0.0.9", filter: ports).count == 0)
            #expect(try await database.findByIds("Host", ids: []).count == 0)
            #expect(try await database.findByIds("Host", ids: ["10.0.0.9", "10.0.0.1/32"]).count == 1)
            let one = await #expect(throws: PlannerError.self) { try await database.findById("Host", id: "nobody") }
            #expect(one?.code == .invalidValue && one?.property == "id")
            let several = await #expect(throws: PlannerError.self) {
                try await database.findByIds("Host", ids: ["10.0.0.1", "nobody"])
            }
            #expect(several?.code == .invalidValue && several?.property == "id")
        }
    }

    @Test(arguments: Strategy.allCases)
    func `A key may be called as the number of another is`(strategy: Strategy) async throws {
        try await withDatabase(
            "ordinal_\(strategy.rawValue)",
            """
            CREATE TABLE a (id numeric PRIMARY KEY); CREATE TABLE b (ordinal int PRIMARY KEY, aid numeric);
            CREATE TABLE c (id int PRIMARY KEY, bid int);
            INSERT INTO a VALUES (1); INSERT INTO b VALUES (5, 1); INSERT INTO c VALUES (9, 5);
            """,
            [
                """
                {"name": "A", "properties": {"id": {"type": "number", "id": true}},
                 "relations": {"bs": {"type": "hasMany", "model": "B", "foreignKey": "aId"}}}
                """,
                """
                {"name": "B", "properties": {"ordinal": {"type": "number", "id": true}, "aId": {"type": "number"}},
                 "relations": {"cs": {"type": "hasMany", "model": "C", "foreignKey": "bId"}}}
                """,
                """
                {"name": "C", "properties": {"id": {"type": "number", "id": true}, "bId": {"type": "number"}}}
                """,
            ], strategy: strategy
        ) { (database) async throws in
            #expect(
                try await json(
                    database, "A",
                    #"{"include": {"relation": "bs", "scope": {"fields": "ordinal", "include": {"relation": "cs", "scope": {"fields": "id"}}}}}"#
                ) == #"[{"id":1,"bs":[{"ordinal":5,"cs":[{"id":9}]}]}]"#)
        }
    }
}
