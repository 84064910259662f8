// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The first of what a relation leads to that a filter finds, or a new one.
extension RelationChanges {
    /// What all wait for who want one of the record's that meets this condition, so that only one of them makes it: the record where
    /// its own row says what it has, or where it has one at most; else a name.
    private var makingLock: Lock {
        switch relation.kind {
        case .hasMany, .hasManyThrough, .hasAndBelongsToMany:
            .names([
                "kinship:\(source.tableSchema).\(source.table).\(relation.name):\(recordKey.map(\.contents)):\(scope.condition.agreedText)"
            ])
        case .hasOne, .belongsTo, .referencesMany, .embedsOne, .embedsMany: parentLock()
        }
    }

    /// The record, looked at when nobody else finds or makes one of its targets with this condition any more.
    package func waitToMake() -> Change {
        let find = Find(RowMatch(keys: source.key(recordKey), sourceScope))
        var change = Change([ChangePart("found", source.id, .find(find), output: .answer)], answers: ["found"])
        change.ahead = [makingLock]
        return change
    }

    /// The first of the record's that is asked for, or a new one.
    ///
    /// - Parameters:
    ///   - asked: the same relation with the filter that says which is looked for.
    ///   - new: the data of the one that is made where there is none.
    ///   - link: what its link has besides, of a many-to-many relation.
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE`.
    package func findOrCreate(
        _ asked: RelationChanges, _ new: RecordData, link: RecordData?
    ) throws(PlannerError) -> Change {
        var change = try create([new], link: link)
        for position in change.parts.indices {
            switch change.parts[position].action {
            case .insert(var insert) where change.parts[position].name == "made":
                insert.unless.append("found")
                change.parts[position].action = .insert(insert)
            case .update(var update):
                // Where nothing is made the record stays as it is, and counts no change.
                update.match.counted = RowMatch.Counted("made")
                change.parts[position].action = .update(update)
            case .find, .insert, .delete: continue
            }
        }
        var find = Find(asked.candidates)
        // Of a record that isn't there nothing is found, whatever refers to it.
        find.match.counted = RowMatch.Counted(Self.parent)
        find.order = schema.completedOrder(asked.scope.order, for: target.id)
        find.limit = BoundValue(.int8, .integer(1))
        find.skip = asked.scope.skip?.bound
        // Behind the record, which is the first part of all that is made.
        change.parts.insert(ChangePart("found", target.id, .find(find), output: .answer), at: 1)
        change.answers = ["found", "made"]
        change.tellsParts = true
        change.findsWhatIsMade = true
        change.ahead = [asked.makingLock]
        return change
    }

    /// The record's targets, beside the record.
    private var candidates: RowMatch {
        guard relation.kind == .belongsTo else { return targets() }
        var match = RowMatch(scope.condition)
        match.within = [
            RowMatch.Within(
                part: Self.parent, model: source.id,
                pairs: zip(foreignKey, relation.targetKey).map { RowSource.Pair(own: $0, other: $1) })
        ]
        return match
    }
}
