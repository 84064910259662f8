// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Records whose key is there already.
@Suite struct ImportConflictTests {
    private static let rows = """
        INSERT INTO person (id, email, name, age, points, secret, revision) VALUES (1, 'a', 'Ada', 36, 5, 's', 1), (2, 'b', 'Bob', 40, 6, 't', 1);
        SELECT setval('person_id_seq', 100);

        """

    @Test func `Records that are there get what the data give`() async throws {
        let world = try await BulkWorld("update", sql: Self.rows)
        let summary = try await world.lines(
            """
            {"id": 1, "name": "Ada L", "age": null}
            {"id": 3, "name": "Cy", "points": 7}
            {"name": "Dee"}
            {"id": 2, "name": "Bob", "points": 8}
            """, onConflict: .update)
        #expect((summary.records, summary.made, summary.updated, summary.skipped) == (4, 2, 2, 0))
        #expect(
            try await world.rows("SELECT id, email, name, age, points, secret, status FROM person ORDER BY id")
                == "1,a,Ada L,-,5.00,s,new;2,b,Bob,40,8.00,t,new;3,-,Cy,-,7.00,-,new;101,-,Dee,-,-,-,new")
    }

    @Test func `Records that are there are passed over`() async throws {
        let world = try await BulkWorld("skip", sql: Self.rows)
        let text = "{\"id\": 1, \"name\": \"x\"}\n{\"id\": 5, \"name\": \"y\"}\n{\"id\": 5, \"name\": \"z\"}"
        let summary = try await world.lines(text, onConflict: .skip)
        #expect((summary.records, summary.made, summary.updated, summary.skipped) == (3, 1, 0, 2))
        #expect(try await world.rows("SELECT id, name FROM person ORDER BY id") == "1,Ada;2,Bob;5,y")
    }

    @Test func `Another unique key tells records apart`() async throws {
        let world = try await BulkWorld("key", sql: Self.rows)
        let text = "{\"email\": \"b\", \"name\": \"Bo\"}\n{\"email\": \"c\", \"name\": \"Cy\"}"
        let summary = try await world.lines(text, onConflict: .update, key: ["email"])
        #expect((summary.made, summary.updated) == (1, 1))
        #expect(try await world.rows("SELECT id, email, name FROM person ORDER BY email") == "1,a,Ada;2,b,Bo;102,c,Cy")
        for (key, code) in [(["name"], "UNSUPPORTED"), (["nope"], "UNKNOWN_PROPERTY"), ([], "UNSUPPORTED")] {
            #expect(await refusal { try await world.lines(text, onConflict: .update, key: key) } == code)
        }
        // A conflict of another index is an error.
        #expect(
            await refusal { try await world.lines(#"{"id": 9, "email": "a", "name": "x"}"#, onConflict: .update) }
                == "1 CONSTRAINT_VIOLATION email person_email_key")
    }

    @Test func `A key that the data have twice is told`() async throws {
        let world = try await BulkWorld("twice", sql: Self.rows)
        let text =
            "{\"id\": 1, \"name\": \"x\"}\n{\"id\": 7, \"name\": \"y\"}\n{\"id\": 1, \"name\": \"z\"}\n{\"id\": 1, \"name\": \"w\"}"
        #expect(await refusal { try await world.lines(text, onConflict: .update) } == "3 CONFLICT id")
        #expect(try await world.rows("SELECT name FROM person ORDER BY id") == "Ada;Bob")
        let summary = try await world.lines(text, onConflict: .update, onError: .collect(limit: 2))
        #expect(summary.rejected.map(\.told) == ["3 CONFLICT id", "4 CONFLICT id"])
        #expect(summary.rejected[0].report.message.contains("line 1"))
        #expect((summary.made, summary.updated) == (1, 1))
        #expect(try await world.rows("SELECT id, name FROM person ORDER BY id") == "1,x;2,Bob;7,y")
    }

    @Test func `What a default scope hides isn't changed, and what it says is written`() async throws {
        let model = """
            {"name": "Newcomer", "options": {"postgresql": {"table": "person"}}, "scope": {"where": {"status": "new"}},
             "properties": {"id": {"type": "number", "id": true}, "name": "string", "status": "string"}}
            """
        let world = try await BulkWorld(
            "scope", sql: Self.rows + "UPDATE person SET status = 'old' WHERE id = 2;", models: [model])
        let text =
            "{\"id\": 1, \"name\": \"x\"}\n{\"id\": 2, \"name\": \"y\"}\n{\"id\": 3, \"name\": \"z\", \"status\": \"old\"}"
        #expect(await refusal { try await world.lines(text, into: "Newcomer", onConflict: .update) } == "2 CONFLICT id")
        let summary = try await world.lines(
            text, into: "Newcomer", onConflict: .update, onError: .collect(limit: 5))
        #expect((summary.made, summary.updated, summary.rejected.count) == (1, 1, 1))
        #expect(try await world.rows("SELECT id, name, status FROM person ORDER BY id") == "1,x,new;2,Bob,old;3,z,new")
        let all = try await world.database.unscoped.importRecords(
            into: "Newcomer", from: BulkWorld.pieces(#"{"id": 2, "name": "y"}"#), format: .jsonLines,
            onConflict: .update)
        #expect(all.updated == 1)
    }

    @Test func `Changes are counted, and stale data are told`() async throws {
        let model = """
            {"name": "Counted", "options": {"postgresql": {"table": "person"}}, "version": "revision",
             "properties": {"id": {"type": "number", "id": true}, "name": "string", "revision": "number"}}
            """
        let world = try await BulkWorld("version", sql: Self.rows, models: [model])
        let text =
            "{\"id\": 1, \"name\": \"x\", \"revision\": 1}\n{\"id\": 2, \"name\": \"y\"}\n{\"id\": 3, \"name\": \"z\"}"
        let summary = try await world.lines(text, into: "Counted", onConflict: .update)
        #expect((summary.made, summary.updated) == (1, 2))
        #expect(try await world.rows("SELECT id, name, revision FROM person ORDER BY id") == "1,x,2;2,y,2;3,z,1")
        #expect(await refusal { try await world.lines(text, into: "Counted", onConflict: .update) } == "1 CONFLICT id")
    }

    @Test func `Of composite keys all parts count`() async throws {
        let model = """
            {"name": "Seat", "properties": {"row": {"type": "number", "id": 1}, "place": {"type": "string", "id": 2}, "guest": "string"}}
            """
        let world = try await BulkWorld(
            "composite",
            sql:
                "CREATE TABLE seat (\"row\" int, place text, guest text, PRIMARY KEY (\"row\", place)); INSERT INTO seat VALUES (1, 'a', 'Ada');",
            models: [model])
        let text = "{\"row\": 1, \"place\": \"a\", \"guest\": \"x\"}\n{\"row\": 1, \"place\": \"b\", \"guest\": \"y\"}"
        let summary = try await world.lines(text, into: "Seat", onConflict: .update)
        #expect((summary.made, summary.updated) == (1, 1))
        #expect(try await world.rows("SELECT * FROM seat ORDER BY place") == "1,a,x;1,b,y")
        #expect(
            await refusal { try await world.lines(text, into: "Seat") } == "1 CONSTRAINT_VIOLATION row place seat_pkey")
    }

    @Test(.needs(.citext), .needs(.icu), arguments: ["citext", "text COLLATE folding", "numeric"])
    func `A key that the data have twice in two spellings is told`(type: String) async throws {
        let model =
            #"{"name": "Badge", "properties": {"code": {"type": "\#(type == "numeric" ? "number" : "string")", "id": true}, "name": "string", "note": "string"}}"#
        let world = try await BulkWorld(
            "spelled_\(type.prefix(4))",
            sql:
                "CREATE EXTENSION citext; CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE TABLE badge (code \(type) PRIMARY KEY, name text, note text);",
            models: [model])
        let (one, other) = type == "numeric" ? ("1", "1.0") : (#""A@x""#, #""a@X""#)
        // Of two sets of properties, and so of two statements.
        let text = "{\"code\": \(one), \"name\": \"x\"}\n{\"code\": \(other), \"note\": \"y\"}"
        #expect(
            await refusal { try await world.lines(text, into: "Badge", onConflict: .update) }
                == "2 CONFLICT code")
        let summary = try await world.lines(
            text, into: "Badge", onConflict: .update, onError: .collect(limit: 1))
        #expect((summary.made, summary.updated, summary.rejected.count) == (1, 0, 1))
        #expect(try await world.rows("SELECT name, note FROM badge") == "x,-")
    }
}
