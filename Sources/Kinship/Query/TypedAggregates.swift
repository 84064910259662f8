// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Numbers about the records that a query finds, with the types of their properties.
///
/// ```swift
/// let numbers = try await database.query(Order.self).aggregate(count: true, sum: [\.total], average: [\.total])
/// let (total, mean) = (try numbers.sum(\.total), try numbers.average(\.total))  // Decimal?, Double?
/// ```
///
/// Reading a number that wasn't asked for throws ``ModelError`` `PROPERTY_NOT_LOADED`.
public struct TypedAggregates<Record: TypedModel>: Sendable {
    /// The same without types.
    public let result: AggregateResult

    init(_ result: AggregateResult) { self.result = result }

    /// How many records there are; nil where it wasn't asked.
    public var count: Int? { result.summary.count }

    /// The sum of a property.
    ///
    /// - Returns: nil where no record has a value.
    /// - Throws: ``ModelError`` `PROPERTY_NOT_LOADED` when it wasn't asked for, `UNREADABLE_VALUE` for a sum that the property's type
    ///   can't hold.
    public func sum<Value: PropertyValue>(_ property: KeyPath<Record, Value>) throws(ModelError) -> Value? {
        try value(.sum, property)
    }

    /// The sum of an optional property over the records that have a value; see ``sum(_:)``.
    public func sum<Value: PropertyValue>(_ property: KeyPath<Record, Value?>) throws(ModelError) -> Value? {
        try value(.sum, property)
    }

    /// The sum of a property as a type that can hold it, where the property's own is too narrow; see ``sum(_:)``.
    public func sum<Value: PropertyValue>(
        _ property: PartialKeyPath<Record>, as type: Value.Type
    ) throws(ModelError) -> Value? {
        try value(.sum, property)
    }

    /// The least value of a property; see ``sum(_:)``.
    public func min<Value: PropertyValue>(_ property: KeyPath<Record, Value>) throws(ModelError) -> Value? {
        try value(.min, property)
    }

    /// The least value of an optional property; see ``sum(_:)``.
    public func min<Value: PropertyValue>(_ property: KeyPath<Record, Value?>) throws(ModelError) -> Value? {
        try value(.min, property)
    }

    /// The greatest value of a property; see ``sum(_:)``.
    public func max<Value: PropertyValue>(_ property: KeyPath<Record, Value>) throws(ModelError) -> Value? {
        try value(.max, property)
    }

    /// The greatest value of an optional property; see ``sum(_:)``.
    public func max<Value: PropertyValue>(_ property: KeyPath<Record, Value?>) throws(ModelError) -> Value? {
        try value(.max, property)
    }

    /// The mean of a property, as `Double`, `Decimal` or another type that reads it; see ``sum(_:)``.
    public func average<Value: PropertyValue>(
        _ property: PartialKeyPath<Record>, as type: Value.Type = Double.self
    ) throws(ModelError) -> Value? {
        try value(.avg, property)
    }

    /// The `aggregate` of an include or a query: each function with the names of its properties.
    static func functions(
        sum: [PartialKeyPath<Record>], average: [PartialKeyPath<Record>], min: [PartialKeyPath<Record>],
        max: [PartialKeyPath<Record>]
    ) -> JSONValue {
        let all = [("sum", sum), ("avg", average), ("min", min), ("max", max)].filter { !$0.1.isEmpty }
        return .object(
            all.map { function in
                JSONValue.Member(
                    function.0, .array(function.1.map { .string(Record.definition.name(of: $0)) }))
            })
    }

    private func value<Value: PropertyValue>(
        _ function: Aggregate, _ property: PartialKeyPath<Record>
    ) throws(ModelError) -> Value? {
        try result.value(function, of: Record.definition.name(of: property))
    }
}
