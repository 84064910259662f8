// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship discover`: from an unknown database to answers.
@Suite struct DiscoverTests {
    @Test func anUnknownDatabaseIsServedWithoutWritingAModel() async throws {
        let database = try await TestDatabase.named("discover_command")
        try await database.run(
            """
            DROP SCHEMA public CASCADE; CREATE SCHEMA public;
            CREATE TABLE authors (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
            CREATE TABLE books (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, author_id bigint REFERENCES authors,
                tag_ids int[]);
            CREATE TABLE tags (id int PRIMARY KEY, label text);
            INSERT INTO authors (name) VALUES ('Ursula'), ('Stanislaw');
            INSERT INTO books (title, author_id, tag_ids) VALUES ('Solaris', 2, '{1}'), ('Eden', 2, '{}');
            INSERT INTO tags VALUES (1, 'sea')
            """)
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url]
        let dry = try await tool.run(["discover", "-o", "models", "--dry-run"])
        #expect(dry.lines == ["made Author.json", "made Book.json", "made Tag.json"])
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/models"))
        let made = try await tool.run(["discover", "-o", "models"])
        #expect(made.status == 0)
        #expect(made.lines == dry.lines)
        #expect(made.errors.contains("Book.tags is a guess"))
        let answer = try await tool.run([
            "query", "Author", #"{"where": {"name": "Stanislaw"}, "include": {"books": "tags"}}"#,
        ])
        #expect(answer.errors == "")
        #expect(answer.output.contains(#""title":"Solaris""#) && answer.output.contains(#""label":"sea""#))
        #expect(try await tool.run(["migrate", "plan"]).status == 0)

        let path = tool.directory + "/models/Author.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasPrefix("{\n  \"name\": \"Author\",\n"))
        #expect(try await tool.run(["discover", "-o", "models"]).output == "")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        try await database.run("ALTER TABLE authors ADD COLUMN born date")
        #expect(try await tool.run(["discover", "-o", "models"]).output == "changed Author.json: property born\n")
        #expect(try await tool.run(["query", "Author", #"{"limit": 1, "fields": ["born"]}"#]).output.contains("null"))
    }

    @Test func whatCannotBeIsSaid() async throws {
        let database = try await TestDatabase.named("discover_nothing")
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["broken.json": "{"])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url]
        #expect(try await tool.run(["discover"]).status == 64)
        let empty = try await tool.run(["discover", "-o", "models"])
        #expect(empty.status == 65)
        #expect(empty.errors.contains("no tables"))
        try await database.run("CREATE TABLE IF NOT EXISTS things (id int PRIMARY KEY)")
        #expect(try await tool.run(["discover", "-o", "."]).status == 65)
        #expect(try await tool.run(["discover", "-o", "/dev/null/x"]).status == 74)
        #expect(try await tool.run(["discover", "-o", "x", "--schema", "nowhere"]).status == 65)
        try await database.run("DROP TABLE things")
    }
}
