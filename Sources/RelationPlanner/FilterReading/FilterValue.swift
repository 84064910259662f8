// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A value that a filter written in Swift can compare with.
///
/// ```swift
/// enum Status: String, FilterValue { case open, shipped }
///
/// let open = FilterRequest().where(Field("status") == Status.open)
/// ```
///
/// Numbers, texts, booleans and ``JSONValue`` are values, and with `import Kinship` also `Date`, `UUID`, `Decimal`, `Data`
/// and `PostgresNumeric`; optionals, lists and dictionaries of values; and enumerations with a raw value, when they say so.
public protocol FilterValue: FilterPart {
    /// The value as JSON.
    var filterValue: JSONValue { get }
}

extension FilterValue {
    /// The value as JSON.
    public func part() -> JSONValue { filterValue }
}

extension JSONValue: FilterValue {
    /// The value itself.
    public var filterValue: JSONValue { self }
}

extension String: FilterValue {
    /// A string.
    public var filterValue: JSONValue { .string(self) }
}

extension Substring: FilterValue {
    /// A string.
    public var filterValue: JSONValue { .string(String(self)) }
}

extension Bool: FilterValue {
    /// `true` or `false`.
    public var filterValue: JSONValue { .bool(self) }
}

extension Double: FilterValue {
    /// The shortest decimal that gives the value back; what isn't finite by its name.
    public var filterValue: JSONValue { JSONValue(self) }
}

extension Float: FilterValue {
    /// The shortest decimal that gives the value back; what isn't finite by its name.
    public var filterValue: JSONValue {
        isFinite ? Double(description).map { JSONValue($0) } ?? JSONValue(Double(self)) : JSONValue(Double(self))
    }
}

extension FilterValue where Self: BinaryInteger {
    /// The digits.
    public var filterValue: JSONValue { .number(String(self)) }
}

extension Int: FilterValue {}
extension Int8: FilterValue {}
extension Int16: FilterValue {}
extension Int32: FilterValue {}
extension Int64: FilterValue {}
extension UInt: FilterValue {}
extension UInt8: FilterValue {}
extension UInt16: FilterValue {}
extension UInt32: FilterValue {}
extension UInt64: FilterValue {}

extension FilterValue where Self: RawRepresentable, RawValue: FilterValue {
    /// The raw value.
    public var filterValue: JSONValue { rawValue.filterValue }
}

extension Optional: FilterValue where Wrapped: FilterValue {
    /// The value, or `null`.
    public var filterValue: JSONValue { self?.filterValue ?? .null }
}

extension Array: FilterValue where Element: FilterValue {
    /// A list.
    public var filterValue: JSONValue { .array(map(\.filterValue)) }
}

extension Dictionary: FilterValue where Key == String, Value: FilterValue {
    /// An object, its members in alphabetical order.
    public var filterValue: JSONValue {
        .object(sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.filterValue) })
    }
}

extension JSONValue {
    /// The JSON form of a Swift value.
    ///
    /// ```swift
    /// let filter: JSONValue = ["where": ["customerId": JSONValue(customer), "placedAt": ["gte": JSONValue(Date())]]]
    /// ```
    ///
    /// `Date` (and `UUID`, `Decimal`, `Data`) come with `import Kinship`.
    public init(_ value: some FilterValue) { self = value.filterValue }
}
