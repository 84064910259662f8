// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

/// What shows on a terminal and nowhere else.
@Suite struct TerminalTests {
    @Test(arguments: [(nil, true), ("1", false), ("", true)])
    func colorsAreForTerminalsWithoutNoColor(noColor: String?, isColored: Bool) async throws {
        var tool = try await SmallShop.shared().tool
        tool.environment["NO_COLOR"] = noColor
        let terminal = try PseudoTerminal()
        let running = try tool.start(
            ["query", "Item", #"{"limit": 1, "fields": ["id"]}"#, "--pretty"], output: terminal.child)
        try terminal.child.close()
        let outcome = await running.outcome()
        let shown = terminal.read()
        #expect(outcome.status == 0)
        #expect(shown.contains("\"id\""))
        #expect(shown.contains("\u{1B}[") == isColored)
    }

    @Test func atTheKeyboardItSaysWhatItWaitsFor() async throws {
        let tool = try await SmallShop.shared().tool
        let terminal = try PseudoTerminal()
        let running = try tool.start(["batch"], input: terminal.child)
        try terminal.child.close()
        #expect(await running.waitForErrors("Ctrl-D"))
        terminal.write("{\"model\": \"Item\", \"op\": \"count\"}\n\u{4}")
        let outcome = await running.outcome()
        terminal.close()
        #expect(outcome.output == "{\"result\":3,\"statements\":1,\"roundTrips\":1}\n")
        #expect(outcome.status == 0)
        let piped = try await tool.run(["batch"], input: "")
        #expect(piped.errors == "")
    }
}
