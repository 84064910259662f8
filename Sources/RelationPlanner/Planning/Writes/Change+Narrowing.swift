// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Changes of rows that have been looked at: of these and no others, whatever has come meanwhile.
extension Change {
    /// Lets it find to hold, change and delete rows of a model only that have one of these keys, whatever else meets its conditions.
    ///
    /// ```swift
    /// let narrow = change.narrowed(to: keys, of: order)
    /// ```
    package func narrowed(to keys: [[BoundValue]], of model: Model) -> Change {
        var change = self
        let makes = parts.contains { $0.model == model.id && $0.isInsert }
        // Those that are only referred to, as the record itself, are found as they are. Where nothing is to be written they are counted.
        var changed = Set(parts.flatMap { $0.changes(model) })
        if result == .count, let last = parts.last, case .find = last.action { changed.insert(last.name) }
        for position in parts.indices where parts[position].model == model.id {
            switch parts[position].action {
            case .find(var find) where changed.contains(parts[position].name) && !makes:
                find.match.narrow(to: keys, of: model)
                change.parts[position].action = .find(find)
            case .update(var update):
                update.match.narrow(to: keys, of: model)
                change.parts[position].action = .update(update)
            case .delete(var match):
                match.narrow(to: keys, of: model)
                change.parts[position].action = .delete(match)
            case .find, .insert: continue
            }
        }
        return change
    }

    /// Of a change that makes a record or changes the one there is, only the one: nothing happens where it is the other by now.
    ///
    /// - Parameter isNew: whether there is no record.
    package func deciding(isNew: Bool, of model: Model) -> Change {
        var change = self
        guard isNew else {
            change.parts.removeAll { $0.model == model.id && $0.isInsert }
            let left = Set(change.parts.map(\.name))
            change.answers.removeAll { !left.contains($0) }
            return change
        }
        for position in parts.indices where parts[position].model == model.id {
            switch parts[position].action {
            case .insert(var insert):
                guard case .update(let key, let set, let counting, let condition) = insert.conflict else { continue }
                // One that was deleted is made once more.
                let isRevived = model.softDelete.map { set.contains($0.id) } ?? false
                insert.conflict =
                    isRevived
                    ? .update(
                        key, set: set, counting: counting,
                        condition: condition.and(model.condition(deleted: .only)))
                    : .skip(key)
                change.parts[position].action = .insert(insert)
            case .find, .update:
                // Whether there is one is still to be known, but it isn't what is asked for.
                if case .update(let update) = parts[position].action {
                    change.parts[position].action = .find(Find(update.match))
                }
                change.parts[position].output = .properties(model.primaryKey)
                change.answers.removeAll { $0 == parts[position].name }
            case .delete: continue
            }
        }
        return change
    }
}

extension ChangePart {
    fileprivate var isInsert: Bool { if case .insert = action { true } else { false } }

    /// The parts whose rows, of a model, it changes or deletes.
    fileprivate func changes(_ model: Model) -> [String] {
        guard self.model == model.id else { return [] }
        let match: RowMatch
        switch action {
        case .update(let update): match = update.match
        case .delete(let deleted): match = deleted
        case .find, .insert: return []
        }
        return match.within.filter { $0.model == model.id && !$0.isNegated }.map(\.part)
    }
}

extension RowMatch {
    /// Leaves those with one of these keys.
    mutating func narrow(to keys: [[BoundValue]], of model: Model) {
        // Who names rows by lists knows which.
        guard lists.isEmpty, !model.primaryKey.isEmpty else { return }
        var seen: Set<[BoundValue]> = []
        let own = keys.filter { seen.insert($0).inserted }
        lists = model.primaryKey.enumerated().map { position, property in
            ValueList(type: model.properties[property].columnType, contents: own.map { $0[position].contents })
        }
        self.keys += model.primaryKey.enumerated().map { RowMatch.Key($1, .list($0)) }
    }
}
