// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

// `[UInt8]` is bytea and not an array of small numbers: the depth of -1 makes an array of bytes count as a single value.
extension UInt8: PostgresCodable {
    /// `int2`.
    @inlinable public static var postgresType: TypeID { .int2 }
    /// `bytea`.
    @inlinable public static var postgresArrayType: TypeID { .bytea }
    /// Implementation detail of arrays.
    @inlinable public static var _arrayDepth: Int { -1 }
    /// Implementation detail of arrays.
    @inlinable public static var _parameterDepth: Int { -1 }

    /// Reads an integer from 0 to 255.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.integer(as: UInt8.self) }

    /// Appends an int2.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int16(self)) }

    /// Reads bytea.
    public static func _decodeArray(_ cell: Cell) throws(CellError) -> [UInt8] { try cell.bytea() }

    /// Appends bytea.
    public static func _encodeArray(_ values: [UInt8], into bytes: inout [UInt8]) { bytes.append(contentsOf: values) }
}

extension Data: PostgresCodable {
    /// `bytea`.
    public static var postgresType: TypeID { .bytea }
    /// `bytea[]`.
    public static var postgresArrayType: TypeID { .byteaArray }
    /// Reads bytea.
    public init(cell: Cell) throws(CellError) { self = Data(try cell.bytea()) }
    /// Appends bytea.
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

extension Cell {
    /// The bytes of a bytea; as text, in the `hex` or `escape` form of `bytea_output`.
    @usableFromInline
    func bytea() throws(CellError) -> [UInt8] {
        let bytes = try value()
        try require(type == .bytea)
        if format == .binary { return [UInt8](bytes) }
        var result: [UInt8] = []
        if bytes.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]) {
            guard bytes.count % 2 == 0 else { throw .malformed("it has an odd number of hexadecimal digits") }
            result.reserveCapacity(bytes.count / 2 - 1)
            for index in stride(from: 2, to: bytes.count, by: 2) {
                guard let high = Hexadecimal.value(bytes[index]), let low = Hexadecimal.value(bytes[index + 1]) else {
                    throw .malformed("it contains what is not a hexadecimal digit")
                }
                result.append(high << 4 | low)
            }
            return result
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\\") {
                result.append(byte)
                index += 1
            } else {
                guard index + 3 <= bytes.count,
                    let value = UInt8(String(decoding: bytes[index..<index + 3], as: UTF8.self), radix: 8)
                else { throw .malformed("it contains an invalid escape") }
                result.append(value)
                index += 3
            }
        }
        return result
    }
}

/// Hexadecimal digits.
enum Hexadecimal {
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// A cell as it came: the way to types that have no Swift type here.
///
/// ```swift
/// let box = try rows.decode(RawCell.self, row: 0, column: 0)
/// print(box.type.rawValue, box.format, box.bytes.count)
/// ```
public struct RawCell: PostgresDecodable, Sendable, Hashable {
    /// The bytes.
    public var bytes: [UInt8]
    /// The type.
    public var type: TypeID
    /// How the bytes are to be read.
    public var format: Cell.Format

    /// Copies a cell.
    public init(cell: Cell) throws(CellError) {
        bytes = [UInt8](try cell.value())
        type = cell.type
        format = cell.format
    }
}
