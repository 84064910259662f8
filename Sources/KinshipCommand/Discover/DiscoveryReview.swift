// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipMigrator

/// Goes through what a database suggests with who sits at a terminal: guesses first, then models and their relations.
struct DiscoveryReview {
    let dialogue: Dialogue
    let found: DiscoveredModels
    /// The definitions of the files that are there.
    let existing: [JSONValue]
    private(set) var choices: DiscoveryChoices

    /// A review that begins with what was chosen before.
    init(_ dialogue: Dialogue, of found: DiscoveredModels, into existing: [JSONValue], _ choices: DiscoveryChoices) {
        (self.dialogue, self.found, self.existing, self.choices) = (dialogue, found, existing, choices)
    }

    /// Asks until it is said that files are to be written.
    ///
    /// - Throws: ``Failure`` when it was left.
    mutating func run() async throws {
        try await askGuesses()
        var place = 0
        while true {
            let files = files
            let count = files.count { $0.index == nil || !$0.additions.isEmpty }
            let models = found.models.filter { isOfInterest($0, files[$0]) }
            let title = count == 0 ? "write nothing" : count == 1 ? "write 1 file" : "write \(count) files"
            let items = [ChoiceList.Item(title: title)] + models.map { item($0, files[$0]) }
            place = try await dialogue.choose("What is to be made?", items, pointingAt: place)
            guard place > 0 else { return }
            try await review(models[place - 1])
        }
    }

    /// What becomes of files.
    private var files: [ModelAdoption.File] { ModelAdoption(of: choices.applied(to: found), into: existing).files }

    /// What would become of them if nothing was left out.
    private var allFiles: [ModelAdoption.File] {
        var all = choices
        all.without = []
        return ModelAdoption(of: all.applied(to: found), into: existing).files
    }

    private func name(of model: DiscoveredModels.Model) -> String { choices.names[model.name] ?? model.name }

    private func name(of relation: DiscoveredModels.Relation, of model: DiscoveredModels.Model) -> String {
        choices.names["\(model.name).\(relation.name)"] ?? relation.name
    }

    /// Whether a relation is one that a file doesn't have yet.
    private func isAdded(
        _ relation: DiscoveredModels.Relation, to file: ModelAdoption.File?, of model: DiscoveredModels.Model
    ) -> Bool {
        file?.relations.contains { $0.found == name(of: relation, of: model) } ?? false
    }

    // MARK: Guesses

    private mutating func askGuesses() async throws {
        let files = files
        for model in found.models {
            for relation in model.relations where relation.inverse == nil && choices.takes(relation, of: model.name) {
                guard let guess = relation.guess,
                    isAdded(relation, to: files[model], of: model)
                else { continue }
                let answer = try await dialogue.choose(
                    "Is \(model.name).\(relation.name) a relation?",
                    [
                        ChoiceList.Item(
                            title: "yes", note: Self.text(of: relation), explanation: ["It is a guess: \(guess)."]),
                        .init(title: "no"), .init(title: "yes, and all other guesses are"),
                        .init(title: "no, and no other guess is"),
                    ])
                switch answer {
                case 1: choices.without.insert("\(model.name).\(relation.name)")
                case 2: return
                case 3: return leaveOutGuesses(from: model, relation)
                default: break
                }
            }
        }
    }

    /// Leaves out a guess and all that come behind it.
    private mutating func leaveOutGuesses(
        from first: DiscoveredModels.Model, _ relation: DiscoveredModels.Relation
    ) {
        var isReached = false
        for model in found.models {
            for other in model.relations {
                isReached = isReached || (model.name == first.name && other.name == relation.name)
                guard isReached, other.guess != nil, other.inverse == nil else { continue }
                choices.without.insert("\(model.name).\(other.name)")
            }
        }
    }

    // MARK: Models

    /// Whether there is something to choose: a model that its file has all of is left alone.
    private func isOfInterest(_ model: DiscoveredModels.Model, _ file: ModelAdoption.File?) -> Bool {
        file.map { $0.index == nil || !$0.additions.isEmpty } ?? true
            || model.relations.contains { !choices.takes($0, of: model.name) }
    }

    private func item(_ model: DiscoveredModels.Model, _ file: ModelAdoption.File?) -> ChoiceList.Item {
        guard let file else { return .init(title: name(of: model), note: "left out") }
        guard file.index == nil else {
            let what = file.additions.isEmpty ? "as it is" : "gets \(file.additions.joined(separator: ", "))"
            return .init(title: file.name, note: what)
        }
        func count(_ number: Int, _ noun: String, _ plural: String) -> String {
            "\(number) \(number == 1 ? noun : plural)"
        }
        let parts = [
            "new", "\(model.isView ? "view " : "")\(model.table.schema).\(model.table.name)",
            count(file.properties.count, "property", "properties"),
            count(file.relations.count, "relation", "relations"),
        ]
        return .init(title: file.name, note: parts.joined(separator: ", "))
    }

    private mutating func review(_ model: DiscoveredModels.Model) async throws {
        var place = 0
        while true {
            let name = name(of: model)
            guard choices.takes(nil, of: model.name) else {
                let answer = try await dialogue.choose(
                    "\(name) is left out.", [.init(title: "leave it so"), .init(title: "take it after all")])
                if answer == 1 { choices.without.remove(model.name) }
                return
            }
            let file = allFiles[model]
            let relations = model.relations.filter { isAdded($0, to: file, of: model) }
            var items = [ChoiceList.Item(title: "go back"), .init(title: "leave it out")]
            let isNew = file?.index == nil
            if isNew {
                items[1].explanation = ["And the relations that lead to it."]
                items.append(
                    .init(
                        title: "call it otherwise",
                        explanation: choices.isNamedByRows(model)
                            ? ["Rows of other tables hold the name \(model.name)."] : []))
            } else {
                items[1].explanation = ["Its file stays as it is."]
            }
            let head = items.count
            items += relations.map { relation in
                let isTaken = choices.takes(relation, of: model.name)
                return .init(
                    title: self.name(of: relation, of: model),
                    note: isTaken ? Self.text(of: relation) : "left out",
                    explanation: relation.guess.map { ["It is a guess: \($0)."] } ?? [])
            }
            place = try await dialogue.choose("\(name):", items, pointingAt: place)
            switch place {
            case 0: return
            case 1:
                choices.without.insert(model.name)
                return
            case 2 where isNew: try await rename(model)
            default: try await review(relations[place - head], of: model)
            }
        }
    }

    private mutating func rename(_ model: DiscoveredModels.Model) async throws {
        let others =
            found.models.filter { $0.name != model.name }.map { name(of: $0) }
            + existing.compactMap { $0["name"]?.text }
        let isNamed = choices.isNamedByRows(model)
        let answer = try await dialogue.ask("What is it called?", proposal: name(of: model)) { text in
            if isNamed, text != model.name {
                return "Rows of other tables hold the name \(model.name): with another one they wouldn't be found."
            }
            return ModelName.problem(with: text, beside: others, "--name")?.message
        }
        choices.names[model.name] = answer == model.name ? nil : answer
    }

    // MARK: Relations

    private mutating func review(
        _ relation: DiscoveredModels.Relation, of model: DiscoveredModels.Model
    ) async throws {
        let path = "\(model.name).\(relation.name)"
        guard choices.takes(relation, of: model.name) else {
            guard choices.without.contains(path) else {
                _ = try await dialogue.choose(
                    "\(path) is left out, as is what it leads to.", [.init(title: "leave it so")])
                return
            }
            let answer = try await dialogue.choose(
                "\(path) is left out.", [.init(title: "leave it so"), .init(title: "take it after all")])
            if answer == 1 { choices.without.remove(path) }
            return
        }
        let items = [
            ChoiceList.Item(title: "go back", explanation: [Self.text(of: relation)]),
            .init(
                title: "leave it out",
                explanation: relation.inverse.map { ["Its opposite, \($0), stays."] } ?? []),
            .init(title: "call it otherwise"),
        ]
        switch try await dialogue.choose("\(path):", items) {
        case 1: choices.without.insert(path)
        case 2:
            let taken = names(of: model, but: path)
            let answer = try await dialogue.ask("What is it called?", proposal: name(of: relation, of: model)) {
                guard MemberName.isUsable($0) else { return "That can't be the name of a relation." }
                return taken.contains($0) ? "\(model.name) has a property or a relation of the name." : nil
            }
            choices.names[path] = answer == relation.name ? nil : answer
        default: break
        }
    }

    /// What properties and relations of a model are called, but one.
    private func names(of model: DiscoveredModels.Model, but path: String) -> Set<String> {
        var choices = choices
        choices.without.insert(path)
        let json = ModelAdoption(of: choices.applied(to: found), into: existing).files[model]?.json
        let members = ["properties", "relations", "relationships"].flatMap { json?[$0]?.members ?? [] }
        return Set(members.map(\.key))
    }

    /// A relation in a line: `hasMany Book by authorId`.
    private static func text(of relation: DiscoveredModels.Relation) -> String {
        func words(_ value: JSONValue?) -> String? {
            guard let value else { return nil }
            return value.text ?? (value.elements ?? []).compactMap(\.text).joined(separator: ", ")
        }
        var text = [relation.json["type"]?.text, relation.json["model"]?.text].compactMap { $0 }
        if let link = relation.json["through"]?.text { text += ["through", link] }
        if let key = words(relation.json["polymorphic"]?["foreignKey"] ?? relation.json["foreignKey"]) {
            text += ["by", key]
        }
        return text.joined(separator: " ")
    }
}

extension [ModelAdoption.File] {
    /// The file of a model that was found.
    fileprivate subscript(model: DiscoveredModels.Model) -> ModelAdoption.File? {
        first { $0.table == model.table }
    }
}
