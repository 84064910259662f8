// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Hidden and protected hold for every property, also those that only a relation or the id rule brings (K5, D28, D38).
@Suite struct HiddenKeyTests {
    private static let definitions = [
        #"{"name": "Writer", "properties": {"name": "string"}, "relations": {"pages": {"type": "hasMany", "model": "Page"}, "books": {"type": "hasAndBelongsToMany", "model": "Book"}}}"#,
        #"""
        {"name": "Page", "properties": {"title": "string"}, "hidden": {"writerId": true, "title": false},
         "hiddenProperties": ["ownerType", "writerIds", "_notes", "secrets"], "protected": ["ownerId", "owner"],
         "relations": {
            "writer": {"type": "belongsTo", "model": "Writer"},
            "writers": {"type": "referencesMany", "model": "Writer"},
            "notes": {"type": "embedsMany", "model": "Note", "property": "notes"},
            "owner": {"type": "belongsTo", "polymorphic": true},
            "secrets": {"type": "hasMany", "model": "Page", "foreignKey": "writerId"}}}
        """#,
        #"{"name": "Leaf", "base": "Page", "hidden": ["id"]}"#,
        #"{"name": "Note", "base": "Model", "properties": {"t": "string"}, "hidden": ["pin"]}"#,
        #"{"name": "Book", "properties": {"title": "string"}}"#,
        #"{"name": "BookWriter", "hidden": ["writerId"]}"#,
    ]

    private func with(_ name: String, _ body: (Database) async throws -> Void) async throws {
        let test = try await TestDatabase.named(name)
        try await test.run(
            """
            CREATE TABLE writer (id serial PRIMARY KEY, name text);
            INSERT INTO writer (name) VALUES ('A'), ('B');
            CREATE TABLE page (id serial PRIMARY KEY, title text, writerid int, writerids text, _notes text, ownerid int, ownertype text);
            INSERT INTO page (title, writerid, writerids, _notes, ownerid, ownertype)
                VALUES ('t', 1, '[1]', '[{"t": "s", "pin": "1234"}]', 1, 'Writer');
            CREATE TABLE leaf (LIKE page INCLUDING ALL);
            INSERT INTO leaf SELECT * FROM page;
            CREATE TABLE book (id serial PRIMARY KEY, title text);
            INSERT INTO book (title) VALUES ('b');
            CREATE TABLE bookwriter (id serial PRIMARY KEY, bookid int, writerid int);
            INSERT INTO bookwriter (bookid, writerid) VALUES (1, 1);
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: test.url)
        ) { try await body($0) }
    }

    private func found(_ database: Database, _ model: String, _ filter: JSONValue? = nil) async throws -> String {
        String(decoding: try await database.find(model, filter: filter).json(), as: UTF8.self)
    }

    @Test func `They are not shown, and relations go by them all the same`() async throws {
        try await with("hidden_keys") { database in
            #expect(try await found(database, "Page") == #"[{"id":1,"title":"t","ownerId":1}]"#)
            let included = try await found(database, "Page", ["include": ["writer", "writers", "notes", "owner"]])
            #expect(
                included
                    == #"[{"id":1,"title":"t","ownerId":1,"writer":{"id":1,"name":"A"},"writers":[{"id":1,"name":"A"}],"notes":[{"t":"s"}],"owner":{"id":1,"name":"A"}}]"#
            )
            // Protected ones are shown at the root only.
            let below = try await found(database, "Writer", ["where": ["id": 1], "include": "pages"])
            #expect(below == #"[{"id":1,"name":"A","pages":[{"id":1,"title":"t"}]}]"#)
            // What is asked for in fields is left out.
            let asked = try await found(database, "Page", ["fields": ["title", "writerId", "ownerType", "writerIds"]])
            #expect(asked == #"[{"title":"t"}]"#)
        }
    }

    @Test func `Inherited lists add up, and reach the injected id and made link keys`() async throws {
        try await with("hidden_inherited") { database in
            #expect(try await found(database, "Leaf") == #"[{"title":"t","ownerId":1}]"#)
            #expect(try await found(database, "BookWriter") == #"[{"id":1,"bookId":1}]"#)
            let links = try await found(
                database, "Writer",
                [
                    "where": ["id": 1],
                    "include": ["relation": "books", "through": ["as": "link", "fields": ["id", "writerId"]]],
                ])
            #expect(links == #"[{"id":1,"name":"A","books":[{"id":1,"title":"b","link":{"id":1}}]}]"#)
        }
    }

    @Test(arguments: [
        ("Page", #"{"where": {"writerId": 1}}"#), ("Page", #"{"where": {"ownerType": "Writer"}}"#),
        ("Page", #"{"where": {"or": [{"title": "t"}, {"writerIds": {"like": "%1%"}}]}}"#),
        ("Page", #"{"where": {"_notes": {"neq": null}}}"#), ("Page", #"{"where": {"secrets": {"some": {}}}}"#),
        ("Page", #"{"where": {"id": {"gt": {"column": "writerId"}}}}"#),
        ("Page", #"{"order": "writerId"}"#), ("Page", #"{"order": "secrets.count"}"#),
        ("Page", #"{"order": "writerId", "after": {"writerId": 1, "id": 1}}"#), ("Leaf", #"{"where": {"id": 1}}"#),
        ("Leaf", #"{"order": "id DESC"}"#), ("Leaf", #"{"after": {"id": 1}}"#),
        ("Writer", #"{"where": {"pages": {"some": {"writerId": 1}}}}"#),
        ("Writer", #"{"where": {"pages": {"some": {"ownerId": 1}}}}"#),
        ("Writer", #"{"order": "pages.max(writerId)"}"#),
        ("Writer", #"{"include": {"relation": "pages", "aggregate": {"max": "ownerId"}}}"#),
        ("Writer", #"{"include": {"relation": "pages", "scope": {"where": {"writerId": 1}}}}"#),
        ("BookWriter", #"{"where": {"writerId": 1}}"#),
    ])
    func `They are not to be asked about`(model: String, filter: String) async throws {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        #expect {
            _ = try schema.filter(filter, for: model)
        } throws: {
            ($0 as? PlannerError)?.code == .prohibitedProperty
        }
    }

    @Test func `Relations that are hidden can't be included, nor are they or hidden properties suggested`() throws {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        func error(_ filter: String, _ model: String = "Page") -> PlannerError? {
            do { _ = try schema.filter(filter, for: model) } catch { return error }
            return nil
        }
        #expect(error(#"{"include": "secrets"}"#)?.code == .includeDisabled)
        #expect(error(#"{"include": {"pages": "owner"}}"#, "Writer")?.code == .includeDisabled)
        for filter in [
            #"{"where": {"writerid": 1}}"#, #"{"order": "writerid"}"#, #"{"fields": ["writerid"]}"#,
            #"{"where": {"id": {"column": "writerid"}}}"#,
        ] {
            let message = error(filter)?.message ?? ""
            #expect(!message.contains("writerId") && !message.isEmpty, "\(message)")
        }
        #expect(error(#"{"include": "secret"}"#)?.message.contains("secrets") == false)
        #expect(error(#"{"where": {"titel": 1}}"#)?.message.contains("\"title\" meant") == true)
        #expect(error(#"{"order": "secrets"}"#)?.message.contains("secrets.count") == false)
    }
}
