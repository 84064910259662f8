// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import KinshipMigrator

/// `kinship migrate new`.
struct MigrateNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a migration file: what leads from the last one to the models, for people to read.",
        discussion: """
            Examples:
              kinship migrate new first
              kinship migrate new add_age --models models --files migrations

            No database is asked. Beside the SQL a file of JSON keeps what the models asked for; both belong into version control.
            """)

    @Argument(help: "What it is about, such as add_age.")
    var name: String

    @Option(
        name: .long, help: ArgumentHelp("The folder of migration files; it is made if need be.", valueName: "dir"),
        completion: .directory)
    var files = "migrations"

    @Flag(name: .long, help: "Make an empty file for statements of your own; the models are as they are now behind it.")
    var empty = false

    @OptionGroup(title: "Migration") var options: MigrationOptions
    @OptionGroup(title: "Advice") var advice: AdviceOptions
    @OptionGroup(title: "Models") var models: ModelOptions

    func run() async throws {
        try models.requireStrict()
        let schema = try await models.load()
        let desired = try advice.making(options.desired, for: schema)
        let made: MigrationFile?
        do {
            made = try MigrationFolder(files).add(
                name, for: schema, options: desired, allowingLoss: Set(options.allowLoss), isByHand: empty)
        } catch let error as CocoaError {
            throw Failure(
                .inputOutput, "The folder \"\(files)\" can't be written: \(error.localizedDescription)",
                remedy: "name a folder that you may write to with --files")
        }
        guard let made else {
            await Terminal.say("Nothing to do: the last migration's tables are what the models ask for.")
            return
        }
        try await StandardOutput.shared.write("\(files)/\(made.name).sql\n")
    }
}
