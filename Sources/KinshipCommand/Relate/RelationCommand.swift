// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship relation`.
struct RelationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relation",
        abstract: "Add a relation to a model's file, and its inverse to the other's.",
        discussion: """
            Examples:
              kinship relation
              kinship relation --from Customer --type hasMany --to Order --inverse customer
              kinship relation --from Order --type belongsTo --to Customer --dry-run

            What isn't said is asked for, on a terminal: lists are chosen from with arrow keys, and Ctrl-C leaves all as it was. \
            The change is shown as a diff, with the SQL that the tables need for it. The files keep their order and formatting, and \
            are written when the models have been loaded with the change in them: all of them, or none.
            """)

    @OptionGroup(title: "Relation") var flags: RelationFlags
    @OptionGroup var options: EditOptions

    func run() async throws {
        let run = try EditRun(options)
        let asks = !flags.isComplete && Terminal.canAsk
        // Nobody there: what is missing is named at once.
        var answers = asks ? RelationAnswers() : try flags.answers()
        let schema = try await options.models.load()
        let proposals = RelationProposals(schema: schema, tables: try await run.tables())
        if asks {
            let dialogue = try Dialogue()
            defer { dialogue.close() }
            answers = try await RelationDialogue(dialogue: dialogue, proposals: proposals, flags: flags).answers()
        }
        try await run.run(try RelationDraft(answers, proposals).edits, in: schema, isAsked: asks)
    }
}
