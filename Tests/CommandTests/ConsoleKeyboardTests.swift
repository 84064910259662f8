// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@testable import KinshipCommand

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `kinship console` at a keyboard: keys, history, Ctrl-C.
@Suite struct ConsoleKeyboardTests {
    @Test func aKeyboardHasCompletionAndHistory() async throws {
        var tool = try await SmallShop.shared().tool
        let state = try SmallShop.folder(of: [:])
        tool.environment["XDG_STATE_HOME"] = state
        tool.environment["NO_COLOR"] = "1"
        let session = try TerminalSession(tool, ["console"])
        #expect(await session.shows("kinship>"))
        session.type("Cus\t")
        #expect(await session.shows("kinship> Customer"))
        session.type("{\"lim\t: 1, \"fie\t: [\"id\"]}\r")
        #expect(await session.shows("1 record"))
        session.type("Order {\"include\": \"\t")
        #expect(await session.shows("customer  items"))
        session.type("\u{3}")
        #expect(await session.shows("^C"))
        session.type("Item {\r")
        #expect(await session.shows("...>"))
        session.type("\"where\": {\"sku\": \"c\"}}\r")
        #expect(await session.shows("sku c"))
        session.type("\u{1B}[A\u{1B}[A")
        #expect(await session.shows("kinship> Customer {\"limit\": 1, \"fields\": [\"id\"]}"))
        session.type("\u{1B}[B")
        #expect(await session.shows("kinship> Item { \"where\": {\"sku\": \"c\"}}"))
        session.type("\u{15}\\nothing\r")
        #expect(await session.shows("There is no command"))
        await session.typeEnd()
        #expect(await session.status() == 0)
        let history = ConsoleHistory(state + "/kinship/history").requests
        #expect(
            history == [
                "Customer {\"limit\": 1, \"fields\": [\"id\"]}", "Item {\n\"where\": {\"sku\": \"c\"}}", "\\nothing",
            ])
        let again = try TerminalSession(tool, ["console"])
        #expect(await again.shows("kinship>"))
        again.type("\u{1B}[A")
        #expect(await again.shows("kinship> \\nothing"))
        again.type("\u{15}\\q\r")
        #expect(await again.status() == 0)
    }

    /// Ctrl-C stops the answer that is awaited, here and on the server; the next one is answered.
    @Test func anAnswerIsStoppedAndTheConsoleGoesOn() async throws {
        let database = try await TestDatabase.named("console_stop")
        try await database.run("CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(600)")
        let models = try SmallShop.folder(of: [
            "slow.json": #"{"name": "Slow", "properties": {"id": {"type": "number", "id": true}}}"#
        ])
        let tool = Tool(environment: [
            "KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models, "NO_COLOR": "1",
        ])
        func isRunning() async throws -> Bool {
            let sql = """
                SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND wait_event = 'PgSleep'
                """
            return try await database.run(sql).isEmpty == false
        }
        func wait(until expected: Bool) async throws -> Bool {
            for _ in 0..<1_500 {
                if try await isRunning() == expected { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
            return false
        }
        let session = try TerminalSession(tool, ["console", "--no-history", "--timeout", "600"])
        #expect(await session.shows("kinship>"))
        session.type("Slow\r")
        #expect(try await wait(until: true))
        #expect(session.isPlain)
        session.send(SIGINT)
        #expect(await session.shows("Stopped."))
        #expect(try await wait(until: false))
        session.type("\\d\r")
        #expect(await session.shows("Slow  public.slow"))
        // SIGTERM ends it, and leaves the terminal as it was.
        session.send(SIGTERM)
        #expect(await session.status() == 143)
        #expect(session.isPlain)
    }

    /// Lines that are longer than the screen, letters of two columns, and indents of what is pasted.
    @Test func longAndWideLinesAreTyped() async throws {
        var tool = try await SmallShop.shared().tool
        tool.environment["NO_COLOR"] = "1"
        let session = try TerminalSession(tool, ["console", "--no-history"], columns: 60)
        #expect(await session.shows("kinship>"))
        let names = (0..<400).map { "\"日本\($0)\"" }.joined(separator: ", ")
        session.type("\\count Customer {\"name\": {\"nin\": [\(names), \"x\"]}}")
        #expect(await session.shows("\"x\"]}}"))
        #expect(!session.screen.hasWrapped)
        session.type("\r")
        #expect(await session.shows("\n2\n"))
        session.type("Item {\r\t\"include\":\r\t\t[],\r\t\"where\": {\"id\": 102},\r\t\"fields\": [\"sku\"]\r}\r")
        #expect(await session.shows("sku c\n1 record"))
        await session.typeEnd()
        #expect(await session.status() == 0)
    }
}
