// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship changes remove`.
struct ChangesRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take away the triggers that tell of changes.",
        discussion: """
            Examples:
              kinship changes remove
              kinship changes remove Order --dry-run
            """)

    @OptionGroup var tables: ChangeTableOptions
    @Flag(name: .long, help: "Print the SQL instead; the database isn't asked.")
    var dryRun = false
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        let schema = try await models.load()
        if dryRun {
            return try await ChangeTableOptions.write(schema.changeTriggerStatements(of: tables.names, removing: true))
        }
        try await database.withDatabase(schema, warn: models.tell) { database in
            let gone = try await database.removeChangeTriggers(of: tables.names)
            for table in gone { try await ChangeTableOptions.write(line: "removed \(table)") }
            if gone.isEmpty { await Terminal.say("Nothing to do: there are none.") }
        }
    }
}
