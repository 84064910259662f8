// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What stands in a list of keys of the record: referencesMany.
extension RelationChanges {
    private var list: Property.ID { relation.sourceKey[0] }
    private var key: Property.ID { relation.targetKey[0] }
    private var keyType: ColumnType { target.properties[key].columnType }

    /// The record's own row.
    private var own: RowMatch { RowMatch(keys: source.key(recordKey), sourceScope) }

    /// The targets that the list has.
    func referenced(_ keys: [RowMatch.Key] = []) -> RowMatch {
        var match = RowMatch(keys: keys, scope.condition)
        match.listed = RowMatch.Listed(
            model: source.id, list: list, keys: source.key(recordKey), condition: sourceScope, key: key)
        return match
    }

    /// Makes targets, and puts their keys into the list.
    func createReferenced(_ records: [RecordData]) throws(PlannerError) -> Change {
        var (insert, copies, _) = try cells(records, withKey: false)
        insert.from = [Self.parent]
        let update = Update(
            [Insert.Cell(list, .computed(.keysAppended(part: "made", keyType, key)))], own)
        return Change(
            [
                parentPart(copies, lock: .noKeyUpdate),
                ChangePart("made", target.id, .insert(insert), output: .answer(and: [key])),
                ChangePart("changed", source.id, .update(update)),
            ], answers: ["made"])
    }

    /// Puts the key of a target that is there into the list; nothing comes back where it is in it already.
    package func addReference(_ values: [BoundValue]) -> Change {
        var match = own
        match.listing = RowMatch.Listing(property: list, part: "found", type: keyType, key: key, isNegated: true)
        match.counted = RowMatch.Counted("found")
        let update = Update([Insert.Cell(list, .computed(.keysAppended(part: "found", keyType, key)))], match)
        var answer = RowMatch(keys: target.key(values))
        answer.counted = RowMatch.Counted("changed")
        return Change(
            [
                ChangePart(
                    "found", target.id,
                    .find(Find(RowMatch(keys: target.key(values), scope.condition), lock: .keyShare)),
                    output: .properties([key])),
                ChangePart("changed", source.id, .update(update), output: .properties(source.primaryKey)),
                ChangePart("target", target.id, .find(Find(answer)), output: .answer),
            ], answers: ["target"])
    }

    /// Lets the list have the keys of these targets, in the order in which they are named, and no others; where one of them isn't there
    /// nothing happens, and fewer come back.
    ///
    /// - Parameter keys: the targets' keys, each once.
    func setReferenced(_ keys: [[BoundValue]]) -> Change {
        var want = RowMatch(scope.condition)
        want.name(keys, of: target)
        want.counted = RowMatch.Counted(Self.parent)
        var seen = target.primaryKey
        if !seen.contains(key) { seen.append(key) }
        // They stay, and in the order of their keys, for others hold them so too.
        var find = Find(want, lock: .keyShare)
        find.order = schema.completedOrder([], for: target.id)
        let order = target.primaryKey.enumerated().map { position, property in
            ChangeValue.KeyOrder(
                property: property,
                values: BoundValue(
                    target.properties[property].columnType.array, .array(keys.map { $0[position].contents })))
        }
        var record = own
        record.counted = RowMatch.Counted("want", keys.count)
        let update = Update(
            [Insert.Cell(list, .computed(.keysSet(part: "want", keyType, key, order: order)))], record)
        var change = Change(
            [
                parentPart([]), ChangePart("want", target.id, .find(find), output: .answer(and: seen)),
                ChangePart("changed", source.id, .update(update)),
            ], answers: ["want"])
        change.ahead = [parentLock()]
        return change
    }

    /// Takes keys out of the list; the record comes back, with the list as it is then.
    package func removeReference(_ values: [BoundValue]) -> Change {
        // Also a key whose target is gone leaves the list.
        if target.primaryKey == [key] {
            let update = Update([Insert.Cell(list, .computed(.keysWithoutValue(values[0])))], own)
            return Change([ChangePart("changed", source.id, .update(update), output: .answer)], answers: ["changed"])
        }
        let update = Update([Insert.Cell(list, .computed(.keysWithout(part: "found", keyType, key)))], own)
        return Change(
            [
                ChangePart(
                    "found", target.id, .find(Find(RowMatch(keys: target.key(values)))), output: .properties([key])),
                ChangePart("changed", source.id, .update(update), output: .answer),
            ], answers: ["changed"])
    }

    /// Deletes targets that the list has, and takes their keys out of it.
    func destroyReferenced(_ keys: [RowMatch.Key] = []) -> Change {
        var find = Find(referenced(keys), lock: .update)
        if scope.limit.isSet || scope.skip.isSet {
            find.order = schema.completedOrder(scope.order, for: target.id)
            (find.limit, find.skip) = (scope.limit?.bound, scope.skip?.bound)
        }
        // Where nothing is found the list stays as it is written.
        var record = own
        record.listing = RowMatch.Listing(property: list, part: "found", type: keyType, key: key, isNegated: false)
        let update = Update([Insert.Cell(list, .computed(.keysWithout(part: "found", keyType, key)))], record)
        var match = RowMatch()
        match.within = [.same("found", target)]
        var seen = target.primaryKey
        if !seen.contains(key) { seen.append(key) }
        var change = Change(
            counting: [
                ChangePart("found", target.id, .find(find), output: .properties(seen)),
                ChangePart("changed", source.id, .update(update)),
                ChangePart("removed", target.id, target.removal(match)),
            ])
        change.ahead = [parentLock()]
        return change
    }
}
