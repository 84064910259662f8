// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Texts that look the same and aren't, as the server sees them.
@Suite struct SameLookTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test func `A request is not answered with the values of one that looks the same`() async throws {
        let test = try await TestDatabase.named("same_look")
        try await test.run(
            """
            CREATE TABLE shop (id int PRIMARY KEY, name text);
            CREATE TABLE visit (id int PRIMARY KEY, shopid int, note text, doc jsonb);
            INSERT INTO shop VALUES (1, 'one');
            INSERT INTO visit VALUES (1, 1, '\(Self.composed)', '{"\(Self.composed)": 1}'),
                (2, 1, '\(Self.decomposed)', '{"\(Self.decomposed)": 1}');
            """)
        let schema = try Schema(
            definitions: [
                #"{"name": "Shop", "properties": {"id": {"type": "number", "id": true}, "name": "string"}, "relations": {"visits": {"type": "hasMany", "model": "Visit"}}}"#,
                #"{"name": "Visit", "properties": {"id": {"type": "number", "id": true}, "shopId": "number", "note": "string", "doc": "object"}}"#,
            ].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: test.url)) {
            database in
            for (text, id) in [(Self.composed, 1), (Self.decomposed, 2), (Self.composed, 1)] {
                let filter: JSONValue = [
                    "fields": "id",
                    "include": [
                        "relation": "visits", "scope": ["fields": "id", "where": ["note": .string(text)]],
                    ],
                ]
                let found = try await database.findById("Shop", id: 1, filter: filter)
                #expect(
                    String(decoding: try found.json(), as: UTF8.self) == #"[{"id":1,"visits":[{"id":\#(id)}]}]"#)
                let place = try await database.find(
                    "Visit", filter: ["fields": "id", "where": .object([.init("doc." + text, 1)])])
                #expect(String(decoding: try place.json(), as: UTF8.self) == #"[{"id":\#(id)}]"#)
            }
        }
    }

    @Test func `What doesn't count in a lookup by key is checked all the same, also when the rest is known`()
        async throws
    {
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        let configuration = try ConnectionConfiguration(url: try await TestDatabase.shop().url)
        try await Database.withDatabase(schema: schema, connection: configuration) { database in
            let known = try await database.findById("Customer", id: 1, filter: ["fields": "id"])
            #expect(known.count == 1)
            do {
                _ = try await database.findById("Customer", id: 1, filter: ["fields": "id", "where": ["nope": 1]])
                Issue.record("the condition was not looked at")
            } catch let error as PlannerError {
                #expect(error.code == .unknownProperty && error.path == "where.nope")
            }
        }
    }
}
