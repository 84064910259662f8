// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Cell {
    /// The integer of an int2, int4, int8, oid or whole numeric.
    @inlinable
    func integer() throws(CellError) -> Int64 {
        guard format == .binary else { return try textInteger() }
        switch type.rawValue {
        case 20: return try value(count: 8).bigEndian(Int64.self)
        case 23: return Int64(try value(count: 4).bigEndian(Int32.self))
        case 21: return Int64(try value(count: 2).bigEndian(Int16.self))
        case 26: return Int64(try value(count: 4).bigEndian(UInt32.self))
        default: return try otherInteger()
        }
    }

    @inlinable
    func integer<Value: FixedWidthInteger>(as _: Value.Type) throws(CellError) -> Value {
        let wide = try integer()
        guard let value = Value(exactly: wide) else { throw Self.outOfRange(Value.self) }
        return value
    }

    @usableFromInline
    static func outOfRange(_ type: Any.Type) -> CellError { .outOfRange("the number is out of the range of \(type)") }

    @usableFromInline
    func otherInteger() throws(CellError) -> Int64 {
        guard bytes != nil else { throw .null }
        switch type.rawValue {
        case 24, 28, 29, 2202...2206, 3734, 3769, 4089, 4096, 4191:  // regproc, xid, cid and the other reg* types
            return Int64(try value(count: 4).bigEndian(UInt32.self))
        case 1700:
            let numeric = try PostgresNumeric(cell: self)
            guard let value = Int64(exactly: numeric) else {
                throw .outOfRange("the number has a fraction or is out of the range of Int64")
            }
            return value
        default: throw .typeMismatch
        }
    }

    @usableFromInline
    func textInteger() throws(CellError) -> Int64 {
        let bytes = try value()
        switch type.rawValue {
        case 20, 21, 23, 26, 28, 29: break
        case 1700: return try otherNumericText()
        default: try refuse()
        }
        guard let value = TextScanner.wholeInteger(bytes) else { throw .malformed("it is not an integer of 64 bits") }
        return value
    }

    private func otherNumericText() throws(CellError) -> Int64 {
        guard let value = Int64(exactly: try PostgresNumeric(cell: self)) else {
            throw .outOfRange("the number has a fraction or is out of the range of Int64")
        }
        return value
    }
}

extension Int64: PostgresCodable {
    /// `int8`.
    @inlinable public static var postgresType: TypeID { .int8 }
    /// `int8[]`.
    @inlinable public static var postgresArrayType: TypeID { .int8Array }
    /// Reads int2, int4, int8, oid and whole numerics.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.integer() }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int: PostgresCodable {
    /// `int8`.
    @inlinable public static var postgresType: TypeID { .int8 }
    /// `int8[]`.
    @inlinable public static var postgresArrayType: TypeID { .int8Array }
    /// Reads int2, int4, int8, oid and whole numerics.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.integer(as: Int.self) }
    /// Appends an int8; the server refuses it with SQLSTATE 22003 where a column is too small for it.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
}

extension Int32: PostgresCodable {
    /// `int4`.
    @inlinable public static var postgresType: TypeID { .int4 }
    /// `int4[]`.
    @inlinable public static var postgresArrayType: TypeID { .int4Array }
    /// Reads the integer types and whole numerics, with a range check.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.integer(as: Int32.self) }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int16: PostgresCodable {
    /// `int2`.
    @inlinable public static var postgresType: TypeID { .int2 }
    /// `int2[]`.
    @inlinable public static var postgresArrayType: TypeID { .int2Array }
    /// Reads the integer types and whole numerics, with a range check.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.integer(as: Int16.self) }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension UInt32: PostgresCodable {
    /// `oid`.
    @inlinable public static var postgresType: TypeID { .oid }
    /// `oid[]`.
    @inlinable public static var postgresArrayType: TypeID { .oidArray }
    /// Reads oid, the integer types and whole numerics, with a range check.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try cell.integer(as: UInt32.self) }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Bool: PostgresCodable {
    /// `bool`.
    @inlinable public static var postgresType: TypeID { .bool }
    /// `bool[]`.
    @inlinable public static var postgresArrayType: TypeID { .boolArray }
    /// Reads a boolean.
    @inlinable
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .bool)
        let byte = try cell.value(count: 1)[0]
        switch (cell.format, byte) {
        case (.binary, 1), (.text, UInt8(ascii: "t")): self = true
        case (.binary, 0), (.text, UInt8(ascii: "f")): self = false
        default: throw .malformed("it is neither true nor false")
        }
    }
    /// Appends the value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}
