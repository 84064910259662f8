// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship changes install`.
struct ChangesInstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Make the triggers that tell of changes; those that are right stay untouched.",
        discussion: """
            Examples:
              kinship changes install
              kinship changes install Order Customer --dry-run

            All are made, or none. A table that is locked for longer than 5 s fails. Run it again when the key of a model changes; \
            "kinship changes status" says so.
            """)

    @OptionGroup var tables: ChangeTableOptions
    @Flag(name: .long, help: "Print the SQL instead; the database isn't asked.")
    var dryRun = false
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        let schema = try await models.load()
        if dryRun { return try await ChangeTableOptions.write(schema.changeTriggerStatements(of: tables.names)) }
        try await database.withDatabase(schema, warn: models.tell) { database in
            let made = try await database.installChangeTriggers(of: tables.names)
            for table in made { try await ChangeTableOptions.write(line: "installed \(table)") }
            if made.isEmpty { await Terminal.say("Nothing to do: all of them are installed.") }
        }
    }
}
