// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    /// Adds the properties that the relations of a model imply: foreign keys, discriminators, lists of references,
    /// places of embedded models. Those that are listed get the types they have to have, as LoopBack resets them.
    mutating func implyKeys(_ source: Int) {
        for relation in drafts[source].definition.relations {
            guard let names = keyNames(relation, from: source) else { continue }
            let target = relation.polymorphic != nil && relation.kind == .belongsTo ? nil : target(relation)
            switch relation.kind {
            case .belongsTo:
                if let target {
                    imply(names.source, on: source, like: names.target, of: target)
                } else {
                    implyPolymorphic(relation, names.source, names.discriminator, on: source, idOf: source)
                }
            case .hasOne, .hasMany:
                guard let target else { continue }
                if relation.polymorphic == nil {
                    imply(names.target, on: target, like: names.source, of: source)
                } else {
                    implyPolymorphic(relation, names.target, names.discriminator, on: target, idOf: source)
                }
            case .hasManyThrough, .hasAndBelongsToMany:
                guard let target, let link = link(relation, from: source) else { continue }
                implyLinkKeys(relation, names, on: link, from: source, to: target)
            case .referencesMany, .embedsOne, .embedsMany:
                guard let target, let name = names.source.first else { continue }
                implyPlace(relation, name, on: source, keyName: names.target.first, of: target)
            }
        }
    }

    /// Adds the missing properties of a foreign key; all take their types from the key they refer to.
    private mutating func imply(
        _ names: [String], on owner: Int, like keys: [String], of other: Int, addingMissing addsMissing: Bool = true
    ) {
        for (position, name) in names.enumerated() {
            guard keys.indices.contains(position), let key = drafts[other].positions[keys[position]] else { continue }
            let place = KeyPlace(model: other, property: key)
            if let known = drafts[owner].positions[name] {
                // Primary keys that are foreign keys as well can refer to each other from both sides.
                if drafts[owner].properties[known].key == nil, place != KeyPlace(model: owner, property: known) {
                    drafts[owner].properties[known].key = place
                }
                continue
            }
            guard addsMissing else { continue }
            let origin = drafts[other].properties[key].definition
            let property = PropertyDefinition(
                name, origin.kind, dataType: origin.dataType, length: origin.length, precision: origin.precision,
                scale: origin.scale)
            _ = drafts[owner].add(PropertyDraft(definition: property, isImplied: true, key: place))
        }
    }

    /// Links have keys of their own; only those that tell types apart are added for a relation that goes through them.
    private mutating func implyLinkKeys(
        _ relation: RelationDefinition, _ names: KeyNames, on link: Int, from source: Int, to target: Int
    ) {
        let isPolymorphic = relation.polymorphic != nil
        if !isPolymorphic || relation.invert {
            imply(names.linkSource, on: link, like: names.source, of: source, addingMissing: isPolymorphic)
        } else {
            implyPolymorphic(relation, names.linkSource, names.discriminator, on: link, idOf: source)
        }
        if !isPolymorphic || !relation.invert {
            imply(names.linkTarget, on: link, like: names.target, of: target, addingMissing: isPolymorphic)
        } else {
            implyPolymorphic(relation, names.linkTarget, names.discriminator, on: link, idOf: target)
        }
    }

    /// Where references or embedded records are kept.
    private mutating func implyPlace(
        _ relation: RelationDefinition, _ name: String, on owner: Int, keyName: String?, of target: Int
    ) {
        let kind: Property.Kind
        switch relation.kind {
        case .embedsOne: kind = .model(drafts[target].definition.name)
        case .embedsMany: kind = .array(of: .model(drafts[target].definition.name))
        default:
            let key = keyName.flatMap { drafts[target].positions[$0] }
            kind = .array(of: key.map { self.kind(of: KeyPlace(model: target, property: $0)) } ?? .any)
        }
        if let known = drafts[owner].positions[name] {
            drafts[owner].properties[known].definition.kind = kind
            return
        }
        var property = relation.propertyDefinition ?? PropertyDefinition(name, .any)
        (property.name, property.kind) = (name, kind)
        _ = drafts[owner].add(PropertyDraft(definition: property, isImplied: true))
    }

    private mutating func implyPolymorphic(
        _ relation: RelationDefinition, _ keys: [String], _ discriminator: String?, on owner: Int, idOf source: Int
    ) {
        var idKind: Property.Kind?
        switch relation.polymorphic {
        case .selector(_, let idType?), .keys(_, _, let idType?):
            idKind = ["string": .string, "number": .number][idType.lowercased()]
        default: break
        }
        for name in keys {
            if drafts[owner].positions[name] == nil {
                if let idKind {
                    _ = drafts[owner].add(PropertyDraft(definition: .init(name, idKind), isImplied: true))
                } else {
                    // LoopBack takes the source's own key for a model, whatever it points to.
                    imply([name], on: owner, like: primaryKey(source), of: source)
                }
            }
            // It refers to keys of several models: what its column holds says of what type it is.
            if let known = drafts[owner].positions[name] { drafts[owner].properties[known].refersToMany = true }
        }
        if let discriminator, drafts[owner].positions[discriminator] == nil {
            var property = PropertyDefinition(discriminator, .string)
            property.isIndexed = true
            _ = drafts[owner].add(PropertyDraft(definition: property, isImplied: true))
        }
    }
}
