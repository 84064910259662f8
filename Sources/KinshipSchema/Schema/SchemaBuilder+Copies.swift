// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Copies that are kept right: where they are, and which can't be.
extension SchemaBuilder {
    /// The copies of all relations that say `sync`; what can't be kept is reported.
    mutating func keptCopies(in schema: Schema) -> KeptCopies {
        var kept = KeptCopies()
        // A base that has no table has no rows that could be copied.
        for (position, model) in schema.models.enumerated() where model.isPersisted {
            for relation in model.relations where relation.definition.sync {
                let path = "relations.\(relation.name).sync"
                if let reason = obstacle(relation, schema) {
                    problem(position, path, reason, relation: relation.name)
                    continue
                }
                for group in groups(relation, of: model, position, schema) {
                    add(group, to: &kept, relation, position, schema)
                }
            }
        }
        if let (group, copy) = kept.firstInCircle(schema) {
            let holder = schema[group.holder]
            let name = holder.properties[copy.holder].name
            problem(
                group.holder.index, "relations",
                "\(holder.name).\(name) is a copy of itself, by way of copies that are kept right (\"sync\"): that never ends. Leave \"sync\" out of one of the relations.",
                property: name)
        }
        kept.spread(over: schema)
        return kept
    }

    /// Why the copies of a relation can't be kept right; nil where they can.
    private func obstacle(_ relation: Relation, _ schema: Schema) -> String? {
        let definition = relation.definition
        let copies = relation.through == nil ? definition.properties : definition.throughProperties
        let place = relation.through == nil ? "properties" : "through.properties"
        if relation.embedded != nil || relation.kind == .referencesMany {
            return
                "\"sync\" keeps copies right that stand beside a key; those of a \(relation.kind.rawValue) don't. Leave it out."
        }
        if definition.embedsProperties {
            return "\"sync\" keeps columns right, not what \"embedsProperties\" stores. Leave one of them out."
        }
        if relation.through != nil, !definition.properties.isEmpty {
            return
                "A target that is linked to several records has no one record whose values it could keep: \"sync\" is for \"through.properties\" here. Leave out \"properties\", or \"sync\"."
        }
        if copies.isEmpty { return "\"sync\" keeps right what \"\(place)\" copies, and there are none. Name them." }
        if relation.through == nil, definition.invertProperties != (relation.kind == .belongsTo) {
            return relation.kind == .belongsTo
                ? "Several records can refer to one target, whose copies can't be those of all: write {\"options\": {\"invertProperties\": true}} to copy from the target, or leave \"sync\" out."
                : "Copies that are kept right stand where the key stands, at the target: leave out \"invertProperties\", or \"sync\"."
        }
        let source = relation.kind == .belongsTo ? nil : schema.models.element(relation.source)
        if let scope = definition.scope?.members,
            scope.contains(where: { ["where", "limit", "skip", "offset"].contains($0.key) })
        {
            return
                "\"sync\" is for all that refer to \(source?.name ?? "the target"), not for those that a scope finds. Leave the scope's where and limits out, or \"sync\"."
        }
        if definition.scopeFunction != nil {
            return
                "\"sync\" is for all that refer to a record, not for those that a function finds. Leave \"sync\" out."
        }
        return nil
    }

    /// What a relation copies, for each model that it copies from.
    private mutating func groups(
        _ relation: Relation, of model: Model, _ position: Int, _ schema: Schema
    ) -> [KeptCopies.Group] {
        let definition = relation.definition
        if relation.kind == .belongsTo {
            guard let target = relation.target else {
                return polymorphicGroups(relation, of: model, position, schema)
            }
            let key = zip(relation.sourceKey, relation.targetKey).map { KeptCopies.Group.Pair(holder: $0, source: $1) }
            let copies = pairs(definition.properties, model, schema[target], relation, position)
            return [
                KeptCopies.Group(
                    holder: model.id, source: target, key: key, type: nil, typeName: nil, copies: copies)
            ]
        }
        guard let holder = relation.through?.model ?? relation.target else { return [] }
        let own = relation.through?.sourceKey ?? relation.targetKey
        let key = zip(own, relation.sourceKey).map { KeptCopies.Group.Pair(holder: $0, source: $1) }
        let copies = pairs(
            relation.through == nil ? definition.properties : definition.throughProperties, schema[holder], model,
            relation, position)
        // The type of an inverted relation is that of its targets.
        let isTyped = relation.polymorphic != nil && !(relation.through != nil && definition.invert)
        return [
            KeptCopies.Group(
                holder: holder, source: model.id, key: key, type: isTyped ? relation.polymorphic?.discriminator : nil,
                typeName: isTyped ? relation.polymorphic?.typeName : nil, copies: copies)
        ]
    }

    /// Of a belongsTo to several models: the copies of each that has the properties.
    private mutating func polymorphicGroups(
        _ relation: Relation, of model: Model, _ position: Int, _ schema: Schema
    ) -> [KeptCopies.Group] {
        guard let polymorphic = relation.polymorphic else { return [] }
        var groups: [KeptCopies.Group] = []
        for (target, key) in zip(polymorphic.targets, polymorphic.targetKeys) {
            let source = schema[target]
            let has = relation.definition.properties.filter { source.property($0.from) != nil }
            guard !has.isEmpty else { continue }
            groups.append(
                KeptCopies.Group(
                    holder: model.id, source: target,
                    key: [KeptCopies.Group.Pair(holder: relation.sourceKey[0], source: key)],
                    type: polymorphic.discriminator, typeName: source.name,
                    foldsType: schema.foldsName(of: source),
                    copies: pairs(has, model, source, relation, position)))
        }
        return groups
    }

    /// What is copied, by its properties; one that isn't there, or that can't be a copy, is reported.
    private mutating func pairs(
        _ copies: [RelationDefinition.Copy], _ holder: Model, _ source: Model, _ relation: Relation, _ position: Int
    ) -> [KeptCopies.Group.Pair] {
        var pairs: [KeptCopies.Group.Pair] = []
        for copy in copies {
            guard let from = source.property(copy.from), let to = holder.property(copy.to) else {
                let (model, name) = source.property(copy.from) == nil ? (source, copy.from) : (holder, copy.to)
                problem(
                    position, "relations.\(relation.name).sync",
                    "\"\(name)\", which is to be kept right, is no property of \(model.name)."
                        + Suggestion.text(for: name, among: model.properties.map(\.name)),
                    property: name, relation: relation.name)
                continue
            }
            let keys = holder.relations.flatMap { relation in
                relation.through == nil && (relation.kind == .belongsTo || relation.kind == .referencesMany)
                    ? relation.sourceKey + (relation.polymorphic.map { [$0.discriminator] } ?? []) : []
            }
            let own =
                relation.kind == .belongsTo ? relation.sourceKey : relation.through?.sourceKey ?? relation.targetKey
            let isVital =
                holder.primaryKey.contains(to.id) || to.isGenerated || to.id == holder.version?.id
                || to.id == holder.softDelete?.id || keys.contains(to.id) || own.contains(to.id)
            guard !isVital else {
                problem(
                    position, "relations.\(relation.name).sync",
                    "\(holder.name).\(to.name) is a key, or the record's own mark: it can't be a copy that is kept right. Copy to another property.",
                    property: to.name, relation: relation.name)
                continue
            }
            pairs.append(KeptCopies.Group.Pair(holder: to.id, source: from.id))
        }
        return pairs
    }

    /// Adds a group; a property can be the copy of one thing only.
    private mutating func add(
        _ group: KeptCopies.Group, to kept: inout KeptCopies, _ relation: Relation, _ position: Int, _ schema: Schema
    ) {
        var group = group
        for (place, other) in kept.groups.enumerated() where other.holder == group.holder {
            for copy in group.copies {
                guard let known = other.copies.first(where: { $0.holder == copy.holder }) else { continue }
                // Both sides of a relation may say the same.
                if other.isSame(as: group, schema),
                    schema.isSame(known.source, of: other.source, copy.source, of: group.source)
                {
                    group.copies.removeAll { $0 == copy }
                    if group.foldsType { kept.groups[place].foldsType = true }
                } else if other.type == nil || other.type != group.type || other.typeName == group.typeName {
                    let holder = schema[group.holder]
                    let name = holder.properties[copy.holder].name
                    let (own, source) = (schema.models[position], schema[other.source])
                    let remedy =
                        isHeir(own, of: source)
                        ? "\(own.name) and \(source.name) have the relation of one base, and tables of their own: give one of them a relation of that name without \"sync\", or copy to another property."
                        : "Copy to another property."
                    problem(
                        position, "relations.\(relation.name).sync",
                        "\(holder.name).\(name) is kept as the copy of something else already, a record of \(source.name). \(remedy)",
                        property: name, relation: relation.name)
                    group.copies.removeAll { $0 == copy }
                }
            }
        }
        if !group.copies.isEmpty { kept.groups.append(group) }
    }
}

extension SchemaBuilder {
    /// Whether a model has the relations of another one, or of one base with it.
    private func isHeir(_ model: Model, of other: Model) -> Bool {
        let bases = [model, other].map { model in
            var names: Set<String> = [model.name]
            var next = model.definition.base
            while names.insert(next).inserted {
                guard let base = drafts.first(where: { $0.definition.name == next }) else { break }
                next = base.definition.base
            }
            return names.subtracting(["PersistedModel", "Model"])
        }
        return !bases[0].isDisjoint(with: bases[1])
    }
}

extension KeptCopies.Group {
    /// Whether both stand in the same columns, and are of the same ones.
    fileprivate func isSame(as other: Self, _ schema: Schema) -> Bool {
        typeName == other.typeName && key.count == other.key.count
            && zip(key, other.key).allSatisfy {
                $0.holder == $1.holder && schema.isSame($0.source, of: source, $1.source, of: other.source)
            }
    }
}

extension Schema {
    /// Whether a model is meant by its name in any case: no other one is called so.
    package func foldsName(of model: Model) -> Bool {
        let name = model.name.lowercased()
        return !models.contains { $0.id != model.id && $0.name.lowercased() == name }
    }

    /// Whether two properties are one column.
    fileprivate func isSame(
        _ one: Property.ID, of model: Model.ID, _ two: Property.ID, of other: Model.ID
    ) -> Bool {
        let (model, other) = (self[model], self[other])
        return model.id == other.id && one == two
            || model.tableSchema == other.tableSchema && model.table == other.table
                && model.properties[one].column == other.properties[two].column
    }
}

extension KeptCopies {
    /// The first copy that is, by way of others, a copy of itself; nil where all end.
    ///
    /// A model's number of changes changes with each of its copies.
    fileprivate func firstInCircle(_ schema: Schema) -> (Group, Group.Pair)? {
        for group in groups {
            for copy in group.copies {
                var reached: Set<[Int]> = []
                var next = [(group.holder, copy.holder)]
                while let (model, property) = next.popLast() {
                    let version = schema[model].version?.id
                    for other in groups where other.source == model {
                        for further in other.copies where further.source == property || further.source == version {
                            if other.holder == group.holder, further.holder == copy.holder { return (group, copy) }
                            guard reached.insert([other.holder.index, further.holder.index]).inserted else { continue }
                            next.append((other.holder, further.holder))
                        }
                    }
                }
            }
        }
        return nil
    }
}
