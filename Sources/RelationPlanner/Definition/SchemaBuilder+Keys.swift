// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    /// A key by the names of its properties.
    struct KeyNames {
        var source: [String] = []
        var target: [String] = []
        var linkSource: [String] = []
        var linkTarget: [String] = []
        /// The discriminator, on the side the kind says.
        var discriminator: String?
    }

    // MARK: Targets

    /// The model a relation points to: by `model`, else by the relation's own name; case doesn't matter, and to-many
    /// relations find their model by its plural.
    func target(_ relation: RelationDefinition) -> Int? {
        find(relation.model ?? relation.name, plural: relation.kind.isToMany)
    }

    func find(_ name: String, plural: Bool = false) -> Int? {
        indexes[name] ?? lowercased[name.lowercased()]
            ?? (plural ? lowercased[Inflection.singular(name).lowercased()] : nil)
    }

    /// The link model of a many-to-many relation.
    func link(_ relation: RelationDefinition, from source: Int) -> Int? {
        if let name = relation.through ?? relation.throughTable { return find(name) }
        guard relation.kind == .hasAndBelongsToMany, let target = target(relation) else { return nil }
        let one = drafts[source].definition.name
        let other = drafts[target].definition.name
        return find(one + other) ?? find(other + one)
    }

    // MARK: Link models

    /// Makes the link models of hasAndBelongsToMany relations that have none, and gives them their keys.
    ///
    /// A link model that nobody defined is called after both models, that one first whose relation LoopBack defines
    /// first: of two models that point at each other it is the one loaded last, for the other had to wait for it.
    mutating func makeLinkModels() {
        let count = drafts.count
        for source in (0..<count).reversed() {
            for relation in drafts[source].definition.relations where relation.kind == .hasAndBelongsToMany {
                guard relation.polymorphic == nil, let target = target(relation) else { continue }
                let names = (drafts[source].definition.name, drafts[target].definition.name)
                var link = link(relation, from: source)
                if link == nil, relation.through == nil {
                    var draft = Draft(definition: ModelDefinition(relation.throughTable ?? names.0 + names.1))
                    draft.definition.tableSchema = drafts[source].definition.tableSchema
                    draft.definition.file = drafts[source].definition.file
                    // Where one of the two has no table, there need be none for the links.
                    draft.definition.attachment = [target, source].compactMap { drafts[$0].definition.attachment }
                        .first(where: \.isLoose)
                    draft.alternateName = relation.throughTable == nil ? names.1 + names.0 : nil
                    draft.primaryKey = [draft.add(PropertyDraft(definition: .id("id"), isImplied: true))]
                    link = register(draft)
                }
                guard let link else { continue }
                addBelongsTo(link, to: source)
                addBelongsTo(link, to: target)
            }
        }
    }

    private mutating func addBelongsTo(_ link: Int, to target: Int) {
        let relations = drafts[link].definition.relations
        if relations.contains(where: { $0.kind == .belongsTo && $0.polymorphic == nil && self.target($0) == target }) {
            return
        }
        let name = Inflection.camelCase(drafts[target].definition.name)
        guard !relations.contains(where: { $0.name == name }) else { return }
        drafts[link].definition.relations.append(
            .belongsTo(name, drafts[target].definition.name, foreignKey: defaultKey(target)))
    }

    /// `customerId` for Customer.
    private func defaultKey(_ draft: Int, _ suffix: String = "id") -> String {
        Inflection.camelCase(drafts[draft].definition.name + "_" + suffix)
    }

    // MARK: Keys

    private func primaryKey(_ draft: Int) -> [String] {
        let names = drafts[draft].primaryKey.map { drafts[draft].properties[$0].definition.name }
        return names.isEmpty ? ["id"] : names
    }

    private func polymorphicKeys(_ relation: RelationDefinition) -> (key: String, discriminator: String)? {
        switch relation.polymorphic {
        case nil: nil
        case .automatic: (relation.name + "Id", relation.name + "Type")
        case .selector(let selector, _): (selector + "Id", selector + "Type")
        case .keys(let key, let discriminator, _): (key, discriminator)
        }
    }

    /// The names of a relation's keys, LoopBack's defaults filled in; nil when its target or link model is missing.
    func keyNames(_ relation: RelationDefinition, from source: Int) -> KeyNames? {
        var names = KeyNames()
        let polymorphic = polymorphicKeys(relation)
        names.discriminator = polymorphic?.discriminator
        if relation.kind == .belongsTo, let polymorphic {
            names.source = [polymorphic.key]
            return names
        }
        guard let target = target(relation) else { return nil }
        let ownKey = relation.primaryKey.isEmpty ? primaryKey(source) : relation.primaryKey
        switch relation.kind {
        case .belongsTo:
            names.target = relation.primaryKey.isEmpty ? primaryKey(target) : relation.primaryKey
            names.source = relation.foreignKey.isEmpty ? [relation.name + "Id"] : relation.foreignKey
        case .hasOne, .hasMany:
            names.source = ownKey
            names.target =
                polymorphic.map { [$0.key] }
                ?? (relation.foreignKey.isEmpty ? [defaultKey(source)] : relation.foreignKey)
        case .hasManyThrough, .hasAndBelongsToMany:
            guard let link = link(relation, from: source) else { return nil }
            let isFree = relation.kind == .hasManyThrough
            names.source = isFree ? ownKey : primaryKey(source)
            names.target = primaryKey(target)
            let foreignKey = isFree ? relation.foreignKey : []
            let keyThrough = isFree ? relation.keyThrough : []
            names.linkSource = linkKey(foreignKey, link, to: source, besides: [])
            names.linkTarget = linkKey(keyThrough, link, to: target, besides: names.linkSource)
            if let polymorphic {
                if relation.invert {
                    names.linkTarget = [polymorphic.key]
                } else {
                    names.linkSource = [polymorphic.key]
                    names.linkTarget = linkKey(keyThrough, link, to: target, besides: names.linkSource)
                }
            }
        case .referencesMany:
            names.source = relation.foreignKey.isEmpty ? [defaultKey(target, "ids")] : relation.foreignKey
            names.target = relation.primaryKey.isEmpty ? primaryKey(target) : relation.primaryKey
        case .embedsOne, .embedsMany:
            let name = drafts[target].definition.name
            let word =
                relation.property ?? Inflection.camelCase(relation.kind == .embedsOne ? name : Inflection.plural(name))
            // The records and where they are kept can't go by one name.
            names.source = [word == relation.name ? "_" + word : word]
        }
        return names
    }

    /// The key of a link model: as named; else by default; else that of its one relation to the model.
    private func linkKey(_ named: [String], _ link: Int, to model: Int, besides taken: [String]) -> [String] {
        if !named.isEmpty { return named }
        let key = defaultKey(model)
        if drafts[link].positions[key] != nil, [key] != taken { return [key] }
        let candidates = drafts[link].definition.relations.filter {
            $0.kind == .belongsTo && $0.polymorphic == nil && target($0) == model
        }.compactMap { keyNames($0, from: link)?.source }.filter { $0 != taken }
        return candidates.count == 1 ? candidates[0] : [key]
    }

    /// Adds the properties that the relations of a model imply: foreign keys, discriminators, lists of references,
    /// places of embedded models.
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
                imply(names.target, on: target, like: names.source, of: source)
                implyPolymorphic(relation, [], names.discriminator, on: target, idOf: source)
            case .hasManyThrough, .hasAndBelongsToMany:
                guard let target, let link = link(relation, from: source), relation.polymorphic != nil else { continue }
                imply(names.linkSource, on: link, like: names.source, of: source)
                imply(names.linkTarget, on: link, like: names.target, of: target)
                implyPolymorphic(relation, [], names.discriminator, on: link, idOf: source)
            case .referencesMany:
                guard let target, let name = names.source.first, drafts[source].positions[name] == nil else { continue }
                let key = names.target.first.flatMap { drafts[target].positions[$0] }
                let kind = key.map { drafts[target].properties[$0].definition.kind } ?? .any
                var property = relation.propertyDefinition ?? PropertyDefinition(name, .any)
                (property.name, property.kind) = (name, .array(of: kind))
                _ = drafts[source].add(PropertyDraft(definition: property, isImplied: true))
            case .embedsOne, .embedsMany:
                guard let target, let name = names.source.first, drafts[source].positions[name] == nil else { continue }
                var property = relation.propertyDefinition ?? PropertyDefinition(name, .any)
                let kind = Property.Kind.model(drafts[target].definition.name)
                (property.name, property.kind) = (name, relation.kind == .embedsOne ? kind : .array(of: kind))
                _ = drafts[source].add(PropertyDraft(definition: property, isImplied: true))
            }
        }
    }

    /// Adds the missing properties of a foreign key; they take their types from the key they refer to.
    private mutating func imply(_ names: [String], on owner: Int, like keys: [String], of other: Int) {
        for (position, name) in names.enumerated() where drafts[owner].positions[name] == nil {
            guard keys.indices.contains(position), let key = drafts[other].positions[keys[position]] else { continue }
            let origin = drafts[other].properties[key].definition
            let property = PropertyDefinition(
                name, origin.kind, dataType: origin.dataType, length: origin.length, precision: origin.precision,
                scale: origin.scale)
            _ = drafts[owner].add(PropertyDraft(definition: property, isImplied: true, copiedFrom: (other, key)))
        }
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
        for name in keys where drafts[owner].positions[name] == nil {
            if let idKind {
                _ = drafts[owner].add(PropertyDraft(definition: .init(name, idKind), isImplied: true))
            } else {
                // LoopBack takes the source's own key for a model, whatever it points to.
                imply([name], on: owner, like: primaryKey(source), of: source)
            }
        }
        if let discriminator, drafts[owner].positions[discriminator] == nil {
            var property = PropertyDefinition(discriminator, .string)
            property.isIndexed = true
            _ = drafts[owner].add(PropertyDraft(definition: property, isImplied: true))
        }
    }
}

extension Relation.Kind {
    /// Whether there can be several targets.
    var isToMany: Bool {
        switch self {
        case .belongsTo, .hasOne, .embedsOne: false
        case .hasMany, .hasManyThrough, .hasAndBelongsToMany, .referencesMany, .embedsMany: true
        }
    }
}
