// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Records whose changes are counted (`version`), and records that stay when they are deleted (`softDelete`).
@Suite(.serialized) struct CountedAndDeletedTests {
    private static func open(_ name: String) async throws -> (database: Database, tables: TestDatabase) {
        let made = try await TestDatabase.named(name)
        try await made.run(
            """
            DROP TABLE IF EXISTS label, note, cover, page, writer;
            CREATE TABLE writer (id serial PRIMARY KEY, name text NOT NULL, gone boolean);
            CREATE TABLE page (id serial PRIMARY KEY, writerid int REFERENCES writer, title text, revision int NOT NULL,
                deletedat timestamptz);
            CREATE TABLE note (id serial PRIMARY KEY, pageid int REFERENCES page, text text, deletedat timestamp);
            CREATE TABLE cover (id serial PRIMARY KEY, pageid int REFERENCES page, art text, deletedat date);
            """)
        var writer = ModelDefinition(
            "Writer", properties: [.id(), .string("name"), .boolean("gone")],
            relations: [.hasMany("pages", "Page", foreignKey: "writerId")])
        writer.softDelete = "gone"
        var page = ModelDefinition(
            "Page",
            properties: [
                .id(), .number("writerId"), .string("title"), .number("revision"), .date("deletedAt"),
            ],
            relations: [
                .belongsTo("writer", "Writer", foreignKey: "writerId"), .hasMany("notes", "Note", foreignKey: "pageId"),
                .hasOne("cover", "Cover", foreignKey: "pageId"),
            ])
        (page.version, page.softDelete) = ("revision", "deletedAt")
        var note = ModelDefinition("Note", properties: [.id(), .number("pageId"), .string("text"), .date("deletedAt")])
        note.softDelete = "deletedAt"
        var cover = ModelDefinition(
            "Cover", properties: [.id(), .number("pageId"), .string("art"), .date("deletedAt")])
        cover.softDelete = "deletedAt"
        let schema = try Schema(definitions: [writer, page, note, cover])
        return (
            try await Database.open(schema: schema, connection: ConnectionConfiguration(url: made.url)), made
        )
    }

    private static func text(_ graph: Graph) throws -> String { String(decoding: try graph.json(), as: UTF8.self) }

    // MARK: Counted

    @Test func changesAreCounted() async throws {
        let (database, _) = try await Self.open("counted")
        let shown: JSONValue = ["fields": ["title", "revision"]]
        #expect(
            try Self.text(try await database.create("Page", ["title": "a"], filter: shown))
                == #"[{"title":"a","revision":1}]"#)
        let once = try await database.updateById("Page", id: 1, ["title": "b", "revision": 1], filter: shown)
        #expect(try Self.text(once) == #"[{"title":"b","revision":2}]"#)
        try await database.updateAll("Page", where: [:], ["title": "c"])
        #expect(
            try Self.text(try await database.replaceById("Page", id: 1, ["title": "d", "revision": 3], filter: shown))
                == #"[{"title":"d","revision":4}]"#)
        #expect(
            try Self.text(try await database.upsert("Page", ["id": 1, "title": "e"], filter: shown))
                == #"[{"title":"e","revision":5}]"#)
        #expect(
            try Self.text(try await database.replaceOrCreate("Page", ["id": 1, "title": "f"], filter: shown))
                == #"[{"title":"f","revision":6}]"#)
        #expect(
            try Self.text(try await database.replaceById("Page", id: 1, ["title": "g"], filter: shown))
                == #"[{"title":"g","revision":7}]"#)
        #expect(
            try Self.text(try await database.replaceOrCreate("Page", ["id": 9, "title": "h"], filter: shown))
                == #"[{"title":"h","revision":1}]"#)
        await database.close()
    }

    @Test func whoHasNotSeenTheLastChangeIsRefused() async throws {
        let (database, tables) = try await Self.open("counted_conflict")
        try await database.create("Writer", ["name": "w"])
        try await database.createRelated("Writer", id: 1, relation: "pages", ["title": "a"])
        try await database.updateById("Page", id: 1, ["title": "b"])
        for attempt in 0..<4 {
            let error = await #expect(throws: PlannerError.self) {
                switch attempt {
                case 0: try await database.updateById("Page", id: 1, ["title": "x", "revision": 1])
                case 1: try await database.replaceById("Page", id: 1, ["title": "x", "revision": 1])
                case 2: try await database.replaceOrCreate("Page", ["id": 1, "title": "x", "revision": 1])
                default: try await database.upsert("Page", ["id": 1, "title": "x", "revision": 1])
                }
            }
            #expect(error?.code == .conflict && error?.status == 409)
            #expect(error?.message.contains("is 2, and not 1") == true)
        }
        #expect(try await tables.run("SELECT title, revision FROM page") == [["b", "2"]])
        // Of many who have seen the same only one has its way.
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask {
                    do {
                        try await database.updateById("Page", id: 1, ["title": "\(number)", "revision": 2])
                        return true
                    } catch let error as PlannerError where error.code == .conflict {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
        await database.close()
    }

    // MARK: Deleted

    @Test func whatIsDeletedStaysAndIsNotShown() async throws {
        let (database, tables) = try await Self.open("deleted")
        try await database.createAll("Writer", [["name": "v"], ["name": "w"]])
        try await database.createRelated("Writer", id: 1, relation: "pages", [["title": "a"], ["title": "b"]])
        try await database.createRelated("Page", id: 1, relation: "notes", [["text": "n"], ["text": "o"]])
        #expect(try await database.deleteById("Page", id: 1).count == 1)
        #expect(try await database.deleteById("Page", id: 1).count == 0)
        #expect(
            try await tables.run("SELECT id, deletedat IS NOT NULL FROM page ORDER BY id") == [
                ["1", "t"], ["2", "f"],
            ])

        let titles: JSONValue = ["fields": ["title"]]
        #expect(try Self.text(try await database.find("Page", filter: titles)) == #"[{"title":"b"}]"#)
        #expect(try Self.text(try await database.unscoped.find("Page", filter: titles)) == #"[{"title":"b"}]"#)
        #expect(try await database.findById("Page", id: 1).count == 0)
        #expect(try await database.count("Page").count == 1)
        #expect(try await database.relatedCount("Writer", id: 1, relation: "pages").count == 1)
        let tree: JSONValue = [
            "fields": ["name"], "include": ["relation": "pages", "scope": ["fields": ["title"]]], "limit": 1,
        ]
        #expect(
            try Self.text(try await database.find("Writer", filter: tree)) == #"[{"name":"v","pages":[{"title":"b"}]}]"#
        )
        let both: JSONValue = [
            "fields": ["name"], "limit": 1,
            "include": ["relation": "pages", "scope": ["fields": ["title"], "withDeleted": true]],
        ]
        #expect(
            try Self.text(try await database.find("Writer", filter: both))
                == #"[{"name":"v","pages":[{"title":"a"},{"title":"b"}]}]"#)
        let only: JSONValue = ["fields": ["title"], "withDeleted": "only"]
        #expect(try Self.text(try await database.find("Page", filter: only)) == #"[{"title":"a"}]"#)
        let having: JSONValue = ["where": ["pages": ["some": ["title": "a"]]]]
        #expect(try await database.find("Writer", filter: having).count == 0)

        // A page that refers to a writer who is deleted refers to none.
        #expect(try await database.deleteAll("Writer", where: ["name": "v"]).count == 1)
        let page: JSONValue = ["fields": ["title"], "include": "writer"]
        #expect(try Self.text(try await database.find("Page", filter: page)) == #"[{"title":"b","writer":null}]"#)
        await database.close()
    }

    @Test func whatIsDeletedIsOutOfReach() async throws {
        let (database, tables) = try await Self.open("deleted_reach")
        try await database.create("Page", ["title": "a"])
        try await database.createRelated("Page", id: 1, relation: "cover", ["art": "x"])
        let taken = await #expect(throws: PlannerError.self) {
            try await database.createRelated("Page", id: 1, relation: "cover", ["art": "y"])
        }
        #expect(taken?.code == .relationExists)
        // The place of a deleted one is free.
        try await database.deleteRelated("Page", id: 1, relation: "cover")
        try await database.createRelated("Page", id: 1, relation: "cover", ["art": "y"])
        #expect(
            try await tables.run("SELECT art, deletedat IS NULL FROM cover ORDER BY id") == [["x", "f"], ["y", "t"]])
        try await database.deleteById("Page", id: 1)
        let missing = await #expect(throws: PlannerError.self) {
            try await database.updateById("Page", id: 1, ["title": "b"])
        }
        #expect(missing?.code == .modelNotFound)
        let hidden = await #expect(throws: ConstraintViolation.self) {
            try await database.upsert("Page", ["id": 1, "title": "b"])
        }
        #expect(hidden?.kind == .unique)
        let orphan = await #expect(throws: PlannerError.self) {
            try await database.createRelated("Page", id: 1, relation: "notes", ["text": "n"])
        }
        #expect(orphan?.code == .modelNotFound)
        #expect(try await database.updateAll("Page", where: [:], ["title": "b"]).count == 0)
        #expect(try await tables.run("SELECT title, revision FROM page") == [["a", "2"]])
        await database.close()
    }

    @Test func settingsThatNameNothingAreRefused() throws {
        for (version, softDelete) in [("nope", nil), ("title", nil), ("id", nil), (nil, "nope"), (nil, "title")] {
            var page = ModelDefinition("Page", properties: [.id(), .string("title")])
            (page.version, page.softDelete) = (version, softDelete)
            let error = #expect(throws: SchemaError.self) { try Schema(definitions: [page]) }
            #expect(error?.problems.first?.path == (version == nil ? "softDelete" : "version"))
        }
        let schema = try Schema(definitions: [ModelDefinition("Page", properties: [.id(), .string("title")])])
        let gone = #expect(throws: PlannerError.self) { try schema.filter(#"{"withDeleted": true}"#, for: "Page") }
        #expect(gone?.code == .invalidFilter)
    }
}
