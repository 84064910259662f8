// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Asks for what flags don't say of a relation.
struct RelationDialogue {
    let dialogue: Dialogue
    let proposals: RelationProposals
    let flags: RelationFlags

    /// All answers.
    ///
    /// - Throws: `Failure` when it was left; ``GeneratorError`` when what flags say can't be.
    func answers() async throws -> RelationAnswers {
        var answers = try flags.given()
        answers.source = try await model(flags.from, "--from", "Which model gets the relation?", described).name
        let source = try proposals.model(answers.source, "--from")
        let form = try await form(of: source)
        (answers.kind, answers.inverts) = (form.kind, form == .hasManyThroughInverted)
        if form == .belongsToSeveral {
            answers.name = try await name(answers.polymorphic ?? "", of: source)
            answers.polymorphic = answers.polymorphic ?? answers.name
        } else {
            let target = try await model(
                flags.to, "--to", "Which model does it lead to?",
                proposals.schema.models.filter { $0.isPersisted || answers.embeds })
            answers.target = target.name
            let link = try await link(of: form, source, target)
            answers.through = link?.name
            if form.isPolymorphic, answers.polymorphic == nil {
                answers.polymorphic = try await word(form, source, target, link)
            }
            answers.name = try await name(proposals.name(form.kind, of: target.name), of: source)
            try await askKeys(form, source, target, link, &answers)
        }
        try await askOptions(&answers)
        try await askInverse(&answers)
        return answers
    }

    // MARK: Models

    /// The models that have a file of their own.
    private var described: [Model] { proposals.schema.models.filter { EditedModels.hasFile($0) } }

    private func model(_ given: String?, _ flag: String, _ question: String, _ models: [Model]) async throws -> Model {
        if let given { return try proposals.model(given, flag) }
        let models = models.sorted { $0.name < $1.name }
        let items = models.map { model in
            ChoiceList.Item(
                title: model.name, note: model.isPersisted ? "\(model.tableSchema).\(model.table)" : "without a table")
        }
        return models[try await dialogue.choose(question, items)]
    }

    private func form(of source: Model) async throws -> RelationForm {
        let given = RelationForm.allCases.filter { form in
            (flags.type.map { $0 == form.kind } ?? true)
                && (flags.polymorphic == nil ? flags.type == nil || !form.isPolymorphic : form.isPolymorphic)
                && (!flags.invert || form == .hasManyThroughInverted)
        }
        guard flags.type == nil || given.isEmpty, !given.isEmpty else {
            return given.first ?? RelationForm.allCases.first { $0.kind == flags.type } ?? .belongsTo
        }
        let items = given.map { form in
            ChoiceList.Item(title: form.title, explanation: form.explanation(of: source.name))
        }
        return given[try await dialogue.choose("Which kind of relation?", items)]
    }

    private func link(of form: RelationForm, _ source: Model, _ target: Model) async throws -> Model? {
        guard form.kind == .hasManyThrough else {
            return try flags.through.map { try proposals.model($0, "--through") }
        }
        if let given = flags.through { return try proposals.model(given, "--through") }
        let links = proposals.links(source, target)
        guard !links.isEmpty else {
            throw GeneratorError(
                .missingFlag, "--through", "There is no model that could link the two.",
                remedy: "make one first, or choose hasAndBelongsToMany, which needs none")
        }
        let items = links.map { link in
            let ties = link.relations.filter {
                $0.kind == .belongsTo && ($0.target == source.id || $0.target == target.id)
            }
            let known = ties.map { $0.sourceKey.compactMap { link.properties.element($0)?.column }.sorted() }
            let keys = proposals.ties(link, source).union(proposals.ties(link, target)).subtracting(known)
                .map { $0.joined(separator: ",") }.sorted()
            let notes = ties.map { "belongsTo \($0.name)" } + keys.map { "foreign key \($0)" }
            return ChoiceList.Item(title: link.name, note: notes.joined(separator: ", "))
        }
        return links[try await dialogue.choose("Which model links them?", items)]
    }

    // MARK: Names

    private func name(_ proposal: String, of source: Model) async throws -> String {
        if let name = flags.name { return name }
        let isFree = proposals.problem(withName: proposal, of: source, "--name") == nil
        return try await dialogue.ask("What is it called?", proposal: isFree ? proposal : "") { name in
            proposals.problem(withName: name, of: source, "--name")?.message
        }
    }

    /// What key and discriminator are called after: the polymorphic belongsTo that is there says it.
    private func word(_ form: RelationForm, _ source: Model, _ target: Model, _ link: Model?) async throws -> String {
        let owner = link ?? target
        let known = owner.relations.filter { $0.kind == .belongsTo && $0.polymorphic != nil }.map(\.name)
        return try await dialogue.ask(
            "Which word do its key and type begin with?", proposal: known.first ?? "",
            check: { $0.isEmpty ? "Such as \"owner\", for ownerId and ownerType." : nil })
    }

    // MARK: Keys

    private func askKeys(
        _ form: RelationForm, _ source: Model, _ target: Model, _ link: Model?, _ answers: inout RelationAnswers
    ) async throws {
        switch form {
        case .belongsTo:
            let keys = proposals.keys(of: source, pointingAt: target, stem: answers.name, isNew: true)
            try await askKey("Which key of \(source.name)?", keys, &answers)
        case .hasMany, .hasOne:
            let keys = proposals.keys(of: target, pointingAt: source, isNew: false)
            try await askKey("Which key of \(target.name)?", keys, &answers)
        case .hasManyThrough, .hasManyThroughPolymorphic, .hasManyThroughInverted:
            guard let link else { return }
            if form != .hasManyThroughPolymorphic, answers.foreignKey.isEmpty {
                let keys = proposals.keys(of: link, pointingAt: source, isNew: false)
                answers.foreignKey = try await key("Which key of \(link.name) leads to \(source.name)?", keys)
                    .properties
            }
            if form != .hasManyThroughInverted, answers.keyThrough.isEmpty {
                let keys = proposals.keys(of: link, pointingAt: target, isNew: false)
                    .filter { $0.properties != answers.foreignKey }
                answers.keyThrough = try await key("Which key of \(link.name) leads to \(target.name)?", keys)
                    .properties
            }
        case .referencesMany:
            guard answers.foreignKey.isEmpty else { return }
            answers.foreignKey = try await typedKey(
                "Which property has the keys?", proposals.listKey(of: target.name))
        case .embedsOne, .embedsMany:
            guard answers.property == nil else { return }
            let property = try await dialogue.ask("Which property keeps them? (empty: as LoopBack calls it)")
            answers.property = property.isEmpty ? nil : property
        case .hasAndBelongsToMany, .belongsToSeveral, .hasManyPolymorphic, .hasOnePolymorphic: break
        }
    }

    private func askKey(_ question: String, _ keys: [KeyProposal], _ answers: inout RelationAnswers) async throws {
        guard answers.foreignKey.isEmpty else { return }
        let chosen = try await key(question, keys)
        answers.foreignKey = chosen.properties
        answers.column = answers.column ?? chosen.column
    }

    private func key(_ question: String, _ keys: [KeyProposal]) async throws -> KeyProposal {
        let items = keys.map { ChoiceList.Item(title: $0.properties.joined(separator: ","), note: $0.reason) }
        let chosen = try await dialogue.choose(question, items + [.init(title: "another one")])
        if keys.indices.contains(chosen) { return keys[chosen] }
        return KeyProposal(properties: try await typedKey(question, ""), origin: .new)
    }

    private func typedKey(_ question: String, _ proposal: String) async throws -> [String] {
        let text = try await dialogue.ask(question, proposal: proposal) { text in
            (try? RelationFlags.names(text, "--foreign-key")) == nil ? "Names with commas between them." : nil
        }
        return try RelationFlags.names(text, "--foreign-key")
    }

    // MARK: Options and the way back

    private func askOptions(_ answers: inout RelationAnswers) async throws {
        guard flags.scope == nil, flags.properties == nil, !flags.nestRemoting, !flags.disableInclude else { return }
        var place = 0
        while true {
            func state(_ isOn: Bool) -> String { isOn ? "on" : "off" }
            let items = [
                ChoiceList.Item(title: "no more"),
                .init(
                    title: "nestRemoting", note: state(answers.nestsRemoting),
                    explanation: ["HTTP requests may go on through it."]),
                .init(
                    title: "disableInclude", note: state(answers.disablesInclude),
                    explanation: ["It can't be included."]),
                .init(
                    title: "scope", note: answers.scope?.description ?? "none",
                    explanation: ["A filter for the records that it leads to."]),
                .init(
                    title: "properties", note: answers.properties?.description ?? "none",
                    explanation: ["What is copied to records that are made through it."]),
            ]
            place = try await dialogue.choose("Options?", items, pointingAt: place)
            switch place {
            case 1: answers.nestsRemoting.toggle()
            case 2: answers.disablesInclude.toggle()
            case 3: answers.scope = try await object("Which scope, as JSON?", answers.scope)
            case 4: answers.properties = try await object("Which properties, as JSON?", answers.properties)
            default: return
            }
        }
    }

    private func object(_ question: String, _ value: JSONValue?) async throws -> JSONValue? {
        let text = try await dialogue.ask(question, proposal: value?.description ?? "{}") { text in
            RelationFlags.problem(withObject: text.isEmpty ? "{}" : text)
        }
        let value = try RelationFlags.object(text.isEmpty ? "{}" : text, "")
        return value == .object([]) ? nil : value
    }

    private func askInverse(_ answers: inout RelationAnswers) async throws {
        guard flags.inverse == nil else { return }
        let draft = try RelationDraft(answers, proposals)
        guard let back = draft.inverseAnswers, let name = draft.inverseName,
            let owner = draft.target, EditedModels.hasFile(owner)
        else { return }
        let kinds = back.kind == .hasMany ? [RelationKind.hasMany, .hasOne] : [back.kind]
        let items = kinds.map { kind in
            ChoiceList.Item(title: "yes, \(owner.name) \(kind) \(draft.source.name)")
        }
        let chosen = try await dialogue.choose("The relation back as well?", items + [.init(title: "no")])
        guard kinds.indices.contains(chosen) else { return }
        answers.inverseIsOne = kinds[chosen] == .hasOne
        if back.polymorphic != nil, back.kind == .belongsTo {
            answers.inverse = name
            return
        }
        let proposal = answers.inverseIsOne ? proposals.name(.hasOne, of: draft.source.name) : name
        answers.inverse = try await dialogue.ask("What is it called at \(owner.name)?", proposal: proposal) { name in
            if owner.id == draft.source.id, name == answers.name { return "That is the name of the relation itself." }
            return proposals.problem(withName: name, of: owner, "--inverse")?.message
        }
    }
}
