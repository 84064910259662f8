// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// `kinship migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the tables of a database to what the models ask for.",
        discussion: """
            Examples:
              kinship migrate plan
              kinship migrate apply --yes

            Either straight from models to tables, or by way of files of SQL that a team reads first: "kinship migrate new" \
            writes one. Where there is a folder "migrations", its files are what "apply" applies.
            """,
        subcommands: [
            MigrateStatusCommand.self, MigratePlanCommand.self, MigrateApplyCommand.self, MigrateNewCommand.self,
            MigrateDiffCommand.self, MigrateBaselineCommand.self,
        ])
}
