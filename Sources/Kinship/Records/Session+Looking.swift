// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Records as they are before something is done with them: held, and with all their properties, for hooks.
extension Session {
    /// The record with a key, as the model's scopes have it.
    func looking(at model: String, key: JSONValue, toDelete: Bool = false) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(model)
            var filter = Filter()
            filter.condition = .all([
                try planning.keyCondition(key, of: target),
                try planning.defaultCondition(of: target, unscoped: context.isUnscoped),
            ])
            return try await context.looking(filter, of: target, toDelete: toDelete, planning)
        }
    }

    /// The record with the key that data have; none where they have none.
    func looking(atKeyOf data: JSONValue, in model: String) async throws -> Graph {
        let names = context.state.planning.schema.models.first { $0.name == model }.map { model in
            model.primaryKey.map { model.properties[$0].name }
        }
        guard let names, !names.isEmpty, names.allSatisfy({ data[$0] != nil && data[$0] != .null }) else {
            return try await context.answering { try context.nothing(of: try $0.model(model), $0) }
        }
        let key: JSONValue =
            names.count == 1 ? data[names[0]] ?? .null : .object(names.map { .init($0, data[$0] ?? .null) })
        return try await looking(at: model, key: key)
    }

    /// Records by their keys as they are now, whatever scopes and hooks say of who may reach them.
    ///
    /// - Parameter areThere: whether only those count that aren't marked as deleted.
    func looking(at model: Model, keys: [JSONValue], areThere: Bool = false) async throws -> [JSONValue: JSONValue] {
        guard !keys.isEmpty else { return [:] }
        let planning = context.openPlanning
        let target = try planning.model(model.name)
        var values: [[BoundValue]] = []
        values.reserveCapacity(keys.count)
        for key in keys { values.append(try planning.keyValues(key, of: target)) }
        let look = ModelChanges(planning.schema, target).look(
            keys: values, areThere ? target.condition() : .always)
        var records: [JSONValue: JSONValue] = [:]
        let found = try await context.reading(look, of: target, planning)
        for record in try HookedRows.records(found, of: target) {
            if let key = HookedRows.key(record, of: target) { records[key] = record }
        }
        return records
    }

    /// The records that meet a condition, as a change of many takes it.
    ///
    /// - Parameter most: how many at most.
    func looking(
        at model: String, where condition: JSONValue?, toDelete: Bool = false, most: Int? = nil
    ) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(model)
            var filter = try planning.targets(condition, of: target, unscoped: context.isUnscoped)
            if let most { (filter.limit, filter.skip) = (.rows(most), nil) }
            return try await context.looking(filter, of: target, toDelete: toDelete, planning)
        }
    }
}

extension SessionContext {
    fileprivate func looking(
        _ filter: Filter, of model: Model, toDelete: Bool, _ planning: Planning
    ) async throws -> Graph {
        try await looking(
            ModelChanges(planning.schema, model).look(filter, toDelete: toDelete), of: model, planning)
    }

    /// Rows that are only read, with all their properties. A caller's limits aren't meant for them.
    func reading(_ look: Change, of model: Model, _ planning: Planning) async throws -> Graph {
        var shape = Filter()
        shape.readsAll = true
        let (plan, values) = try planning.prepare(look, showing: shape, of: model)
        var trees = trees
        (trees.maximumRows, trees.maximumBytes) = (nil, nil)
        return try await with(trees: trees).ask(plan, values, planning, as: .find)
    }

    /// Rows that are only looked at.
    func looking(_ look: Change, of model: Model, _ planning: Planning) async throws -> Graph {
        var shape = Filter()
        shape.readsAll = true
        return try await change(look, of: model, answering: shape, planning, as: .find, isShown: false)
    }
}
