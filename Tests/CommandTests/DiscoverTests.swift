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

    @Test func aFileKeepsItsLayoutAndItsOtherName() async throws {
        let database = try await TestDatabase.named("discover_layout")
        try await database.run(
            """
            DROP SCHEMA public CASCADE; CREATE SCHEMA public;
            CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
            CREATE TABLE package (id int PRIMARY KEY)
            """)
        let text = """
            { "name": "Writer",
                "options": {"postgresql": {"table": "authors"}},
                "idInjection": false,
                "properties": {
                    "id": {"type": "number", "id": true},
                    "called": {"type": "string", "postgresql": {"columnName": "name"}}
                },   "relationships": {} }

            """
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["writer.json": text, "package.json": #"{"name": "package"}"#])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url]
        #expect(try await tool.run(["discover", "-o", "./"]).lines == ["made Package.json"])
        try await database.run(
            """
            ALTER TABLE authors ADD COLUMN born int;
            CREATE TABLE books (id int PRIMARY KEY, author_id int REFERENCES authors)
            """)
        let made = try await tool.run(["discover", "-o", ".", "--without", "Package"])
        #expect(made.lines == ["changed writer.json: property born, relation books", "made Book.json"])
        let changed = try String(contentsOfFile: tool.directory + "/writer.json", encoding: .utf8)
        let expected = text.replacing(
            #""columnName": "name"}}"#,
            with: """
                "columnName": "name"}},
                        "born": {"type": "number", "dataType": "integer", "postgresql": {"columnName": "born"}}
                """
        ).replacing(
            #""relationships": {}"#,
            with: #""relationships": {"books": {"type": "hasMany", "model": "Book", "foreignKey": "authorId"}}"#)
        #expect(changed.replacing(/"born": \{[^\n]*\n/, with: "") == expected.replacing(/"born": \{[^\n]*\n/, with: ""))
        #expect(
            try String(contentsOfFile: tool.directory + "/package.json", encoding: .utf8) == #"{"name": "package"}"#)
        #expect(try await tool.run(["discover", "-o", "."]).output == "")
    }

    @Test func typedModelsAreWrittenBesideThem() async throws {
        let database = try await TestDatabase.named("discover_swift")
        try await database.run(
            """
            DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP TYPE IF EXISTS mood;
            CREATE TYPE mood AS ENUM ('glad', 'sad');
            CREATE TABLE authors (id int PRIMARY KEY, feels mood);
            CREATE TABLE books (id int PRIMARY KEY, author_id int REFERENCES authors)
            """)
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url]
        let dry = try await tool.run(["discover", "-o", "models", "--swift", "Sources/Typed", "--dry-run"])
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/models"))
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/Sources"))
        let made = try await tool.run(["discover", "-o", "models", "--swift", "Sources/Typed"])
        #expect(made.lines == dry.lines)
        #expect(made.lines.contains("made Author.json") && made.lines.contains("made Author.swift"))
        #expect(made.lines.contains("made Mood.swift"))
        let author = try String(contentsOfFile: tool.directory + "/Sources/Typed/Author.swift", encoding: .utf8)
        #expect(author.contains("Mood?"))
        let same = try await tool.run([
            "generate", "swift", "--models", "models", "-o", "Sources/Typed", "--check", "--database", database.url,
        ])
        #expect(same.status == 0, "\(same.errors)")
        // What a person has changed is left alone, and it is said.
        try "// mine\n".write(
            toFile: tool.directory + "/Sources/Typed/Author.swift", atomically: true, encoding: .utf8)
        try await database.run("ALTER TABLE authors ADD COLUMN name text")
        let again = try await tool.run(["discover", "-o", "models", "--swift", "Sources/Typed"])
        #expect(again.lines.contains("changed Author.json: property name"))
        #expect(again.lines.contains("protected Author.swift"))
        #expect(again.status != 0)
        #expect(
            try String(contentsOfFile: tool.directory + "/Sources/Typed/Author.swift", encoding: .utf8) == "// mine\n")
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
        let without = try await tool.run(["discover", "-o", "x", "--without", "Things", "--without", "Thing.id"])
        #expect(without.status == 64)
        #expect(without.errors.contains("called \"Thing.id\" or \"Things\""))
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/x"))
        try await database.run("DROP TABLE things")
    }
}
