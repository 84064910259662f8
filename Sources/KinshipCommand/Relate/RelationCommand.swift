// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship relation`.
struct RelationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relation",
        abstract: "Add a relation to a model's file, and its inverse to the other's, or remove it.",
        discussion: """
            Examples:
              kinship relation
              kinship relation --from Customer --type hasMany --to Order --inverse customer
              kinship relation --from Order --type belongsTo --to Customer --dry-run
              kinship relation --from Order --remove customer --inverse orders

            What isn't said is asked for, on a terminal: lists are chosen from with arrow keys, and Ctrl-C leaves all as it was. \
            The change is shown as a diff, with the SQL that the tables need for it. The files keep their order and formatting, and \
            are written when the models have been loaded with the change in them: all of them, or none.
            """)

    @OptionGroup(title: "Relation") var flags: RelationFlags
    @OptionGroup var options: EditOptions

    func run() async throws {
        let run = try EditRun(options)
        if let name = flags.remove { return try await remove(name, run) }
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

    /// Takes a relation away, and the one back where it is named.
    private func remove(_ name: String, _ run: EditRun) async throws {
        guard let from = flags.from else {
            throw GeneratorError(
                .missingFlag, "--from", "It isn't said whose relation is to be removed.", remedy: "give --from MODEL")
        }
        try MemberRemoval.requireAlone(flags.describing)
        let schema = try await options.models.load()
        let source = try schema.requiredModel(from, "--from")
        var members = [MemberRemoval.Member(kind: .relation, model: source.name, name: name, flag: "--remove")]
        if let back = flags.inverse, let relation = source.relation(name) {
            let target = relation.target.map { schema[$0] }
            let other = target?.relation(back)
            guard let target, other?.target == nil || other?.target == source.id else {
                throw GeneratorError(
                    .invalidFlag, "--inverse", "\(source.name).\(name) has no relation back called \"\(back)\".",
                    remedy: "remove the two by a command each")
            }
            members.append(.init(kind: .relation, model: target.name, name: back, flag: "--inverse"))
        }
        try await run.run(MemberRemoval(members, in: schema), in: schema)
    }
}
