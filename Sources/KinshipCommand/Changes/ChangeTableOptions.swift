// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// Which models' tables are meant.
struct ChangeTableOptions: ParsableArguments {
    @Argument(
        help: "The models. Default: all that have a table with a key.",
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var models: [String] = []

    /// nil for all.
    var names: [String]? { models.isEmpty ? nil : models }

    /// Writes statements so that psql can run them.
    static func write(_ statements: [String]) async throws {
        try await StandardOutput.shared.write(statements.map { $0 + ";\n" }.joined(separator: "\n"))
    }
}
