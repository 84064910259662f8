// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// Relations, properties and scopes that are taken out of model files, unless something needs them.
struct MemberRemoval {
    /// What is removed.
    struct Member: Hashable {
        enum Kind: String {
            case relation, property, scope

            /// Where files have it.
            var key: String {
                switch self {
                case .relation: "relations"
                case .property: "properties"
                case .scope: "scopes"
                }
            }
        }

        var kind: Kind
        var model: String
        var name: String
        /// The flag that names it.
        var flag: String
    }

    private let members: [Member]

    /// - Throws: ``GeneratorError`` when a model has no such member.
    init(_ members: [Member], in schema: Schema) throws(GeneratorError) {
        self.members = members
        for member in members {
            guard let model = schema.model(member.model) else { continue }
            let names: [String] =
                switch member.kind {
                case .relation: model.relations.map(\.name)
                case .property: model.properties.filter { !$0.isImplied }.map(\.name)
                case .scope: model.definition.scopes.map(\.key)
                }
            guard !names.contains(member.name) else { continue }
            throw GeneratorError(
                .unknownMember, member.flag, "\(model.name) has no \(member.kind.rawValue) called \"\(member.name)\".",
                remedy: names.isEmpty
                    ? "there is nothing to remove"
                    : Suggestion.hint(for: member.name, among: names.sorted(), kind: "names"))
        }
    }

    /// One member of the model that `--model` names.
    ///
    /// - Parameter what: what it is, for people: "the scope".
    init(
        _ kind: Member.Kind, _ name: String, of model: String?, _ what: String, in schema: Schema
    ) throws(GeneratorError) {
        guard let model else {
            throw GeneratorError(
                .missingFlag, "--model", "It isn't said of which model \(what) is to be removed.",
                remedy: "give --model MODEL")
        }
        let owner = try schema.requiredModel(model, "--model")
        try self.init([Member(kind: kind, model: owner.name, name: name, flag: "--remove")], in: schema)
    }

    /// Fails for flags that say what something is to be.
    static func requireAlone(_ others: [(flag: String, isGiven: Bool)]) throws(GeneratorError) {
        guard let (flag, _) = others.first(where: \.isGiven) else { return }
        throw GeneratorError(
            .invalidFlag, flag, "It says what is to be written, and --remove takes something away.",
            remedy: "leave \(flag) out, or --remove")
    }

    /// The files without the members, loaded as they will be.
    ///
    /// - Throws: ``GeneratorError`` when something else needs one of them: it says what.
    func edited(in old: Schema, _ options: ModelOptions) throws -> EditedModels {
        let uses = MemberUses(old, besides: members)
        try requireNone(members.flatMap { uses.uses(of: $0) })
        let edits = members.map { ModelEdit(removing: [$0.kind.key, $0.name], from: $0.model) }
        let edited: EditedModels
        do {
            edited = try EditedModels(edits, in: old, options)
        } catch let error as SchemaError {
            try requireNone(error.problems.map { "\($0)" })
            throw error
        }
        try requireNone(edited.warnings.filter { $0.code == .unknownName }.map(\.description))
        let gone = gone(from: old, in: edited.schema)
        let allUses = MemberUses(old, besides: gone)
        try requireNone(gone.flatMap { allUses.uses(of: $0) })
        try requireNone(allUses.changed(in: edited.schema))
        return edited
    }

    /// What is no longer there: the members, and the same of models that have them from their base.
    private func gone(from old: Schema, in new: Schema) -> [Member] {
        old.models.flatMap { model in
            members.compactMap { member in
                guard Self.has(member.name, member.kind, model), let same = new.model(model.name),
                    !Self.has(member.name, member.kind, same)
                else { return nil }
                return Member(kind: member.kind, model: model.name, name: member.name, flag: member.flag)
            }
        }
    }

    private static func has(_ name: String, _ kind: Member.Kind, _ model: Model) -> Bool {
        switch kind {
        case .relation: model.relation(name) != nil
        case .property: model.property(name).map { !$0.isImplied } == true
        case .scope: model.definition.scopes.contains { $0.key == name }
        }
    }

    private func requireNone(_ uses: [String]) throws(GeneratorError) {
        guard !uses.isEmpty, let first = members.first else { return }
        var listed: [String] = []
        for use in uses where !listed.contains(use) { listed.append(use) }
        let names = members.map { "\($0.model).\($0.name)" }.joined(separator: " and ")
        throw GeneratorError(
            .inUse, first.flag, "\(names) can't go, for it is needed: \(listed.joined(separator: "; ")).",
            remedy: first.kind == .relation
                ? "change or remove that first; --inverse NAME removes the relation back as well"
                : "change or remove that first")
    }
}
