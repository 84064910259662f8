// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A property, a path inside a JSON property, or a relation, by its name.
///
/// ```swift
/// Field("settings.theme") == "dark"
/// Field("orders").some(Field("total") > 100)
/// Field("total") > Field("tax")
/// ```
public struct Field: Sendable, Hashable {
    /// The name.
    public var name: String

    /// A name.
    public init(_ name: String) { self.name = name }

    private func asked(_ word: String, _ value: JSONValue) -> FilterExpression {
        FilterExpression(.object([.init(name, .object([.init(word, value)]))]))
    }

    /// Equality; with nil: IS NULL.
    public static func == (field: Field, value: some FilterValue) -> FilterExpression {
        field.asked("eq", value.filterValue)
    }
    /// Equality with a JSON value; with nil: IS NULL.
    public static func == (field: Field, value: JSONValue) -> FilterExpression { field.asked("eq", value) }
    /// Inequality; rows whose column is NULL don't match (K4). With nil: IS NOT NULL.
    public static func != (field: Field, value: some FilterValue) -> FilterExpression {
        field.asked("neq", value.filterValue)
    }
    /// Inequality with a JSON value; with nil: IS NOT NULL.
    public static func != (field: Field, value: JSONValue) -> FilterExpression { field.asked("neq", value) }
    /// Greater than a value.
    public static func > (field: Field, value: some FilterValue) -> FilterExpression {
        field.asked("gt", value.filterValue)
    }
    /// At least a value.
    public static func >= (field: Field, value: some FilterValue) -> FilterExpression {
        field.asked("gte", value.filterValue)
    }
    /// Less than a value.
    public static func < (field: Field, value: some FilterValue) -> FilterExpression {
        field.asked("lt", value.filterValue)
    }
    /// At most a value.
    public static func <= (field: Field, value: some FilterValue) -> FilterExpression {
        field.asked("lte", value.filterValue)
    }
    /// Greater than another property of the same row.
    public static func > (field: Field, other: Field) -> FilterExpression { field.asked("gt", other.column) }
    /// At least another property of the same row.
    public static func >= (field: Field, other: Field) -> FilterExpression { field.asked("gte", other.column) }
    /// Less than another property of the same row.
    public static func < (field: Field, other: Field) -> FilterExpression { field.asked("lt", other.column) }
    /// At most another property of the same row.
    public static func <= (field: Field, other: Field) -> FilterExpression { field.asked("lte", other.column) }
    /// Equal to another property of the same row.
    public func equals(_ other: Field) -> FilterExpression { asked("eq", other.column) }

    private var column: JSONValue { ["column": .string(name)] }

    /// One of the values (`inq`).
    public func isIn(_ values: [some FilterValue]) -> FilterExpression { asked("inq", values.filterValue) }
    /// None of the values (`nin`).
    public func isNotIn(_ values: [some FilterValue]) -> FilterExpression { asked("nin", values.filterValue) }
    /// From a value to another, both included.
    public func between(_ low: some FilterValue, _ high: some FilterValue) -> FilterExpression {
        asked("between", [low.filterValue, high.filterValue])
    }
    /// A LIKE pattern.
    public func like(_ pattern: String) -> FilterExpression { asked("like", .string(pattern)) }
    /// A LIKE pattern, whatever the case.
    public func ilike(_ pattern: String) -> FilterExpression { asked("ilike", .string(pattern)) }
    /// A POSIX regular expression, `/…/i` to ignore case.
    public func matches(_ expression: String) -> FilterExpression { asked("regexp", .string(expression)) }
    /// A text that begins so; wildcards are plain characters.
    public func startsWith(_ text: String) -> FilterExpression { asked("startsWith", .string(text)) }
    /// A text that ends so.
    public func endsWith(_ text: String) -> FilterExpression { asked("endsWith", .string(text)) }
    /// A text with this part, or an array with these values.
    public func contains(_ value: some FilterValue) -> FilterExpression { asked("contains", value.filterValue) }
    /// Whether there is a value.
    public func exists(_ flag: Bool = true) -> FilterExpression { asked("exists", .bool(flag)) }
    /// Any operator by its name in JSON.
    public func `operator`(_ name: String, _ value: JSONValue) -> FilterExpression { asked(name, value) }

    /// At least one related row meets the condition.
    public func some(_ condition: FilterExpression = FilterExpression([:])) -> FilterExpression {
        .related(name, "some", condition)
    }
    /// All related rows meet the condition.
    public func every(_ condition: FilterExpression) -> FilterExpression { .related(name, "every", condition) }
    /// No related row meets the condition.
    public func none(_ condition: FilterExpression = FilterExpression([:])) -> FilterExpression {
        .related(name, "none", condition)
    }
    /// The related row of a to-one relation meets the condition.
    public func `is`(_ condition: FilterExpression) -> FilterExpression { .related(name, "is", condition) }
    /// There is no related row that meets the condition.
    public func isNot(_ condition: FilterExpression) -> FilterExpression { .related(name, "isNot", condition) }
}
