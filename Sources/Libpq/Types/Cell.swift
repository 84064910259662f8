// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One value of a result as the server sent it: what decoders read.
///
/// ```swift
/// struct Celsius: PostgresDecodable {
///     var degrees: Double
///     init(cell: Cell) throws(CellError) { degrees = try Double(cell: cell) }
/// }
/// ```
///
/// The bytes belong to the result: they are valid while the initialiser that is given the cell runs, and not after.
public struct Cell {
    /// How the bytes are to be read.
    public enum Format: Int32, Sendable {
        case text = 0
        case binary = 1
    }

    /// The bytes, nil for NULL.
    public let bytes: UnsafeRawBufferPointer?
    /// The type the server gave the column or array element.
    public let type: TypeID
    /// How the bytes are to be read.
    public let format: Format

    /// A cell over bytes that outlive it.
    @inlinable
    public init(bytes: UnsafeRawBufferPointer?, type: TypeID, format: Format) {
        self.bytes = bytes
        self.type = type
        self.format = format
    }
}

/// Why a ``Cell`` can't be read as a Swift type. Never holds the value.
public enum CellError: Error, Sendable, Hashable {
    /// NULL, and the Swift type is not optional.
    case null
    /// The Swift type doesn't read values of this PostgreSQL type.
    case typeMismatch
    /// The value is valid but the Swift type can't hold it.
    case outOfRange(String)
    /// The bytes are not a value of the type.
    case malformed(String)

    /// In words, for an error message.
    public var explanation: String {
        switch self {
        case .null: "it is NULL; decode an Optional"
        case .typeMismatch: "the types don't match"
        case .outOfRange(let text), .malformed(let text): text
        }
    }
}

extension Cell {
    /// The bytes, or the error for NULL.
    @inlinable
    public func value() throws(CellError) -> UnsafeRawBufferPointer {
        guard let bytes else { throw .null }
        return bytes
    }

    /// The bytes when there are exactly as many as the type has.
    @inlinable
    func value(count: Int) throws(CellError) -> UnsafeRawBufferPointer {
        guard let bytes else { throw .null }
        guard bytes.count == count else { throw Self.wrongLength(bytes.count, count) }
        return bytes
    }

    @usableFromInline
    static func wrongLength(_ actual: Int, _ expected: Int) -> CellError {
        .malformed("it has \(actual) bytes instead of \(expected)")
    }

    /// Refuses a type that isn't read. In text format the types of a database's own, which have no fixed numbers and
    /// whose contents speak for themselves, pass.
    @inlinable
    func require(_ isRead: Bool) throws(CellError) {
        if !isRead { try refuse() }
    }

    @usableFromInline
    func refuse() throws(CellError) {
        if format == .binary || (type.isBuiltIn && type.rawValue != 705) { throw .typeMismatch }
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian integer at an offset that the caller has checked.
    @inlinable
    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int = 0) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension [UInt8] {
    /// Appends the integer's bytes, the most significant first.
    @inlinable
    package mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
