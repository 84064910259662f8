// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import MessageText

/// Which models' tables are meant.
struct ChangeTableOptions: ParsableArguments {
    @Argument(
        help: "The models. Default: all that have a table with a key.",
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var models: [String] = []

    /// nil for all.
    var names: [String]? { models.isEmpty ? nil : models }

    /// Writes statements so that psql can run them; on a terminal nothing is obeyed that is in the names of tables.
    static func write(_ statements: [String]) async throws {
        let text = statements.map { $0 + ";\n" }.joined(separator: "\n")
        try await StandardOutput.shared.write(TerminalBytes.lines(text, for: .standardOutput))
    }

    /// Writes a line about a table.
    static func write(line: String) async throws {
        try await StandardOutput.shared.write(MessageText.escaped(line) + "\n")
    }
}
