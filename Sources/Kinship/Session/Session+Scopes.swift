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
