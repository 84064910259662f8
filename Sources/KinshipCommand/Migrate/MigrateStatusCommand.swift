// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import KinshipMigrator

/// `kinship migrate status`.
struct MigrateStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what was applied, and whether the tables are what the models ask for.",
        discussion: """
            Examples:
              kinship migrate status
              kinship migrate status --check --json
            """)

    @Flag(name: .long, help: "Fail unless all is applied and the tables are what the models ask for.")
    var check = false

    @Flag(name: .long, help: "Show it as JSON.")
    var json = false

    @OptionGroup(title: "Files") var files: MigrationFilesOptions
    @OptionGroup(title: "Migration") var options: MigrationOptions
    @OptionGroup(title: "Advice") var advice: AdviceOptions
    @OptionGroup(title: "Pace") var pace: MigrationPaceOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        try models.requireStrict()
        let schema = try await models.load()
        let files = try files.folder()?.files() ?? []
        let desired = try advice.making(options.desired, for: schema)
        let migrator = try pace.migrator(database, options, desired: desired)
        let status = try await migrator.status(of: files)
        let plan = try await migrator.plan(for: schema)
        let text = json ? MigrationReport.json(status, plan).description : MigrationReport.text(status, plan)
        try await StandardOutput.shared.write(text + "\n")
        guard check, !(status.isCurrent && plan.steps.isEmpty && plan.problems.isEmpty) else { return }
        throw Failure(
            .differences, "The database isn't what the models ask for.",
            remedy: "\"kinship migrate plan\" shows the difference, \"kinship migrate apply\" applies it")
    }
}
