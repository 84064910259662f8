// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Rows that each get values of their own: one statement, whose text is the same for any number of them.
extension ModelChanges {
    /// Changes the records with some keys, each as its data have it.
    ///
    /// - Parameters:
    ///   - scope: what they have to meet besides.
    ///   - records: data of one form, see ``RecordData/form``; in the order of the keys, of which each is there once.
    package func updateEach(_ keys: [[BoundValue]], _ scope: Condition, _ records: [RecordData]) -> Change {
        var match = RowMatch(scope)
        match.name(keys, of: model)
        return match.changingEach(records, keys, of: model, in: schema)
    }
}

extension RelationChanges {
    /// The model and the properties that say whose a target is, and what they are compared with at the record.
    package var ownership: (model: Model, properties: [Property.ID], source: [Property.ID]) {
        if let through = relation.through { return (schema[through.model], through.sourceKey, relation.sourceKey) }
        if relation.kind == .belongsTo || relation.kind == .referencesMany {
            return (source, source.primaryKey, source.primaryKey)
        }
        return (target, relation.targetKey, relation.sourceKey)
    }

    /// Whether limits say which targets there are.
    package var isLimited: Bool { scope.limit.isSet || scope.skip.isSet }

    /// Changes targets of several records, each as its data have it.
    ///
    /// - Parameters:
    ///   - keys: the keys of the targets, each once.
    ///   - owners: whose they are: values of the ``ownership``.
    ///   - records: data of one form, without what the relation says.
    package func updateEach(_ keys: [[BoundValue]], of owners: [[BoundValue]], _ records: [RecordData]) -> Change {
        owned(keys, by: owners).changingEach(records, keys, of: target, in: schema)
    }

    /// The targets of several records.
    ///
    /// - Parameters:
    ///   - keys: the keys of the targets; nil for all that these have.
    ///   - owners: whose they are: values of the ``ownership``.
    func owned(_ keys: [[BoundValue]]?, by owners: [[BoundValue]]) -> RowMatch {
        var match = RowMatch(scope.condition)
        if let keys { match.name(keys, of: target) }
        let (owner, properties, _) = ownership
        var own: [RowMatch.Key] = []
        for (position, property) in properties.enumerated() {
            own.append(RowMatch.Key(property, .list(match.lists.count)))
            match.lists.append(
                ValueList(
                    type: owner.properties[property].columnType, contents: owners.map { $0[position].contents }))
        }
        if let through = relation.through {
            if let type = typeKey { own.append(type) }
            match.linked = RowMatch.Linked(
                model: through.model, condition: linkScope, keys: own,
                pairs: zip(through.targetKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        } else if relation.kind == .referencesMany, let list = relation.sourceKey.first,
            let key = relation.targetKey.first
        {
            match.listed = RowMatch.Listed(
                model: source.id, list: list, keys: own, condition: sourceScope, key: key)
        } else if relation.kind == .belongsTo {
            if let type = ownerType { own.append(type) }
            match.linked = RowMatch.Linked(
                model: source.id, condition: sourceScope, keys: own,
                pairs: zip(relation.sourceKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        } else {
            match.keys += own
            if let type = typeKey { match.keys.append(type) }
        }
        return match
    }
}

extension RowMatch {
    /// Names rows by the places of lists of their keys.
    mutating func name(_ keys: [[BoundValue]], of model: Model) {
        for (position, property) in model.primaryKey.enumerated() {
            self.keys.append(RowMatch.Key(property, .list(lists.count)))
            lists.append(
                ValueList(type: model.properties[property].columnType, contents: keys.map { $0[position].contents }))
        }
    }

    /// The change of these rows, which are held in the order of their keys first: who changes the same ones in another order waits.
    fileprivate func changingEach(
        _ records: [RecordData], _ keys: [[BoundValue]], of model: Model, in schema: Schema
    ) -> Change {
        var match = self
        var cells: [Insert.Cell] = []
        for assignment in records.first?.assignments ?? [] {
            let property = model.properties[assignment.property]
            guard case .value = assignment.value else {
                cells.append(Insert.Cell(property.id, assignment.value))
                continue
            }
            let contents = records.map { record -> BoundValue.Contents in
                if case .value(let value)? = record[property.id] { value.contents } else { .null }
            }
            let value = ChangeValue.list(match.lists.count)
            // Whoever makes the change counts it; what data say is what has been seen.
            if property.id == model.version?.id {
                // Who has seen none isn't asked for one; the others are.
                guard contents.contains(where: { $0 != .null }) else { continue }
                var seen = RowMatch.Key(property.id, value)
                seen.isOptional = contents.contains(.null)
                match.keys.append(seen)
            } else {
                cells.append(Insert.Cell(property.id, value))
            }
            match.lists.append(ValueList(type: property.columnType, contents: contents))
        }
        guard !cells.isEmpty else {
            return Change(
                [ChangePart("changed", model.id, .find(Find(match)), output: .answer)], answers: ["changed"])
        }
        var change = Change(
            [ChangePart("changed", model.id, .update(Update(cells, match)), output: .answer)], answers: ["changed"])
        // No statement of a distributed database holds rows of several nodes.
        guard keys.count > 1, schema.catalog?.isDistributed != true else { return change }
        var held = RowMatch()
        held.name(keys, of: model)
        var find = Find(held, lock: .noKeyUpdate)
        find.order = schema.completedOrder([], for: model.id)
        match.within.append(.same("held", model))
        change.parts = [
            ChangePart("held", model.id, .find(find), output: .properties(model.primaryKey)),
            ChangePart("changed", model.id, .update(Update(cells, match)), output: .answer),
        ]
        return change
    }
}

extension RecordData {
    /// What is written, without the values: records of one form are changed by one statement. Nil where what becomes of a value
    /// depends on the one that is there.
    package var form: RecordData? {
        var form = self
        for assignment in assignments {
            switch assignment.value {
            case .value(let value): form[assignment.property] = .value(BoundValue(value.type, .null))
            case .byDefault, .now, .expression: continue
            default: return nil
            }
        }
        return form
    }
}
