// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Records of a graph that are changed: one statement for those of a model and level that get values of the same properties.
@Suite struct GraphUpdateTests {
    /// Authors with books, which have chapters, tags and a publisher, and are in lists of shelves.
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String, hooks: Hooks = Hooks(), connections: Int = 8) async throws {
            tables = try await TestDatabase.named("graph_update_\(name)")
            try await tables.run(
                """
                CREATE TABLE author (id serial PRIMARY KEY, name text, code text);
                CREATE TABLE book (id serial PRIMARY KEY, authorid int, publisherid int, title text, pages int, tags text[], rev int DEFAULT 1);
                CREATE TABLE chapter (id serial PRIMARY KEY, bookid int, title text, heading jsonb);
                CREATE TABLE tag (id serial PRIMARY KEY, name text);
                CREATE TABLE booktag (id serial PRIMARY KEY, bookid int, tagid int);
                CREATE TABLE publisher (id serial PRIMARY KEY, name text);
                CREATE TABLE note (id serial PRIMARY KEY, text text, about_id int, about_type text);
                CREATE TABLE shelf (id serial PRIMARY KEY, books int[]);
                CREATE TABLE tally (what text);
                CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO tally VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
                INSERT INTO author (name, code) SELECT 'a' || n, 'c' || n FROM generate_series(1, 3) n;
                INSERT INTO publisher (name) SELECT 'p' || n FROM generate_series(1, 30) n;
                INSERT INTO book (authorid, publisherid, title, pages) SELECT 1 + (n > 20)::int, n, 'b' || n, n FROM generate_series(1, 30) n;
                INSERT INTO chapter (bookid, title) SELECT b, 'c' || b || n FROM generate_series(1, 30) b, generate_series(1, 3) n ORDER BY b, n;
                INSERT INTO tag (name) SELECT 't' || n FROM generate_series(1, 6) n;
                INSERT INTO booktag (bookid, tagid) SELECT b, t FROM generate_series(1, 3) b, generate_series(1, 4) t ORDER BY b, t;
                INSERT INTO note (text, about_id, about_type) SELECT 'n' || n, 1 + n % 2, 'Book' FROM generate_series(1, 4) n;
                INSERT INTO note (text, about_id, about_type) VALUES ('other', 1, 'Author');
                INSERT INTO shelf (books) VALUES ('{1,2,3}');
                """)
            for table in ["book", "chapter", "tag", "publisher", "note"] {
                try await tables.run(
                    "CREATE TRIGGER tally AFTER UPDATE ON \(table) FOR EACH STATEMENT EXECUTE FUNCTION tally()")
            }
            let id = #""id": {"type": "number", "id": true, "generated": true}"#
            let models = [
                #"""
                {"name": "Author", "properties": {\#(id), "name": "string", "code": "string"},
                 "relations": {"books": {"type": "hasMany", "model": "Book", "foreignKey": "authorId"}}}
                """#,
                #"""
                {"name": "Book", "version": "rev", "properties": {\#(id), "authorId": "number", "publisherId": "number", "title": {"type": "string", "maxLength": 20},
                  "pages": "number", "tags": ["string"], "rev": "number"},
                 "relations": {"chapters": {"type": "hasMany", "model": "Chapter", "foreignKey": "bookId"},
                  "labels": {"type": "hasMany", "model": "Tag", "foreignKey": "bookId", "keyThrough": "tagId", "through": "BookTag"},
                  "publisher": {"type": "belongsTo", "model": "Publisher", "foreignKey": "publisherId"},
                  "notes": {"type": "hasMany", "model": "Note", "polymorphic": {"foreignKey": "aboutId", "discriminator": "aboutType"}}}}
                """#,
                #"{"name": "Chapter", "properties": {\#(id), "bookId": "number", "title": "string", "heading": "object"}}"#,
                #"{"name": "Tag", "properties": {\#(id), "name": "string"}}"#,
                #"{"name": "BookTag", "properties": {\#(id), "bookId": "number", "tagId": "number"}}"#,
                #"{"name": "Publisher", "properties": {\#(id), "name": "string"}}"#,
                #"""
                {"name": "Note", "properties": {\#(id), "text": "string", "aboutId": {"type": "number", "postgresql": {"columnName": "about_id"}},
                  "aboutType": {"type": "string", "postgresql": {"columnName": "about_type"}}}}
                """#,
                #"""
                {"name": "Shelf", "properties": {\#(id), "books": ["number"]},
                 "relations": {"volumes": {"type": "referencesMany", "model": "Book", "foreignKey": "books"}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url),
                pool: PoolConfiguration(maximumConnections: connections), hooks: hooks)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        /// How many statements changed which table since it was last asked.
        func statements() async throws -> String {
            let told = try await rows("SELECT what || ' ' || count(*) FROM tally GROUP BY what ORDER BY what")
            try await tables.run("TRUNCATE tally")
            return told
        }

        func read(_ filter: JSONValue) async throws -> JSONValue {
            try JSONValue(parsing: try await database.findById("Author", id: 1, filter: filter).firstJSON())
        }
    }

    /// The same with other values at some names, at any depth.
    private static func changing(_ json: JSONValue, _ change: (String, JSONValue) -> JSONValue) -> JSONValue {
        if let elements = json.elements { return .array(elements.map { changing($0, change) }) }
        guard let members = json.members else { return json }
        return .object(
            members.map { .init($0.key, change($0.key, changing($0.value, change))) })
    }

    @Test func `A level is a statement, however many records are changed`() async throws {
        let world = try await World("levels")
        let include: JSONValue = ["include": ["relation": "books", "scope": ["include": ["chapters", "publisher"]]]]
        let before = try await world.read(include)
        let after = Self.changing(before) { name, value in
            ["title", "name"].contains(name) ? .string((value.text ?? "") + "!") : value
        }
        let saved = try await world.database.save("Author", after, comparedWith: before)
        #expect(saved.updated == 1 + 20 + 60 + 20)
        #expect(try await world.statements() == "book 1;chapter 1;publisher 1")
        #expect(
            try await world.rows("SELECT count(*) FROM book WHERE title = 'b' || id || '!' AND rev = 2 AND pages = id")
                == "20")
        #expect(try await world.rows("SELECT count(*) FROM book WHERE rev = 1 AND title !~ '!'") == "10")
        #expect(try await world.rows("SELECT count(*) FROM chapter WHERE title ~ '!'") == "60")
        #expect(try await world.rows("SELECT count(*) FROM publisher WHERE name = 'p' || id || '!'") == "20")
        // What was read doesn't count any more.
        let stale = await #expect(throws: PlannerError.self) {
            try await world.database.save(
                "Author", Self.changing(after) { name, value in name == "pages" ? 7 : value }, comparedWith: after)
        }
        #expect(stale?.code == .conflict)
        // By other properties, and with NULL, lists and JSON among the values.
        let now = try await world.read(include)
        let mixed = Self.changing(now) { name, value in
            switch name {
            case "pages": (Int(value.description) ?? 0).isMultiple(of: 2) ? .null : value
            case "tags": ["x", "y"]
            case "heading": ["a": [1, .null]]
            default: value
            }
        }
        try await world.database.save("Author", mixed, comparedWith: now)
        #expect(try await world.statements() == "book 2;chapter 1")
        #expect(
            try await world.rows("SELECT count(*), count(pages) FROM book WHERE tags = '{x,y}' AND rev = 3") == "20,10")
        #expect(
            try await world.rows("SELECT count(*) FROM chapter WHERE heading = '{\"a\": [1, null]}'") == "60")
        await world.database.close()
    }

    @Test func `Each kind of relation says whose the records are`() async throws {
        let world = try await World("kinds")
        func rename(_ keys: [Int], _ name: String, _ to: String) -> JSONValue {
            ["update": .array(keys.map { ["id": .number("\($0)"), name: .string("\(to)\($0)")] })]
        }
        let kinds: [(relation: String, name: String, table: String, keys: [[Int]], foreign: Int)] = [
            ("chapters", "title", "chapter", [[1, 2], [4, 5]], 7), ("labels", "name", "tag", [[1, 2], [3]], 6),
            ("notes", "text", "note", [[2, 4], [1]], 5),
        ]
        for kind in kinds {
            try await world.database.updateGraph(
                "Author", id: 1,
                [
                    "books": [
                        "update": [
                            ["id": 1, kind.relation: rename(kind.keys[0], kind.name, "x")],
                            ["id": 2, kind.relation: rename(kind.keys[1], kind.name, "y")],
                        ]
                    ]
                ])
            #expect(try await world.statements() == "\(kind.table) 1", "\(kind.relation)")
            let column = kind.name
            let expected =
                (kind.keys[0].map { ($0, "x\($0)") } + kind.keys[1].map { ($0, "y\($0)") }).sorted { $0.0 < $1.0 }
                .map { "\($0.0),\($0.1)" }.joined(separator: ";")
            #expect(
                try await world.rows(
                    "SELECT id, \(column) FROM \(kind.table) WHERE \(column) ~ '^[xy]' ORDER BY id") == expected)
            // One that is another's: nothing happens.
            let before = try await world.rows("SELECT * FROM \(kind.table) ORDER BY id")
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.updateGraph(
                    "Author", id: 1,
                    [
                        "books": [
                            "update": [["id": 1, kind.relation: rename(kind.keys[0] + [kind.foreign], kind.name, "z")]]
                        ]
                    ])
            }
            #expect(error?.code == .modelNotFound, "\(kind.relation)")
            #expect(try await world.rows("SELECT * FROM \(kind.table) ORDER BY id") == before)
            _ = try await world.statements()
        }
        try await world.database.updateGraph("Shelf", id: 1, ["volumes": rename([3, 1, 2], "title", "v")])
        #expect(try await world.statements() == "book 1")
        #expect(try await world.rows("SELECT title FROM book WHERE id < 5 ORDER BY id") == "v1;v2;v3;b4")
        let error = await #expect(throws: PlannerError.self) {
            try await world.database.updateGraph("Shelf", id: 1, ["volumes": rename([1, 4], "title", "w")])
        }
        #expect(error?.code == .modelNotFound)
        await world.database.close()
    }

    @Test func `What is wrong with one of them is told, and nothing is changed`() async throws {
        let world = try await World("wrong")
        let before = try await world.rows("SELECT * FROM book ORDER BY id")
        func update(_ books: [JSONValue]) async -> any Error {
            do {
                try await world.database.updateGraph("Author", id: 1, ["books": ["update": .array(books)]])
                return CancellationError()
            } catch {
                return error
            }
        }
        let long = JSONValue.string(String(repeating: "x", count: 30))
        let invalid = await update([["id": 1, "title": "ok"], ["id": 2, "title": long], ["id": 3, "nope": 1]])
        #expect((invalid as? ValidationError)?.problems.first?.path == "books.update[1].title")
        #expect(
            (await update([["id": 1, "title": "a"], ["id": 25, "title": "b"]]) as? PlannerError)?.code == .modelNotFound
        )
        #expect(
            (await update([["id": 1, "title": "a", "rev": 1], ["id": 2, "title": "b", "rev": 7]]) as? PlannerError)?
                .code
                == .conflict)
        #expect(
            (await update([["id": 1, "title": "a", "authorId": 2], ["id": 2, "title": "b", "authorId": 2]])
                as? PlannerError)?
                .code == .keyOverride)
        #expect(try await world.rows("SELECT * FROM book ORDER BY id") == before)
        // One that is there twice is changed twice; operators, each by itself.
        #expect(
            await update([["id": 1, "title": "a"], ["id": 2, "title": "b"], ["id": 1, "title": "c"]])
                is CancellationError)
        #expect(
            await update([["id": 1, "$inc": ["pages": 5]], ["id": 2, "$inc": ["pages": 6]]]) is CancellationError)
        #expect(
            await update([["id": 1, "title": "s", "rev": 4], ["id": 2, "title": "t", "rev": 3]]) is CancellationError)
        #expect(try await world.rows("SELECT title, pages, rev FROM book WHERE id < 3 ORDER BY id") == "s,6,5;t,8,4")
        await world.database.close()
    }

    @Test(arguments: [Hooks.Loading.nothing, .old])
    func `Hooks run for each of them`(loading: Hooks.Loading) async throws {
        let log = HookLog()
        var hooks = log.hooks("Book", loading: loading)
        hooks.beforeSave("Book") { save in
            if save.change["title"] == "no" { throw HookLog.Refused() }
            if save.change["title"] == "count" { save.change["pages"] = 100 }
        }
        let world = try await World("hooks_\(loading)", hooks: hooks)
        func update(_ titles: [Int: String]) async throws {
            let books = titles.sorted { $0.key < $1.key }.map {
                JSONValue.object([.init("id", .number("\($0)")), .init("title", .string($1))])
            }
            try await world.database.updateGraph("Author", id: 1, ["books": ["update": .array(books)]])
        }
        try await update([1: "x", 2: "y", 3: "z"])
        let old = { (key: Int) in loading == .old ? " old \(key)" : "" }
        let told = log.take()
        #expect(
            told.filter { $0.hasPrefix("before save") } == (1...3).map { "before save Book update \($0)\(old($0))" })
        #expect(told.filter { $0.hasPrefix("after save") } == (1...3).map { "after save Book update \($0)\(old($0))" })
        #expect(told.filter { $0.hasPrefix("after commit") }.count == 3)
        #expect(try await world.statements() == "book 1")
        // What a hook adds makes another statement.
        try await update([1: "count", 2: "p", 3: "q"])
        #expect(try await world.statements() == "book 2")
        #expect(try await world.rows("SELECT title, pages FROM book WHERE id < 4 ORDER BY id") == "count,100;p,2;q,3")
        _ = log.take()
        await #expect(throws: HookLog.Refused.self) { try await update([1: "r", 2: "no", 3: "s"]) }
        #expect(log.take().filter { $0.hasPrefix("after rollback") }.count == 3)
        let missing = await #expect(throws: PlannerError.self) { try await update([1: "r", 25: "s"]) }
        #expect(missing?.code == .modelNotFound)
        #expect(try await world.rows("SELECT title, pages FROM book WHERE id < 4 ORDER BY id") == "count,100;p,2;q,3")
        await world.database.close()
    }

    /// They are held in the order of their keys, whatever the order of the data.
    @Test(.timeLimit(.minutes(2))) func `Who changes the same records at once waits, and each has them all`()
        async throws
    {
        let world = try await World("race")
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<6 {
                        let keys = (1...20).map { 1 + ($0 * [1, 3, 7, 9, 11, 13, 17, 19][task] + round) % 20 }
                        let ordered = keys.reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
                        do {
                            try await world.database.withTransaction { transaction in
                                try await transaction.updateGraph(
                                    "Author", id: 1,
                                    [
                                        "books": [
                                            "update": .array(
                                                ordered.map {
                                                    ["id": .number("\($0)"), "title": .string("\(task).\(round)")]
                                                })
                                        ]
                                    ])
                            }
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
        }
        #expect(
            try await world.rows(
                "SELECT DISTINCT rev FROM book WHERE authorid = 1 AND id IN (SELECT id FROM book WHERE rev > 1)")
                == "49")
        #expect(try await world.rows("SELECT count(DISTINCT title) FROM book WHERE rev > 1") == "1")
        await world.database.close()
    }
}
