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

    /// The records with these keys that meet a condition, in the order of their keys.
    package func look(keys: [[BoundValue]], _ condition: Condition) -> Change {
        var match = RowMatch(condition)
        match.narrow(to: keys, of: model)
        var find = Find(match)
        find.order = schema.completedOrder([], for: model.id)
        return Change([ChangePart("found", model.id, .find(find), output: .answer)], answers: ["found"])
    }

    /// The first record for each of many values of some properties, with its place among them, and the first place whose values are
    /// the same: which of them are is the database's to say.
    ///
    /// - Parameters:
    ///   - values: one for each of the properties.
    ///   - sought: for how many of these a record is looked for; the others are only compared.
    ///   - filter: what records have to meet besides, and the order in which one is the first.
    package func seek(
        _ properties: [Property.ID], _ values: [[BoundValue.Contents]], sought: Int, _ filter: Filter
    ) -> Change {
        var match = RowMatch(filter.condition)
        for (position, property) in properties.enumerated() {
            match.keys.append(RowMatch.Key(property, .list(position)))
            match.lists.append(
                ValueList(type: model.properties[property].columnType, contents: values.map { $0[position] }))
        }
        match.lists.append(ValueList(type: .bool, contents: values.indices.map { .bool($0 < sought) }))
        var find = Find(match)
        find.order = schema.completedOrder(filter.order, for: model.id)
        find.limit = BoundValue(.int8, .integer(1))
        find.each = properties.count
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
    /// The targets that the relation leads to, in the order that its scope says, held so that nobody else changes them: those that the
    /// change itself is about.
    ///
    /// - Parameters:
    ///   - key: the key of one; nil for all.
    ///   - isAll: all, also of a to-one relation, and however many its scope lets through.
    package func look(_ key: [BoundValue]?, toDelete: Bool, isAll: Bool = false) -> Change {
        var find = Find(
            targets(keys: key.map { target($0) } ?? []), lock: toDelete ? .update : .noKeyUpdate)
        find.order = schema.completedOrder(scope.order, for: target.id)
        // Where links or a list have to go as well its limits count for one, too.
        let isLimited = key == nil || (toDelete && (relation.through != nil || relation.kind == .referencesMany))
        if isLimited, !isAll { (find.limit, find.skip) = (scope.limit?.bound, scope.skip?.bound) }
        if key == nil, !relation.isToMany, !isAll { find.limit = BoundValue(.int8, .integer(1)) }
        return Change(
            parentParts + [ChangePart("found", target.id, .find(find), output: .answer)], answers: ["found"])
    }

    /// How the two ends of links are held, and how what becomes the record's: whoever links them from the other side doesn't wait.
    private var endLock: RowLock { relation.through == nil ? .noKeyUpdate : .keyShare }

    /// The targets with these keys that can be linked, or be made the record's.
    ///
    /// - Parameter areLinked: only those that are linked already.
    package func lookAtTargets(_ keys: [[BoundValue]], areLinked: Bool = false) -> Change {
        var match = areLinked ? targets() : RowMatch(scope.condition)
        match.narrow(to: keys, of: target)
        var find = Find(match, lock: areLinked ? nil : endLock)
        find.order = schema.completedOrder([], for: target.id)
        return Change(
            (areLinked ? parentParts : []) + [ChangePart("found", target.id, .find(find), output: .answer)],
            answers: ["found"])
    }

    private func links(_ through: Relation.Through) -> RowMatch {
        var match = RowMatch(keys: linkKeys(through), linkScope)
        if let type = typeKey { match.keys.append(type) }
        return match
    }

    private func holding(_ match: RowMatch, _ parts: [ChangePart], _ through: Relation.Through) -> Change {
        var find = Find(match, lock: .update)
        find.order = schema.completedOrder([], for: through.model)
        return Change(
            parentParts + parts + [ChangePart("links", through.model, .find(find), output: .answer)],
            answers: ["links"])
    }

    /// The links of the record to a target, in the order of their keys, held so that nobody else changes them.
    ///
    /// - Parameter isFirst: the first one of several.
    package func lookAtLinks(to key: [BoundValue], isFirst: Bool) -> Change? {
        guard let through = relation.through else { return nil }
        var match = links(through)
        // Where an index keeps links apart the operation finds also one that a scope hides.
        if isFirst, keepsApart(through) { match.condition = schema[through.model].condition().and(linkAccess) }
        var parts: [ChangePart] = []
        if relation.targetKey == target.primaryKey {
            match.keys += zip(through.targetKey, key).map { property, value in
                let type = schema[through.model].properties[property].columnType
                return RowMatch.Key(property, .value(BoundValue(type, value.contents)))
            }
        } else {
            parts.append(
                ChangePart(
                    "target", target.id, .find(Find(RowMatch(keys: target.key(key)))),
                    output: .properties(relation.targetKey)))
            match.keys += zip(through.targetKey, relation.targetKey).map {
                RowMatch.Key($0, .part("target", target.id, $1))
            }
        }
        var change = holding(match, parts, through)
        if isFirst, case .find(var find) = change.parts[change.parts.count - 1].action {
            find.limit = BoundValue(.int8, .integer(1))
            change.parts[change.parts.count - 1].action = .find(find)
            // Who links the two meanwhile is waited for, where nothing else keeps links apart.
            if !keepsApart(through) { change.ahead = [.names([pairName(through, key)])] }
        }
        return change
    }

    /// The links that go with the targets that are deleted, held likewise.
    ///
    /// - Parameter key: the key of the one target; nil for all.
    package func lookAtLinksToDelete(_ key: [BoundValue]?) -> Change? {
        guard let through = relation.through else { return nil }
        var find = Find(targets(keys: key.map { target($0) } ?? []), lock: .update)
        if scope.limit.isSet || scope.skip.isSet {
            find.order = schema.completedOrder(scope.order, for: target.id)
            (find.limit, find.skip) = (scope.limit?.bound, scope.skip?.bound)
        }
        var match = links(through)
        match.within = [RowMatch.Within(part: "found", model: target.id, pairs: linkPairs(through))]
        return holding(
            match, [ChangePart("found", target.id, .find(find), output: .properties(relation.targetKey))], through)
    }

    /// The links to other targets than these, held likewise; who sets the links of the record meanwhile waits.
    package func lookAtOtherLinks(than keys: [[BoundValue]]) -> Change? {
        guard let through = relation.through else { return nil }
        var want = RowMatch(scope.condition)
        want.narrow(to: keys, of: target)
        var match = links(through)
        match.within = [
            RowMatch.Within(part: "want", model: target.id, pairs: linkPairs(through), isNegated: true)
        ]
        var parts = [ChangePart("want", target.id, .find(Find(want)), output: .properties(relation.targetKey))]
        // What the relation doesn't lead to stays linked.
        if scope.condition != .always {
            match.within.append(RowMatch.Within(part: "there", model: target.id, pairs: linkPairs(through)))
            parts.append(
                ChangePart("there", target.id, .find(Find(targets())), output: .properties(relation.targetKey)))
        }
        var change = holding(match, parts, through)
        change.ahead = [setLock(through, keys)]
        return change
    }

    private func linkPairs(_ through: Relation.Through) -> [RowSource.Pair] {
        zip(relation.targetKey, through.targetKey).map { RowSource.Pair(own: $0, other: $1) }
    }

    /// The record itself, held so that nobody else changes it, or where only its key is written that it stays.
    package func lookAtSource() -> Change {
        let find = Find(RowMatch(keys: source.key(recordKey), sourceScope), lock: endLock)
        return Change([ChangePart("found", source.id, .find(find), output: .answer)], answers: ["found"])
    }
}

extension RelationChanges {
    /// The record, looked at when nobody else sets its links any more, or makes one to these targets.
    package func waitToSet(_ keys: [[BoundValue]]) -> Change {
        var change = lookAtSource()
        if let through = relation.through { change.ahead = [setLock(through, keys)] }
        return change
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

    /// Whether rows come back, and not their number alone.
    package var showsRows: Bool { result == .rows }

    /// Whether rows of a model are found, changed or deleted.
    package func concerns(_ model: Model.ID) -> Bool { parts.contains { $0.model == model } }

    /// The models whose rows it makes, changes or deletes; that of rows which say from now on that they are deleted is among them.
    package var written: [Model.ID] {
        parts.compactMap { part in
            if case .find = part.action { nil } else { part.model }
        }
    }
}
