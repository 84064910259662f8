// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Joins on keys that are no plain integers: what the database holds equal must find together here.
@Suite struct KeyTypeTests {
    /// The answer of parents with their children, joined by a key of a type.
    private func children(
        _ name: String, parentType: String, childType: String, parents: [String], children: [String],
        limit: Bool = false
    ) async throws -> String {
        let database = try await TestDatabase.named("key_\(name)")
        let parentRows = parents.enumerated().map { "(\($0.offset + 1), \($0.element))" }.joined(separator: ", ")
        let childRows = children.enumerated().map { "(\($0.offset + 1), \($0.element))" }.joined(separator: ", ")
        _ = try await database.run(
            """
            CREATE TABLE parent (id int PRIMARY KEY, code \(parentType));
            CREATE TABLE child (id int PRIMARY KEY, parent_code \(childType));
            INSERT INTO parent VALUES \(parentRows); INSERT INTO child VALUES \(childRows);
            """)
        let definitions = [
            """
            {"name": "Parent", "options": {"postgresql": {"table": "parent"}},
             "properties": {"id": {"type": "number", "id": true}, "code": {"type": "any"}},
             "relations": {"children": {"type": "hasMany", "model": "Child", "foreignKey": "parentCode", "primaryKey": "code"}}}
            """,
            """
            {"name": "Child", "options": {"postgresql": {"table": "child"}},
             "properties": {"id": {"type": "number", "id": true}, "parentCode": {"type": "any", "postgresql": {"columnName": "parent_code"}}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let opened = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: database.url))
        var scope: [JSONValue.Member] = [.init("fields", ["id"])]
        if limit { scope.append(.init("limit", 1)) }
        let graph = try await opened.find(
            "Parent", filter: ["fields": ["id"], "include": ["relation": "children", "scope": .object(scope)]])
        let json = String(decoding: try graph.json(), as: UTF8.self)
        await opened.close()
        return json
    }

    @Test func `Integers of different widths`() async throws {
        let json = try await children(
            "widths", parentType: "bigint", childType: "smallint", parents: ["7", "-9223372036854775808", "NULL", "7"],
            children: ["7", "NULL", "8", "7"])
        #expect(
            json
                == #"[{"id":1,"children":[{"id":1},{"id":4}]},{"id":2,"children":[]},{"id":3,"children":[]},{"id":4,"children":[{"id":1},{"id":4}]}]"#
        )
    }

    @Test func `Numerics that are equal with different scales`() async throws {
        let json = try await children(
            "numerics", parentType: "numeric", childType: "numeric", parents: ["1.0", "2"],
            children: ["1", "1.00", "2.000"])
        #expect(json == #"[{"id":1,"children":[{"id":1},{"id":2}]},{"id":2,"children":[{"id":3}]}]"#)
    }

    @Test func `Padded characters, limited for each parent`() async throws {
        let json = try await children(
            "padded", parentType: "char(5)", childType: "char(5)", parents: ["'ab'", "'c'"],
            children: ["'ab'", "'ab   '", "'c'"], limit: true)
        #expect(json == #"[{"id":1,"children":[{"id":1}]},{"id":2,"children":[{"id":3}]}]"#)
    }

    @Test func `Texts, uuids, dates and enumerations`() async throws {
        let texts = try await children(
            "texts", parentType: "text", childType: "varchar(9)", parents: ["'ä'", "''"], children: ["''", "'ä'"])
        #expect(texts == #"[{"id":1,"children":[{"id":2}]},{"id":2,"children":[{"id":1}]}]"#)
        let one = "'11111111-1111-4111-8111-111111111111'"
        let uuids = try await children("uuids", parentType: "uuid", childType: "uuid", parents: [one], children: [one])
        #expect(uuids == #"[{"id":1,"children":[{"id":1}]}]"#)
        let dates = try await children(
            "dates", parentType: "timestamptz", childType: "timestamptz", parents: ["'2024-01-01 00:00+00'"],
            children: ["'2024-01-01 01:00+01'"])
        #expect(dates == #"[{"id":1,"children":[{"id":1}]}]"#)
    }

    @Test func `Types without a decoder of their own`() async throws {
        let json = try await children(
            "inet", parentType: "inet", childType: "inet", parents: ["'10.0.0.1'"],
            children: ["'10.0.0.1/32'", "'10.0.0.2'"])
        #expect(json == #"[{"id":1,"children":[{"id":1}]}]"#)
    }

    @Test(arguments: Strategy.allCases)
    func `Rows that equal numerics lead to twice have their own once`(strategy: Strategy) async throws {
        let test = try await TestDatabase.named("key_twice_\(strategy.rawValue)")
        try await test.run(
            """
            CREATE TABLE a (id int PRIMARY KEY, code numeric);
            CREATE TABLE b (id int PRIMARY KEY, acode numeric);
            CREATE TABLE c (id int PRIMARY KEY, bid numeric);
            INSERT INTO a VALUES (1, 1), (2, 1.0); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1, 1);
            CREATE INDEX ON b (acode);
            """)
        let definitions = [
            """
            {"name": "A", "properties": {"id": {"type": "number", "id": true}, "code": {"type": "number"}},
             "relations": {"bs": {"type": "hasMany", "model": "B", "foreignKey": "acode", "primaryKey": "code"}}}
            """,
            """
            {"name": "B", "properties": {"id": {"type": "number", "id": true}, "acode": {"type": "number"}},
             "relations": {"cs": {"type": "hasMany", "model": "C", "foreignKey": "bid"}}}
            """,
            """
            {"name": "C", "properties": {"id": {"type": "number", "id": true}, "bid": {"type": "number"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url), trees: TreeOptions(strategy: strategy))
        let graph = try await database.find(
            "A",
            filter: [
                "fields": ["id"],
                "include": [
                    "relation": "bs",
                    "scope": [
                        "fields": ["id"], "limit": 5, "include": ["relation": "cs", "scope": ["fields": ["id"]]],
                    ],
                ],
            ])
        let json = String(decoding: try graph.json(), as: UTF8.self)
        await database.close()
        #expect(
            json
                == #"[{"id":1,"bs":[{"id":1,"cs":[{"id":1}]}]},{"id":2,"bs":[{"id":1,"cs":[{"id":1}]}]}]"#)
    }

    @Test(arguments: Strategy.allCases)
    func `Of several rows with its key a belongsTo leads to the first`(strategy: Strategy) async throws {
        let test = try await TestDatabase.named("key_first_\(strategy.rawValue)")
        try await test.run(
            """
            CREATE TABLE zone (id int PRIMARY KEY, code int, name text);
            CREATE TABLE shop (id int PRIMARY KEY, zone int);
            INSERT INTO zone VALUES (3, 7, 'a'), (2, 7, 'b'), (1, 8, 'c'); INSERT INTO shop VALUES (1, 7), (2, NULL), (3, 8);
            """)
        let definitions = [
            """
            {"name": "Zone", "properties": {"id": {"type": "number", "id": true}, "code": {"type": "number"}, "name": {"type": "string"}},
             "relations": {"shops": {"type": "hasMany", "model": "Shop", "foreignKey": "zone", "primaryKey": "code"}}}
            """,
            """
            {"name": "Shop", "properties": {"id": {"type": "number", "id": true}, "zone": {"type": "number"}},
             "relations": {"area": {"type": "belongsTo", "model": "Zone", "foreignKey": "zone", "primaryKey": "code"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url), trees: TreeOptions(strategy: strategy))
        func answer(_ model: String, _ filter: String) async throws -> String {
            String(decoding: try await database.find(model, filter: filter).json(), as: UTF8.self)
        }
        let first = try await answer(
            "Shop", #"{"fields": "id", "include": {"relation": "area", "scope": {"fields": "id"}}}"#)
        #expect(first == #"[{"id":1,"area":{"id":2}},{"id":2,"area":null},{"id":3,"area":{"id":1}}]"#)
        let ordered = try await answer(
            "Shop",
            #"{"fields": "id", "limit": 1, "include": {"relation": "area", "scope": {"fields": "id", "order": "name"}}}"#
        )
        #expect(ordered == #"[{"id":1,"area":{"id":3}}]"#)
        // The way back doesn't lead to the row it came from, but to the first.
        let back = try await answer(
            "Zone",
            #"{"fields": "id", "where": {"id": 3}, "include": {"relation": "shops", "scope": {"fields": "id", "include": {"relation": "area", "scope": {"fields": "id"}}}}}"#
        )
        #expect(back == #"[{"id":3,"shops":[{"id":1,"area":{"id":2}}]}]"#)
        let byName = try await answer("Shop", #"{"fields": "id", "order": "area.name DESC NULLS LAST"}"#)
        #expect(byName == #"[{"id":3},{"id":1},{"id":2}]"#)
        await database.close()
    }

    @Test func `Related rows whose keys only compare as text: conditions, orders, links`() async throws {
        let test = try await TestDatabase.named("key_related_text")
        try await test.run(
            """
            CREATE TABLE book (id int PRIMARY KEY);
            CREATE TABLE note (id int PRIMARY KEY, ofid text, oftype text);
            CREATE TABLE tag (id int PRIMARY KEY);
            INSERT INTO tag VALUES (1);
            CREATE TABLE mark (id int PRIMARY KEY, tagid int, ofid text, oftype text);
            INSERT INTO mark VALUES (1, 1, '2', 'Book'), (2, 1, 'x', 'Book'), (3, 1, '3', 'Film'), (4, 1, '1', 'Book');
            INSERT INTO book VALUES (1), (2), (3);
            INSERT INTO note VALUES (1, '2', 'Book'), (2, 'x', 'Book'), (3, '3', 'Film'), (4, '2', 'Book');
            """)
        let definitions = [
            """
            {"name": "Book", "properties": {"id": {"type": "number", "id": true}},
             "relations": {"notes": {"type": "hasMany", "model": "Note", "polymorphic": {"foreignKey": "ofId", "discriminator": "ofType"}}}}
            """,
            """
            {"name": "Note", "properties": {"id": {"type": "number", "id": true}, "ofId": {"type": "string"}, "ofType": {"type": "string"}}}
            """,
            """
            {"name": "Tag", "properties": {"id": {"type": "number", "id": true}},
             "relations": {"books": {"type": "hasMany", "model": "Book", "through": "Mark", "invert": true,
                "polymorphic": {"foreignKey": "ofId", "discriminator": "ofType"}, "foreignKey": "tagId"}}}
            """,
            """
            {"name": "Mark", "properties": {"id": {"type": "number", "id": true}, "tagId": {"type": "number"},
                "ofId": {"type": "string"}, "ofType": {"type": "string"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
        let some = try await database.find("Book", filter: ["where": ["notes": ["some": [:]]]])
        let ordered = try await database.find("Book", filter: ["order": "notes.count DESC"])
        let marked = try await database.find("Tag", filter: ["include": "books"])
        await database.close()
        #expect(String(decoding: try some.json(), as: UTF8.self) == #"[{"id":2}]"#)
        #expect(String(decoding: try ordered.json(), as: UTF8.self) == #"[{"id":2},{"id":1},{"id":3}]"#)
        #expect(String(decoding: try marked.json(), as: UTF8.self) == #"[{"id":1,"books":[{"id":1},{"id":2}]}]"#)
    }

    @Test(arguments: [("int[]", "'{2,2,9}'"), ("jsonb", "'[2, 2, 9]'"), ("text", "'[2, \"2\", 9]'")])
    func `A key that a list has twice is counted twice, included or ordered by`(type: String, list: String) async throws
    {
        let test = try await TestDatabase.named("key_list_\(type.prefix(3))")
        try await test.run(
            """
            CREATE TABLE tag (id int PRIMARY KEY);
            CREATE TABLE post (id int PRIMARY KEY, tagids \(type));
            INSERT INTO tag VALUES (1), (2); INSERT INTO post VALUES (1, \(list)), (2, NULL);
            INSERT INTO post SELECT 3, \(type == "int[]" ? "'{1}'" : "'[1]'");
            """)
        let definitions = [
            #"{"name": "Tag", "properties": {"id": {"type": "number", "id": true}}}"#,
            """
            {"name": "Post", "properties": {"id": {"type": "number", "id": true}, "tagIds": {"type": ["number"]}},
             "relations": {"tags": {"type": "referencesMany", "model": "Tag", "foreignKey": "tagIds"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
        let graph = try await database.find(
            "Post",
            filter: ["fields": "id", "order": "tags.count DESC", "include": ["relation": "tags", "count": true]])
        let first = try await database.find(
            "Post", filter: ["fields": "id", "order": "tags.count DESC", "after": ["tags.count": 2, "id": 1]])
        await database.close()
        #expect(
            String(decoding: try graph.json(), as: UTF8.self)
                == #"[{"id":1,"tags":{"count":2}},{"id":3,"tags":{"count":1}},{"id":2,"tags":{"count":0}}]"#)
        #expect(String(decoding: try first.json(), as: UTF8.self) == #"[{"id":3},{"id":2}]"#)
    }
}
