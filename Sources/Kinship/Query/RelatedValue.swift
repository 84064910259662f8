// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A property of the record that a to-one relation leads to: to be compared with, and ordered by.
///
/// ```swift
/// database.query(Order.self).where { $0.customer.vip == true }.order { $0.customer.name.ascending }
/// ```
///
/// A comparison holds where there is a related record that it holds for, as `is` says; two in one condition are asked of the same one.
public struct RelatedValue<Value: PropertyValue>: Sendable, Hashable {
    /// The to-one relations that lead to the record.
    let relations: [String]
    let field: TypedField<Value>

    private var name: String { (relations + [field.name]).joined(separator: ".") }

    /// From the least to the greatest; NULLs come last.
    public var ascending: OrderExpression { OrderExpression(name, isDescending: false) }
    /// From the greatest to the least; NULLs come first.
    public var descending: OrderExpression { OrderExpression(name, isDescending: true) }

    /// Any condition on the property.
    ///
    /// ```swift
    /// database.query(Order.self).where { $0.customer.name.is { $0.like("A%") } }
    /// ```
    public func `is`(_ condition: (TypedField<Value>) -> FilterExpression) -> FilterExpression {
        let condition = condition(field)
        do throws(PlannerError) {
            return .related(relations, "is", try condition.json)
        } catch {
            return condition
        }
    }

    /// Equality; with nil: the record has none.
    public static func == (field: RelatedValue, value: Value) -> FilterExpression { field.is { $0 == value } }
    /// Inequality; NULL doesn't match (K4).
    public static func != (field: RelatedValue, value: Value) -> FilterExpression { field.is { $0 != value } }
    /// Greater than a value.
    public static func > (field: RelatedValue, value: Value) -> FilterExpression { field.is { $0 > value } }
    /// At least a value.
    public static func >= (field: RelatedValue, value: Value) -> FilterExpression { field.is { $0 >= value } }
    /// Less than a value.
    public static func < (field: RelatedValue, value: Value) -> FilterExpression { field.is { $0 < value } }
    /// At most a value.
    public static func <= (field: RelatedValue, value: Value) -> FilterExpression { field.is { $0 <= value } }
    /// One of the values.
    public func isIn(_ values: [Value]) -> FilterExpression { self.is { $0.isIn(values) } }
}

extension RelatedValue where Value: DocumentValue {
    /// The value at a place inside the document; see ``TypedField/at(_:_:)``.
    public func at<Inner: PropertyValue>(_ path: String, _ type: Inner.Type) -> RelatedValue<Inner?> {
        RelatedValue<Inner?>(relations: relations, field: field.at(path, type))
    }
}
