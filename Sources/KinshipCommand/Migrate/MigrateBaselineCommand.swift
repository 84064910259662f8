// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import KinshipMigrator

/// `kinship migrate baseline`.
struct MigrateBaselineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Take the database as it is: nothing is changed, and migrations go on from here.",
        discussion: """
            Examples:
              kinship migrate baseline
              kinship migrate baseline --files migrations

            With files all of them are taken to be applied. Without, what the models ask for now is taken to be Kinship's, and \
            may be dropped when no model asks for it any more.
            """)

    @OptionGroup(title: "Files") var files: MigrationFilesOptions
    @OptionGroup(title: "Migration") var options: MigrationOptions
    @OptionGroup(title: "Pace") var pace: MigrationPaceOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        try models.requireStrict()
        let migrator = try pace.migrator(database, options)
        if let folder = try files.folder() {
            for name in try await migrator.baseline(try folder.files()) {
                try await StandardOutput.shared.write("\(name)\n")
            }
        } else {
            try await migrator.baseline(try await models.load())
        }
    }
}
