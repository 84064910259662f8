// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The bound values of one statement, packed in one buffer in PostgreSQL's binary format.
///
/// ```swift
/// var parameters = Parameters()
/// try parameters.append(42)
/// try parameters.append("Ada")
/// try parameters.append([1, 2, 3])  // one parameter, bigint[]
/// parameters.appendNull(.timestamptz)
/// ```
public struct Parameters: Sendable {
    /// Where one value lies in ``bytes``; `length` is -1 for NULL.
    package struct Slot: Sendable {
        package var type: TypeID
        package var offset: Int
        package var length: Int
    }

    package private(set) var slots: [Slot] = []
    package private(set) var bytes: [UInt8] = []

    /// An empty list.
    public init() {}

    /// How many values there are.
    public var count: Int { slots.count }

    /// Appends SQL NULL, declared as `type`.
    public mutating func appendNull(_ type: TypeID) {
        slots.append(Slot(type: type, offset: bytes.count, length: -1))
    }

    /// Appends a value of `type` whose binary form `write` appends to the buffer.
    ///
    /// - Parameters:
    ///   - type: the type the statement's parameter is declared with.
    ///   - write: appends exactly the value's bytes.
    public mutating func append(_ type: TypeID, _ write: (inout [UInt8]) throws -> Void) rethrows {
        let start = bytes.count
        do {
            try write(&bytes)
        } catch {
            bytes.removeLast(bytes.count - start)
            throw error
        }
        // Never an empty buffer's nil address for a value: libpq takes a nil pointer for NULL.
        slots.append(Slot(type: type, offset: start, length: bytes.count - start))
    }

    /// Appends a value as the next parameter; nil is NULL, an array is one parameter.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidParameter`` for a value that its type can't take.
    public mutating func append<Value: PostgresEncodable>(_ value: Value) throws {
        if value.isPostgresNull {
            appendNull(Value.postgresType)
        } else {
            try append(Value.postgresType) { bytes in try value.encode(into: &bytes) }
        }
    }

    /// Appends an integer as int2, int4, int8 or oid.
    ///
    /// ```swift
    /// try parameters.append(300, as: .int2)
    /// ```
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidParameter`` when the type is none of these or too small.
    public mutating func append(_ value: Int64, as type: TypeID) throws {
        func add<Narrow: FixedWidthInteger>(_: Narrow.Type) throws {
            guard let narrow = Narrow(exactly: value) else {
                throw PostgresError(
                    .invalidParameter, "Parameter $\(count + 1) is out of the range of \(type); use a wider type.")
            }
            append(type) { $0.append(bigEndian: narrow) }
        }
        switch type {
        case .int2: try add(Int16.self)
        case .int4: try add(Int32.self)
        case .int8: try add(Int64.self)
        case .oid: try add(UInt32.self)
        default:
            throw PostgresError(
                .invalidParameter, "Parameter $\(count + 1) is declared as \(type), which is no integer type.")
        }
    }

    /// Appends the values of another list.
    package mutating func append(contentsOf other: Parameters) {
        let start = bytes.count
        bytes.append(contentsOf: other.bytes)
        slots.append(contentsOf: other.slots.map { Slot(type: $0.type, offset: $0.offset + start, length: $0.length) })
    }
}
