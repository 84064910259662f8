// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Date: PropertyValue {
    /// A date, `timestamp with time zone`.
    public static var propertyType: PropertyType { PropertyType(.date, "timestamp with time zone") }
    /// ISO 8601 in UTC with milliseconds (K9).
    public var jsonValue: JSONValue { PostgresTimestampTZ(self)?.jsonValue ?? filterValue }
}

extension UUID: PropertyValue {
    /// A string, `uuid`.
    public static var propertyType: PropertyType { PropertyType(.string, "uuid") }
}

extension Data: PropertyValue {
    /// Bytes, `bytea`.
    public static var propertyType: PropertyType { PropertyType(.buffer, "bytea") }
    /// Reads base64.
    public init(json: JSONValue) throws(CellError) {
        guard case .string(let text) = json else { throw json == .null ? .null : .malformed("it is no base64") }
        guard let data = Data(base64Encoded: text) else { throw .malformed("it is no base64") }
        self = data
    }
}

extension Decimal: PropertyValue {
    /// A number, `numeric`.
    public static var propertyType: PropertyType { PropertyType(.number, "numeric") }

    /// Reads numeric and the integer types, exactly.
    ///
    /// - Throws: ``CellError/outOfRange(_:)`` for more than 38 digits, and for the infinities; read `PostgresNumeric` then.
    public init(cell: Cell) throws(CellError) {
        if cell.type == .numeric, cell.format == .binary, let bytes = cell.bytes, let value = Self.short(bytes) {
            self = value
            return
        }
        let number = try PostgresNumeric(cell: cell)
        switch number.kind {
        case .nan: self = .nan
        case .positiveInfinity, .negativeInfinity:
            throw .outOfRange("it is infinite, which Decimal can't be; read PostgresNumeric")
        case .finite:
            let text = number.description
            let digits = text.utf8.reduce(0) { $0 + ($1 >= UInt8(ascii: "0") && $1 <= UInt8(ascii: "9") ? 1 : 0) }
            guard digits <= 38, let value = Decimal(string: text) else {
                throw .outOfRange("it has more than the 38 digits of Decimal; read PostgresNumeric")
            }
            self = value
        }
    }

    /// A number of at most 16 digits before and behind the point together, as most are; nil for all others.
    ///
    /// The wire form has counts and weight, then digits to the base of 10,000 (`numeric_send` in utils/adt/numeric.c).
    private static func short(_ bytes: UnsafeRawBufferPointer) -> Decimal? {
        func part(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        }
        guard bytes.count >= 8 else { return nil }
        let (count, sign) = (Int(part(0)), part(2))
        guard count <= 4, bytes.count == 8 + 2 * count, sign == 0 || sign == 0x4000 else { return nil }
        var digits: UInt64 = 0
        for index in 0..<count {
            let digit = part(4 + index)
            guard digit < 10_000 else { return nil }
            digits = digits * 10_000 + UInt64(digit)
        }
        guard digits != 0 else { return 0 }
        var exponent = 4 * (Int(Int16(bitPattern: part(1))) - count + 1)
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        guard (-100...100).contains(exponent) else { return nil }
        return Decimal(sign: sign == 0 ? .plus : .minus, exponent: exponent, significand: Decimal(digits))
    }
}

extension URL: PropertyValue {
    /// A string, `text`.
    public static var propertyType: PropertyType { PropertyType(.string, "text") }
    /// The text.
    public var filterValue: JSONValue { .string(absoluteString) }
    /// Reads a text.
    public init(cell: Cell) throws(CellError) {
        guard let url = URL(string: try String(cell: cell)) else { throw .malformed("it is no URL") }
        self = url
    }
}

/// A JSON document that is read as a type of one's own.
///
/// ```swift
/// struct Settings: Codable, Hashable, Sendable { var theme: String }
///
/// struct Account: TypedModel {
///     var settings: Document<Settings>   // jsonb, json, or text that holds JSON
///     …
/// }
/// print(account.settings.content.theme)
/// ```
public struct Document<Content: Codable & Sendable>: Sendable {
    /// What the document holds.
    public var content: Content

    /// A document.
    public init(_ content: Content) { self.content = content }
}

extension Document: Equatable where Content: Equatable {}
extension Document: Hashable where Content: Hashable {}

extension Document: PropertyValue {
    /// An object, `jsonb`.
    public static var propertyType: PropertyType { PropertyType(.object, "jsonb") }

    /// The document; null where it can't be encoded, which ``storedValue`` refuses.
    public var filterValue: JSONValue { (try? storedValue) ?? .null }

    /// The document, its members in alphabetical order.
    ///
    /// - Throws: ``CellError`` where the content can't be encoded.
    public var storedValue: JSONValue {
        get throws(CellError) {
            do {
                // In the same order each time: dictionaries have none.
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys]
                return try JSONValue(parsing: Array(encoder.encode(content)), maximumDepth: 512)
            } catch {
                throw .malformed("the document can't be encoded: \(Self.reason(of: error))")
            }
        }
    }

    /// Reads json, jsonb, and text that holds JSON.
    public init(cell: Cell) throws(CellError) { try self.init(text: try String(cell: cell)) }

    /// Reads a document.
    public init(json: JSONValue) throws(CellError) { try self.init(text: json.description) }

    private init(text: String) throws(CellError) {
        do {
            content = try JSONDecoder().decode(Content.self, from: Data(text.utf8))
        } catch {
            throw .malformed("the document is no \(Content.self): \(Self.reason(of: error))")
        }
    }

    /// Which member is wrong, without its value.
    private static func reason(of error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "\"\(place(context.codingPath + [key]))\" is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "\"\(place(context.codingPath))\" is of another type"
        case EncodingError.invalidValue(_, let context):
            let path = place(context.codingPath)
            return path.isEmpty ? "JSON has nothing for it" : "JSON has nothing for what is at \"\(path)\""
        default: return error is DecodingError ? "it doesn't fit" : "its own encoding failed"
        }
    }
}
