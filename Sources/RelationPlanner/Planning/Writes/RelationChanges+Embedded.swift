// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What is kept in the record's own row: embedsOne and embedsMany.
extension RelationChanges {
    private var property: Property.ID? { relation.embedded }

    /// The record's row.
    private var own: RowMatch { RowMatch(keys: source.key(recordKey), sourceScope) }

    /// The member that is the key of embedded records; nil where they have none.
    package var itemKey: Property? { target.primaryKey.count == 1 ? target.properties[target.primaryKey[0]] : nil }

    /// Whether records without a key get the next number.
    private var numbersItems: Bool { itemKey.map { $0.kind == .number || $0.isGenerated } ?? false }

    /// Puts records into the list; nothing comes back where one of the keys is there already.
    ///
    /// - Parameters:
    ///   - items: the records, a list of JSON objects.
    ///   - keys: the keys among them, as texts.
    package func createEmbedded(_ items: BoundValue, keys: [String]) -> Change {
        guard let property else { return Change([], answers: []) }
        guard relation.kind == .embedsMany else { return setEmbedded(items) }
        var match = own
        if let key = itemKey, !keys.isEmpty {
            match.items = RowMatch.Items(property: property, match: .keys(key.name, keys), isNegated: true)
        }
        return changed(
            .itemsAppended(items, key: numbersItems ? itemKey?.name : nil, isFirst: isPrepending), match)
    }

    /// Whether new records come ahead of the others.
    package var isPrepending: Bool { relation.definition.options.first { $0.key == "prepend" }?.value == .bool(true) }

    /// Puts an object in the place of the one that is there, or nothing.
    package func setEmbedded(_ item: BoundValue) -> Change {
        guard let property else { return Change([], answers: []) }
        let cell = Insert.Cell(property, .value(stored(item, in: source.properties[property])))
        return Change(
            [ChangePart("changed", source.id, .update(Update([cell], own)), output: .answer)], answers: ["changed"])
    }

    /// JSON as the column takes it.
    private func stored(_ item: BoundValue, in property: Property) -> BoundValue {
        guard case .json(let text) = item.contents else { return BoundValue(property.columnType, item.contents) }
        let isText = property.columnType.category == .text
        return BoundValue(property.columnType, isText ? .text(text) : .json(text))
    }

    /// Changes records of the list, or the one object: members take the place of theirs.
    package func updateEmbedded(_ match: ItemMatch, _ changes: BoundValue) -> Change {
        guard let property else { return Change([], answers: []) }
        guard relation.kind == .embedsMany else {
            var row = own
            row.condition = row.condition.and(.isNull(Condition.Operand(property), negated: true))
            return changed(.merged(changes), row)
        }
        return counted(match, changed(.itemsChanged(match, changes), own))
    }

    /// Puts a record in the place of one of the list, which keeps its key, or of the one object that is there.
    package func replaceEmbedded(_ match: ItemMatch, _ item: BoundValue) -> Change {
        guard let property else { return Change([], answers: []) }
        guard relation.kind == .embedsMany else {
            var change = setEmbedded(item)
            if case .update(var update) = change.parts[0].action {
                let isThere = Condition.isNull(Condition.Operand(property), negated: true)
                update.match.condition = update.match.condition.and(isThere)
                change.parts[0].action = .update(update)
            }
            return change
        }
        return counted(match, changed(.itemsReplaced(match, item, key: itemKey?.name), own))
    }

    /// Takes records out of the list, or the one object away.
    package func destroyEmbedded(_ match: ItemMatch) -> Change {
        guard let property else { return Change([], answers: []) }
        guard relation.kind == .embedsMany else {
            return setEmbedded(BoundValue(source.properties[property].columnType, .null))
        }
        return counted(match, changed(.itemsWithout(match), own))
    }

    private func changed(_ computation: ChangeValue.Computation, _ match: RowMatch) -> Change {
        guard let property else { return Change([], answers: []) }
        let update = Update([Insert.Cell(property, .computed(computation))], match)
        return Change([ChangePart("changed", source.id, .update(update), output: .answer)], answers: ["changed"])
    }

    /// The same change, and how many records it is about: counted when nobody else can change the row.
    private func counted(_ match: ItemMatch, _ change: Change) -> Change {
        guard let property else { return change }
        var counted = change
        // Where there are none the row stays as it is, and comes back all the same.
        if case .update(var update) = counted.parts[0].action {
            update.match.items = RowMatch.Items(property: property, match: match, isNegated: false)
            counted.parts[0].action = .update(update)
        }
        counted.parts[0].output = .answer(and: source.primaryKey)
        var same = own
        same.within = [.same("changed", source)]
        same.within[0].isNegated = true
        counted.parts.append(ChangePart("same", source.id, .find(Find(same)), output: .answer))
        counted.answers = ["changed", "same"]
        counted.parts.insert(
            ChangePart("before", source.id, .find(Find(own)), output: .tally(property, match)), at: 0)
        counted.tally = "before"
        counted.ahead = [parentLock()]
        return counted
    }
}
