// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedQuery {
    /// Changes the records that meet the query's conditions.
    ///
    /// ```swift
    /// let closed = try await database.query(Order.self).where { $0.total == 0 }.update { $0.status = .closed }
    /// try await database.query(Product.self).where { $0.id == 7 }.update { $0.price += 1 }
    /// ```
    ///
    /// - Parameter set: what is changed; what isn't set stays as it is.
    /// - Returns: how many there were.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` without a condition, which may have been forgotten, and for whatever else the query
    ///   says, as it would have no effect; else as ``Session/updateAll(_:where:_:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func update(_ set: (inout Changes<Record>) -> Void) async throws -> Int {
        try await update(try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: "updateAll"), set)
    }

    /// Changes all records of the model, or those that meet the query's conditions where it has any; see ``update(_:)``.
    @discardableResult
    public func updateAll(_ set: (inout Changes<Record>) -> Void) async throws -> Int {
        try await update(try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: nil), set)
    }

    private func update(_ condition: JSONValue, _ set: (inout Changes<Record>) -> Void) async throws -> Int {
        var changes = Changes<Record>()
        set(&changes)
        return Int(try await session.updateAll(model, where: condition, try changes.json).count)
    }

    /// Deletes the records that meet the query's conditions.
    ///
    /// ```swift
    /// let gone = try await database.query(Review.self).where { $0.rating == 0 }.delete()
    /// ```
    ///
    /// - Returns: how many there were.
    /// - Throws: as ``update(_:)``; else as ``Session/deleteAll(_:where:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func delete() async throws -> Int {
        let condition = try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: "deleteAll")
        return Int(try await session.deleteAll(model, where: condition).count)
    }

    /// Deletes all records of the model, or those that meet the query's conditions where it has any; see ``delete()``.
    @discardableResult
    public func deleteAll() async throws -> Int {
        let condition = try parts.condition(toChange: Record.self, scopes.isEmpty, orAll: nil)
        return Int(try await session.deleteAll(model, where: condition).count)
    }
}

extension FilterParts {
    /// The conditions of a change of many records: all else that was said would have no effect, and is refused.
    ///
    /// - Parameters:
    ///   - isUnscoped: whether no named scope was asked for.
    ///   - all: the method that means all records, where there has to be a condition.
    func condition<Record: TypedModel>(
        toChange _: Record.Type, _ isUnscoped: Bool, orAll all: String?
    ) throws(PlannerError) -> JSONValue {
        let model = Record.definition.name
        var rest = ["limit", "skip", "after", "before", "withDeleted", "distinct"].filter {
            request.member($0) != nil
        }
        if isNone { rest.append("limit") }
        if !order.isEmpty { rest.append("order") }
        if request.hasIncludes { rest.append("include") }
        if !isUnscoped { rest.append("scope") }
        guard rest.isEmpty else {
            throw PlannerError(
                .invalidFilter,
                "Of a query only its conditions say which \(model) are changed; leave \(rest.joined(separator: ", ")) out.",
                path: rest[0], model: model)
        }
        if let condition = try condition { return condition }
        guard let all else { return [:] }
        throw PlannerError(
            .invalidFilter, "Say with where which \(model) are meant, or ask for \(all) if it is all of them.",
            path: "where", model: model)
    }
}
