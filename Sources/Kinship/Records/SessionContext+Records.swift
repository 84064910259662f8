// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension SessionContext {
    /// A record with all its properties, hidden ones too, for functions that read it; nil where there is none.
    func wholeRecord(
        of model: Model, id: JSONValue, as operation: Operation
    ) async throws -> ParentRecord? {
        try await answering { planning in
            let condition = try planning.scoped.resolved(
                try planning.keyCondition(id, of: model), for: model.id, unscoped: isUnscoped)
            return try await wholeRecord(of: model, where: condition, planning, as: operation)
        }
    }

    /// The first record that a condition finds, with all its properties.
    func wholeRecord(
        of model: Model, where condition: Condition, _ planning: Planning, as operation: Operation
    ) async throws -> ParentRecord? {
        var filter = Filter()
        filter.condition = condition
        filter.readsAll = true
        filter.limit = .rows(1)
        let (plan, values) = try planning.prepare(filter, for: model)
        return RecordRows.first(of: try await ask(plan, values, planning, as: operation), model)
    }

    /// The same, and nobody changes it until the transaction ends: what is made of it is true of it then.
    func heldRecord(
        of model: Model, id: JSONValue, _ lock: RowLock, as operation: Operation
    ) async throws -> ParentRecord? {
        // Who only looks holds nothing.
        if let recorder, !recorder.isRunning { return try await wholeRecord(of: model, id: id, as: operation) }
        return try await answering { planning in
            var shown = Filter()
            shown.readsAll = true
            let change = ModelChanges(planning.schema, model).hold(
                key: try planning.keyValues(id, of: model),
                try planning.defaultCondition(of: model, unscoped: isUnscoped), lock)
            return RecordRows.first(
                of: try await self.change(change, of: model, answering: shown, planning, as: operation, isShown: false),
                model)
        }
    }

    /// The records with some keys, with all their properties; those that there aren't are missing.
    ///
    /// - Parameters:
    ///   - lock: how they are held, in the order of their keys; nil where they are only read.
    ///   - scoped: whether the model's default scope and what the program says of access hold.
    func records(
        of model: Model, keys: [JSONValue], lock: RowLock?, scoped: Bool = true, as operation: Operation
    ) async throws -> [RecordName: ParentRecord] {
        var found: [RecordName: ParentRecord] = [:]
        var rest = keys[...]
        while !rest.isEmpty {
            let most = max(1, openPlanning.trees.filterLimits.listLength)
            let some = Array(rest.prefix(most))
            rest = rest.dropFirst(most)
            let graph = try await answering { planning in
                var parts = [try planning.keysCondition(some, of: model)]
                if scoped { parts.append(try planning.defaultCondition(of: model, unscoped: isUnscoped)) }
                var filter = Filter()
                filter.condition = .all(parts)
                filter.readsAll = true
                if let lock, recorder?.isRunning != false {
                    let change = ModelChanges(planning.schema, model).hold(filter, lock)
                    return try await self.change(
                        change, of: model, answering: filter, planning, as: operation, isShown: false)
                }
                let (plan, values) = try planning.prepare(filter, for: model)
                return try await ask(plan, values, planning, as: operation)
            }
            guard let rows = graph.rowSets[0] else { continue }
            for record in RecordRows(rows, of: graph.plan.fetches[Fetch.root], model).all {
                let key = model.primaryKey.map {
                    JSONValue.Member(model.properties[$0].name, record[model.properties[$0].name])
                }
                if let name = RecordName(.object(key), of: model) { found[name] = record }
            }
        }
        return found
    }
}

extension SessionContext {
    /// The records with some keys as hooks see them, held in the order of these.
    func looking(at model: Model, keys: [JSONValue], scoped: Bool) async throws -> [JSONValue] {
        var records: [JSONValue] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let most = max(1, openPlanning.trees.filterLimits.listLength)
            let some = Array(rest.prefix(most))
            rest = rest.dropFirst(most)
            records += try await answering { planning in
                var filter = Filter()
                filter.condition = try planning.keysCondition(some, of: model)
                if scoped {
                    filter.condition = .all([
                        filter.condition, try planning.defaultCondition(of: model, unscoped: isUnscoped),
                    ])
                }
                let look = ModelChanges(planning.schema, model).look(filter, toDelete: false)
                return try HookedRows.records(try await looking(look, of: model, planning), of: model)
            }
        }
        return records
    }
}

extension Planning {
    /// The condition of the records with some keys.
    func keysCondition(_ keys: [JSONValue], of model: Model) throws(PlannerError) -> Condition {
        let names = try primaryKey(of: model).map { model.properties[$0].name }
        let condition: JSONValue =
            names.count == 1
            ? .object([.init(names[0], .object([.init("inq", .array(keys))]))]) : .object([.init("or", .array(keys))])
        return try schema.where(condition, for: model.id, limits: trees.filterLimits)
    }
}

extension RecordRows {
    /// The first record of an answer; nil where it has none.
    static func first(of graph: Graph, _ model: Model) -> ParentRecord? {
        guard graph.count > 0, let rows = graph.rowSets[0] else { return nil }
        return RecordRows(rows, of: graph.plan.fetches[Fetch.root], model).record(0)
    }
}
