// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Session {
    /// The records a filter asks for, with their included relations.
    ///
    /// ```swift
    /// let graph = try await database.find("Customer", filter: ["include": "orders"])
    /// ```
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - filter: a LoopBack filter; nil for all records in the order of their primary key.
    /// - Throws: ``PlannerError`` for a filter that can't be answered, before anything is sent; ``PostgresError``;
    ///   `CancellationError`.
    /// - Note: One statement, and one per included relation that has keys to ask for; one round trip per level.
    public func find(_ model: String, filter: JSONValue? = nil) async throws -> Graph {
        try await context.answering { planning in
            let (plan, values) = try planning.prepare(.list, model, filter: filter, unscoped: context.isUnscoped)
            return try await context.run(plan, values, planning, as: .find)
        }
    }

    /// ``find(_:filter:)-(String,JSONValue?)`` with the filter as JSON text.
    ///
    /// ```swift
    /// let graph = try await database.find("Customer", filter: #"{"where": {"age": {"gt": 40}}}"#)
    /// ```
    public func find(_ model: String, filter: String) async throws -> Graph {
        try await find(model, filter: JSONValue(parsing: filter))
    }

    /// The first record a filter asks for: a graph of one record, or of none. Limits of scopes have no effect.
    ///
    /// - Parameter scopes: named scopes of the model, merged as ``find(_:scopes:filter:)`` does.
    /// - Note: The statements of ``find(_:filter:)-(String,JSONValue?)``.
    public func findOne(
        _ model: String, scopes: [ScopeRequest] = [], filter: JSONValue? = nil
    ) async throws -> Graph {
        try await context.answering { planning in
            let (plan, values) = try planning.prepare(
                .first, model, scopes: scopes, filter: filter, unscoped: context.isUnscoped)
            return try await context.run(plan, values, planning, as: .findOne)
        }
    }

    /// The record with a key: a graph of one record, or of none. Of the filter only `include` and `fields` count.
    ///
    /// ```swift
    /// let order = try await database.findById("Order", id: 7, filter: ["include": "items"])
    /// let line = try await database.findById("OrderLine", id: ["orderId": 7, "line": 2])
    /// ```
    ///
    /// - Parameter id: the key: a number, text, `UUID`, a variable of these, JSON; of a key of several properties a dictionary.
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a key that its column can't hold, and for one of several properties that
    ///   lacks one.
    /// - Note: The statements of ``find(_:filter:)-(String,JSONValue?)``.
    public func findById(_ model: String, id: some FilterPart, filter: JSONValue? = nil) async throws -> Graph {
        let key = try id.part()
        return try await context.answering { planning in
            let lookup = try planning.lookup(of: model, filter: filter, unscoped: context.isUnscoped)
            return try await context.run(lookup.plan, try lookup.values(for: key, planning), planning, as: .findById)
        }
    }

    /// How many records match a condition.
    ///
    /// - Parameter condition: the `where` of a filter; nil for all records.
    /// - Note: One statement.
    public func count(_ model: String, where condition: JSONValue? = nil) async throws -> CountResult {
        try await context.answering { planning in
            let (plan, values) = try planning.prepare(
                .count, model, filter: condition, unscoped: context.isUnscoped)
            return try await context.count(plan, values, planning)
        }
    }

    /// Whether there is a record with a key.
    ///
    /// - Parameter id: the key, as ``findById(_:id:filter:)`` takes it.
    /// - Note: One statement.
    public func exists(_ model: String, id: some FilterPart) async throws -> CountResult {
        let id = try id.part()
        return try await context.answering { planning in
            let target = try planning.model(model)
            let condition = try planning.scoped.resolved(
                try planning.keyCondition(id, of: target), for: target.id, unscoped: context.isUnscoped)
            return try await context.count(condition, of: target, planning, as: .exists)
        }
    }

    /// The plan a filter comes to; nothing is sent.
    public func plan(_ model: String, filter: JSONValue? = nil) throws -> Plan {
        try context.openPlanning.prepare(.list, model, filter: filter, unscoped: context.isUnscoped).plan.plan
    }
}

/// A count and what it took.
public struct CountResult: Sendable {
    /// How many.
    public let count: Int64
    /// What counting took.
    public let statistics: ExecutionStatistics
}
