// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Sums, means, least and greatest values of the records that match a condition, and how many there are.
    ///
    /// ```swift
    /// let numbers = try await database.aggregate(
    ///     "Order", ["sum": "total", "max": ["total", "placedAt"]], where: ["status": "open"])
    /// print(numbers.count ?? 0, numbers.json)  // {"count":12,"sum":{"total":345.6},"max":{"total":99.9,"placedAt":"…"}}
    /// ```
    ///
    /// They are about the records that ``count(_:scopes:where:)`` counts: default scopes, tenants and access rules hold, limits of
    /// scopes have no effect.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - functions: `sum` and `avg` (of numbers and intervals), `min` and `max`, each with a property or a list of properties.
    ///   - scopes: named scopes of the model.
    ///   - condition: the `where` of a filter; nil for all records.
    ///   - count: whether the number of records is wanted too. Without it the server may find a least or greatest value in an index,
    ///     and needn't look at every record.
    /// - Throws: ``PlannerError`` `UNKNOWN_PROPERTY`; `PROHIBITED_PROPERTY` for what is hidden; `INVALID_FILTER` for a function that there
    ///   isn't, or that has no meaning for the property, and where nothing is asked for; else as ``count(_:scopes:where:)``.
    /// - Note: One statement.
    public func aggregate(
        _ model: String, _ functions: JSONValue, scopes: [ScopeRequest] = [], where condition: JSONValue? = nil,
        count: Bool = true
    ) async throws -> AggregateResult {
        try await context.answering { planning in
            let (plan, values) = try planning.prepare(
                .numbers(functions, count: count), model, scopes: scopes, filter: condition,
                unscoped: context.isUnscoped)
            return AggregateResult(try await context.run(plan, values, planning, as: .aggregate), plan)
        }
    }

    /// ``aggregate(_:_:scopes:where:count:)-(String,_,_,JSONValue?,_)`` with a condition written in Swift.
    ///
    /// ```swift
    /// let spent = try await database.aggregate("Order", ["sum": "total"], where: ["customerId": id])
    /// ```
    @_disfavoredOverload
    public func aggregate(
        _ model: String, _ functions: JSONValue, scopes: [ScopeRequest] = [], where condition: FilterExpression,
        count: Bool = true
    ) async throws -> AggregateResult {
        try await aggregate(model, functions, scopes: scopes, where: try condition.json, count: count)
    }
}

/// Numbers about all records that were found, and what they took.
///
/// ```swift
/// let numbers = try await database.aggregate("Order", ["sum": "total"], where: ["customerId": 7])
/// let total: Decimal? = try numbers.value(.sum, of: "total")
/// ```
public struct AggregateResult: Sendable {
    /// What finding them took.
    public let statistics: ExecutionStatistics
    let summary: RelationSummary

    init(_ graph: Graph, _ plan: PreparedPlan) {
        statistics = graph.statistics
        summary =
            plan.numbers.map { Summarizer(graph, $0, of: plan.modelName).summary(inRow: 0) }
            ?? RelationSummary(nil, of: plan.modelName, count: nil, [])
    }

    /// How many records there are; nil where it wasn't asked.
    public var count: Int64? { summary.count.map { Int64($0) } }

    /// A number, as a type that can hold it.
    ///
    /// ```swift
    /// let mean = try numbers.value(.avg, of: "total", as: Double.self)
    /// ```
    ///
    /// - Returns: nil where no record has a value.
    /// - Throws: ``ModelError`` `PROPERTY_NOT_LOADED` for a number that wasn't asked for, `UNREADABLE_VALUE` for one that the type
    ///   can't hold.
    public func value<Value: PropertyValue>(
        _ function: Aggregate, of property: String, as type: Value.Type = Value.self
    ) throws(ModelError) -> Value? {
        try summary.value(function, property)
    }

    /// All of them, as the answer has those of a relation: `{"count": 12, "sum": {"total": 345.6}}`; null where no record has a value.
    public var json: JSONValue { .object(summary.json) }
}
