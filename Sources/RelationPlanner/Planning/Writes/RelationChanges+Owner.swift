// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What has its key at the record itself: belongsTo.
extension RelationChanges {
    /// The foreign key, in the order of the target's.
    var foreignKey: [Property.ID] { relation.sourceKey }

    /// The key and the type of the target that a part has, of the target's type.
    func reference(to part: String) -> [Insert.Cell] {
        var cells = zip(foreignKey, relation.targetKey).map { Insert.Cell($0, .part(part, target.id, $1)) }
        if let polymorphic = relation.polymorphic {
            let type = source.properties[polymorphic.discriminator].columnType
            cells.append(Insert.Cell(polymorphic.discriminator, .value(BoundValue(type, .text(target.name)))))
        }
        return cells
    }

    /// Makes the target, and sets the record's key to its.
    ///
    /// Without the record nothing is made: it is held first.
    func createOwner(_ data: RecordData) throws(PlannerError) -> Change {
        var (insert, copies, _) = try cells([data], withKey: false)
        insert.from = [Self.parent]
        var update = Update(reference(to: "made"), RowMatch(keys: source.key(recordKey)))
        var outputs = relation.targetKey
        for (cell, from) in copied(from: "made") {
            update.cells.append(cell)
            if !outputs.contains(from) { outputs.append(from) }
        }
        return Change(
            [
                parentPart(copies, lock: .noKeyUpdate),
                ChangePart("made", target.id, .insert(insert), output: .answer(and: outputs)),
                ChangePart("linked", source.id, .update(update)),
            ], answers: ["made"])
    }

    /// What the record copies of its target, with the properties that it comes from.
    func copied(from part: String) -> [(cell: Insert.Cell, from: Property.ID)] {
        guard relation.copiesToOwner else { return [] }
        return relation.definition.properties.compactMap { copy in
            guard let from = target.property(copy.from), let to = source.property(copy.to) else { return nil }
            return (Insert.Cell(to.id, .part(part, target.id, from.id)), from.id)
        }
    }

    /// Changes the target.
    func updateOwner(_ data: RecordData) throws(PlannerError) -> Change {
        var match = RowMatch(scope.condition)
        match.within = [
            RowMatch.Within(
                part: Self.parent, model: source.id,
                pairs: zip(foreignKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        ]
        var data = data
        match.keys = takeKey(out: &data)
        let action = match.changing(data, of: target)
        return Change(
            [
                parentPart([], having: ownerType.map { [$0] } ?? []),
                ChangePart("changed", target.id, action, output: .answer),
            ], answers: ["changed"])
    }

    /// That the record refers to a record of this model, where it can be one of several.
    var ownerType: RowMatch.Key? {
        guard let polymorphic = relation.polymorphic else { return nil }
        let type = source.properties[polymorphic.discriminator].columnType
        var key = RowMatch.Key(polymorphic.discriminator, .value(BoundValue(type, .text(target.name))))
        if schema.foldsName(of: target) { key.typeName = target.name }
        return key
    }

    /// Lets the record refer to nothing; the target stays (K6).
    package func unlinkOwner() -> Change {
        var cells = foreignKey.map { Insert.Cell($0, .null(source.properties[$0])) }
        if let polymorphic = relation.polymorphic, relation.kind == .belongsTo {
            cells.append(Insert.Cell(polymorphic.discriminator, .null(source.properties[polymorphic.discriminator])))
        }
        var match = RowMatch(keys: source.key(recordKey), sourceScope)
        match.condition = foreignKey.reduce(match.condition) { condition, property in
            condition.and(.isNull(Condition.Operand(property), negated: true))
        }
        return Change(counting: [ChangePart("changed", source.id, .update(Update(cells, match)))])
    }

    /// Lets the record refer to a target that is there.
    package func setOwner(_ values: [BoundValue]) -> Change {
        let lock = targetLock(source, foreignKey)
        let copies = copied(from: "found")
        var outputs = relation.targetKey
        for (_, from) in copies where !outputs.contains(from) { outputs.append(from) }
        let found = ChangePart(
            "found", target.id, .find(Find(RowMatch(keys: target.key(values), scope.condition), lock: lock)),
            output: .properties(outputs))
        let update = Update(
            reference(to: "found") + copies.map(\.cell),
            RowMatch(keys: source.key(recordKey), sourceScope))
        // It comes back where there is a record that refers to it now.
        var answer = RowMatch(keys: target.key(values))
        answer.counted = RowMatch.Counted("changed")
        return Change(
            [
                found, ChangePart("changed", source.id, .update(update), output: .properties(source.primaryKey)),
                ChangePart("target", target.id, .find(Find(answer)), output: .answer),
            ], answers: ["target"])
    }
}
