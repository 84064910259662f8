// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Changes some properties of a record.
    ///
    /// ```swift
    /// let order = try await database.updateById("Order", id: 7, ["status": "paid", "$inc": ["revision": 1]])
    /// ```
    ///
    /// - Parameters:
    ///   - id: the record's key, as ``findById(_:id:filter:)`` takes it.
    ///   - data: what is to be changed; the others stay as they are. Atomic operators stand beside plain values: `$inc`, `$push`,
    ///     `$pull`, `$set` and `$unset`, which the server works out on the newest version of the record.
    ///   - filter: what comes back: `fields` and `include`.
    /// - Returns: a graph of the one record, as it is now.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, `KEY_OVERRIDE` where the data have another key,
    ///   `CONFLICT` where they have another number of changes than the record (``Model/version``), with both; else as ``create(_:_:filter:)``.
    /// - Note: One statement and round trip; with includes as ``create(_:_:filter:)``.
    @discardableResult
    public func updateById(
        _ model: String, id: some FilterPart, _ data: JSONValue, filter: JSONValue? = nil
    ) async throws -> Graph {
        let id = try id.part()
        if let hooked = context.hooked(model, as: .updateById) {
            return try await hooked.update(
                id, data, .init(purpose: .update), look: { try await $0.looking(at: model, key: id) }
            ) { session, data in
                try await session.updateById(model, id: id, data, filter: filter)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let key = try planning.keyValues(id, of: target)
            let record = try planning.withoutKey(
                try planning.record(data, of: target, .update), key, of: target)
            return try await changed(id, record, of: target, filter, planning, as: .updateById) { scope in
                ModelChanges(planning.schema, target).update(key: key, scope, record)
            }
        }
    }

    /// Puts a record in the place of another one: what the data leave out becomes its default, or NULL.
    ///
    /// - Throws: as ``updateById(_:id:_:filter:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func replaceById(
        _ model: String, id: some FilterPart, _ data: JSONValue, filter: JSONValue? = nil
    ) async throws -> Graph {
        let id = try id.part()
        if let hooked = context.hooked(model, as: .replaceById) {
            return try await hooked.update(
                id, data, .init(purpose: .replace, takesKey: true), look: { try await $0.looking(at: model, key: id) }
            ) { session, data in
                try await session.replaceById(model, id: id, data, filter: filter)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let key = try planning.keyValues(id, of: target)
            let record = try planning.withoutKey(
                try planning.record(data, of: target, .replace, takesKey: true, unscoped: context.isUnscoped), key,
                of: target)
            return try await changed(id, record, of: target, filter, planning, as: .replaceById) { scope in
                ModelChanges(planning.schema, target).update(key: key, scope, record)
            }
        }
    }

    private func changed(
        _ id: JSONValue, _ record: RecordData, of target: Model, _ filter: JSONValue?, _ planning: Planning,
        as operation: Operation,
        _ change: (Condition) -> Change
    ) async throws -> Graph {
        let scope = try planning.defaultCondition(of: target, unscoped: context.isUnscoped)
        let graph = try await context.change(
            change(scope), of: target, answering: try planning.answer(filter, of: target), planning, as: operation)
        guard graph.count > 0 else {
            throw try await staleVersion(record, of: target, id: id) ?? planning.missing(target, id)
        }
        return graph
    }

    /// Makes a change that makes a record where there is none; where there is one that it could not change that is told.
    private func changedOrMade(
        _ change: Change, _ seen: RecordData, of target: Model, _ data: JSONValue, _ filter: JSONValue?,
        _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        let names = target.primaryKey.map { target.properties[$0].name }
        let id = names.count == 1 ? data[names[0]] ?? .null : .object(names.map { .init($0, data[$0] ?? .null) })
        do {
            let graph = try await context.change(
                change, of: target, answering: try planning.answer(filter, of: target), planning, as: operation)
            if graph.count == 0, let conflict = try await staleVersion(seen, of: target, id: id) { throw conflict }
            return graph
        } catch let violation as ConstraintViolation where violation.kind == .unique {
            throw try await staleVersion(seen, of: target, id: id) ?? violation
        }
    }

    /// Changes all records that meet a condition.
    ///
    /// ```swift
    /// let paid = try await database.updateAll("Order", where: ["status": "open"], ["status": "paid"]).count
    /// ```
    ///
    /// The model's default scope holds besides, its limit too.
    ///
    /// - Parameters:
    ///   - condition: the `where` of a filter; an empty one, `[:]`, means all records, and there has to be one (D39).
    ///   - data: what is to be changed, as ``updateById(_:id:_:filter:)`` takes it.
    /// - Returns: how many there were.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` without a condition, or with one that is true of every record by its form;
    ///   else as ``updateById(_:id:_:filter:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func updateAll(_ model: String, where condition: JSONValue?, _ data: JSONValue) async throws -> CountResult {
        if let hooked = context.hooked(model, as: .updateAll) {
            return try await hooked.updateAll(
                condition ?? .null, data, look: { try await $0.looking(at: model, where: condition) }
            ) { session, areKnown, data in
                // Whatever a scope says of how many there are.
                guard areKnown else { return try await session.updateAll(model, where: condition, data) }
                return try await session.unscoped.updateAll(model, where: [:], data)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let filter = try planning.targets(condition, of: target, unscoped: context.isUnscoped)
            let record = try planning.record(data, of: target, .update)
            for property in target.primaryKey where record[property] != nil {
                throw planning.keyOverride(target, property)
            }
            return try await context.count(
                ModelChanges(planning.schema, target).updateAll(filter, record), of: target, planning,
                as: .updateAll)
        }
    }

    /// Changes the record with the key that the data have; makes it where there is none, or where the data have no key.
    ///
    /// What the data leave out stays as it is (`patchOrCreate` of LoopBack).
    ///
    /// - Throws: as ``create(_:_:filter:)``; ``ConstraintViolation`` where the record is there but the model's
    ///   default scope hides it; ``PlannerError`` `CONFLICT` where its number of changes is another one than that of the data.
    /// - Note: One statement and round trip.
    @discardableResult
    public func upsert(_ model: String, _ data: JSONValue, filter: JSONValue? = nil) async throws -> Graph {
        if let hooked = context.hooked(model, as: .upsert) {
            return try await hooked.updateOrCreate(
                data, update: .init(purpose: .update, takesKey: true),
                create: .init(purpose: .create, takesKey: true, fills: false),
                look: { try await $0.looking(atKeyOf: data, in: model) }
            ) { session, data in
                try await session.upsert(model, data, filter: filter)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            guard let key = try planning.key(data, of: target) else {
                return try await create(model, data, filter: filter)
            }
            let record = try planning.record(data, of: target, .update, takesKey: true)
            let new = try planning.newRecord(data, of: target, takesKey: true, unscoped: context.isUnscoped)
            let scope = try planning.defaultCondition(of: target, unscoped: context.isUnscoped)
            let graph = try await changedOrMade(
                ModelChanges(planning.schema, target).upsert(key: key, scope, record, try? new.get()), record,
                of: target, data, filter, planning, as: .upsert)
            if graph.count == 0, case .failure(let error) = new { throw error }
            return try graph.orConflict(of: target)
        }
    }

    /// Puts a record in the place of the one with its key; makes it where there is none, or where the data have no key.
    ///
    /// - Throws: as ``upsert(_:_:filter:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func replaceOrCreate(_ model: String, _ data: JSONValue, filter: JSONValue? = nil) async throws -> Graph {
        if let hooked = context.hooked(model, as: .replaceOrCreate) {
            return try await hooked.updateOrCreate(
                data, update: .init(purpose: .replace, takesKey: true),
                create: .init(purpose: .replace, takesKey: true),
                look: { try await $0.looking(atKeyOf: data, in: model) }
            ) { session, data in
                try await session.replaceOrCreate(model, data, filter: filter)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            guard let key = try planning.key(data, of: target) else {
                return try await create(model, data, filter: filter)
            }
            let record = try planning.record(data, of: target, .replace, takesKey: true, unscoped: context.isUnscoped)
            let seen = try planning.record(data, of: target, .update, takesKey: true)
            let scope = try planning.defaultCondition(of: target, unscoped: context.isUnscoped)
            return try await changedOrMade(
                ModelChanges(planning.schema, target).replaceOrCreate(
                    key: key, scope, record, seen: seen, isDecided: context.hooksRun?.decided != nil), seen,
                of: target, data, filter, planning, as: .replaceOrCreate
            ).orConflict(of: target)
        }
    }

    /// Changes the one record that meets a condition; makes it where there is none.
    ///
    /// Who calls it with the same condition meanwhile waits, so that only one of them makes a record.
    ///
    /// - Throws: ``PlannerError`` `MULTIPLE_INSTANCES` when several records meet the condition: none is changed then; `CONFLICT`
    ///   where the data have another number of changes than the one that does; `KEY_OVERRIDE` where the data have another key than the one that does; else as ``updateAll(_:where:_:)`` and
    ///   ``create(_:_:filter:)``.
    /// - Note: A lock and one statement, in one round trip.
    @discardableResult
    public func upsertWithWhere(
        _ model: String, where condition: JSONValue?, _ data: JSONValue, filter: JSONValue? = nil
    ) async throws -> Graph {
        if let hooked = context.hooked(model, as: .upsertWithWhere) {
            return try await hooked.updateOrCreate(
                data, update: .init(purpose: .update), create: .init(purpose: .create, takesKey: true, fills: false),
                look: { try await $0.looking(at: model, where: condition, most: 2) }
            ) { session, data in
                try await session.upsertWithWhere(model, where: condition, data, filter: filter)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let found = try planning.targets(condition, of: target, unscoped: context.isUnscoped)
            let record = try planning.record(data, of: target, .update)
            let new = try planning.newRecord(data, of: target, takesKey: true, unscoped: context.isUnscoped)
            let graph = try await context.change(
                ModelChanges(planning.schema, target).upsert(where: found.condition, record, try? new.get()),
                of: target,
                answering: try planning.answer(filter, of: target), planning, as: .upsertWithWhere)
            guard graph.count == 1 else {
                let isOne = try await count(model, where: condition).count
                if isOne == 1,
                    let stale = try await staleVersion(record, of: target, reading: ["where": condition ?? [:]])
                {
                    throw stale
                }
                if isOne == 0, case .failure(let error) = new { throw error }
                if target.primaryKey.contains(where: { record[$0] != nil }), isOne < 2 {
                    throw planning.keyOverride(target)
                }
                throw PlannerError(
                    .multipleInstances,
                    "Several records of \(target.name) meet the condition, of which one was to be changed; none was. Say which with its key.",
                    path: "where", model: target.name)
            }
            return graph
        }
    }

    /// The first record that a filter finds, or a new one where it finds none.
    ///
    /// ```swift
    /// let tag = try await database.findOrCreate("Tag", filter: ["where": ["label": "new"]], ["label": "new"])
    /// print(tag.isCreated)
    /// ```
    ///
    /// Who calls it with the same condition meanwhile waits, so that only one of them makes a record.
    ///
    /// - Returns: the record, and whether it is new.
    /// - Throws: as ``create(_:_:filter:)``.
    /// - Note: A lock and one statement, in one round trip.
    @discardableResult
    public func findOrCreate(
        _ model: String, filter: JSONValue, _ data: JSONValue
    ) async throws -> (graph: Graph, isCreated: Bool) {
        if let hooked = context.hooked(model, as: .findOrCreate) {
            return try await hooked.findOrCreate(
                data, isThere: { try await $0.findOne(model, filter: filter).count > 0 }
            ) { session, data in
                try await session.findOrCreate(model, filter: filter, data)
            }
        }
        return try await context.answering { planning in
            let target = try planning.model(model)
            let found = try planning.resolve(target, filter: filter, unscoped: context.isUnscoped)
            let new = try planning.record(data, of: target, .create, unscoped: context.isUnscoped)
            let graph = try await context.change(
                ModelChanges(planning.schema, target).findOrCreate(found, new), of: target,
                answering: try planning.answer(filter, of: target), planning, as: .findOrCreate)
            guard graph.count > 0, let rows = graph.rowSets[0] else { throw planning.missing(target, .null) }
            let part = try rows.decode(Int32.self, row: 0, column: rows.columnCount - 1)
            return (graph, part == 1)
        }
    }
}

extension Graph {
    /// The graph of a record that was changed or made; an error where neither could be: it is there, and not to be changed.
    fileprivate func orConflict(of model: Model) throws(PlannerError) -> Graph {
        guard count == 0 else { return self }
        throw PlannerError(
            .conflict,
            "A record of \(model.name) with this key is there, and was changed meanwhile; nothing was changed.",
            model: model.name)
    }
}
