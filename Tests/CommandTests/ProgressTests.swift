// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@testable import KinshipCommand

/// How far long work is, and how long it takes still: at terminals, and nowhere else.
@Suite(.serialized) struct ProgressTests {
    // MARK: Time left

    @Test(arguments: [
        (10, 0.5, ", 10 s left"), (29, 0.25, ", 87 s left"), (30, 0.25, ", 2 min left"), (60, 0.2, ", 4 min left"),
        (600, 0.1, ", 2 h left"), (7200, 0.5, ", 2 h left"), (100, 0.999, ", 1 s left"),
    ])
    func goesOnAsItHasGoneSoFar(seconds: Int, fraction: Double, text: String) {
        #expect(TimeLeft.text(after: .seconds(seconds), at: fraction) == text)
    }

    /// At the beginning, at the end, and where nobody knows how much there is.
    @Test(
        arguments: [
            (0.5, 0.5), (1.0, 0.5), (30.0, 0.0), (30.0, 0.01), (30.0, 1.0), (30.0, 1.5), (30.0, nil),
        ] as [(Double, Double?)])
    func whatNobodyCanTellIsNotTold(seconds: Double, fraction: Double?) {
        #expect(TimeLeft.text(after: .seconds(seconds), at: fraction) == "")
    }

    @Test func atItsBeginningNothingIsTold() {
        #expect(TimeLeft().text(at: 0.5) == "")
    }

    @Test(arguments: [(0, "0 s"), (89, "89 s"), (90, "2 min"), (149, "2 min"), (5399, "90 min"), (5400, "2 h")])
    func unitsAreThoseThatPeopleCountIn(seconds: Int, text: String) {
        #expect(TimeLeft.text(seconds: seconds) == ", \(text) left")
    }

    // MARK: At a terminal

    @Test func anImportDrawsItsBar() async throws {
        let database = try await TestDatabase.named("command_progress")
        try await database.run(
            """
            CREATE TABLE customer (id integer PRIMARY KEY, name text, balance numeric(20,2));
            CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customer, total numeric(12,2));
            CREATE TABLE item (id integer PRIMARY KEY, order_id integer REFERENCES orders, sku text)
            """)
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: SmallShop.definitions)
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": tool.directory]
        let lines = (1...30_000).map { "{\"id\": \($0), \"name\": \"customer number \($0)\"}\n" }.joined()
        try lines.write(toFile: tool.directory + "/customers.jsonl", atomically: false, encoding: .utf8)

        let session = try TerminalSession(tool, ["import", "Customer", "customers.jsonl"], columns: 120)
        // As much of the bar as there is of the file.
        var bars: (done: Int, left: Int, percent: Int)?
        _ = await eventually(within: .seconds(30)) {
            bars = Self.bar(in: session.screen.text)
            return bars != nil
        }
        let bar = try #require(bars, "\(session.screen.text)")
        #expect(bar.done + bar.left == 24)
        #expect((24 * bar.percent / 100...24 * (bar.percent + 1) / 100).contains(bar.done))
        #expect(await session.status() == 0)
        // And nothing of it stays.
        #expect(session.screen.text.contains(#"{"records":30000,"made":30000"#))
        #expect(!session.screen.text.contains("[#"))

        // In a pipe there is none.
        let piped = try await tool.run(["import", "Customer", "customers.jsonl", "--on-conflict", "skip", "--dry-run"])
        #expect(piped.status == 0)
        #expect(piped.errors == "")
    }

    /// How much of a bar is filled, and what is written behind it.
    private static func bar(in screen: String) -> (done: Int, left: Int, percent: Int)? {
        let frame = screen.firstMatch(of: #/\d+ records(?:, \d+ \w+ left)?  \[(#+)(\.*)\] (\d+)%/#)
        guard let frame, let percent = Int(frame.3) else { return nil }
        return (frame.1.count, frame.2.count, percent)
    }

    @Test func aMigrationTellsItsStepsAndWhatAnIndexWaitsFor() async throws {
        let database = try await TestDatabase.named("command_progress_migrate")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        let person = #"{"name": "Person", "properties": {"name": {"type": "string"}, "mail": {"type": "string"}}}"#
        let indexed =
            #"{"name": "Person", "properties": {"name": {"type": "string", "index": true}, "mail": {"type": "string", "index": true}}}"#
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["person.json": person])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": "."]
        #expect(try await tool.run(["migrate", "apply", "-y"]).status == 0)
        try await database.run("INSERT INTO person (name) VALUES ('Ada')")
        try indexed.write(toFile: tool.directory + "/person.json", atomically: false, encoding: .utf8)

        let writer = Task {
            try await database.run("BEGIN; LOCK TABLE person IN ROW EXCLUSIVE MODE; SELECT pg_sleep(300)")
        }
        let isWritten =
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'person'::regclass AND mode = 'RowExclusiveLock' AND granted)"
        #expect(await eventually { (try? await database.run(isWritten)) == [["t"]] })
        let session = try TerminalSession(tool, ["migrate", "apply", "-y"], columns: 120)
        #expect(await session.shows("1 of 2: create index person"), "\(session.screen.text)")
        #expect(await session.shows("waiting for writers before build"), "\(session.screen.text)")
        try await database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'person'::regclass AND mode = 'RowExclusiveLock'"
        )
        await #expect(throws: TestSession.Failure.self) { try await writer.value }
        #expect(await session.status() == 0)
        #expect(session.screen.text.contains("2 of 2: create index person"))
        #expect(!session.screen.text.contains("waiting for writers"))
        #expect(try await tool.run(["migrate", "plan", "--check"]).status == 0)
    }
}
