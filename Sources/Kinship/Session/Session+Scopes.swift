// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// The records that named scopes of the model and a filter ask for.
    ///
    /// ```swift
    /// let graph = try await database.find(
    ///     "Order", scopes: ["open", .named("since", ["from": "2026-01-01"])], filter: ["limit": 3])
    /// ```
    ///
    /// The scopes are merged into the filter from left to right: conditions are AND-ed, includes united; the filter's
    /// order wins, then the first scope's that has one; of limits and fields a scope's win, the last one's first (K2).
    /// Scopes are values: chaining changes none of them (D31).
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_SCOPE`; `INVALID_FILTER` for parameters of a scope that takes none;
    ///   `INVALID_SCOPE`, and what the function of a scope throws; and as ``find(_:filter:)-(String,JSONValue?)``.
    /// - Note: The statements of ``find(_:filter:)-(String,JSONValue?)``.
    public func find(_ model: String, scopes: [ScopeRequest], filter: JSONValue? = nil) async throws -> Graph {
        try await context.answering { planning in
            let (plan, values) = try planning.prepare(
                .list, model, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            return try await context.run(plan, values, planning, as: .find)
        }
    }

    /// The keys of the records that named scopes and a filter ask for, to their last digit and whether they are shown or not.
    ///
    /// - Throws: ``PlannerError`` as ``find(_:scopes:filter:)``.
    /// - Note: One statement.
    package func keys(_ model: String, scopes: [ScopeRequest], filter: JSONValue?) async throws -> [JSONValue] {
        try await context.answering { planning in
            let target = try planning.model(model)
            var resolved = try planning.resolve(target, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            (resolved.readsAll, resolved.fields, resolved.include) = (true, nil, [])
            let (plan, values) = try planning.prepare(resolved, for: target)
            let graph = try await context.ask(plan, values, planning, as: .find)
            return try HookedRows.records(graph, of: target).compactMap { HookedRows.key($0, of: target) }
        }
    }

    /// Deletes the records with some keys, as ``keys(_:scopes:filter:)`` gives them.
    ///
    /// - Throws: as ``deleteAll(_:where:)``.
    /// - Note: One statement for 500 keys; one for each where the key is hidden, which no condition names.
    package func deleteAll(_ model: String, keys: [JSONValue]) async throws {
        let target = try context.planning.model(model)
        guard !target.primaryKey.contains(where: { target.properties[$0].isHidden }) else {
            for key in keys { try await deleteById(model, id: key) }
            return
        }
        for start in stride(from: 0, to: keys.count, by: 500) {
            let some = Array(keys[start..<min(start + 500, keys.count)])
            // Those with these keys, whatever a scope says of how many there are.
            try await unscoped.trusting.deleteAll(model, where: Self.condition(some, of: target))
        }
    }

    /// The condition that records with these keys meet, and no others.
    private static func condition(_ keys: [JSONValue], of model: Model) -> JSONValue {
        guard model.primaryKey.count == 1 else { return ["or": .array(keys)] }
        return .object([.init(model.properties[model.primaryKey[0]].name, ["inq": .array(keys)])])
    }

    /// How many records match a condition and the conditions of named scopes; limits of scopes have no effect.
    ///
    /// - Parameter condition: the `where` of a filter; nil for all records of the scopes.
    /// - Throws: ``PlannerError`` as ``find(_:scopes:filter:)``.
    /// - Note: One statement.
    public func count(
        _ model: String, scopes: [ScopeRequest], where condition: JSONValue? = nil
    ) async throws -> CountResult {
        try await context.answering { planning in
            let (plan, values) = try planning.prepare(
                .count, model, scopes: scopes, filter: condition, unscoped: context.isUnscoped)
            return try await context.count(plan, values, planning)
        }
    }
}
