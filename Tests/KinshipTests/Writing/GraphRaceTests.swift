// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

/// What a graph has looked for and not found, and what somebody else makes meanwhile.
@Suite struct GraphRaceTests {
    private typealias Way = @Sendable (Database) async throws -> Void

    private static func open(_ name: String) async throws -> (Database, TestDatabase) {
        let tables = try await TestDatabase.named("graph_race_\(name)")
        try await tables.run(
            """
            CREATE TABLE post (id serial PRIMARY KEY, title text);
            CREATE TABLE tag (name text PRIMARY KEY, note text);
            CREATE TABLE posttag (id serial PRIMARY KEY, postid int, tagname text);
            INSERT INTO post (title) VALUES ('p');
            """)
        let id = #""id": {"type": "number", "id": true, "generated": true}"#
        let models = [
            #"{"name": "Post", "properties": {\#(id), "title": "string"}, "relations": {"tags": {"type": "hasMany", "model": "Tag", "through": "PostTag", "foreignKey": "postId", "keyThrough": "tagName"}}}"#,
            #"{"name": "Tag", "properties": {"name": {"type": "string", "id": true}, "note": "string"}}"#,
            #"{"name": "PostTag", "properties": {\#(id), "postId": "number", "tagName": "string"}}"#,
        ]
        let schema = try Schema(
            definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: tables.url))
        return (database, tables)
    }

    private static let tag: JSONValue = ["name": "red", "note": "ours"]
    private static let ways: [(name: String, expected: String, run: Way)] = [
        (
            "connectOrCreate", "theirs",
            {
                let tags: JSONValue = ["connectOrCreate": [["where": ["name": "red"], "create": tag]]]
                try await $0.createGraph("Post", ["title": "q", "tags": tags])
            }
        ),
        ("upsertGraph", "ours", { try await $0.upsertGraph("Tag", tag) }),
        (
            "save", "ours",
            {
                let read: JSONValue = ["id": 1, "title": "p"]
                try await $0.save("Post", ["id": 1, "title": "p", "tags": [tag]], comparedWith: read)
            }
        ),
        ("save a whole record", "ours", { try await $0.save("Tag", tag, comparedWith: .null) }),
    ]

    @Test(arguments: 0..<4) func `What somebody else makes meanwhile is found`(number: Int)
        async throws
    {
        let way = Self.ways[number]
        let (database, tables) = try await Self.open("\(number)")
        let other = try await Connection.connect(
            ConnectionConfiguration(url: tables.url), logger: Logger(label: "kinship.tests"))
        try await other.execute("BEGIN")
        try await other.execute("INSERT INTO tag VALUES ('red', 'theirs')")
        async let done: Void = way.run(database)
        try await Self.waitForLock(tables)
        try await other.execute("COMMIT")
        try await done
        #expect(try await tables.run("SELECT note FROM tag") == [[way.expected]], "\(way.name)")
        #expect(
            try await tables.run("SELECT count(*) FROM posttag JOIN tag ON name = tagname")
                == [[["connectOrCreate", "save"].contains(way.name) ? "1" : "0"]], "\(way.name)")
        other.close()
        await database.close()
    }

    @Test func `What can't be made isn't tried again`() async throws {
        let (database, tables) = try await Self.open("plain")
        try await tables.run(
            """
            INSERT INTO tag VALUES ('red', 'theirs'); CREATE SEQUENCE tries;
            CREATE FUNCTION tried() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('tries'); RETURN new; END $$;
            CREATE TRIGGER tried BEFORE INSERT ON tag FOR EACH ROW EXECUTE FUNCTION tried();
            """)
        await #expect(throws: ConstraintViolation.self) {
            try await database.createGraph("Tag", Self.tag)
        }
        #expect(try await tables.run("SELECT last_value FROM tries") == [["1"]])
        await database.close()
    }

    private static func waitForLock(_ tables: TestDatabase) async throws {
        for _ in 0..<2000 {
            let waiting = try await tables.run(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if waiting != [["0"]] { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("Nobody waits")
    }
}
