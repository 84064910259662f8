// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedQuery {
    /// The sum of a property over the records that meet the conditions; limits have no effect.
    ///
    /// ```swift
    /// let total = try await database.query(Order.self).where { $0.status == .open }.sum(\.total)
    /// ```
    ///
    /// - Returns: nil where no record has a value.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` for a property that has no sums, and where the query starts behind a cursor, or ends
    ///   ahead of one; `PROHIBITED_PROPERTY` for what is hidden; ``ModelError`` `UNREADABLE_VALUE` for a sum that the property's type
    ///   can't hold.
    /// - Note: One statement.
    public func sum<Value: PropertyValue>(_ property: KeyPath<Record, Value>) async throws -> Value? {
        try await number(.sum, property)
    }

    /// The sum of an optional property over the records that have a value; see ``sum(_:)``.
    public func sum<Value: PropertyValue>(_ property: KeyPath<Record, Value?>) async throws -> Value? {
        try await number(.sum, property)
    }

    /// The sum of a property as a type that can hold it, where the property's own is too narrow.
    ///
    /// ```swift
    /// let quantity = try await database.query(Item.self).sum(\.quantity, as: Int64.self)
    /// ```
    ///
    /// - Throws: as ``sum(_:)``.
    /// - Note: One statement.
    public func sum<Value: PropertyValue>(
        _ property: PartialKeyPath<Record>, as type: Value.Type
    ) async throws -> Value? {
        try await number(.sum, property)
    }

    /// The least value of a property; see ``sum(_:)``. Where an index has it, the server looks at no other record.
    public func min<Value: PropertyValue>(_ property: KeyPath<Record, Value>) async throws -> Value? {
        try await number(.min, property)
    }

    /// The least value of an optional property; see ``sum(_:)``.
    public func min<Value: PropertyValue>(_ property: KeyPath<Record, Value?>) async throws -> Value? {
        try await number(.min, property)
    }

    /// The greatest value of a property; see ``sum(_:)``. Where an index has it, the server looks at no other record.
    public func max<Value: PropertyValue>(_ property: KeyPath<Record, Value>) async throws -> Value? {
        try await number(.max, property)
    }

    /// The greatest value of an optional property; see ``sum(_:)``.
    public func max<Value: PropertyValue>(_ property: KeyPath<Record, Value?>) async throws -> Value? {
        try await number(.max, property)
    }

    /// The mean of a property, as `Double`, `Decimal` or another type that reads it; see ``sum(_:)``.
    public func average<Value: PropertyValue>(
        _ property: PartialKeyPath<Record>, as type: Value.Type = Double.self
    ) async throws -> Value? {
        try await number(.avg, property)
    }

    /// Several numbers at once.
    ///
    /// ```swift
    /// let numbers = try await database.query(Order.self).aggregate(count: true, sum: [\.total], max: [\.placedAt])
    /// print(numbers.count ?? 0, try numbers.sum(\.total) ?? 0)
    /// ```
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where nothing is asked for; else as ``sum(_:)``.
    /// - Note: One statement.
    public func aggregate(
        count: Bool = false, sum: [PartialKeyPath<Record>] = [], average: [PartialKeyPath<Record>] = [],
        min: [PartialKeyPath<Record>] = [], max: [PartialKeyPath<Record>] = []
    ) async throws -> TypedAggregates<Record> {
        let functions = TypedAggregates<Record>.functions(sum: sum, average: average, min: min, max: max)
        return TypedAggregates(try await numbers(functions, count))
    }

    private func number<Value: PropertyValue>(
        _ function: Aggregate, _ property: PartialKeyPath<Record>
    ) async throws -> Value? {
        let name = Record.definition.name(of: property)
        let functions = JSONValue.object([.init(function.rawValue, .string(name))])
        return try await numbers(functions, false).value(function, of: name)
    }

    /// Numbers about the records that ``count()`` counts.
    private func numbers(_ functions: JSONValue, _ count: Bool) async throws -> AggregateResult {
        let asked = try parts.counting(Record.self)
        if let asked, asked["withDeleted"] != nil {
            return try await session.aggregate(model, functions, scopes: scopes, filter: asked, count: count)
        }
        let condition = asked?["where"]
        return try await session.aggregate(model, functions, scopes: scopes, where: condition, count: count)
    }
}
