// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Imports of which something is many: sets of properties, bad records, pieces of one record.
@Suite struct ImportSizeTests {
    private static let columns = 17
    private static let table =
        "CREATE TABLE wide (id int PRIMARY KEY, "
        + (0..<columns).map { "c\($0) int DEFAULT -1 CHECK (c\($0) < 1000000)" }.joined(separator: ", ")
        + ");"
    private static let model =
        #"{"name": "Wide", "properties": {"id": {"type": "number", "id": true}, "#
        + (0..<columns).map { "\"c\($0)\": \"number\"" }.joined(separator: ", ") + "}}"

    /// A record with the properties whose bits a number has.
    private static func record(_ number: Int) -> String {
        let given = (0..<columns).filter { number >> $0 & 1 == 1 }.map { ", \"c\($0)\": \(number)" }
        return "{\"id\": \(number)\(given.joined())}\n"
    }

    /// Notes each index that is made.
    private static let noting = """
        CREATE TABLE noted (what text);
        CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO public.noted SELECT command_tag FROM pg_event_trigger_ddl_commands(); END $$;
        CREATE EVENT TRIGGER noted ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION noted();
        """

    @Test func `Each set of properties finds its own rows`() async throws {
        let world = try await BulkWorld("sets", sql: Self.table + Self.noting, models: [Self.model])
        let count = 1200
        let text = (1...count).map(Self.record).joined()
        func run(_ text: String) async throws -> ImportSummary {
            try await world.database.importRecords(
                into: "Wide", from: BulkWorld.pieces(text, of: 4096), format: .jsonLines,
                onConflict: .update)
        }
        func wrong(_ other: Int) async throws -> String {
            try await world.rows(
                "SELECT count(*) FROM wide WHERE (c0, c1) IS DISTINCT FROM (CASE WHEN id & 1 = 1 THEN id ELSE \(other) END, CASE WHEN id & 2 = 2 THEN id ELSE \(other) END)"
            )
        }
        let made = try await run(text)
        #expect((made.made, made.updated) == (count, 0))
        #expect(try await wrong(-1) == "0")
        #expect(try await world.rows("SELECT what FROM noted") == "CREATE INDEX")
        // Once more: each changes what it gives, and nothing else.
        try await world.test.run("UPDATE wide SET c0 = -2, c1 = -2; TRUNCATE noted")
        let again = try await run(text)
        #expect((again.made, again.updated) == (0, count))
        #expect(try await wrong(-2) == "0")
        // Of one set all rows are looked at in any case.
        try await world.test.run("TRUNCATE noted")
        #expect(try await run(Self.record(3)).updated == 1)
        #expect(try await world.rows("SELECT what FROM noted") == "")
    }

    @Test func `More sets of properties than can be told apart are refused`() async throws {
        let world = try await BulkWorld("most_sets", sql: Self.table, models: [Self.model])
        let source = AsyncStream<[UInt8]> { continuation in
            for start in stride(from: 1, to: 70_000, by: 500) {
                continuation.yield(Array((start..<start + 500).map(Self.record).joined().utf8))
            }
            continuation.finish()
        }
        let error = await #expect(throws: PlannerError.self) {
            try await world.database.importRecords(
                into: "Wide", from: source, format: .jsonLines, onConflict: .update)
        }
        #expect(
            error?.code == .unsupported && error?.path == "line 65537", "\(String(describing: error))")
        #expect(try await world.rows("SELECT count(*) FROM wide") == "0")
    }

    @Test(.timeLimit(.minutes(1))) func `Bad records among many are found`() async throws {
        let world = try await BulkWorld("halves", sql: Self.table, models: [Self.model])
        let count = 30_000
        let text = (1...count).map {
            "{\"id\": \($0), \"c0\": \($0.isMultiple(of: 3000) ? 1_000_000 : $0)}"
        }
        let summary = try await world.database.importRecords(
            into: "Wide", from: BulkWorld.pieces(text.joined(separator: "\n"), of: 65_536),
            format: .jsonLines,
            onError: .collect(limit: 50))
        #expect(summary.rejected.map(\.line) == (1...10).map { $0 * 3000 })
        #expect(summary.made == count - 10)
    }

    @Test(.timeLimit(.minutes(1))) func `A long record in small pieces is looked at once`()
        async throws
    {
        let world = try await BulkWorld("pieces")
        let line = String(repeating: "x", count: 510) + "\"\"\n"
        let lines = 16_000
        let source = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array("name,status\nAda,\"".utf8))
            for _ in 0..<lines { continuation.yield(Array(line.utf8)) }
            continuation.yield(Array("\"\nBob,new\n".utf8))
            continuation.finish()
        }
        let summary = try await world.database.importRecords(
            into: "Person", from: source, format: .csv)
        #expect(summary.made == 2)
        #expect(
            try await world.rows("SELECT name, length(status) FROM person ORDER BY name")
                == "Ada,\(512 * lines);Bob,3")
    }

    @Test func `CSV is the same in pieces of any size`() async throws {
        let world = try await BulkWorld("any_size")
        let text =
            "name,email,status\r\nAda,\"a\"\"b\"\"\",\"x\r\ny\"\r\n\"B, \"\"q\"\"\nand\n\n\",\"\",\"\"\"\"\r\n\"é\",ü,\"\"\n\"C\",,\"last\"\"\nl\""
        let expected = try await { () async throws -> String in
            try await world.csv(text)
            return try await world.rows("SELECT name, email, status FROM person ORDER BY name")
        }()
        #expect(expected == "Ada,a\"b\",x\r\ny;B, \"q\"\nand\n\n,,\";C,-,last\"\nl;é,ü,")
        for size in 1...24 {
            try await world.test.run("TRUNCATE person")
            let summary = try await world.database.importRecords(
                into: "Person", from: BulkWorld.pieces(text, of: size), format: .csv)
            #expect(summary.made == 4, "\(size)")
            #expect(
                try await world.rows("SELECT name, email, status FROM person ORDER BY name") == expected,
                "\(size)")
        }
    }
}
