// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Rows that are looked at, and held, before something is done with them.
extension ModelChanges {
    /// The records that a filter finds, in the order of their keys, held so that nobody else changes them; its limits count.
    package func look(_ filter: Filter, toDelete: Bool) -> Change {
        var find = Find(RowMatch(filter.condition), lock: toDelete ? .update : .noKeyUpdate)
        find.order = schema.completedOrder(filter.order, for: model.id)
        (find.limit, find.skip) = (filter.limit?.bound, filter.skip?.bound)
        return Change([ChangePart("found", model.id, .find(find), output: .answer)], answers: ["found"])
    }

    /// Holds the records that meet a filter's condition, as they are, in the order of their keys.
    package func hold(_ filter: Filter, _ lock: RowLock) -> Change {
        var find = Find(RowMatch(filter.condition), lock: lock)
        find.order = schema.completedOrder([], for: model.id)
        return Change([ChangePart("held", model.id, .find(find), output: .answer)], answers: ["held"])
    }
}

extension RelationChanges {
    /// The targets that the relation leads to, in the order that its scope says, held so that nobody else changes them.
    ///
    /// - Parameter key: the key of one; nil for all.
    package func look(_ key: [BoundValue]?, toDelete: Bool, isAll: Bool = false) -> Change {
        var find = Find(
            targets(keys: key.map { target($0) } ?? []), lock: toDelete ? .update : .noKeyUpdate)
        find.order = schema.completedOrder(scope.order, for: target.id)
        (find.limit, find.skip) = (scope.limit?.bound, scope.skip?.bound)
        if key == nil, !relation.isToMany, !isAll { find.limit = BoundValue(.int8, .integer(1)) }
        return Change(
            parentParts + [ChangePart("found", target.id, .find(find), output: .answer)], answers: ["found"])
    }

    /// The links of the record, in the order of their keys, held so that nobody else changes them.
    ///
    /// - Parameter key: the key of the target they lead to; nil for all, and where links go by something else of it.
    package func lookAtLinks(to key: [BoundValue]? = nil) -> Change? {
        guard let through = relation.through else { return nil }
        var keys = linkKeys(through)
        if let type = typeKey { keys.append(type) }
        if let key, relation.targetKey == target.primaryKey {
            for (property, value) in zip(through.targetKey, key) {
                let type = schema[through.model].properties[property].columnType
                keys.append(RowMatch.Key(property, .value(BoundValue(type, value.contents))))
            }
        }
        var find = Find(RowMatch(keys: keys, linkScope), lock: .update)
        find.order = schema.completedOrder([], for: through.model)
        return Change(
            parentParts + [ChangePart("found", through.model, .find(find), output: .answer)], answers: ["found"])
    }

    /// The record itself, held so that nobody else changes it.
    package func lookAtSource() -> Change {
        let find = Find(RowMatch(keys: source.key(recordKey), sourceScope), lock: .noKeyUpdate)
        return Change([ChangePart("found", source.id, .find(find), output: .answer)], answers: ["found"])
    }
}

extension Change {
    /// Whether its rows, or their number, tell whether anything was done at all.
    package var tellsAll: Bool {
        let names = parts.compactMap { part in
            if case .find = part.action { nil as String? } else { part.name }
        }
        return result == .count ? names.count == 1 : names.allSatisfy(answers.contains)
    }

    /// The models whose rows it makes, changes or deletes; that of rows which say from now on that they are deleted is among them.
    package var written: [Model.ID] {
        parts.compactMap { part in
            if case .find = part.action { nil } else { part.model }
        }
    }
}
