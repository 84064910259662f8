// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipMigrator
import MessageText

/// Shows what becomes of model files and tables, and does it.
struct EditRun {
    private let options: ChangeOptions
    private let models: ModelOptions
    private let database: DatabaseOptions
    private let pace: MigrationPaceOptions

    /// - Throws: ``GeneratorError`` where such a change isn't made so, before anything is read.
    init(_ options: EditOptions) throws {
        (self.options, models, database, pace) = (options.change, options.models, options.database, options.pace)
        try models.requireStrict()
        try requireNoFiles()
    }

    /// Whether a database is asked: only where it is given, whatever the variables say.
    private var asksDatabase: Bool { database.database != nil || options.apply }

    /// What the database has; nil where none is asked.
    func tables() async throws -> TableCatalog? {
        guard asksDatabase else { return nil }
        return try await pace.migrator(database, nil).catalog()
    }

    /// Teams that read SQL before it runs go on doing so.
    private func requireNoFiles() throws(GeneratorError) {
        guard options.apply, FileManager.default.fileExists(atPath: "migrations") else { return }
        throw GeneratorError(
            .invalidFlag, "--apply", "The tables of this project are changed by the files in \"migrations\".",
            remedy: "leave --apply out, and make a file afterwards: kinship migrate new NAME")
    }

    /// Shows the change of the files and of the tables, asks if need be, and makes it.
    ///
    /// - Parameters:
    ///   - folders: where the models are; nil for where the options say.
    ///   - name: the model that is made, which has to be there afterwards.
    ///   - isAsked: whether somebody sits at a terminal, and is asked whether the files are to be written.
    func run(
        _ edits: [ModelEdit], in old: Schema, folders: [String]? = nil, making name: String? = nil,
        isAsked: Bool = false
    ) async throws {
        try await run(EditedModels(edits, in: old, models, folders: folders), in: old, making: name, isAsked: isAsked)
    }

    /// Shows what becomes of files and tables without some members, and does it.
    func run(_ removal: MemberRemoval, in old: Schema) async throws {
        try await run(removal.edited(in: old, models), in: old)
    }

    private func run(
        _ edited: EditedModels, in old: Schema, making name: String? = nil, isAsked: Bool = false
    ) async throws {
        if let name, edited.schema.model(name) == nil {
            throw GeneratorError(
                .invalidFlag, "--folder", "The models aren't read from there.",
                remedy: "name the folder of the other models, or give --models as well")
        }
        try AddedProperties(from: old, to: edited.schema).check()
        let output = StandardOutput.shared
        try await output.write(edited.files.diff(Style(for: .standardOutput)))
        await models.tell(edited.warnings)
        let plan = try await plan(from: old, to: edited.schema)
        let text = asksDatabase ? MigrationReport.text(plan) : plan.description
        try await output.write(TerminalBytes.lines(text, for: .standardOutput) + "\n")
        if options.apply, !plan.problems.isEmpty { throw MigratorError.refused(plan.problems) }
        await Terminal.say(Warnings.text(plan.problems.map(\.description), for: .standardError))
        guard !options.dryRun else { return }
        let question =
            options.apply && !plan.steps.isEmpty ? "Write the files, and change the tables?" : "Write the files?"
        if isAsked, !options.yes {
            let dialogue = try Dialogue()
            defer { dialogue.close() }
            guard try await dialogue.confirm(question) else { throw Failure(.differences, "Nothing was written.") }
        } else if options.apply, !plan.steps.isEmpty {
            try await Question.confirm(question, isAnswered: options.yes)
        }
        try edited.write()
        for change in edited.files.changes {
            let fate = change.old == nil ? "made" : "changed"
            try await output.write("\(fate) \(MessageText.name(change.path))\n")
        }
        if options.apply { try await apply(plan, to: edited.schema) }
    }

    // MARK: Tables

    /// What models come to.
    private var desired: DesiredTables.Options {
        var desired = DesiredTables.Options()
        desired.checksKinds = !options.noKindChecks
        return desired
    }

    private func plan(from old: Schema, to new: Schema) async throws -> MigrationPlan {
        if asksDatabase { return try await pace.migrator(database, nil, desired: desired).plan(for: new) }
        let before = try DesiredTables(for: old, options: desired).catalog
        return MigrationPlan(from: before, to: try DesiredTables(for: new, options: desired), known: before)
    }

    private func apply(_ plan: MigrationPlan, to schema: Schema) async throws {
        do {
            try await pace.migrator(database, nil, desired: desired).apply(schema, shown: plan)
        } catch {
            var failure = Failure(error)
            failure.details.append("The model files are written; the tables aren't what they ask for yet.")
            failure.remedy = failure.remedy ?? "\"kinship migrate apply\" goes on from here"
            throw failure
        }
        for step in plan.steps { try await StandardOutput.shared.write("applied \(step.title)\n") }
    }
}
