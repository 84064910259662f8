// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What has its key at the target: hasMany and hasOne, polymorphic or not.
extension RelationChanges {
    /// New targets of a hasMany.
    ///
    /// - Parameter link: what the links of a many-to-many relation have besides.
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE`.
    package func create(_ records: [RecordData], link: RecordData? = RecordData()) throws(PlannerError) -> Change {
        if relation.through != nil { return try createLinked(records, link: link) }
        if relation.kind == .belongsTo { return try createOwner(records[0]) }
        if relation.kind == .referencesMany { return try createReferenced(records) }
        var (insert, copies, expected) = try cells(records, withKey: true)
        insert.from = [Self.parent]
        var change = Change(
            [
                parentPart(copies, lock: guardingLock(target, relation.targetKey), having: expected),
                ChangePart("made", target.id, .insert(insert), output: .answer),
            ], answers: ["made"])
        guard relation.kind == .hasOne else { return change }
        // There may be none: looked at when nobody else can make one.
        var match = RowMatch(keys: foreignKeys, scope.condition)
        if let type = typeKey { match.keys.append(type) }
        match.keys = match.keys.map { key in
            guard let place = relation.targetKey.firstIndex(of: key.property) else { return key }
            return RowMatch.Key(key.property, .part(Self.parent, source.id, relation.sourceKey[place]))
        }
        insert.missing = match
        change.parts[1].action = .insert(insert)
        change.ahead = [parentLock()]
        return change
    }

    /// Changes one target.
    package func update(_ key: [BoundValue], _ data: RecordData) throws(PlannerError) -> Change {
        try change(targets(keys: target(key)), data, parts: parentParts)
    }

    /// Changes the target of a to-one relation.
    package func updateOne(_ data: RecordData) throws(PlannerError) -> Change {
        if relation.kind == .belongsTo { return try updateOwner(data) }
        var data = data
        let key = takeKey(out: &data)
        // Of several candidates the first one (D20).
        guard !schema.isSingle(relation) else { return try change(targets(keys: key), data, parts: parentParts) }
        var (parts, match) = first()
        match.keys += key
        return try change(match, data, parts: parts)
    }

    private func change(_ match: RowMatch, _ data: RecordData, parts: [ChangePart]) throws(PlannerError) -> Change {
        var match = match
        var records = [data]
        if relation.through == nil, relation.kind != .referencesMany {
            for (position, property) in relation.targetKey.enumerated() {
                // Where the record's value isn't known, the target's is what it is compared with.
                if ownKey == nil, let given = try given(property, in: records) {
                    match.keys.append(RowMatch.Key(property, .value(given)))
                    records[0][property] = nil
                }
                try takeOut(property, equal: ownKey?[position], of: &records)
            }
            if let type = typeKey, case .value(let value) = type.value {
                try takeOut(type.property, equal: value, of: &records)
            }
        }
        let action = match.changing(records[0], of: target)
        return Change(parts + [ChangePart("changed", target.id, action, output: .answer)], answers: ["changed"])
    }

    private func first() -> ([ChangePart], RowMatch) {
        var find = Find(targets(), lock: .noKeyUpdate)
        find.order = schema.completedOrder(scope.order, for: target.id)
        find.limit = BoundValue(.int8, .integer(1))
        var match = RowMatch()
        match.within = [.same("found", target)]
        return (
            parentParts + [ChangePart("found", target.id, .find(find), output: .properties(target.primaryKey))], match
        )
    }

    /// Changes all targets that a condition finds; limits of the relation's scope count.
    package func updateAll(_ condition: Condition, _ data: RecordData) throws(PlannerError) -> Change {
        var records = [data]
        if relation.through == nil, relation.kind != .referencesMany {
            for (position, property) in relation.targetKey.enumerated() {
                try takeOut(property, equal: ownKey?[position], of: &records)
            }
            if let type = typeKey, case .value(let value) = type.value {
                try takeOut(type.property, equal: value, of: &records)
            }
        }
        for property in target.primaryKey { try takeOut(property, equal: nil, of: &records) }
        var (parts, match) = matching(condition, .noKeyUpdate)
        let action = match.changing(records[0], of: target)
        return Change(counting: parts + [ChangePart("changed", target.id, action)])
    }

    /// The targets that a condition finds, for what is done to all of them.
    func matching(_ condition: Condition, _ lock: RowLock) -> ([ChangePart], RowMatch) {
        let targets = targets(condition)
        guard scope.limit.isSet || scope.skip.isSet else { return (parentParts, targets) }
        var find = Find(targets, lock: lock)
        find.order = schema.completedOrder(scope.order, for: target.id)
        (find.limit, find.skip) = (scope.limit?.bound, scope.skip?.bound)
        var match = RowMatch()
        match.within = [.same("found", target)]
        return (
            parentParts + [ChangePart("found", target.id, .find(find), output: .properties(target.primaryKey))], match
        )
    }

    /// Deletes one target; of a many-to-many relation its links to the record as well.
    package func destroy(_ key: [BoundValue]) -> Change {
        if relation.through != nil { return destroyLinked(.always, keys: target(key)) }
        if relation.kind == .referencesMany { return destroyReferenced(target(key)) }
        return Change(
            counting: parentParts + [ChangePart("removed", target.id, target.removal(targets(keys: target(key))))])
    }

    /// Deletes the target of a hasOne.
    package func destroyOne() -> Change {
        if schema.isSingle(relation) {
            return Change(counting: parentParts + [ChangePart("removed", target.id, target.removal(targets()))])
        }
        let (parts, match) = first()
        return Change(counting: parts + [ChangePart("removed", target.id, target.removal(match))])
    }

    /// Deletes all targets that a condition finds.
    package func destroyAll(_ condition: Condition) -> Change {
        if relation.through != nil { return destroyLinked(condition) }
        if relation.kind == .referencesMany { return destroyReferenced() }
        let (parts, match) = matching(condition, .update)
        return Change(counting: parts + [ChangePart("removed", target.id, target.removal(match))])
    }
}
