// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import KinshipMigrator

/// `kinship migrate diff`.
struct MigrateDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract:
            "Show what leads from the tables of other models, or of the last migration file, to those of the models; without a database.",
        discussion: """
            Examples:
              kinship migrate diff ../shop-1.0/models --models models
              kinship migrate diff --files migrations --check

            Indexes that requests lack are told behind it; with --advised they are a part of it.
            """)

    @Argument(
        help: "The folder of the models as they were. Default: the last migration file.", completion: .directory)
    var before: String?

    @Flag(name: .long, help: "Fail when there is a difference.")
    var check = false

    @Flag(name: .long, help: "Show it as JSON.")
    var json = false

    @OptionGroup(title: "Files") var files: MigrationFilesOptions
    @OptionGroup(title: "Migration") var options: MigrationOptions
    @OptionGroup(title: "Advice") var advice: AdviceOptions
    @OptionGroup(title: "Models") var models: ModelOptions

    func run() async throws {
        try models.requireStrict()
        let schema = try await models.load()
        let before = try state()
        let desired = try advice.suggesting(options.desired, for: schema)
        let plan = MigrationPlan(
            from: before, to: try DesiredTables(for: schema, options: desired), known: before,
            allowingLoss: Set(options.allowLoss))
        try await MigrationReport.show(plan, asJSON: json, isChecked: check)
    }

    private func state() throws -> TableCatalog {
        if let before {
            var same = DesiredTables.Options()
            same.checksKinds = options.desired.checksKinds
            return try DesiredTables(
                for: try ModelOptions.load(folders: [before], tableSchema: models.schema), options: same
            ).catalog
        }
        guard let folder = try files.folder(), try !folder.files().isEmpty else {
            throw Failure(
                .noInput, "There is neither a folder of models as they were nor a migration file.",
                remedy: "name the folder, or the one of the files with --files")
        }
        return try folder.state()
    }
}
