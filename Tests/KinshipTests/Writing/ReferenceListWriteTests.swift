// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Lists of keys of every type, in columns of every type that can hold them.
@Suite struct ReferenceListWriteTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let key: String
        let list: String
        let keys: [JSONValue]
        var testDescription: String { "\(key) in \(list)" }

        /// A key as SQL has it.
        func sql(_ number: Int) -> String {
            "'\((keys[number].text ?? keys[number].description).replacing("'", with: "''"))'"
        }
    }

    private static let uuids: [JSONValue] = (0..<4).map { .string("00000000-0000-4000-8000-00000000000\($0)") }
    private static let texts: [JSONValue] = ["a", "it's \"b\"", "c,{d}", "\\e"]
    private static let numbers: [JSONValue] = [1, 2, 3, 4]
    private static let large: [JSONValue] = (0..<4).map { .number("\(9_223_372_036_854_775_800 + $0)") }

    static let kinds: [Kind] = [
        Kind(key: "int", list: "int[]", keys: numbers), Kind(key: "int", list: "bigint[]", keys: numbers),
        Kind(key: "bigint", list: "bigint[]", keys: large),
        Kind(key: "int", list: "text[]", keys: numbers), Kind(key: "int", list: "jsonb", keys: numbers),
        Kind(key: "int", list: "json", keys: numbers),
        Kind(key: "bigint", list: "jsonb", keys: large), Kind(key: "bigint", list: "text", keys: large),
        Kind(key: "int", list: "varchar(400)", keys: numbers),
        Kind(key: "text", list: "text[]", keys: texts), Kind(key: "varchar(50)", list: "varchar(50)[]", keys: texts),
        Kind(key: "text", list: "jsonb", keys: texts),
        Kind(key: "text", list: "text", keys: texts), Kind(key: "uuid", list: "uuid[]", keys: uuids),
        Kind(key: "uuid", list: "text[]", keys: uuids),
        Kind(key: "uuid", list: "jsonb", keys: uuids), Kind(key: "uuid", list: "text", keys: uuids),
        Kind(key: "numeric", list: "numeric[]", keys: numbers),
    ]

    @Test(arguments: kinds)
    func `Keys are put in, found and taken out`(kind: Kind) async throws {
        let name =
            "lists_\(kind.key)_\(kind.list)".filter { $0.isLetter || $0 == "_" }
            + (kind.list.hasSuffix("]") ? "_array" : "")
        let test = try await TestDatabase.named(name)
        try await test.run(
            """
            CREATE TABLE tag (id \(kind.key) PRIMARY KEY, name text); CREATE TABLE post (id int PRIMARY KEY, tagids \(kind.list));
            INSERT INTO tag VALUES (\(kind.sql(0)), 'a'), (\(kind.sql(1)), 'b'), (\(kind.sql(2)), 'c'); INSERT INTO post VALUES (1, NULL);
            """)
        let definitions = [
            #"{"name": "Tag", "properties": {"id": {"type": "any", "id": true}, "name": "string"}}"#,
            """
            {"name": "Post", "properties": {"id": {"type": "number", "id": true}, "tagIds": {"type": ["any"]}},
             "relations": {"tags": {"type": "referencesMany", "model": "Tag", "foreignKey": "tagIds"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url))
        func names() async throws -> String {
            let post = try JSONValue(
                parsing: try await database.findById("Post", id: 1, filter: ["include": "tags"]).firstJSON())
            return (post["tags"]?.elements ?? []).compactMap { $0["name"]?.text }.joined()
        }
        let keys = kind.keys
        try await database.addRelated("Post", id: 1, relation: "tags", key: keys[1])
        try await database.addRelated("Post", id: 1, relation: "tags", key: keys[0])
        #expect(
            await told {
                try await database.addRelated("Post", id: 1, relation: "tags", key: keys[1]); return "twice"
            } == "VALIDATION_ERROR tags:uniqueness")
        #expect(
            await told {
                try await database.addRelated("Post", id: 1, relation: "tags", key: keys[3]); return "missing"
            } == "MODEL_NOT_FOUND")
        #expect(try await names() == "ba")
        _ = try await database.createRelated("Post", id: 1, relation: "tags", ["id": keys[3], "name": "d"])
        #expect(try await names() == "bad")
        _ = try await database.updateRelated("Post", id: 1, relation: "tags", key: keys[0], ["name": "A"])
        #expect(
            await told {
                try await database.updateRelated("Post", id: 1, relation: "tags", key: keys[2], ["name": "A"]).text
            } == "MODEL_NOT_FOUND")
        #expect(try await names() == "bAd")
        try await database.removeRelated("Post", id: 1, relation: "tags", key: keys[1])
        #expect(try await names() == "Ad")
        try await database.setRelated("Post", id: 1, relation: "tags", keys: [keys[3], keys[2], keys[0], keys[3]])
        #expect(try await names() == "dcA")
        try await database.setRelated("Post", id: 1, relation: "tags", keys: [keys[0], keys[3]])
        #expect(try await names() == "Ad")
        try await database.deleteRelated("Post", id: 1, relation: "tags", key: keys[3])
        #expect(
            await told {
                try await database.deleteRelated("Post", id: 1, relation: "tags", key: keys[2]); return "other's"
            } == "MODEL_NOT_FOUND")
        #expect(try await names() == "A")
        #expect(try await test.run("SELECT string_agg(name, '' ORDER BY name) FROM tag") == [["Abc"]])
        #expect(try await database.deleteAllRelated("Post", id: 1, relation: "tags").count == 1)
        #expect(try await test.run("SELECT string_agg(name, '' ORDER BY name) FROM tag") == [["bc"]])
        await database.close()
    }

    @Test func `What is set last is the list, in its order, and counts once`() async throws {
        let world = try await WritingWorld(
            "lists_set", sql: WritingWorld.slowly("customer")
        ) { definitions in
            for index in definitions.indices where definitions[index].name == "Customer" {
                definitions[index].version = "points"
            }
        }
        let database = world.database
        let explained = try await database.explain {
            try await $0.setRelated("Customer", id: 3, relation: "byInts", keys: [1])
        }
        let parts = try #require(explained.steps.first?.plan.fetches.first).parts
        #expect(parts.map(\.name) == ["parent", "want", "changed"])
        #expect(parts.map(\.lock) == [nil, "FOR KEY SHARE", nil])
        #expect((explained.statements, explained.roundTrips) == (2, 1))
        let lists: [[JSONValue]] = [[1, 2], [2, 1], [3, 1, 2], [2]]
        let outcomes = await ConcurrentWriteTests().all { number in
            try await database.setRelated("Customer", id: 3, relation: "byInts", keys: lists[number % 4])
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        let found = try await world.rows("SELECT ints::text FROM customer WHERE id = 3")
        #expect(["{1,2}", "{2,1}", "{3,1,2}", "{2}"].contains(found), "\(found)")
        #expect(
            try await world.rows("SELECT points FROM customer WHERE id = 3") == "\(ConcurrentWriteTests.tasks)")
        // A target that goes meanwhile is waited for, or isn't there: a list never has the key of one that is gone.
        let races = await ConcurrentWriteTests().all { number in
            let key: JSONValue = .number("\(number / 2 % 3 + 1)")
            if number.isMultiple(of: 2) {
                try await database.deleteRelated("Customer", id: 3, relation: "byInts", key: key)
            } else {
                try await database.setRelated("Customer", id: 3, relation: "byInts", keys: [key])
            }
            return "done"
        }
        #expect(Set(races).isSubset(of: ["done", "MODEL_NOT_FOUND"]), "\(Set(races))")
        #expect(
            try await world.rows(
                "SELECT count(*) FROM customer, unnest(ints) e WHERE customer.id = 3 AND NOT EXISTS (SELECT FROM product p WHERE p.id = e)"
            ) == "0")
        await database.close()
    }

    /// A list that isn't shown isn't lost for it: what is taken out is told all the same.
    @Test func `Keys are taken out of hidden lists`() async throws {
        let world = try await WritingWorld("lists_hidden") { definitions in
            for index in definitions.indices where definitions[index].name == "Customer" {
                definitions[index].hidden.append("ints")
            }
        }
        let removed = try await world.database.removeRelated("Customer", id: 1, relation: "byInts", key: 1)
        #expect(removed.keys == [2])
        #expect(try await world.rows("SELECT ints::text FROM customer WHERE id = 1") == "{2}")
        await world.database.close()
    }
}
