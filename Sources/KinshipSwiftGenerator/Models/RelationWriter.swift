// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// Writes what a definition says of relations: in a word where there is one for it.
struct RelationWriter {
    private let model: GeneratedModel
    private let models: GeneratedModels

    init(_ model: GeneratedModel, _ models: GeneratedModels) {
        self.model = model
        self.models = models
    }

    func write(_ text: inout SwiftText) {
        for member in model.relations {
            let relation = member.relation
            let head = [SwiftLiteral.text(relation.name), "\\.\(SwiftNames.written(member.name))"]
            if let (method, arguments) = brief(member) {
                text.call("$0.\(method)", head + arguments)
                continue
            }
            text.call(relation.isToMany ? "$0.toMany" : "$0.toOne", head, tail: " {")
            text.indented { text in
                DefinitionWriter(full(relation)).write(&text)
                text.line("return relation")
            }
            text.line("}")
        }
        guard !model.hiddenRelations.isEmpty else { return }
        text.block("$0.also {") { text in
            for relation in model.hiddenRelations {
                text.block("do {") { text in
                    DefinitionWriter(full(relation)).write(&text)
                    text.line("$0.relations.append(relation)")
                }
            }
        }
    }

    /// The definition with the names that it leaves to the library.
    private func full(_ relation: Relation) -> RelationDefinition {
        var definition = relation.definition
        let source = models.schema[relation.source]
        if let target = relation.target.map({ models.schema[$0] }) {
            definition.model = target.name
            if relation.polymorphic == nil, definition.foreignKey.isEmpty {
                switch relation.kind {
                case .belongsTo, .referencesMany:
                    definition.foreignKey = relation.sourceKey.map { source.properties[$0].name }
                case .hasOne, .hasMany: definition.foreignKey = relation.targetKey.map { target.properties[$0].name }
                case .hasManyThrough:
                    definition.foreignKey = names(relation.through) { $0.sourceKey }
                case .hasAndBelongsToMany, .embedsOne, .embedsMany: break
                }
            }
            if relation.polymorphic == nil, relation.kind == .hasManyThrough, definition.keyThrough.isEmpty {
                definition.keyThrough = names(relation.through) { $0.targetKey }
            }
        }
        if let place = relation.embedded { definition.property = source.properties[place].name }
        if relation.kind == .hasManyThrough { definition.kind = .hasManyThrough }
        return definition
    }

    private func names(_ through: Relation.Through?, _ keys: (Relation.Through) -> [Property.ID]) -> [String] {
        guard let through else { return [] }
        return keys(through).map { models.schema[through.model].properties[$0].name }
    }

    /// The word for a relation and what follows it; nil where there is more to say.
    private func brief(_ member: GeneratedRelation) -> (String, [String])? {
        let relation = member.relation
        let definition = full(relation)
        let key = definition.foreignKey.count == 1 ? definition.foreignKey[0] : nil
        let target = definition.model ?? ""
        switch relation.kind {
        case .belongsTo:
            if case .oneOf = member.form { return briefOneOf(relation, definition) }
            guard definition == .belongsTo(relation.name, target, foreignKey: key) else { return nil }
            return ("belongsTo", argument(key, of: model))
        case .hasOne, .hasMany:
            let plain: RelationDefinition =
                relation.kind == .hasOne
                ? .hasOne(relation.name, target, foreignKey: key) : .hasMany(relation.name, target, foreignKey: key)
            guard definition == plain, let other = relation.target.flatMap({ models.model($0) }) else { return nil }
            return (relation.kind.rawValue, argument(key, of: other))
        case .hasManyThrough: return briefThrough(member, definition, key)
        case .hasAndBelongsToMany:
            guard definition == .hasAndBelongsToMany(relation.name, target, through: definition.through) else {
                return nil
            }
            return ("hasAndBelongsToMany", definition.through.map { ["through: \(SwiftLiteral.text($0))"] } ?? [])
        case .referencesMany, .embedsOne, .embedsMany:
            var plain = RelationDefinition(relation.name, relation.kind, model: target)
            if relation.kind == .referencesMany {
                plain.foreignKey = definition.foreignKey
                guard definition == plain else { return nil }
                return (relation.kind.rawValue, key.map { ["foreignKey: \(SwiftLiteral.text($0))"] } ?? [])
            }
            plain.property = definition.property
            guard definition == plain else { return nil }
            return (relation.kind.rawValue, definition.property.map { ["property: \(SwiftLiteral.text($0))"] } ?? [])
        }
    }

    /// A foreign key: of a struct that has it its property, else its name.
    private func argument(_ key: String?, of owner: GeneratedModel) -> [String] {
        guard let key else { return [] }
        let name = owner.model.property(key).flatMap { owner.name(of: $0.id) }
        return ["foreignKey: " + (name.map { "\\.\(SwiftNames.written($0))" } ?? SwiftLiteral.text(key))]
    }

    private func briefThrough(
        _ member: GeneratedRelation, _ definition: RelationDefinition, _ key: String?
    ) -> (String, [String])? {
        guard let key, definition.keyThrough.count == 1, let through = member.relation.through,
            let link = models.model(through.model)
        else { return nil }
        let other = definition.keyThrough[0]
        var plain = RelationDefinition.hasMany(
            definition.name, definition.model ?? "", foreignKey: key, through: link.model.name, keyThrough: other)
        plain.kind = .hasManyThrough
        guard definition == plain else { return nil }
        let names = [key, other].map { name in link.model.property(name).flatMap { link.name(of: $0.id) } }
        if let own = names[0], let theirs = names[1] {
            let paths = ["from: \\.\(SwiftNames.written(own))", "to: \\.\(SwiftNames.written(theirs))"]
            if case .linked = member.form { return ("hasMany", paths) }
            return ("hasMany", ["through: \(link.type).self"] + paths)
        }
        if case .linked = member.form { return nil }
        return (
            "hasMany",
            [
                "foreignKey: \(SwiftLiteral.text(key))", "through: \(SwiftLiteral.text(link.model.name))",
                "keyThrough: \(SwiftLiteral.text(other))",
            ]
        )
    }

    private func briefOneOf(_ relation: Relation, _ definition: RelationDefinition) -> (String, [String])? {
        guard let polymorphic = relation.polymorphic, relation.sourceKey.count == 1,
            let key = model.name(of: relation.sourceKey[0]), let type = model.name(of: polymorphic.discriminator)
        else { return nil }
        var plain = RelationDefinition(relation.name, .belongsTo)
        plain.polymorphic = definition.polymorphic
        if case .keys(_, _, .some) = definition.polymorphic { return nil }
        if case .selector(_, .some) = definition.polymorphic { return nil }
        guard definition == plain else { return nil }
        return ("belongsTo", ["type: \\.\(SwiftNames.written(type))", "key: \\.\(SwiftNames.written(key))"])
    }
}
