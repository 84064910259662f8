// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    /// The relations of a model with their models and keys looked up; what can't be is reported.
    mutating func resolveRelations(_ source: Int) -> [Relation] {
        var relations: [Relation] = []
        for definition in drafts[source].definition.relations {
            let path = "relations.\(definition.name)"
            if definition.name == "trigger" || definition.name.isEmpty {
                problem(source, path, "Invalid relation name \"\(definition.name)\".", relation: definition.name)
                continue
            }
            if relations.contains(where: { $0.name == definition.name }) {
                problem(
                    source, path, "The relation is defined twice. Rename one of the two, or remove it.",
                    relation: definition.name)
                continue
            }
            checkFunctions(definition, source, path)
            if let relation = resolve(definition, source, relations.count, path) { relations.append(relation) }
        }
        return relations
    }

    private mutating func resolve(
        _ definition: RelationDefinition, _ source: Int, _ id: Int, _ path: String
    ) -> Relation? {
        if definition.kind == .belongsTo, definition.polymorphic != nil {
            return resolvePolymorphicBelongsTo(definition, source, id, path)
        }
        guard let target = target(definition) else {
            missingTarget(definition, source, path)
            return nil
        }
        let isMany = definition.kind == .hasManyThrough || definition.kind == .hasAndBelongsToMany
        let link = isMany ? link(definition, from: source) : nil
        if isMany, link == nil {
            let name = definition.through ?? definition.throughTable ?? ""
            if isUnread(name) { return brokenRelation(definition, source) }
            let hint = Suggestion.text(for: name, among: indexes.keys)
            problem(
                source, path + ".through", "The link model \"\(name)\" doesn't exist.\(hint)", relation: definition.name
            )
            return nil
        }
        guard let names = keyNames(definition, from: source) else { return nil }
        let embeds = definition.kind == .embedsOne || definition.kind == .embedsMany
        let holdsForeignKey = definition.kind == .belongsTo || definition.kind == .referencesMany
        // Where the key that is referred to is missing, the foreign key is too: that is told of only.
        if holdsForeignKey, key(names.target, of: target, source, definition, path + ".primaryKey") == nil {
            return nil
        }
        guard
            let sourceKey = key(
                names.source, of: source, source, definition,
                embeds ? path : "\(path).\(holdsForeignKey ? "foreignKey" : "primaryKey")"),
            let targetKey = embeds
                ? []
                : key(
                    names.target, of: target, source, definition,
                    "\(path).\(holdsForeignKey ? "primaryKey" : "foreignKey")")
        else { return nil }
        var through: Relation.Through?
        if let link {
            guard let linkSource = key(names.linkSource, of: link, source, definition, path + ".foreignKey"),
                let linkTarget = key(names.linkTarget, of: link, source, definition, path + ".keyThrough")
            else { return nil }
            if linkSource == linkTarget {
                problem(
                    source, path,
                    "Both keys of the link model \(drafts[link].definition.name) are \"\(names.linkSource.joined(separator: ", "))\". Name them apart with \"foreignKey\" and \"keyThrough\" of a hasMany through.",
                    relation: definition.name)
                return nil
            }
            guard sameCount(linkSource, sourceKey, source, definition, path),
                sameCount(linkTarget, targetKey, source, definition, path)
            else { return nil }
            through = Relation.Through(model: Model.ID(link), sourceKey: linkSource, targetKey: linkTarget)
        } else if !embeds {
            guard sameCount(sourceKey, targetKey, source, definition, path) else { return nil }
        }
        var polymorphic: Relation.Polymorphic?
        if let discriminator = names.discriminator {
            let owner = link ?? target
            guard let key = key([discriminator], of: owner, source, definition, path + ".polymorphic")?.first else {
                return nil
            }
            polymorphic = Relation.Polymorphic(
                discriminator: key,
                typeName: drafts[definition.invert ? target : source].definition.name, targets: [], targetKeys: [])
        }
        if !embeds, let bare = [target, link].compactMap({ $0 }).first(where: { !drafts[$0].isPersisted }) {
            let model = drafts[bare].definition
            problem(
                source, path + ".model",
                "\(model.name) extends \"Model\", and there is no table \"\(model.schemaName)\".\"\(model.tableName)\": it can only be embedded.",
                relation: definition.name)
            return nil
        }
        return Relation(
            id: Relation.ID(id), name: definition.name, kind: definition.kind, source: Model.ID(source),
            target: Model.ID(target),
            sourceKey: embeds ? [] : sourceKey, targetKey: targetKey, through: through, polymorphic: polymorphic,
            embedded: embeds ? sourceKey.first : nil, includeDisabled: definition.includeDisabled,
            boxedDefinition: .box(definition))
    }

    private mutating func resolvePolymorphicBelongsTo(
        _ definition: RelationDefinition, _ source: Int, _ id: Int, _ path: String
    ) -> Relation? {
        guard let names = keyNames(definition, from: source),
            let sourceKey = key(names.source, of: source, source, definition, path + ".polymorphic"),
            let discriminator = names.discriminator,
            let discriminatorKey = key([discriminator], of: source, source, definition, path + ".polymorphic")?.first
        else { return nil }
        var targets: [Model.ID] = []
        var targetKeys: [Property.ID] = []
        for (index, draft) in drafts.enumerated() where draft.isPersisted && draft.alternateName == nil {
            let key =
                definition.idName.flatMap { draft.positions[$0] }
                ?? (draft.primaryKey.count == 1 ? draft.primaryKey[0] : nil)
            guard let key else { continue }
            targets.append(Model.ID(index))
            targetKeys.append(Property.ID(key))
        }
        return Relation(
            id: Relation.ID(id), name: definition.name, kind: .belongsTo, source: Model.ID(source), target: nil,
            sourceKey: sourceKey,
            targetKey: [], through: nil,
            polymorphic: Relation.Polymorphic(
                discriminator: discriminatorKey, typeName: nil, targets: targets, targetKeys: targetKeys),
            embedded: nil, includeDisabled: definition.includeDisabled,
            boxedDefinition: .box(definition))
    }

    /// A relation that can't be made for a reason that has been told.
    private mutating func brokenRelation(_ definition: RelationDefinition, _ source: Int) -> Relation? {
        broken.relations.insert([drafts[source].definition.name, definition.name])
        return nil
    }

    private mutating func missingTarget(_ definition: RelationDefinition, _ source: Int, _ path: String) {
        if isUnread(definition.model ?? definition.name)
            || isUnread(Inflection.singular(definition.model ?? definition.name))
        {
            _ = brokenRelation(definition, source)
            return
        }
        let hint = Suggestion.text(for: definition.model ?? definition.name, among: indexes.keys)
        if let model = definition.model {
            problem(
                source, path + ".model",
                "The model \"\(model)\" that \"\(definition.name)\" points to doesn't exist.\(hint) Add its definition or remove the relation.",
                relation: definition.name)
        } else {
            let code = definition.kind == .belongsTo ? "BELONGS_TO_MISSING_MODEL: " : ""
            problem(
                source, path,
                "\(code)The relation \"\(definition.name)\" names no model, and there is none of its own name.\(hint) Write {\"model\": …}.",
                relation: definition.name)
        }
    }

    /// The positions of a key's properties; a problem when one is missing.
    private mutating func key(
        _ names: [String], of owner: Int, _ source: Int, _ definition: RelationDefinition, _ path: String
    ) -> [Property.ID]? {
        var key: [Property.ID] = []
        for name in names {
            guard let position = drafts[owner].positions[name] else {
                let model = drafts[owner].definition.name
                if broken.models.contains(model) {
                    broken.relations.insert([drafts[source].definition.name, definition.name])
                    return nil
                }
                let hint = Suggestion.text(for: name, among: drafts[owner].positions.keys)
                problem(
                    source, path,
                    "The relation \"\(definition.name)\" needs the property \"\(name)\" of \(model), which doesn't exist.\(hint)",
                    property: name, relation: definition.name)
                return nil
            }
            key.append(Property.ID(position))
        }
        return key
    }

    private mutating func sameCount(
        _ one: [Property.ID], _ other: [Property.ID], _ source: Int, _ definition: RelationDefinition, _ path: String
    ) -> Bool {
        if one.count == other.count { return true }
        problem(
            source, path,
            "The keys of \"\(definition.name)\" have \(one.count) and \(other.count) properties. Name as many in \"foreignKey\" (or \"keyThrough\") as the other side's key has, or choose a single key with \"primaryKey\".",
            relation: definition.name)
        return false
    }
}
