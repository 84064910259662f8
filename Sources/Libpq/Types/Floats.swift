// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Cell {
    /// The number of a float4, float8, an integer of at most 53 bits, or the nearest to a numeric.
    @inlinable
    func double() throws(CellError) -> Double {
        if type.rawValue == 701, format == .binary {
            return Double(bitPattern: try value(count: 8).bigEndian(UInt64.self))
        }
        return try otherDouble()
    }

    @usableFromInline
    func otherDouble() throws(CellError) -> Double {
        let bytes = try value()
        switch (type.rawValue, format) {
        case (700, .binary): return Double(Float(bitPattern: try value(count: 4).bigEndian(UInt32.self)))
        case (20, _), (21, _), (23, _):
            guard let double = Double(exactly: try integer()) else {
                throw .outOfRange("the integer has more digits than Double can hold; decode Int64")
            }
            return double
        case (1700, _): return Double(try PostgresNumeric(cell: self))
        case (700, .text), (701, .text): break
        default: try refuse()
        }
        // Double(String) takes forms that PostgreSQL never sends, such as hexadecimal ones; they do no harm.
        guard let text = String(validating: bytes, as: UTF8.self), let double = Double(text) else {
            throw .malformed("it is not a number")
        }
        return double
    }
}

extension Double: PostgresCodable {
    /// `float8`.
    @inlinable public static var postgresType: TypeID { .float8 }
    /// `float8[]`.
    @inlinable public static var postgresArrayType: TypeID { .float8Array }
    /// Reads float4, float8, integers of at most 53 bits, and numerics (the nearest Double, infinite beyond its range).
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.double() }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension Float: PostgresCodable {
    /// `float4`.
    @inlinable public static var postgresType: TypeID { .float4 }
    /// `float4[]`.
    @inlinable public static var postgresArrayType: TypeID { .float4Array }
    /// Reads float4; float8, integers and numerics only when Float holds them exactly.
    @inlinable
    public init(cell: Cell) throws(CellError) {
        if cell.type == .float4, cell.format == .binary {
            self = Float(bitPattern: try cell.value(count: 4).bigEndian(UInt32.self))
            return
        }
        self = try cell.otherFloat()
    }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension Cell {
    @usableFromInline
    func otherFloat() throws(CellError) -> Float {
        if type == .float4, let bytes {
            guard let text = String(validating: bytes, as: UTF8.self), let float = Float(text) else {
                throw .malformed("it is not a number")
            }
            return float
        }
        let double = try double()
        if double.isNaN { return .nan }
        guard let float = Float(exactly: double) else {
            throw .outOfRange("the number has more digits than Float can hold; decode Double")
        }
        return float
    }
}
