// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A number about the records that a to-many relation leads to, which can be compared: how many there are, or what a property of
/// theirs comes to.
///
/// ```swift
/// let loyal = database.query(Customer.self).where { $0.orders.count >= 3 }
/// let paid = database.query(Customer.self).where { $0.orders.sum(\.total, where: { $0.status == .paid }) > 1000 }
/// ```
///
/// Of no records the count is 0, and there is no other number: a comparison with it is false, and so is its `!=`.
public protocol RelatedNumeric<Value>: Sendable {
    /// What it is compared with.
    associatedtype Value: PropertyValue
    /// The number.
    var number: RelatedNumber<Value> { get }
}

extension RelatedNumeric {
    /// Equality; with nil: there is none, as there are no records that have the property.
    public static func == (one: Self, value: Value?) -> FilterExpression {
        guard let value else { return one.number.field { $0.exists(false) } }
        return one.number.field { $0 == value }
    }
    /// Another value; with nil: there is one.
    public static func != (one: Self, value: Value?) -> FilterExpression {
        guard let value else { return one.number.field { $0.exists() } }
        return one.number.field { $0 != value }
    }
    /// Greater than a value.
    public static func > (one: Self, value: Value) -> FilterExpression { one.number.field { $0 > value } }
    /// At least a value.
    public static func >= (one: Self, value: Value) -> FilterExpression { one.number.field { $0 >= value } }
    /// Less than a value.
    public static func < (one: Self, value: Value) -> FilterExpression { one.number.field { $0 < value } }
    /// At most a value.
    public static func <= (one: Self, value: Value) -> FilterExpression { one.number.field { $0 <= value } }
    /// From a value to another, both included.
    public func between(_ low: Value, _ high: Value) -> FilterExpression { number.field { $0.between(low, high) } }
    /// One of the values.
    public func isIn(_ values: [Value]) -> FilterExpression { number.field { $0.isIn(values) } }
}

/// A number about those of the related records that meet a condition; see ``RelatedNumeric``.
public struct RelatedNumber<Value: PropertyValue>: RelatedNumeric {
    /// The relation's name; those of the to-one relations that lead to it ahead of it.
    let path: [String]
    /// The function, and the property it is of.
    let words: [String]
    /// Which of the records; nil for all.
    let condition: FilterExpression?

    /// The number itself.
    public var number: RelatedNumber { self }

    /// What is asked of it, as of a property that has the number's place in a filter.
    func field(_ ask: (TypedField<Value>) -> FilterExpression) -> FilterExpression {
        let place = words[words.count - 1]
        let asked = ask(TypedField(place))
        do throws(PlannerError) {
            guard var json = try asked.json[place] else { return asked }
            for word in words.reversed() { json = .object([.init(word, json)]) }
            guard case .object(var members) = json else { return asked }
            if let condition {
                members.append(.init("where", FilterExpression.simplified([try condition.json]) ?? [:]))
            }
            return .related(path, members)
        } catch {
            // What has no JSON form keeps its error, which comes where the condition is used.
            return FilterExpression(failing: error)
        }
    }
}

/// A number about all records of a to-many relation: to compare it, or to order by it.
public struct RelatedField<Value: PropertyValue>: RelatedNumeric {
    /// The number, to compare it.
    public let number: RelatedNumber<Value>
    /// What orders call it.
    private let name: String

    init(_ number: RelatedNumber<Value>, name: String) {
        self.number = number
        self.name = name
    }

    /// From the least to the greatest; NULLs come last.
    public var ascending: OrderExpression { OrderExpression(name, isDescending: false) }
    /// From the greatest to the least; NULLs come first.
    public var descending: OrderExpression { OrderExpression(name, isDescending: true) }
}
