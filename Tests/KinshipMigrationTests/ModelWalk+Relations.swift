// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport

extension ModelWalk {
    /// The kinds of relations, those to and of models of several types by themselves.
    enum Kind: String, CaseIterable {
        case belongsTo, hasOne, hasMany, hasManyThrough, hasAndBelongsToMany, referencesMany, embedsOne, embedsMany
        case polymorphicBelongsTo, polymorphicHasOne, polymorphicHasMany

        init(_ relation: RelationDefinition) {
            switch (relation.kind, relation.polymorphic != nil) {
            case (.belongsTo, let isPolymorphic): self = isPolymorphic ? .polymorphicBelongsTo : .belongsTo
            case (.hasOne, let isPolymorphic): self = isPolymorphic ? .polymorphicHasOne : .hasOne
            case (.hasMany, let isPolymorphic): self = isPolymorphic ? .polymorphicHasMany : .hasMany
            case (.hasManyThrough, _): self = .hasManyThrough
            case (.hasAndBelongsToMany, _): self = .hasAndBelongsToMany
            case (.referencesMany, _): self = .referencesMany
            case (.embedsOne, _): self = .embedsOne
            case (.embedsMany, _): self = .embedsMany
            }
        }

        /// To one for to many, or the other way round, in the same place.
        var sibling: Kind? {
            switch self {
            case .hasOne: .hasMany
            case .hasMany: .hasOne
            case .embedsOne: .embedsMany
            case .embedsMany: .embedsOne
            case .polymorphicHasOne: .polymorphicHasMany
            case .polymorphicHasMany: .polymorphicHasOne
            default: nil
            }
        }
    }

    // MARK: Changes

    mutating func addRelation(_ index: Int, _ kinds: [Kind]) -> Change? {
        guard models[index].relations.count < 4 else { return nil }
        let (model, target) = (models[index].name, random.pick(models.map(\.name)))
        let (name, key, kind) = (next("link"), next("key"), random.pick(kinds, .belongsTo))
        guard let relation = make(kind, name, of: model, to: target, key) else { return nil }
        models[index].relations.append(relation)
        return Change(title: "\(model).\(name), \(kind.rawValue) \(target)", kind: kind)
    }

    /// A belongsTo to records of several types, and a relation of one type to it; or of one type more.
    mutating func addPolymorphicPair(_ index: Int) -> Change? {
        var known: [(holder: Int, key: String)] = []
        for other in models.indices {
            for relation in models[other].relations where Kind(relation) == .polymorphicBelongsTo {
                if let key = Self.key(of: relation) { known.append((other, key)) }
            }
        }
        let found = random.once(in: 2) ? nil : known.randomElement(using: &random)
        let isNew = found == nil
        let holder = found?.holder ?? random.number(0...(models.count - 1))
        let key = found?.key ?? next("key")
        let (model, target) = (models[index].name, models[holder].name)
        guard holder != index, models[index].relations.count < 4, models[holder].relations.count < 4 else { return nil }
        let kind = random.pick([Kind.polymorphicHasMany, .polymorphicHasOne], .polymorphicHasMany)
        if isNew, let back = make(.polymorphicBelongsTo, next("link"), of: target, to: model, key) {
            models[holder].relations.append(back)
        }
        let name = next("link")
        guard let relation = make(kind, name, of: model, to: target, key) else { return nil }
        models[index].relations.append(relation)
        return Change(title: "\(model).\(name), \(kind.rawValue) \(target) by \(key)", kind: kind)
    }

    /// Another kind for a relation: its name stays, and sometimes its key.
    mutating func changeKind(_ index: Int) -> Change? {
        guard let at = models[index].relations.indices.randomElement(using: &random) else { return nil }
        let (model, old) = (models[index].name, models[index].relations[at])
        let oldKind = Kind(old)
        var kind = random.pick(Kind.allCases.filter { $0 != oldKind }, .belongsTo)
        var keepsKey = random.once(in: 3)
        if let sibling = oldKind.sibling, random.once(in: 2) { (kind, keepsKey) = (sibling, true) }
        let target = old.model ?? random.pick(models.map(\.name))
        let isOfKinds = [.polymorphicHasOne, .polymorphicHasMany].contains(kind)
        // The name of a model is in the rows of its own table then.
        if isOfKinds, target == model { return nil }
        let key = (keepsKey ? Self.key(of: old) : nil) ?? next("key")
        guard let changed = make(kind, old.name, of: model, to: target, key) else { return nil }
        models[index].relations[at] = changed
        return Change(
            title: "\(model).\(old.name), \(oldKind.rawValue) is \(kind.rawValue) \(target) by \(key)", kind: kind,
            oldKind: oldKind)
    }

    /// Another name for the key of a relation.
    mutating func renameKey(_ index: Int) -> Change? {
        guard let at = models[index].relations.indices.randomElement(using: &random) else { return nil }
        let (model, old, key) = (models[index].name, models[index].relations[at], next("key"))
        let holder: String
        switch Kind(old) {
        case .belongsTo, .referencesMany, .embedsOne, .embedsMany: holder = model
        case .hasOne, .hasMany: holder = old.model ?? model
        default: return nil
        }
        guard let former = Self.key(of: old),
            let changed = make(Kind(old), old.name, of: model, to: old.model ?? model, key)
        else { return nil }
        models[index].relations[at] = changed
        return Change(title: "\(holder).\(former) is \(key)", renames: ["\(holder).\(former)": "\(holder).\(key)"])
    }

    mutating func removeRelation(_ index: Int) -> Change? {
        guard let at = models[index].relations.indices.randomElement(using: &random) else { return nil }
        let old = models[index].relations.remove(at: at)
        return Change(title: "no \(models[index].name).\(old.name)")
    }

    /// Another name for a model, and with it for the tables of its links and their keys, which are called after it.
    mutating func renameModel(_ index: Int) -> Change? {
        let (model, name, before) = (models[index].name, next("Renamed"), linkNames)
        models[index].name = name
        for other in models.indices {
            for at in models[other].relations.indices {
                if models[other].relations[at].model == model { models[other].relations[at].model = name }
                if models[other].relations[at].through == model { models[other].relations[at].through = name }
            }
        }
        var renames = [model: name]
        for (old, new) in zip(before, linkNames) where old != new { renames[old] = new }
        return Change(title: "\(model) is \(name)", renames: renames)
    }

    // MARK: Pieces

    /// The names of the links that nobody described, and of their keys.
    private var linkNames: [String] {
        guard let schema = try? schema else { return [] }
        return models.compactMap { schema.model($0.name) }.flatMap(\.relations).flatMap { relation -> [String] in
            guard relation.kind == .hasAndBelongsToMany, let through = relation.through else { return [] }
            let link = schema[through.model]
            return [link.name]
                + (through.sourceKey + through.targetKey).map { "\(link.name).\(link.properties[$0].name)" }
        }
    }

    private static func key(of relation: RelationDefinition) -> String? {
        if case .selector(let key, _)? = relation.polymorphic { return key }
        return relation.through == nil ? relation.foreignKey.first ?? relation.property : nil
    }

    /// A relation, and the link that it goes through; nil where there are too many models.
    private mutating func make(
        _ kind: Kind, _ name: String, of source: String, to target: String, _ key: String
    ) -> RelationDefinition? {
        var relation: RelationDefinition
        switch kind {
        case .belongsTo: return .belongsTo(name, target, foreignKey: key)
        case .hasOne: return .hasOne(name, target, foreignKey: key)
        case .hasMany: return .hasMany(name, target, foreignKey: key)
        case .hasAndBelongsToMany: return .hasAndBelongsToMany(name, target)
        case .hasManyThrough:
            guard models.count < 8 else { return nil }
            let link = next("Link")
            models.append(
                ModelDefinition(
                    link, properties: random.once(in: 2) ? [.id()] : [.id(), newProperty()],
                    relations: [
                        .belongsTo("one", source, foreignKey: key + "One"),
                        .belongsTo("other", target, foreignKey: key + "Other"),
                    ]))
            return .hasMany(name, target, foreignKey: key + "One", through: link, keyThrough: key + "Other")
        case .referencesMany:
            relation = RelationDefinition(name, .referencesMany, model: target)
            relation.foreignKey = [key]
        case .embedsOne, .embedsMany:
            relation = RelationDefinition(name, kind == .embedsOne ? .embedsOne : .embedsMany, model: target)
            relation.property = key
        case .polymorphicBelongsTo:
            relation = RelationDefinition(name, .belongsTo)
            relation.polymorphic = .selector(key)
        case .polymorphicHasOne, .polymorphicHasMany:
            relation = RelationDefinition(name, kind == .polymorphicHasOne ? .hasOne : .hasMany, model: target)
            relation.polymorphic = .selector(key)
        }
        return relation
    }
}
