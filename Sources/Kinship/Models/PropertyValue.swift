// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

/// A type that a property of a typed model can have: read from cells, compared with in queries, written in data.
///
/// ```swift
/// enum Status: String, PropertyValue { case open, paid, shipped, closed }
///
/// struct Email: RawRepresentable, PropertyValue {
///     var rawValue: String
/// }
/// ```
///
/// Types with a raw value need no more than that. Any other says how it is read (`init(cell:)`), what it is in JSON
/// (`filterValue`), and what column it is kept in (`propertyType`). Optionals and arrays of values are values.
public protocol PropertyValue: PostgresDecodable, FilterValue, Sendable {
    /// The property and column that a definition made of the model has for it.
    static var propertyType: PropertyType { get }
    /// What ``Graph/json(_:)`` shows for it; its ``FilterValue/filterValue`` unless the type says otherwise.
    var jsonValue: JSONValue { get }
    /// Reads what ``Graph/json(_:)`` shows; from the text of the column's type unless the type says otherwise.
    ///
    /// - Throws: ``CellError``.
    init(json: JSONValue) throws(CellError)
    /// What is written and compared with: ``FilterValue/filterValue``, of a type whose values may have none an error.
    ///
    /// - Throws: ``CellError`` for a value that can't be stored.
    var storedValue: JSONValue { get throws(CellError) }
}

/// The kind of a property and the type of its column, as a definition says them.
public struct PropertyType: Sendable, Hashable {
    /// LoopBack's type.
    public var kind: PropertyKind
    /// PostgreSQL's type.
    public var dataType: String
    /// Whether there may be no value.
    public var isOptional: Bool

    /// A type that isn't optional.
    public init(_ kind: PropertyKind, _ dataType: String) {
        self.kind = kind
        self.dataType = dataType
        isOptional = false
    }
}

extension PropertyValue {
    /// As in filters.
    public var jsonValue: JSONValue { filterValue }
    /// As in filters.
    public var storedValue: JSONValue { get throws(CellError) { filterValue } }

    /// Reads the text of a scalar as a cell of the column's type.
    public init(json: JSONValue) throws(CellError) {
        let text = try Self.text(of: json)
        let type = TypeID(rawValue: ColumnType(named: Self.propertyType.dataType).oid)
        var failure: CellError?
        var value: Self?
        var bytes = Array(text.utf8)
        // An empty buffer may have no address, which would be NULL.
        if bytes.isEmpty { bytes.reserveCapacity(1) }
        bytes.withUnsafeBytes { bytes in
            do throws(CellError) {
                value = try Self(cell: Cell(bytes: bytes, type: type, format: .text))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard let value else { throw .null }
        self = value
    }

    /// The text of JSON that a property of the type may be shown as; a number also in quotes, for those that JSON has no number for.
    private static func text(of json: JSONValue) throws(CellError) -> String {
        switch (propertyType.kind, json) {
        case (_, .null): throw .null
        case (.object, _), (.any, _), (.model, _), (.array, _), (.geopoint, _): return json.text ?? json.description
        case (.boolean, .bool(let flag)): return flag ? "t" : "f"
        case (.boolean, _): throw .malformed("it is \(json.kindName) and no boolean")
        case (.number, .number(let digits)): return digits
        case (.number, .string(let text)): return text
        case (.number, _): throw .malformed("it is \(json.kindName) and no number")
        case (_, .string(let text)): return text
        default: throw .malformed("it is \(json.kindName) and no text")
        }
    }
}

extension PropertyValue where Self: RawRepresentable, RawValue: PropertyValue {
    /// As the raw value's.
    public static var propertyType: PropertyType { RawValue.propertyType }
    /// The raw value's.
    public var jsonValue: JSONValue { rawValue.jsonValue }
    /// The raw value's.
    public var storedValue: JSONValue { get throws(CellError) { try rawValue.storedValue } }
    /// Reads the raw value.
    public init(json: JSONValue) throws(CellError) {
        guard let value = Self(rawValue: try RawValue(json: json)) else {
            throw .outOfRange("it is none of the values of \(Self.self)")
        }
        self = value
    }
}

extension Optional: PropertyValue where Wrapped: PropertyValue {
    /// The value's, optional.
    public static var propertyType: PropertyType {
        var type = Wrapped.propertyType
        type.isOptional = true
        return type
    }
    /// The value's, or `null`.
    public var jsonValue: JSONValue { self?.jsonValue ?? .null }
    /// The value's, or `null`.
    public var storedValue: JSONValue {
        get throws(CellError) {
            guard let value = self else { return .null }
            return try value.storedValue
        }
    }
    /// Reads `null` as nil.
    public init(json: JSONValue) throws(CellError) {
        if json == .null { self = .none } else { self = .some(try Wrapped(json: json)) }
    }
}

extension Array: PropertyValue where Element: PropertyValue {
    /// A list, kept as an array.
    public static var propertyType: PropertyType {
        PropertyType(.array(of: Element.propertyType.kind), Element.propertyType.dataType + "[]")
    }
    /// A list.
    public var jsonValue: JSONValue { .array(map(\.jsonValue)) }
    /// A list.
    public var storedValue: JSONValue {
        get throws(CellError) {
            var elements: [JSONValue] = []
            elements.reserveCapacity(count)
            for element in self { elements.append(try element.storedValue) }
            return .array(elements)
        }
    }
    /// Reads a list.
    public init(json: JSONValue) throws(CellError) {
        guard case .array(let elements) = json else {
            throw json == .null ? .null : .malformed("it is no list")
        }
        self = []
        reserveCapacity(elements.count)
        for element in elements { append(try Element(json: element)) }
    }
}
