// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// `kinship discover` on a terminal: what is found is gone through with who sits there.
@Suite struct DiscoverReviewTests {
    private static let down = "\u{1B}[B"
    private static let enter = "\r"

    private func tool(_ name: String) async throws -> (Tool, TestDatabase) {
        let database = try await TestDatabase.named(name)
        try await database.run(
            """
            DROP SCHEMA public CASCADE; CREATE SCHEMA public;
            CREATE TABLE authors (id int PRIMARY KEY, name text);
            CREATE TABLE books (id int PRIMARY KEY, title text, author_id int REFERENCES authors, tag_ids int[]);
            CREATE TABLE tags (id int PRIMARY KEY, label text);
            CREATE TABLE notes (id int PRIMARY KEY, about_id int, about_type text CHECK (about_type IN ('Author', 'Book')))
            """)
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url]
        return (tool, database)
    }

    private func model(_ name: String, _ tool: Tool) throws -> JSONValue? {
        try FileManager.default.contents(atPath: "\(tool.directory)/models/\(name).json").map {
            try JSONValue(parsing: Array($0))
        }
    }

    @Test func guessesAreAskedAndNamesAreChosen() async throws {
        let (tool, database) = try await tool("discover_review")
        let session = try TerminalSession(tool, ["discover", "-o", "models"])
        #expect(await session.shows("Is Book.tags a relation?"))
        #expect(await session.shows("yes  referencesMany Tag by tagIds"))
        #expect(await session.shows("It is a guess: a list of values"))
        session.type(Self.enter)
        #expect(await session.shows("Is Note.about a relation?"))
        session.type(Self.down + Self.enter)
        #expect(await session.shows("> write 4 files"))
        #expect(await session.shows("Book  new, public.books, 4 properties, 2 relations"))
        // The inverses of a guess that is none go with it.
        #expect(session.screen.text.contains("Author  new, public.authors, 2 properties, 1 relation"))

        session.type("book" + Self.enter)
        #expect(await session.shows("author  belongsTo Author by authorId"))
        session.type("call" + Self.enter)
        #expect(await session.shows("What is it called? Book"))
        session.type("\u{15}author" + Self.enter)
        #expect(await session.shows("There is a model called"))
        session.type("\u{15}Volume" + Self.enter)
        #expect(await session.shows("Volume:"))
        session.type("author" + Self.enter)
        #expect(await session.shows("Book.author:"))
        session.type("call" + Self.enter)
        #expect(await session.shows("What is it called? author"))
        session.type("\u{15}title" + Self.enter)
        #expect(await session.shows("has a property or a relation of the name"))
        session.type("\u{15}writer" + Self.enter)
        #expect(await session.shows("writer  belongsTo Author by authorId"))
        session.type("go" + Self.enter)

        #expect(await session.shows("What is to be made?"))
        session.type("note" + Self.enter)
        #expect(await session.shows("Note:"))
        session.type("leave" + Self.enter)
        #expect(await session.shows("> Note  left out"))
        session.type("author" + Self.enter)
        #expect(await session.shows("books  hasMany Book by authorId"))
        session.type("books" + Self.enter)
        #expect(
            await session.shows("Its opposite, Book.author, stays.") || session.screen.text.contains("Author.books:"))
        session.type("leave" + Self.enter)
        #expect(await session.shows("books  left out"))
        session.type("go" + Self.enter)
        #expect(await session.shows("write 3 files"))
        session.type("write" + Self.enter)
        #expect(await session.status() == 0, "\(session.screen.text)")
        #expect(session.isPlain)

        #expect(try model("Note", tool) == nil && model("Book", tool) == nil)
        let volume = try #require(try model("Volume", tool))
        #expect(volume["name"] == "Volume")
        #expect(volume["relations"]?["writer"]?["model"] == "Author")
        #expect(volume["relations"]?["tags"]?["type"] == "referencesMany")
        #expect(try model("Author", tool)?["relations"] == .object([]))
        // They are models of the database, and another look finds what was left out only, where that is asked for.
        #expect(try await tool.run(["check", "--database", database.url]).status == 0)
        let again = try await tool.run(["discover", "-o", "models", "--dry-run", "--no-guesses"])
        #expect(again.status == 0 && again.lines == [])
        #expect(again.errors.contains("left out as before: Author.books, Note (--all"), "\(again.errors)")
        let all = try await tool.run(["discover", "-o", "models", "--dry-run", "--no-guesses", "--all"])
        #expect(all.lines == ["changed Author.json: relation books", "made Note.json"])
    }

    @Test func whatRowsNameKeepsItsName() async throws {
        let (tool, _) = try await tool("discover_review_names")
        let session = try TerminalSession(tool, ["discover", "-o", "models"])
        #expect(await session.shows("Is Book.tags a relation?"))
        session.type("yes, and" + Self.enter)
        #expect(await session.shows("What is to be made?"))
        session.type("author" + Self.enter)
        #expect(await session.shows("call it otherwise"))
        session.type("call" + Self.enter)
        #expect(await session.shows("What is it called? Author"))
        session.type("\u{15}Writer" + Self.enter)
        #expect(await session.shows("Rows of other tables hold the name Author"))
        // Ctrl-C leaves all as it was.
        session.type("\u{3}")
        #expect(await session.status() != 0)
        #expect(session.isPlain)
        #expect(session.screen.text.contains("Nothing was written."))
        #expect(!FileManager.default.fileExists(atPath: tool.directory + "/models"))
    }

    @Test func allGuessesAreDeclinedAtOnce() async throws {
        let (tool, _) = try await tool("discover_review_none")
        let session = try TerminalSession(tool, ["discover", "-o", "models"])
        #expect(await session.shows("Is Book.tags a relation?"))
        session.type("no, and" + Self.enter)
        #expect(await session.shows("> write 4 files"))
        session.type(Self.enter)
        #expect(await session.status() == 0)
        #expect(try model("Book", tool)?["relations"]?.members?.map(\.key) == ["author"])
        #expect(try model("Note", tool)?["relations"] == .object([]))
        #expect(try model("Author", tool)?["relations"]?.members?.map(\.key) == ["books"])
        #expect(try model("_discover", tool)?["without"] == ["Book.tags", "Note.about"])
        // Nobody is asked where --yes is given, and what was declined stays so.
        let same = try TerminalSession(tool, ["discover", "-o", "models", "--yes"])
        #expect(await same.status() == 0)
        #expect(try model("Book", tool)?["relations"]?.members?.map(\.key) == ["author"])
        let other = try TerminalSession(tool, ["discover", "-o", "models", "--yes", "--all"])
        #expect(await other.status() == 0)
        #expect(try model("_discover", tool)?["without"] == [])
        #expect(!other.screen.text.contains("?"))
        #expect(try model("Book", tool)?["relations"]?.members?.map(\.key) == ["author", "tags", "notes"])
    }

    /// What was left out is left out in the next review as well, and may be taken after all.
    @Test func whatWasLeftOutIsRemembered() async throws {
        let (tool, database) = try await tool("discover_review_memory")
        let first = try TerminalSession(tool, ["discover", "-o", "models"])
        #expect(await first.shows("Is Book.tags a relation?"))
        first.type("no, and" + Self.enter)
        #expect(await first.shows("> write 4 files"))
        first.type(Self.enter)
        #expect(await first.status() == 0)
        // What isn't there at the moment isn't forgotten, and only what is new is made.
        try await database.run("ALTER TABLE notes DROP COLUMN about_type; ALTER TABLE tags ADD colour text")
        let second = try TerminalSession(tool, ["discover", "-o", "models"])
        #expect(await second.shows("> write 1 file"))
        #expect(second.screen.text.contains("Tag  gets property colour"))
        #expect(!second.screen.text.contains("a relation?"))
        second.type("book" + Self.enter)
        #expect(await second.shows("tags  left out"))
        second.type("tags" + Self.enter)
        #expect(await second.shows("Book.tags is left out."))
        second.type("take" + Self.enter)
        #expect(await second.shows("tags  referencesMany Tag by tagIds"))
        second.type("go" + Self.enter)
        #expect(await second.shows("What is to be made?"))
        second.type("write" + Self.enter)
        #expect(await second.status() == 0, "\(second.screen.text)")
        #expect(try model("Book", tool)?["relations"]?["tags"]?["type"] == "referencesMany")
        #expect(try model("_discover", tool)?["without"] == ["Note.about"])
        // It is no model, and what can't be read is said.
        #expect(try await tool.run(["check", "--offline"]).status == 0)
        try "[]".write(toFile: tool.directory + "/models/_discover.json", atomically: true, encoding: .utf8)
        let odd = try await tool.run(["discover", "-o", "models", "--yes"])
        #expect(odd.status == 65 && odd.errors.contains("UNFIT_FILE at models/_discover.json"), "\(odd.errors)")
    }
}
