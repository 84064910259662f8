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

    /// The records that meet a condition, as a change of many takes it.
    ///
    /// - Parameter most: how many at most.
    func looking(
        at model: String, where condition: JSONValue?, toDelete: Bool = false, most: Int? = nil
    ) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(model)
            var filter = try planning.targets(condition, of: target, unscoped: context.isUnscoped)
            if let most { filter.limit = .rows(most) }
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

    /// Rows that are only looked at.
    func looking(_ look: Change, of model: Model, _ planning: Planning) async throws -> Graph {
        var shape = Filter()
        shape.readsAll = true
        return try await change(look, of: model, answering: shape, planning, as: .find)
    }
}
