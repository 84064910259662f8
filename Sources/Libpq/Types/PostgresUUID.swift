// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A universally unique identifier: PostgreSQL's `uuid`, as two numbers.
///
/// ```swift
/// let id = PostgresUUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
/// ```
public struct PostgresUUID: Sendable, Hashable, Comparable {
    /// The first eight bytes.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// Two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// In PostgreSQL's order, byte by byte.
    public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension PostgresUUID: PostgresCodable {
    /// `uuid`.
    @inlinable public static var postgresType: TypeID { .uuid }
    /// `uuid[]`.
    @inlinable public static var postgresArrayType: TypeID { .uuidArray }

    /// Reads a uuid.
    @inlinable
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .uuid)
        guard cell.format == .binary else {
            self = try Self(text: cell)
            return
        }
        let bytes = try cell.value(count: 16)
        self.init(high: bytes.bigEndian(UInt64.self), low: bytes.bigEndian(UInt64.self, at: 8))
    }

    @usableFromInline
    init(text cell: Cell) throws(CellError) {
        guard let uuid = Self.read(try cell.value()) else { throw .malformed("it is not a uuid") }
        self = uuid
    }

    /// Appends the sixteen bytes.
    @inlinable
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
    }
}

extension PostgresUUID: LosslessStringConvertible, CustomStringConvertible {
    /// Lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    public var description: String {
        TextWriter.string { Self.appendText(high: high, low: low, to: &$0) }
    }

    /// Reads 32 hexadecimal digits, with hyphens between the groups or without; nil for anything else.
    public init?(_ description: String) {
        guard let value = description.scanned(Self.read) else { return nil }
        self = value
    }

    /// Appends the text.
    package static func appendText(high: UInt64, low: UInt64, to text: inout [UInt8]) {
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let half = index < 16 ? high : low
            text.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: half >> UInt64(60 - index % 16 * 4)) & 15))
        }
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> PostgresUUID? {
        guard bytes.count == 36 || bytes.count == 32 else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        for (index, byte) in bytes.enumerated() {
            if bytes.count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hexadecimal.value(byte) else { return nil }
            if count < 16 {
                halves.high = halves.high << 4 | UInt64(digit)
            } else {
                halves.low = halves.low << 4 | UInt64(digit)
            }
            count += 1
        }
        return PostgresUUID(high: halves.high, low: halves.low)
    }
}

extension PostgresUUID {
    /// The same identifier as Foundation has it.
    public var uuid: UUID {
        func byte(_ half: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: half >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// The same identifier as Foundation's.
    public init(_ uuid: UUID) {
        self = withUnsafeBytes(of: uuid.uuid) { bytes in
            PostgresUUID(high: bytes.bigEndian(UInt64.self), low: bytes.bigEndian(UInt64.self, at: 8))
        }
    }
}

extension UUID: PostgresCodable {
    /// `uuid`.
    public static var postgresType: TypeID { .uuid }
    /// `uuid[]`.
    public static var postgresArrayType: TypeID { .uuidArray }
    /// Reads a uuid.
    public init(cell: Cell) throws(CellError) { self = try PostgresUUID(cell: cell).uuid }
    /// Appends the sixteen bytes.
    public func encode(into bytes: inout [UInt8]) { PostgresUUID(self).encode(into: &bytes) }
}
