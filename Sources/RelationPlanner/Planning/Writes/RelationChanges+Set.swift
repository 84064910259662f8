// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What a relation leads to as a whole: which targets it has from now on, and which it hasn't any more.
extension RelationChanges {
    /// Lets a relation lead to these targets and no others; where one of them isn't there nothing happens, and fewer come back.
    ///
    /// The record is held first: who sets its targets meanwhile waits. Links that stay keep their data.
    ///
    /// - Parameter keys: the targets' keys, each once.
    package func set(_ keys: [[BoundValue]]) -> Change {
        var want = RowMatch(scope.condition)
        want.lists = target.primaryKey.enumerated().map { position, property in
            ValueList(
                type: target.properties[property].columnType, contents: keys.map { $0[position].contents })
        }
        want.keys = target.primaryKey.enumerated().map { RowMatch.Key($1, .list($0)) }
        want.counted = RowMatch.Counted(Self.parent)
        var seen = target.primaryKey
        for property in relation.targetKey where !seen.contains(property) { seen.append(property) }
        let found = ChangePart(
            "want", target.id, .find(Find(want, lock: .noKeyUpdate)), output: .answer(and: seen))
        let counted = RowMatch.Counted("want", keys.count)
        let parts: [ChangePart]
        if let through = relation.through {
            parts = [parentPart([]), found] + setLinks(through, counted)
        } else {
            parts = [parentPart([]), found] + setKeys(counted)
        }
        var change = Change(parts, answers: ["want"])
        change.ahead = [parentLock()]
        return change
    }

    private func setLinks(_ through: Relation.Through, _ counted: RowMatch.Counted) -> [ChangePart] {
        let link = schema[through.model]
        var old = RowMatch(
            keys: linkKeys(through).map { $0.of(Self.parent, source, relation.sourceKey, through.sourceKey) }, linkScope
        )
        if let type = typeKey { old.keys.append(type) }
        let pairs = zip(relation.targetKey, through.targetKey).map { RowSource.Pair(own: $0, other: $1) }
        var gone = old
        gone.within = [RowMatch.Within(part: "want", model: target.id, pairs: pairs, isNegated: true)]
        gone.counted = counted
        let (cells, _) = linkCells(through, of: "want")
        var insert = Insert(cells)
        insert.from = [Self.parent, "want"]
        insert.counted = counted
        old.keys += zip(through.targetKey, relation.targetKey).map { RowMatch.Key($0, .part("want", target.id, $1)) }
        insert.missing = old
        return [
            ChangePart("gone", link.id, link.removal(gone)), ChangePart("made", link.id, .insert(insert)),
        ]
    }

    private func setKeys(_ counted: RowMatch.Counted) -> [ChangePart] {
        var old = RowMatch(
            keys: foreignKeys.map { $0.of(Self.parent, source, relation.sourceKey, relation.targetKey) })
        if let type = typeKey { old.keys.append(type) }
        old.within = [.same("want", target)]
        old.within[0].isNegated = true
        old.counted = counted
        let none = relation.targetKey.map { Insert.Cell($0, .null(target.properties[$0])) }
        var new = RowMatch()
        new.within = [.same("want", target)]
        new.counted = counted
        return [
            ChangePart("gone", target.id, .update(Update(none, old))),
            ChangePart("taken", target.id, .update(Update(ownedCells, new))),
        ]
    }

    /// The values of targets that become the record's.
    private var ownedCells: [Insert.Cell] {
        var cells = zip(relation.targetKey, relation.sourceKey).map {
            Insert.Cell($0, .part(Self.parent, source.id, $1))
        }
        if let type = typeKey { cells.append(Insert.Cell(type.property, type.value)) }
        return cells
    }

    /// Makes a target that is there the record's.
    package func take(_ values: [BoundValue]) -> Change {
        var match = RowMatch(keys: target.key(values), scope.condition)
        match.counted = RowMatch.Counted(Self.parent)
        return Change(
            [
                parentPart([], lock: guardingLock(target, relation.targetKey)),
                ChangePart("taken", target.id, .update(Update(ownedCells, match)), output: .answer),
            ], answers: ["taken"])
    }

    /// Makes one of the record's targets nobody's.
    package func letGo(_ values: [BoundValue]) -> Change {
        let none = relation.targetKey.map { Insert.Cell($0, .null(target.properties[$0])) }
        return Change(
            counting: parentParts + [
                ChangePart("gone", target.id, .update(Update(none, targets(keys: target.key(values)))))
            ])
    }
}

extension RowMatch.Key {
    /// The same key with the value that a part has for it.
    func of(_ part: String, _ model: Model, _ key: [Property.ID], _ foreignKey: [Property.ID]) -> RowMatch.Key {
        guard let position = foreignKey.firstIndex(of: property) else { return self }
        return RowMatch.Key(property, .part(part, model.id, key[position]))
    }
}
