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
                    // Nobody described it, so REST doesn't offer it.
                    draft.definition.isPublic = false
                    draft.definition.isMadeForLinks = true
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

    func primaryKey(_ draft: Int) -> [String] {
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
    ///
    /// A name that only a column has stands for its property: it must not become a second one.
    func keyNames(_ relation: RelationDefinition, from source: Int) -> KeyNames? {
        guard var names = writtenKeyNames(relation, from: source) else { return nil }
        let target = relation.kind == .belongsTo && relation.polymorphic != nil ? nil : target(relation)
        names.source = names.source.map { property(called: $0, of: source) }
        if let target { names.target = names.target.map { property(called: $0, of: target) } }
        if let link = link(relation, from: source) {
            names.linkSource = names.linkSource.map { property(called: $0, of: link) }
            names.linkTarget = names.linkTarget.map { property(called: $0, of: link) }
        }
        let owner = relation.kind == .belongsTo ? source : link(relation, from: source) ?? target
        if let owner { names.discriminator = names.discriminator.map { property(called: $0, of: owner) } }
        return names
    }

    /// The property of a name, or else of a column of that name.
    private func property(called name: String, of owner: Int) -> String {
        guard drafts[owner].positions[name] == nil else { return name }
        let column = drafts[owner].properties.first { $0.definition.columnName == name && !$0.isImplied }
        return column?.definition.name ?? name
    }

    private func writtenKeyNames(_ relation: RelationDefinition, from source: Int) -> KeyNames? {
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
            // What a link's key refers to is said by the link's own relation, where it has one.
            if polymorphic == nil, relation.primaryKey.isEmpty {
                names.source = referred(by: names.linkSource, of: link, to: source) ?? names.source
            }
            if polymorphic == nil || !relation.invert {
                names.target = referred(by: names.linkTarget, of: link, to: target) ?? names.target
            }
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

    /// The key of a model that a link's belongsTo over the same key names with "primaryKey"; nil where none does.
    private func referred(by key: [String], of link: Int, to model: Int) -> [String]? {
        drafts[link].definition.relations.first {
            $0.kind == .belongsTo && $0.polymorphic == nil && !$0.primaryKey.isEmpty && $0.foreignKey == key
                && target($0) == model
        }?.primaryKey
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
}
