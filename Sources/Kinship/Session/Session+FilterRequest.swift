// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

// Filters written in Swift. A literal that JSON alone can stand for is JSON, with its members in their order: hence the
// attribute, without which the compiler finds both forms equally good.

extension Session {
    /// ``find(_:filter:)-(String,JSONValue?)`` with a filter written in Swift, or as a literal with variables in it.
    ///
    /// ```swift
    /// let orders = try await database.find("Order", filter: ["where": ["customerId": id, "status": "open"], "limit": 10])
    /// let large = try await database.find("Order", filter: FilterRequest().where(Field("total") > least).include("items"))
    /// ```
    ///
    /// - Throws: as with JSON; `INVALID_FILTER` for a value of a type that can't be part of a filter.
    @_disfavoredOverload
    public func find(_ model: String, filter: FilterRequest) async throws -> Graph {
        try await find(model, filter: try filter.json)
    }

    /// ``find(_:scopes:filter:)`` with a filter written in Swift.
    ///
    /// ```swift
    /// let graph = try await database.find("Order", scopes: ["open"], filter: ["where": ["customerId": id]])
    /// ```
    @_disfavoredOverload
    public func find(_ model: String, scopes: [ScopeRequest], filter: FilterRequest) async throws -> Graph {
        try await find(model, scopes: scopes, filter: try filter.json)
    }

    /// ``findOne(_:scopes:filter:)`` with a filter written in Swift.
    ///
    /// ```swift
    /// let graph = try await database.findOne("Customer", filter: ["where": ["email": email]])
    /// ```
    @_disfavoredOverload
    public func findOne(
        _ model: String, scopes: [ScopeRequest] = [], filter: FilterRequest
    ) async throws -> Graph {
        try await findOne(model, scopes: scopes, filter: try filter.json)
    }

    /// ``findById(_:id:filter:)`` with a filter written in Swift.
    ///
    /// ```swift
    /// let graph = try await database.findById(
    ///     "Customer", id: id, filter: FilterRequest().include("orders", ["where": ["placedAt": ["gte": since]]]))
    /// ```
    @_disfavoredOverload
    public func findById(_ model: String, id: some FilterPart, filter: FilterRequest) async throws -> Graph {
        try await findById(model, id: id, filter: try filter.json)
    }

    /// ``findByIds(_:ids:filter:)-(String,[FilterPart],_)`` with a filter written in Swift.
    ///
    /// ```swift
    /// let graph = try await database.findByIds("Customer", ids: ids, filter: ["where": ["createdAt": ["gte": since]]])
    /// ```
    @_disfavoredOverload
    public func findByIds(_ model: String, ids: [some FilterPart], filter: FilterRequest) async throws -> Graph {
        try await findByIds(model, ids: ids, filter: try filter.json)
    }

    /// ``count(_:where:)-(String,JSONValue?)`` with a condition written in Swift.
    ///
    /// ```swift
    /// let open = try await database.count("Order", where: ["customerId": id, "status": "open"]).count
    /// ```
    @_disfavoredOverload
    public func count(_ model: String, where condition: FilterExpression) async throws -> CountResult {
        try await count(model, where: try condition.json)
    }

    /// ``count(_:scopes:where:)`` with a condition written in Swift.
    ///
    /// ```swift
    /// let count = try await database.count("Order", scopes: ["open"], where: ["customerId": id]).count
    /// ```
    @_disfavoredOverload
    public func count(
        _ model: String, scopes: [ScopeRequest], where condition: FilterExpression
    ) async throws -> CountResult {
        try await count(model, scopes: scopes, where: try condition.json)
    }

    /// ``related(_:id:relation:scopes:filter:)`` with a filter written in Swift.
    ///
    /// ```swift
    /// let orders = try await database.related(
    ///     "Customer", id: id, relation: "orders", filter: ["where": ["total": ["gt": least]]])
    /// ```
    @_disfavoredOverload
    public func related(
        _ model: String, id: some FilterPart, relation: String, scopes: [ScopeRequest] = [], filter: FilterRequest
    ) async throws -> RelatedRecords {
        try await related(model, id: id, relation: relation, scopes: scopes, filter: try filter.json)
    }

    /// ``relatedCount(_:id:relation:scopes:where:)`` with a condition written in Swift.
    ///
    /// ```swift
    /// let count = try await database.relatedCount("Customer", id: id, relation: "orders", where: ["status": status])
    /// ```
    @_disfavoredOverload
    public func relatedCount(
        _ model: String, id: some FilterPart, relation: String, scopes: [ScopeRequest] = [],
        where condition: FilterExpression
    ) async throws -> CountResult {
        try await relatedCount(model, id: id, relation: relation, scopes: scopes, where: try condition.json)
    }

    /// ``stream(_:scopes:filter:batchSize:fileID:line:)`` with a filter written in Swift.
    ///
    /// ```swift
    /// for try await graph in try database.stream("Order", filter: ["where": ["placedAt": ["gte": since]]]) {
    ///     print(graph.count)
    /// }
    /// ```
    @_disfavoredOverload
    public func stream(
        _ model: String, scopes: [ScopeRequest] = [], filter: FilterRequest, batchSize: Int = 1000,
        fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> GraphStream {
        try stream(
            model, scopes: scopes, filter: try filter.json, batchSize: batchSize, fileID: fileID, line: line)
    }

    /// ``explain(_:filter:analyze:)-(String,JSONValue?,_)`` with a filter written in Swift.
    ///
    /// ```swift
    /// print(try await database.explain("Order", filter: ["where": ["customerId": id]]).tree.text())
    /// ```
    @_disfavoredOverload
    public func explain(
        _ model: String, filter: FilterRequest, analyze: Explanation.Analysis = .none
    ) async throws -> Explanation {
        try await explain(model, filter: try filter.json, analyze: analyze)
    }
}
