// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// A relation with all that was left open filled in, and its inverse: what is to be written.
struct RelationDraft {
    private let proposals: RelationProposals
    private(set) var answers: RelationAnswers
    private(set) var source: Model
    private(set) var target: Model?
    private(set) var link: Model?

    /// Fills in what wasn't said.
    ///
    /// - Throws: ``GeneratorError``: what can't be filled in, doesn't go together, or is taken.
    init(_ answers: RelationAnswers, _ proposals: RelationProposals) throws(GeneratorError) {
        self.proposals = proposals
        self.answers = answers
        source = try proposals.model(answers.source, "--from")
        try checkFlags()
        if let name = answers.target { target = try proposals.model(name, "--to") }
        if let name = answers.through { link = try proposals.model(name, "--through") }
        if self.answers.name == nil {
            self.answers.name = target.map { proposals.name(answers.kind, of: $0.name) } ?? answers.polymorphic
        }
        try check(name: self.answers.name ?? "", of: source, "--name")
        try fillLinks()
        try fillKeys()
        try checkColumn(answers.column)
        if let inverse = answers.inverse, let owner = inverseAnswers?.source {
            let owner = try proposals.model(owner, "--inverse")
            try check(name: inverse, of: owner, "--inverse")
            guard owner.id != source.id || inverse != self.answers.name else {
                throw GeneratorError(
                    .nameTaken, "--inverse", "Both relations of \(owner.name) would be called \"\(inverse)\".",
                    remedy: "give the relation back another name")
            }
        }
    }

    // MARK: Checks

    private func checkFlags() throws(GeneratorError) {
        let kind = answers.kind
        let isPolymorphic = answers.polymorphic != nil
        let goesThrough = kind == .hasManyThrough || kind == .hasAndBelongsToMany
        if kind == .belongsTo, isPolymorphic {
            try refuse(
                "--to", answers.target != nil, "A polymorphic belongsTo leads to several models: its rows say which.")
        } else if answers.target == nil {
            throw GeneratorError(
                .missingFlag, "--to", "It isn't said which model the relation leads to.", remedy: "give --to MODEL")
        }
        if kind == .hasManyThrough || (kind == .hasAndBelongsToMany && isPolymorphic), answers.through == nil {
            throw GeneratorError(
                .missingFlag, "--through", "It isn't said which model links the two.",
                remedy: "give --through MODEL; hasAndBelongsToMany makes one of its own")
        }
        try refuse(
            "--through", !goesThrough && answers.through != nil,
            "Only hasManyThrough and hasAndBelongsToMany have links.")
        try refuse(
            "--key-through", !goesThrough && !answers.keyThrough.isEmpty,
            "Only relations through links have a second key.")
        try refuse(
            "--property", !answers.embeds && answers.property != nil,
            "Only embedsOne and embedsMany keep records in a property.")
        try refuse("--foreign-key", answers.embeds && !answers.foreignKey.isEmpty, "Embedded records have no key.")
        try refuse(
            "--column",
            answers.column != nil
                && (kind == .hasAndBelongsToMany || answers.embeds || kind == .referencesMany
                    || isPolymorphic || answers.foreignKey.count > 1),
            "Only one key of belongsTo, hasMany and hasOne can be given a column.")
        try refuse(
            "--polymorphic", isPolymorphic && (answers.embeds || kind == .referencesMany),
            "\(kind) has records of one model only.")
        try refuse(
            "--invert", answers.inverts && !(isPolymorphic && goesThrough),
            "Only polymorphic relations through links can be inverted.")
        try refuse(
            "--inverse",
            answers.inverse != nil
                && (answers.embeds || kind == .referencesMany
                    || (kind == .belongsTo && isPolymorphic)),
            kind == .belongsTo
                ? "A polymorphic belongsTo leads to several models: add a relation to each of them."
                : "\(kind) has no relation back.")
        // Only the way there can be told that the links refer to another property than the key.
        try refuse(
            "--inverse", answers.inverse != nil && goesThrough && !answers.primaryKey.isEmpty,
            "A relation back through links would look for the key of \(answers.source), and not for --primary-key.")
    }

    private func refuse(_ flag: String, _ isWrong: Bool, _ reason: String) throws(GeneratorError) {
        guard isWrong else { return }
        throw GeneratorError(.invalidFlag, flag, reason, remedy: "leave \(flag) out, or choose another --type")
    }

    private func check(name: String, of model: Model, _ flag: String) throws(GeneratorError) {
        if let problem = proposals.problem(withName: name, of: model, flag) { throw problem }
    }

    /// A key that is there has its column: giving it another one would change what is read by it elsewhere.
    private func checkColumn(_ column: String?) throws(GeneratorError) {
        guard let column, let target, let key = answers.foreignKey.first else { return }
        let owner = answers.holdsKey ? source : target
        guard let property = owner.property(key), property.column != column else { return }
        throw GeneratorError(
            .invalidFlag, "--column", "\(owner.name).\(key) is kept in the column \"\(property.column)\" already.",
            remedy: "leave --column out, or give the key another name with --foreign-key")
    }

    // MARK: Links

    /// Relations of a pair of models go by the same links, also where those would be called otherwise with this relation beside the others.
    private mutating func fillLinks() throws(GeneratorError) {
        guard answers.kind == .hasAndBelongsToMany, let target else { return }
        let pair = LinkedPair(proposals.schema, source, target)
        if let link {
            answers.linksAreMade = link.definition.isMadeForLinks
        } else if let found = try pair.link() {
            link = found
            let owners = answers.inverse == nil ? [source] : [source, target]
            guard pair.needsName(found, with: owners, proposals.tables) else { return }
            (answers.through, answers.linksAreMade) = (found.name, found.definition.isMadeForLinks)
        }
    }

    // MARK: Keys

    private mutating func fillKeys() throws(GeneratorError) {
        guard let target else {
            // The two columns of a polymorphic belongsTo have their names by its word.
            return
        }
        switch answers.kind {
        case .belongsTo:
            try choose(proposals.keys(of: source, pointingAt: target, stem: answers.name, isNew: true), of: source)
        case .hasMany, .hasOne:
            if answers.polymorphic == nil {
                try choose(proposals.keys(of: target, pointingAt: source, isNew: false), of: target)
            }
        case .hasManyThrough: try fillLinkKeys(target)
        case .hasAndBelongsToMany, .embedsOne, .embedsMany: break
        case .referencesMany:
            if answers.foreignKey.isEmpty {
                answers.foreignKey = [proposals.listKey(of: target.name)]
            }
        }
    }

    private mutating func choose(_ keys: [KeyProposal], of owner: Model) throws(GeneratorError) {
        guard answers.foreignKey.isEmpty, let first = keys.first else { return }
        // Which of several is meant nobody can know but who asks.
        let proven = keys.filter(\.isProven)
        if let name = answers.name, let stem = proven.first(where: { $0.properties == [name + "Id"] }) {
            answers.foreignKey = stem.properties
            answers.column = answers.column ?? stem.column
            return
        }
        guard proven.count < 2 else {
            let names = proven.map { $0.properties.joined(separator: ",") }.joined(separator: " or ")
            throw GeneratorError(
                .missingFlag, "--foreign-key", "\(owner.name) has several keys that may be meant.",
                remedy: "give --foreign-key \(names)")
        }
        answers.foreignKey = first.properties
        answers.column = answers.column ?? first.column
    }

    private mutating func fillLinkKeys(_ target: Model) throws(GeneratorError) {
        guard let link else { return }
        if answers.polymorphic == nil || answers.inverts, answers.foreignKey.isEmpty {
            answers.foreignKey = proposals.keys(of: link, pointingAt: source, isNew: false).first?.properties ?? []
        }
        if answers.polymorphic == nil || !answers.inverts, answers.keyThrough.isEmpty {
            let keys = proposals.keys(of: link, pointingAt: target, isNew: false).map(\.properties)
            answers.keyThrough = keys.first { $0 != answers.foreignKey } ?? []
        }
        if answers.polymorphic == nil, answers.keyThrough.isEmpty {
            throw GeneratorError(
                .missingFlag, "--key-through", "\(link.name) has one key only that leads to \(target.name).",
                remedy: "give both --foreign-key and --key-through, such as followerId and followeeId")
        }
    }

    // MARK: The way back

    /// The relation back without its name being asked for; nil where there is none.
    var inverseAnswers: RelationAnswers? {
        guard let target else { return nil }
        var back = RelationAnswers()
        back.source = target.name
        back.target = source.name
        back.name = answers.inverse
        back.foreignKey = answers.foreignKey
        back.primaryKey = answers.primaryKey
        switch answers.kind {
        case .belongsTo: back.kind = answers.inverseIsOne ? .hasOne : .hasMany
        case .hasMany, .hasOne:
            back.kind = .belongsTo
            if let word = answers.polymorphic {
                back.polymorphic = word
                (back.target, back.foreignKey) = (nil, [])
            }
        case .hasManyThrough, .hasAndBelongsToMany:
            back.kind = answers.kind
            (back.through, back.linksAreMade) = (answers.through, answers.linksAreMade)
            back.polymorphic = answers.polymorphic
            back.inverts = answers.polymorphic != nil && !answers.inverts
            (back.foreignKey, back.keyThrough) = (answers.keyThrough, answers.foreignKey)
            back.primaryKey = []
        case .embedsOne, .embedsMany, .referencesMany: return nil
        }
        return back
    }

    /// The name that the relation back would have; nil where there is none to be offered, or one is there.
    var inverseName: String? {
        guard let back = inverseAnswers, let owner = target else { return nil }
        if let word = back.polymorphic, back.kind == .belongsTo {
            return proposals.isTaken(word, of: owner) ? nil : word
        }
        guard !owner.relations.contains(where: { $0.target == source.id && leads($0, like: back) }) else { return nil }
        let stem = back.kind == .belongsTo ? back.foreignKey.first.flatMap(proposals.stem) : nil
        var names = [stem, proposals.name(back.kind, of: source.name)].compactMap { $0 }
        if owner.id == source.id { names.append(names[0] + "Of") }
        return names.first { !proposals.isTaken($0, of: owner) && (owner.id != source.id || $0 != answers.name) }
    }

    private func leads(_ relation: Relation, like back: RelationAnswers) -> Bool {
        switch back.kind {
        case .belongsTo:
            relation.kind == .belongsTo
                && relation.sourceKey.compactMap { target?.properties.element($0)?.name } == back.foreignKey
        case .hasMany, .hasOne:
            [.hasMany, .hasOne].contains(relation.kind)
                && relation.targetKey.compactMap { source.properties.element($0)?.name } == back.foreignKey
        default: relation.kind == back.kind && relation.through?.model == link?.id
        }
    }

    // MARK: What is written

    /// The members of model files that say it.
    var edits: [ModelEdit] {
        var edits = [ModelEdit(model: source.name, path: ["relations", answers.name ?? ""], value: answers.json)]
        if let column = answers.column, let key = answers.foreignKey.first, let target {
            let (owner, other) = answers.holdsKey ? (source, target) : (target, source)
            if owner.property(key)?.isImplied != false {
                edits.append(
                    ModelEdit(
                        model: owner.name, path: ["properties", key],
                        value: [
                            "type": type(ofKeyTo: other, 0, isNamed: true),
                            "postgresql": ["columnName": .string(column)],
                        ]))
            }
        }
        edits += linkKeys
        if answers.inverse != nil, let back = inverseAnswers {
            edits.append(ModelEdit(model: back.source, path: ["relations", back.name ?? ""], value: back.json))
        }
        return edits
    }

    /// The keys that the link model hasn't got yet: no relation of it brings them.
    private var linkKeys: [ModelEdit] {
        guard answers.kind == .hasManyThrough, let link, let target else { return [] }
        // --primary-key is what the key to this side refers to; that to the other side goes by its key.
        let sides = [(answers.foreignKey, source, true), (answers.keyThrough, target, false)]
        return sides.flatMap { keys, owner, isNamed -> [ModelEdit] in
            keys.enumerated().compactMap { place, key -> ModelEdit? in
                guard link.property(key) == nil else { return nil }
                var members = [JSONValue.Member("type", type(ofKeyTo: owner, place, isNamed: isNamed))]
                if keys.count == 1, let column = proposals.column(of: key, in: link, pointingAt: owner) {
                    members.append(.init("postgresql", ["columnName": .string(column)]))
                }
                return ModelEdit(model: link.name, path: ["properties", key], value: .object(members))
            }
        }
    }

    /// The type of a key's part, which is that of the property it refers to: one of --primary-key, where that is meant.
    private func type(ofKeyTo other: Model, _ place: Int, isNamed: Bool) -> JSONValue {
        let property =
            if isNamed, answers.primaryKey.indices.contains(place) {
                other.property(answers.primaryKey[place])
            } else {
                other.primaryKey.indices.contains(place) ? other.properties.element(other.primaryKey[place]) : nil
            }
        return switch property?.kind {
        case .string: "string"
        case .date: "date"
        case .boolean: "boolean"
        default: "number"
        }
    }
}
