// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// The record with a key among those that scopes and a filter ask for.
    func find(_ model: String, id: JSONValue, scopes: [ScopeRequest], filter: JSONValue) async throws -> Graph {
        try await context.answering { planning in
            let target = try planning.model(model)
            let key = try planning.keyCondition(id, of: target)
            var resolved = try planning.resolve(
                target, scopes: scopes, filter: filter, unscoped: context.isUnscoped
            ) { (filter, _) in filter.condition = .all([key, filter.condition]) }
            resolved.limit = .rows(1)
            let (plan, values) = try planning.prepare(resolved, for: target)
            return try await context.run(plan, values, planning, as: .findById)
        }
    }

    /// How many records scopes and a filter ask for, its limits aside; the filter may say which are meant where deleted ones stay.
    func count(_ model: String, scopes: [ScopeRequest], filter: JSONValue) async throws -> Int64 {
        try await context.answering { planning in
            let target = try planning.model(model)
            let resolved = try planning.resolve(
                target, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            let (plan, values) = try planning.prepareCount(resolved.condition, of: target)
            return try await context.count(plan, values, planning).count
        }
    }

    /// Numbers about the records that scopes and a filter ask for, as ``count(_:scopes:filter:)`` counts them.
    func aggregate(
        _ model: String, _ functions: JSONValue, scopes: [ScopeRequest], filter: JSONValue, count: Bool
    ) async throws -> AggregateResult {
        try await context.answering { planning in
            let target = try planning.model(model)
            let numbers = try planning.schema.summary(
                functions, count: count, for: target.id, limits: planning.trees.filterLimits)
            let resolved = try planning.resolve(
                target, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            let (plan, values) = try planning.prepare(numbers, of: resolved.condition, of: target)
            return AggregateResult(try await context.run(plan, values, planning, as: .aggregate), plan)
        }
    }
}
