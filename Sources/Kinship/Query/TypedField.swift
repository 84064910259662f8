// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A property that is asked about: what it can be compared with is of its type.
///
/// An optional property is compared with a value or with nil: `$0.born == nil`.
public struct TypedField<Value: PropertyValue>: Sendable, Hashable {
    /// The property's name, or the path to a place inside it.
    public let name: String

    init(_ name: String) { self.name = name }

    func asked(_ word: String, _ value: JSONValue) -> FilterExpression {
        FilterExpression(.object([.init(name, .object([.init(word, value)]))]))
    }

    /// A question with a value of the property's, which may have no JSON: then the condition fails where it is used.
    func asked<Part: PropertyValue>(
        _ word: String, of values: [Part], _ make: ([JSONValue]) -> JSONValue = { $0[0] }
    ) -> FilterExpression {
        do throws(CellError) {
            var all: [JSONValue] = []
            for value in values { all.append(try value.storedValue) }
            return asked(word, make(all))
        } catch {
            return FilterExpression(
                failing: PlannerError(
                    .invalidValue,
                    "\(name) can't be compared with a value of the type \(Part.self): \(error.explanation).",
                    path: "where.\(name)", property: name))
        }
    }

    private var column: JSONValue { .object([.init("column", .string(name))]) }

    // MARK: Comparing with values

    /// Equality; with nil: IS NULL.
    public static func == (field: TypedField, value: Value) -> FilterExpression { field.asked("eq", of: [value]) }
    /// Inequality; rows whose column is NULL don't match (K4). With nil: IS NOT NULL.
    public static func != (field: TypedField, value: Value) -> FilterExpression {
        field.asked("neq", of: [value])
    }
    /// Greater than a value.
    public static func > (field: TypedField, value: Value) -> FilterExpression { field.asked("gt", of: [value]) }
    /// At least a value.
    public static func >= (field: TypedField, value: Value) -> FilterExpression {
        field.asked("gte", of: [value])
    }
    /// Less than a value.
    public static func < (field: TypedField, value: Value) -> FilterExpression { field.asked("lt", of: [value]) }
    /// At most a value.
    public static func <= (field: TypedField, value: Value) -> FilterExpression {
        field.asked("lte", of: [value])
    }

    // MARK: Comparing with other properties

    /// Equal to another property of the same row.
    public static func == (field: TypedField, other: TypedField) -> FilterExpression { field.asked("eq", other.column) }
    /// Another value than another property of the same row.
    public static func != (field: TypedField, other: TypedField) -> FilterExpression {
        field.asked("neq", other.column)
    }
    /// Greater than another property of the same row.
    public static func > (field: TypedField, other: TypedField) -> FilterExpression { field.asked("gt", other.column) }
    /// At least another property of the same row.
    public static func >= (field: TypedField, other: TypedField) -> FilterExpression {
        field.asked("gte", other.column)
    }
    /// Less than another property of the same row.
    public static func < (field: TypedField, other: TypedField) -> FilterExpression { field.asked("lt", other.column) }
    /// At most another property of the same row.
    public static func <= (field: TypedField, other: TypedField) -> FilterExpression {
        field.asked("lte", other.column)
    }

    // MARK: Several values

    /// One of the values (`inq`); with nil among them also NULL.
    public func isIn(_ values: [Value]) -> FilterExpression { asked("inq", of: values) { .array($0) } }
    /// None of the values (`nin`).
    public func isNotIn(_ values: [Value]) -> FilterExpression { asked("nin", of: values) { .array($0) } }
    /// From a value to another, both included.
    public func between(_ low: Value, _ high: Value) -> FilterExpression {
        asked("between", of: [low, high]) { .array($0) }
    }
    /// Whether there is a value.
    public func exists(_ flag: Bool = true) -> FilterExpression { asked("exists", .bool(flag)) }
    /// Any operator by its name in JSON.
    public func `operator`(_ name: String, _ value: JSONValue) -> FilterExpression { asked(name, value) }

    // MARK: Other views

    /// The property as its text, for patterns on what is no text.
    public var text: TypedField<String> { TypedField<String>(name) }
    /// The property as an optional, to be compared with one.
    public var optional: TypedField<Value?> { TypedField<Value?>(name) }
    /// The property as another type, to be compared with a property of that type.
    ///
    /// ```swift
    /// database.query(Item.self).where { $0.price > $0.quantity.as(Decimal.self) }
    /// ```
    public func `as`<Other: PropertyValue>(_ type: Other.Type) -> TypedField<Other> { TypedField<Other>(name) }

    // MARK: Order

    /// From the least to the greatest; NULLs come last.
    public var ascending: OrderExpression { OrderExpression(name, isDescending: false) }
    /// From the greatest to the least; NULLs come first.
    public var descending: OrderExpression { OrderExpression(name, isDescending: true) }
}

/// What rows are ordered by.
public struct OrderExpression: Sendable, Hashable {
    /// The term as JSON has it.
    let text: String

    init(_ name: String, isDescending: Bool) { text = isDescending ? name + " DESC" : name }

    private init(text: String) { self.text = text }

    /// NULLs ahead of values.
    public var nullsFirst: OrderExpression { OrderExpression(text: text + " NULLS FIRST") }
    /// NULLs behind values.
    public var nullsLast: OrderExpression { OrderExpression(text: text + " NULLS LAST") }
}
