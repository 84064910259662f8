// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship changes status`.
struct ChangesStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which tables tell of changes.",
        discussion: """
            Examples:
              kinship changes status
              kinship changes status Order --check
            """)

    @OptionGroup var tables: ChangeTableOptions
    @Flag(name: .long, help: "Fail unless all of them do, as the models ask for.")
    var check = false
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        try await database.withDatabase(try await models.load(), warn: models.tell) { database in
            let states = try await database.changeTriggers(of: tables.names)
            for state in states { try await ChangeTableOptions.write(line: "\(state)") }
            guard check, states.contains(where: { !$0.isCurrent }) else { return }
            throw Failure(
                .differences, "Not all tables tell of changes as the models ask for.",
                remedy: "\"kinship changes install\" makes the triggers")
        }
    }
}
