// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Changes one of the records that a relation of another one leads to.
    ///
    /// ```swift
    /// let order = try await database.updateRelated("Customer", id: 7, relation: "orders", key: 3, ["status": "paid"])
    /// ```
    ///
    /// - Parameters:
    ///   - key: the key of the target; nil for that of a to-one relation.
    ///   - data: what is to be changed, as ``updateById(_:id:_:filter:)`` takes it.
    ///   - filter: what comes back: `fields` and `include`.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such target or it is another record's, `RELATION_EMPTY` of a
    ///   to-one relation without one, `KEY_OVERRIDE` where the target would become another record's, `CONFLICT` where the data have
    ///   another number of changes than the target; else as
    ///   ``updateById(_:id:_:filter:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func updateRelated(
        _ model: String, id: some FilterPart, relation: String, key: JSONValue? = nil, _ data: JSONValue,
        filter: JSONValue? = nil
    ) async throws -> ChangedRecords {
        try await changeRelated(
            model, id: try id.part(), relation: relation, key: key, data, filter: filter, .update, as: .updateRelated)
    }

    /// The same for whatever becomes of it.
    func changeRelated(
        _ model: String, id: JSONValue, relation: String, key: JSONValue?, _ data: JSONValue, filter: JSONValue?,
        _ purpose: DataReader.Purpose, as operation: Operation
    ) async throws -> ChangedRecords {
        if context.needsTransaction(relation, model) {
            return try await inTransaction {
                try await $0.changeRelated(
                    model, id: id, relation: relation, key: key, data, filter: filter, purpose, as: operation)
            }
        }
        if let links = try Relinking(context, model, id: id, relation: relation, .update(data), as: operation) {
            return try await links.run { session, _ in
                try await session.changeRelated(
                    model, id: id, relation: relation, key: key, data, filter: filter, purpose, as: operation)
            }
        }
        let (type, own) = try context.typed(data, of: relation, model)
        if let hooked = context.hooked(relation: relation, of: model, id: id, type: type, as: operation) {
            var check = HookRunner.Check(purpose: purpose)
            if purpose == .replace {
                check.takesKey = true
                check.given = try await context.keptKeys(of: relation, model, id: id, type: type)
            }
            return try await hooked.update(
                key, own, check, rows: \.graph,
                look: { try await $0.looking(atRelated: relation, of: model, id: id, key: key, type: type) }
            ) { session, data in
                try await session.changeRelated(
                    model, id: id, relation: relation, key: key, data.typed(type), filter: filter, purpose,
                    as: operation)
            }
        }
        return try await context.answering { planning in
            let (type, data) = try planning.typed(data, of: relation, model)
            let (changes, include) = try await context.changesAndRecords(
                of: relation, model, id: id, type: type, planning)
            guard changes.relation.embedded == nil else {
                return try await changeEmbedded(changes, include, id: id, key, data, planning, purpose, as: operation)
            }
            var record = try planning.record(data, of: changes, purpose, unscoped: context.isUnscoped)
            let change: Change
            if let key {
                let values = try planning.keyValues(key, of: changes.target)
                record = try planning.withoutKey(record, values, of: changes.target)
                change = try changes.update(values, record)
            } else {
                guard !changes.relation.isToMany else { throw changes.needsKey }
                change = try changes.updateOne(record)
            }
            let graph = try await context.change(
                change, of: changes.target, answering: try planning.answer(filter, of: changes.target), planning,
                as: operation)
            guard graph.count == 0 else { return ChangedRecords(graph) }
            // The data may have had the key of another one.
            let own = changes.target.primaryKey + changes.relation.targetKey
            if own.contains(where: { record[$0] != nil }) {
                let isThere =
                    if let key { try await relatedExists(model, id: id, relation: relation, key: key).count > 0 } else {
                        try await relatedCount(model, id: id, relation: relation).count > 0
                    }
                if isThere { throw changes.keyOverride }
            }
            if let stale = try await staleVersion(record, of: changes, id, key) { throw stale }
            throw changes.missing(key, of: id)
        }
    }

    /// Whether it is known which targets there are, so that no limits of scopes are to choose among them.
    func isKnown(_ changes: RelationChanges) -> Bool { context.hooksRun?.only[changes.target.name] != nil }

    /// The error of data with another number of changes than the record's target has by now.
    private func staleVersion(
        _ record: RecordData, of changes: RelationChanges, _ id: JSONValue, _ key: JSONValue?
    ) async throws -> PlannerError? {
        guard changes.target.version != nil else { return nil }
        let (model, relation) = (changes.source.name, changes.relation.name)
        if let key {
            let isThere = try await relatedExists(model, id: id, relation: relation, key: key).count > 0
            return isThere ? try await staleVersion(record, of: changes.target, id: key) : nil
        }
        // A record that isn't there has none.
        guard let found = try? await related(model, id: id, relation: relation) else { return nil }
        let target = try JSONValue(parsing: try found.firstJSON())
        let names = changes.target.primaryKey.map { changes.target.properties[$0].name }
        let own: JSONValue =
            names.count == 1 ? target[names[0]] ?? .null : .object(names.map { .init($0, target[$0] ?? .null) })
        return own == .null ? nil : try await staleVersion(record, of: changes.target, id: own)
    }

    private func changeEmbedded(
        _ changes: RelationChanges, _ include: Include, id: JSONValue, _ key: JSONValue?, _ data: JSONValue,
        _ planning: Planning, _ purpose: DataReader.Purpose, as operation: Operation
    ) async throws -> ChangedRecords {
        guard let key, changes.relation.isToMany else {
            guard !changes.relation.isToMany else { throw changes.needsKey }
            return try await context.updateEmbedded(
                changes, include, id: id, .all, data, planning, purpose, as: operation
            ).records
        }
        if let property = changes.itemKey, let given = data[property.name], given.keyText != key.keyText {
            throw PlannerError(
                .keyOverride, "The key of a record can't be changed; leave \"\(property.name)\" out.",
                path: property.name, model: changes.target.name, property: property.name)
        }
        var shown = include
        shown.scope.condition = try planning.keyCondition(key, of: changes.target)
        let (records, count) = try await context.updateEmbedded(
            changes, shown, id: id, try changes.item(key), data, planning, purpose, as: operation)
        guard count > 0 else { throw changes.missing(key, of: id) }
        return records
    }

    /// Changes all records that a relation of another one leads to and that meet a condition.
    ///
    /// - Parameter condition: the `where` of a filter for the targets; nil for all of them.
    /// - Returns: how many there were.
    /// - Throws: as ``updateRelated(_:id:relation:key:_:filter:)``; none when there is no such record.
    /// - Note: One statement and round trip.
    @discardableResult
    public func updateAllRelated(
        _ model: String, id: some FilterPart, relation: String, where condition: JSONValue? = nil, _ data: JSONValue
    ) async throws -> CountResult {
        let id = try id.part()
        if context.needsTransaction(relation, model) {
            return try await inTransaction {
                try await $0.updateAllRelated(model, id: id, relation: relation, where: condition, data)
            }
        }
        if let links = try Relinking(context, model, id: id, relation: relation, .update(data), as: .updateAllRelated) {
            return try await links.run { session, _ in
                try await session.updateAllRelated(
                    model, id: id, relation: relation, where: condition, data)
            }
        }
        if let hooked = context.hooked(relation: relation, of: model, id: id, as: .updateAllRelated) {
            return try await hooked.updateAll(
                condition ?? [:], data,
                look: { try await $0.looking(atRelated: relation, of: model, id: id, where: condition) }
            ) { session, areKnown, data in
                try await session.updateAllRelated(
                    model, id: id, relation: relation, where: areKnown ? nil : condition, data)
            }
        }
        return try await context.answering { planning in
            let (changes, include) = try await context.changesAndRecords(
                of: relation, model, id: id, where: condition, planning)
            guard changes.relation.embedded == nil else {
                let (records, count) = try await context.updateEmbedded(
                    changes, include, id: id, try changes.items(include), data, planning, as: .updateAllRelated)
                return CountResult(count: count, statistics: records.statistics)
            }
            let record = try planning.record(data, of: changes.target, .update)
            return try await context.count(
                try changes.freed(isKnown(changes)).updateAll(.always, record), of: changes.target, planning,
                as: .updateAllRelated)
        }
    }

    /// Takes the link to a target away; the target stays, of a hasMany it refers to nobody then. A belongsTo refers to nothing.
    ///
    /// - Parameter key: the key of the target; nil for a belongsTo.
    /// - Returns: how many links there were; of a referencesMany the keys that are left.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for kinds without links, `MODEL_NOT_FOUND` where there is no such record with a
    ///   list.
    /// - Note: One statement and round trip.
    @discardableResult
    public func removeRelated(
        _ model: String, id: some FilterPart, relation: String, key: JSONValue? = nil
    ) async throws -> RemovedLinks {
        let id = try id.part()
        if context.needsTransaction(relation, model) {
            return try await inTransaction { try await $0.removeRelated(model, id: id, relation: relation, key: key) }
        }
        if let links = try Relinking(context, model, id: id, relation: relation, .remove(key), as: .removeRelated) {
            return try await links.run { session, _ in
                try await session.removeRelated(model, id: id, relation: relation, key: key)
            }
        }
        return try await context.answering { planning in
            let changes = try await context.changes(of: relation, model, id: id, planning)
            if changes.relation.kind == .belongsTo {
                return RemovedLinks(
                    try await context.count(changes.unlinkOwner(), of: changes.source, planning, as: .removeRelated))
            }
            if changes.relation.kind == .hasOne {
                return RemovedLinks(
                    try await context.count(
                        changes.letGo(try key.map { try planning.keyValues($0, of: changes.target) }),
                        of: changes.target, planning, as: .removeRelated))
            }
            guard changes.relation.isToMany, changes.relation.embedded == nil else {
                throw changes.unsupported("remove")
            }
            guard let key else { throw changes.needsKey }
            let values = try planning.keyValues(key, of: changes.target)
            guard changes.relation.kind == .referencesMany, let list = changes.relation.sourceKey.first else {
                return RemovedLinks(
                    try await context.count(
                        changes.relation.through == nil ? changes.letGo(values) : changes.remove(values),
                        of: changes.target, planning, as: .removeRelated))
            }
            var shown = Filter()
            shown.fields = [list]
            let isHidden = changes.source.properties[list].isHidden
            if isHidden { shown.readsAll = true }
            let graph = try await context.change(
                changes.removeReference(values), of: changes.source, answering: shown, planning, as: .removeRelated)
            guard graph.count > 0 else { throw planning.missing(changes.source, id) }
            let hidden = isHidden ? try HookedRows.records(graph, of: changes.source).first : nil
            let record = try hidden ?? JSONValue(parsing: try graph.firstJSON())
            return RemovedLinks(
                count: nil, keys: record[changes.source.properties[list].name] ?? [], statistics: graph.statistics)
        }
    }
}
