// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Asks for a property.
struct PropertyDialogue {
    let dialogue: Dialogue
    let schema: Schema

    /// The model to change: one that has a file.
    func model(_ question: String) async throws -> Model {
        let models = schema.models.filter { EditedModels.hasFile($0) }.sorted { $0.name < $1.name }
        guard !models.isEmpty else {
            throw GeneratorError(
                .noModelFile, "--model", "No model has a file.", remedy: "\"kinship model\" makes the first one")
        }
        return models[try await dialogue.choose(question, models.map { ChoiceList.Item(title: $0.name) })]
    }

    /// The property's name; nil where it may be left empty, and is.
    func name(of model: Model?, mayBeEmpty: Bool, taken: Set<String> = []) async throws -> String? {
        let question = mayBeEmpty ? "Which property? (empty: no more)" : "What is the property called?"
        let name = try await dialogue.ask(question) { name in
            if name.isEmpty, mayBeEmpty { return nil }
            if taken.contains(name) { return "There is one of the name." }
            return PropertyAnswers.problem(withName: name, of: model)?.message
        }
        return name.isEmpty ? nil : name
    }

    /// All else of a property that has a name, but for what is known.
    func rest(of answers: inout PropertyAnswers, knowsType: Bool = false) async throws {
        if !knowsType {
            let types = PropertyAnswers.types
            let items = types.map { ChoiceList.Item(title: $0) } + [.init(title: "a list")]
            let chosen = try await dialogue.choose("Of which type is \(answers.name)?", items)
            if types.indices.contains(chosen) {
                answers.type = types[chosen]
            } else {
                let element = try await dialogue.choose("A list of what?", types.map { ChoiceList.Item(title: $0) })
                answers.type = "[\(types[element])]"
            }
        }
        answers.isRequired = try await dialogue.confirm("Is it required?", proposal: false)
        let type = answers.type
        let text = try await dialogue.ask("Which default? (empty: none)") { text in
            text.isEmpty ? nil : PropertyAnswers.problem(withDefault: text, of: type)
        }
        if !text.isEmpty { answers.defaultValue = try PropertyAnswers.value(text, of: type) }
    }
}
