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
            DROP TABLE IF EXISTS label, word, note, cover, page, writer;
            CREATE TABLE writer (id serial PRIMARY KEY, name text NOT NULL, gone boolean);
            CREATE TABLE page (id serial PRIMARY KEY, writerid int REFERENCES writer, title text, revision int NOT NULL,
                deletedat timestamptz);
            CREATE TABLE note (id serial PRIMARY KEY, pageid int REFERENCES page, text text, deletedat timestamp);
            CREATE TABLE word (id serial PRIMARY KEY, text text);
            CREATE TABLE label (id serial PRIMARY KEY, pageid int REFERENCES page, wordid int REFERENCES word,
                gone boolean, UNIQUE (pageid, wordid));
            INSERT INTO word (text) VALUES ('x'), ('y'), ('z');
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
                .hasMany("words", "Word", foreignKey: "pageId", through: "Label", keyThrough: "wordId"),
            ])
        (page.version, page.softDelete) = ("revision", "deletedAt")
        var note = ModelDefinition("Note", properties: [.id(), .number("pageId"), .string("text"), .date("deletedAt")])
        note.softDelete = "deletedAt"
        var cover = ModelDefinition(
            "Cover", properties: [.id(), .number("pageId"), .string("art"), .date("deletedAt")])
        cover.softDelete = "deletedAt"
        var label = ModelDefinition(
            "Label", properties: [.id(), .number("pageId"), .number("wordId"), .boolean("gone")],
            relations: [
                .belongsTo("page", "Page", foreignKey: "pageId"), .belongsTo("word", "Word", foreignKey: "wordId"),
            ])
        label.softDelete = "gone"
        let word = ModelDefinition("Word", properties: [.id(), .string("text")])
        let schema = try Schema(definitions: [writer, page, note, cover, word, label])
        return (
            try await Database.open(schema: schema, connection: ConnectionConfiguration(url: made.url)), made
        )
    }

    private static func text(_ graph: Graph) throws -> String { String(decoding: try graph.json(), as: UTF8.self) }

    // MARK: Counted

    /// Data of nothing but the number ask whether it is still the same: each operation compares, and none counts.
    @Test func theNumberAloneIsComparedAndChangesNothing() async throws {
        let (database, tables) = try await Self.open("counted_alone")
        try await tables.run(
            """
            INSERT INTO writer (name) VALUES ('Ann');
            INSERT INTO page (writerid, title, revision) VALUES (1, 'a', 4);
            INSERT INTO label (pageid, wordid) VALUES (1, 1);
            """)
        let shown: JSONValue = ["fields": ["title", "revision"]]
        let same = #"[{"title":"a","revision":4}]"#
        func found() async throws -> String { try Self.text(try await database.find("Page", filter: shown)) }
        try await database.updateById("Page", id: 1, ["revision": 4])
        #expect(try await found() == same)
        try await database.upsert("Page", ["id": 1, "revision": 4])
        #expect(try await found() == same)
        try await database.upsertWithWhere("Page", where: ["title": "a"], ["revision": 4])
        #expect(try await found() == same)
        #expect(try await database.updateAll("Page", where: ["title": "a"], ["revision": 4]).count == 1)
        #expect(try await database.updateAll("Page", where: ["title": "a"], ["revision": 5]).count == 0)
        try await database.updateRelated("Writer", id: 1, relation: "pages", key: 1, ["revision": 4])
        #expect(try await found() == same)
        #expect(
            try await database.updateAllRelated("Writer", id: 1, relation: "pages", where: [:], ["revision": 4]).count
                == 1)
        try await database.updateRelated("Label", id: 1, relation: "page", ["revision": 4])
        #expect(try await found() == same)
        try await database.updateGraph(
            "Writer", id: 1, ["pages": ["update": [["id": 1, "revision": 4, "notes": ["create": [["text": "n"]]]]]]])
        #expect(try await found() == same)
        for write in [
            { _ = try await database.updateById("Page", id: 1, ["revision": 3]) },
            { _ = try await database.upsert("Page", ["id": 1, "revision": 3]) },
            { _ = try await database.updateRelated("Writer", id: 1, relation: "pages", key: 1, ["revision": 3]) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: PlannerError.self) { try await write() }
            #expect(error?.code == .conflict)
        }
        #expect(try await found() == same)
        await database.close()
    }

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

    /// A change of a relation that is kept in the record's own row is one of the record.
    @Test func changesThroughRelationsAreCounted() async throws {
        let (database, tables) = try await Self.open("counted_related")
        try await database.create("Writer", ["name": "w"])
        try await database.createAll("Page", [["title": "a"], ["title": "b"]])
        func revisions() async throws -> [String?] {
            try await tables.run("SELECT revision FROM page ORDER BY id").map { $0[0] }
        }
        try await database.addRelated("Page", id: 1, relation: "writer", key: 1)
        #expect(try await revisions() == ["2", "1"])
        try await database.setRelated("Writer", id: 1, relation: "pages", keys: [2])
        #expect(try await revisions() == ["3", "2"])
        try await database.removeRelated("Writer", id: 1, relation: "pages", key: 2)
        try await database.addRelated("Writer", id: 1, relation: "pages", key: 2)
        #expect(try await revisions() == ["3", "4"])
        for data: JSONValue in [["title": "x", "revision": 1], ["revision": 1]] {
            let stale = await #expect(throws: PlannerError.self) {
                try await database.updateRelated("Writer", id: 1, relation: "pages", key: 2, data)
            }
            #expect(stale?.code == .conflict && stale?.message.contains("is 4, and not 1") == true)
        }
        let stale = await #expect(throws: PlannerError.self) {
            try await database.upsertWithWhere("Page", where: ["title": "b"], ["title": "c", "revision": 1])
        }
        #expect(stale?.code == .conflict)
        try await database.updateRelated("Writer", id: 1, relation: "pages", key: 2, ["title": "x", "revision": 4])
        #expect(try await database.updateAll("Page", where: [:], ["title": "y", "revision": 5]).count == 1)
        #expect(try await revisions() == ["3", "6"])
        await database.close()
    }

    // MARK: Deleted

    @Test func deletedLinksAreMadeAnew() async throws {
        let (database, tables) = try await Self.open("deleted_links")
        try await database.create("Page", ["title": "a"])
        try await database.addRelated("Page", id: 1, relation: "words", key: 1)
        try await database.removeRelated("Page", id: 1, relation: "words", key: 1)
        #expect(try await database.relatedCount("Page", id: 1, relation: "words").count == 0)
        try await database.addRelated("Page", id: 1, relation: "words", key: 1)
        #expect(try await database.relatedCount("Page", id: 1, relation: "words").count == 1)
        try await database.setRelated("Page", id: 1, relation: "words", keys: [2])
        try await database.setRelated("Page", id: 1, relation: "words", keys: [1, 3])
        #expect(
            try await tables.run("SELECT wordid, gone FROM label ORDER BY wordid")
                == [["1", nil], ["2", "t"], ["3", nil]])
        // Through links as well a deleted record is out of reach, whatever is asked.
        #expect(
            try await database.updateAllRelated("Page", id: 1, relation: "words", where: ["text": "x"], ["text": "X"])
                .count == 1)
        try await database.deleteById("Page", id: 1)
        #expect(try await database.updateAllRelated("Page", id: 1, relation: "words", ["text": "no"]).count == 0)
        #expect(try await database.deleteAllRelated("Page", id: 1, relation: "words").count == 0)
        #expect(try await tables.run("SELECT text FROM word ORDER BY id") == [["X"], ["y"], ["z"]])
        await database.close()
    }

    /// Who makes something below a record that is being deleted waits, and finds none; who deletes one that something is being
    /// made below waits for that.
    @Test func nothingIsMadeBelowWhatIsBeingDeleted() async throws {
        let (database, tables) = try await Self.open("deleted_race")
        try await database.createAll("Page", [["title": "a"], ["title": "b"]])
        let late = try await database.withTransaction { transaction in
            try await transaction.deleteById("Page", id: 1)
            let late = Task { try await database.createRelated("Page", id: 1, relation: "notes", ["text": "n"]) }
            try await Self.waitForLocks(1, tables)
            return late
        }
        let missing = await #expect(throws: PlannerError.self) { try await late.value }
        #expect(missing?.code == .modelNotFound)
        #expect(try await tables.run("SELECT count(*) FROM note") == [["0"]])

        let deleting = try await database.withTransaction { transaction in
            try await transaction.createRelated("Page", id: 2, relation: "notes", ["text": "n"])
            let deleting = Task { try await database.deleteById("Page", id: 2).count }
            try await Self.waitForLocks(1, tables)
            return deleting
        }
        #expect(try await deleting.value == 1)
        #expect(try await tables.run("SELECT count(*) FROM note") == [["1"]])
        await database.close()
    }

    /// Waits until so many sessions of the database wait for a lock.
    private static func waitForLocks(_ count: Int, _ tables: TestDatabase) async throws {
        for _ in 0..<500 {
            let waiting = try await tables.run(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if waiting == [["\(count)"]] { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("nobody waits")
    }

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
