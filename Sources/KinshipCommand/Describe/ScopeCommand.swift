// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship

/// `kinship scope`.
struct ScopeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scope",
        abstract: "Add a scope to a model's file: a filter that has a name, or that always holds; or remove it.",
        discussion: """
            Examples:
              kinship scope
              kinship scope --model Order --name open --filter '{"where": {"status": "open"}}' --dry-run
              kinship scope --model Order --remove open

            What isn't said is asked for, on a terminal. The change is shown as a diff, and written when the models have been loaded with it.
            """)

    @Option(
        name: .long, help: ArgumentHelp("The model that gets the scope.", valueName: "model"),
        completion: .custom { words, _, _ in ModelCompletion.names(words) })
    var model: String?

    @Option(name: .long, help: "What it is called.")
    var name: String?

    @Flag(name: .customLong("default"), help: "It is the default scope, which always holds and has no name.")
    var isDefault = false

    @Option(
        name: .long,
        help: ArgumentHelp("The filter, such as '{\"where\": {\"status\": \"open\"}}'.", valueName: "json"))
    var filter: String?

    @Option(name: .long, help: ArgumentHelp("Removes the scope of this name from the model.", valueName: "name"))
    var remove: String?

    @OptionGroup var options: EditOptions

    func validate() throws {
        if isDefault, name != nil { throw ValidationError("Give --name or --default, not both.") }
    }

    func run() async throws {
        let run = try EditRun(options)
        if let remove { return try await take(remove, away: run) }
        let asks = (model == nil || (name == nil && !isDefault) || filter == nil) && Terminal.canAsk
        if !asks { try requireFlags() }
        let schema = try await options.models.load()
        var owner = try model.map { try schema.requiredModel($0, "--model") }
        if let owner, name != nil || isDefault { try check(owner) }
        var path = isDefault ? ["scope"] : ["scopes", name ?? ""]
        var value = try RelationFlags.object(filter, "--filter")
        if asks {
            let dialogue = try Dialogue()
            defer { dialogue.close() }
            let questions = PropertyDialogue(dialogue: dialogue, schema: schema)
            if owner == nil { owner = try await questions.model("Which model gets the scope?") }
            if name == nil, !isDefault, let owner { path[1] = try await ask(of: owner, dialogue) }
            if value == nil { value = try await ask(dialogue) }
        }
        guard let owner, let value else { return }
        if asks, let problem = problem(withName: isDefault ? nil : path[1], of: owner) { throw problem }
        try await run.run([ModelEdit(model: owner.name, path: path, value: value)], in: schema, isAsked: asks)
    }

    private func take(_ name: String, away run: EditRun) async throws {
        try MemberRemoval.requireAlone([
            ("--name", self.name != nil), ("--default", isDefault), ("--filter", filter != nil),
        ])
        let schema = try await options.models.load()
        let removal = try MemberRemoval(.scope, name, of: model, "the scope", in: schema)
        try await run.run(removal, in: schema)
    }

    private func requireFlags() throws(GeneratorError) {
        for (isGiven, flag, what) in [
            (model != nil, "--model", "which model gets the scope"),
            (name != nil || isDefault, "--name", "what the scope is called"),
            (filter != nil, "--filter", "what the scope is"),
        ] where !isGiven {
            throw GeneratorError(.missingFlag, flag, "It isn't said \(what).", remedy: "give \(flag)")
        }
    }

    private func check(_ owner: Model) throws(GeneratorError) {
        if let problem = problem(withName: isDefault ? nil : name, of: owner) { throw problem }
    }

    private func problem(withName name: String?, of owner: Model) -> GeneratorError? {
        guard let name else {
            guard owner.definition.scope != nil else { return nil }
            return GeneratorError(
                .nameTaken, "--default", "\(owner.name) has a default scope.", remedy: "change it in its file")
        }
        guard MemberName.isUsable(name) else {
            return GeneratorError(
                .invalidFlag, "--name", "\"\(name)\" can't be the name of a scope.",
                remedy: "name it with letters and digits, such as \"open\"")
        }
        guard owner.definition.scopes.contains(where: { $0.key == name }) || owner.relation(name) != nil else {
            return nil
        }
        return GeneratorError(
            .nameTaken, "--name", "\(owner.name) has a scope or relation called \"\(name)\".",
            remedy: "give another --name")
    }

    private func ask(of owner: Model, _ dialogue: Dialogue) async throws -> String {
        try await dialogue.ask("What is the scope called?") { problem(withName: $0, of: owner)?.message }
    }

    private func ask(_ dialogue: Dialogue) async throws -> JSONValue? {
        let text = try await dialogue.ask("Which filter, as JSON?", proposal: "{\"where\": {}}") { text in
            RelationFlags.problem(withObject: text)
        }
        return try RelationFlags.object(text, "--filter")
    }
}
