// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import KinshipMigrator
import MessageText

/// `kinship migrate apply`.
struct MigrateApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Change the tables, beside those who use them.",
        discussion: """
            Examples:
              kinship migrate apply --yes
              kinship migrate apply --files migrations --yes
              kinship migrate apply --allow-loss person.age
              kinship migrate apply --yes --plan 1f3a77c20b9e

            It shows what it will do and asks, unless --yes is given; it does what was shown, or nothing. What failed or was stopped goes on where it stood when it \
            is run again. Connect to the server itself, not to a pooler.
            """)

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The plan to carry out, as \"plan\" names it on its last line: any other is refused.", valueName: "digest"))
    var plan: String?

    @Flag(name: .long, help: "Take a file that was applied under another name for that one.")
    var acceptRenamed = false

    @OptionGroup(title: "Files") var files: MigrationFilesOptions
    @OptionGroup(title: "Migration") var options: MigrationOptions
    @OptionGroup(title: "Advice") var advice: AdviceOptions
    @OptionGroup(title: "Pace") var pace: MigrationPaceOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        try models.requireStrict()
        if let folder = try files.folder() {
            let migrator = try pace.migrator(database, options, acceptingRenamedFiles: acceptRenamed)
            try await apply(folder, by: migrator)
        } else {
            let schema = try await models.load()
            let desired = try advice.making(options.desired, for: schema)
            try await apply(schema, by: try pace.migrator(database, options, desired: desired))
        }
    }

    // MARK: Files

    private func apply(_ folder: MigrationFolder, by migrator: Migrator) async throws {
        if !options.allowLoss.isEmpty || !options.rename.isEmpty || options.noKindChecks || advice.isGiven {
            throw Failure(
                .usage, "--allow-loss, --rename, --no-kind-checks and --advised are said when a file is made.",
                remedy: "give them to \"kinship migrate new\", or --direct to go straight from models to tables")
        }
        guard plan == nil else {
            throw Failure(
                .usage, "--plan is of a plan straight from models to tables; files are applied as they are.",
                remedy: "leave it out, or give --direct as well")
        }
        let files = try folder.files()
        let open = try await migrator.status(of: files).open
        guard !open.isEmpty else {
            // What was applied and isn't the same any more is told.
            try await migrator.apply(files)
            return await Terminal.say("Nothing to do: all of \(folder.path) is applied.")
        }
        for entry in open {
            let former = entry.formerName.map { ", applied as \($0)" } ?? ""
            await Terminal.say("\(entry.standing.rawValue) \(MessageText.name(entry.name + former))")
        }
        try await Question.confirm("Apply \(open.count == 1 ? "it" : "these \(open.count)")?", isAnswered: yes)
        let progress = MigrationProgress(of: migrator, steps: open.count)
        let applied = try await progress.following { tell in
            try await migrator.apply(files, shown: open) { tell("\(folder.path)/\($0.name).sql") }
        }
        for name in applied { try await StandardOutput.shared.write("applied \(name)\n") }
    }

    // MARK: Models

    private func apply(_ schema: Schema, by migrator: Migrator) async throws {
        let digest = self.plan
        let plan = try await migrator.plan(for: schema)
        guard plan.problems.isEmpty else { throw MigratorError.refused(plan.problems) }
        if !plan.steps.isEmpty {
            await Terminal.say(TerminalBytes.lines(MigrationReport.text(plan), for: .standardError))
            let count = plan.steps.count
            try await Question.confirm(count == 1 ? "Do it?" : "Do these \(count) steps?", isAnswered: yes)
        }
        let progress = MigrationProgress(of: migrator, steps: plan.steps.count)
        let done = try await progress.following { tell in
            try await migrator.apply(schema, shown: plan, digest: digest) { tell($0.title) }
        }
        if done.steps.isEmpty { await Terminal.say("Nothing to do: the tables are what the models ask for.") }
    }
}
