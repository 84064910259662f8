// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Synchronization

/// A `kinship` that somebody sits before.
final class TerminalSession: Sendable {
    private let terminal: PseudoTerminal
    private let running: RunningTool
    private let state: Mutex<(screen: Screen, rest: [UInt8], isAtEnd: Bool, isHungUp: Bool)>

    /// Starts it on a terminal.
    init(_ tool: Tool, _ arguments: [String], columns: Int = 80, rows: Int = 24) throws {
        let terminal = try PseudoTerminal()
        self.terminal = terminal
        terminal.resize(columns: columns, rows: rows)
        state = Mutex((Screen(columns: columns), [], false, false))
        running = try tool.start(arguments, output: terminal.child, input: terminal.child, errors: terminal.child)
        try terminal.child.close()
        Thread.detachNewThread { [self] in
            while !state.withLock({ $0.isHungUp }), let bytes = terminal.next() {
                state.withLock { state in
                    state.rest += bytes
                    // A letter may come in two pieces.
                    guard let text = String(validating: state.rest, as: UTF8.self) else { return }
                    state.rest = []
                    state.screen.write(text)
                }
            }
            if state.withLock({ $0.isHungUp }) { terminal.close() }
            state.withLock { $0.isAtEnd = true }
        }
    }

    deinit { if !state.withLock({ $0.isHungUp }) { terminal.close() } }

    /// What is on the screen, and what was scrolled away.
    var screen: Screen { state.withLock { $0.screen } }

    /// Presses keys.
    func type(_ text: String) { terminal.write(text) }

    /// Presses Ctrl-D once keys are read one by one: a terminal that still gives whole lines takes it for itself.
    func typeEnd() async {
        for _ in 0..<3_000 where isPlain { try? await Task.sleep(for: .milliseconds(10)) }
        type("\u{4}")
    }

    /// Sends it a signal.
    func send(_ number: Int32) { running.send(number) }

    /// Takes the terminal away.
    func hangUp() { state.withLock { $0.isHungUp = true } }

    /// Whether the terminal gives whole lines and shows what is typed.
    var isPlain: Bool { terminal.isPlain }

    /// Waits until a text is on the screen; false when it ended without, or half a minute has gone.
    func shows(_ text: String) async -> Bool {
        for _ in 0..<3_000 {
            let (isThere, isAtEnd) = state.withLock { ($0.screen.text.contains(text), $0.isAtEnd) }
            if isThere { return true }
            if isAtEnd { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Waits for its end; gives its exit status.
    func status() async -> Int32 {
        let outcome = await running.outcome()
        for _ in 0..<300 where !state.withLock({ $0.isAtEnd }) { try? await Task.sleep(for: .milliseconds(10)) }
        return outcome.status
    }
}
