// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A span of time: PostgreSQL's `interval`, whose months and days have no fixed length.
///
/// ```swift
/// let span = PostgresInterval(months: 14, days: 3, microseconds: 4_500_000)
/// print(span)  // P1Y2M3DT4.5S
/// ```
///
/// Two intervals are equal when all three parts are: `1 month` differs from `30 days`, which PostgreSQL calls equal.
public struct PostgresInterval: Sendable, Hashable {
    /// Whole months, years included.
    public var months: Int32
    /// Whole days.
    public var days: Int32
    /// The rest.
    public var microseconds: Int64

    /// Longer than all others (PostgreSQL 17 and later).
    public static let infinity = PostgresInterval(months: .max, days: .max, microseconds: .max)
    /// Shorter than all others (PostgreSQL 17 and later).
    public static let negativeInfinity = PostgresInterval(months: .min, days: .min, microseconds: .min)

    /// A span.
    public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }
}

extension PostgresInterval: PostgresCodable {
    /// `interval`.
    public static var postgresType: TypeID { .interval }
    /// `interval[]`.
    public static var postgresArrayType: TypeID { .intervalArray }

    /// Reads an interval; in text format of the styles `postgres` and `iso_8601`.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .interval)
        if cell.format == .binary {
            let bytes = try cell.value(count: 16)
            self.init(
                months: bytes.bigEndian(Int32.self, at: 12), days: bytes.bigEndian(Int32.self, at: 8),
                microseconds: bytes.bigEndian(Int64.self))
            return
        }
        guard let interval = Self.read(try cell.value()) else {
            throw .malformed("it is not an interval (IntervalStyle has to be postgres or iso_8601)")
        }
        self = interval
    }

    /// Appends microseconds, days and months.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: microseconds)
        bytes.append(bigEndian: days)
        bytes.append(bigEndian: months)
    }
}

extension PostgresInterval: LosslessStringConvertible, CustomStringConvertible {
    /// ISO 8601, each part with its own sign as in PostgreSQL's style `iso_8601`; `PT0S` for nothing.
    public var description: String { TextWriter.string(appendText) }

    /// Reads ISO 8601 (`P1Y2M3DT4H5M6.7S`) and PostgreSQL's own form (`1 year 2 mons 3 days 04:05:06.7`); nil for anything
    /// else.
    public init?(_ description: String) {
        guard let value = description.scanned(Self.read) else { return nil }
        self = value
    }

    /// Appends the text of a wire value; false when the bytes are none.
    package static func appendText(wire bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) -> Bool {
        guard let value = try? PostgresInterval(cell: Cell(bytes: bytes, type: .interval, format: .binary)) else {
            return false
        }
        value.appendText(to: &text)
        return true
    }

    private func appendText(to text: inout [UInt8]) {
        if self == .infinity || self == .negativeInfinity {
            text.append(contentsOf: (self == .infinity ? "infinity" : "-infinity").utf8)
            return
        }
        text.append(UInt8(ascii: "P"))
        func append(_ value: Int64, _ unit: Unicode.Scalar) {
            if value == 0 { return }
            if value < 0 { text.append(UInt8(ascii: "-")) }
            TextWriter.append(magnitudeOf: value, width: 1, to: &text)
            text.append(UInt8(truncatingIfNeeded: unit.value))
        }
        append(Int64(months / 12), "Y")
        append(Int64(months % 12), "M")
        append(Int64(days), "D")
        guard microseconds != 0 || (months == 0 && days == 0) else { return }
        text.append(UInt8(ascii: "T"))
        append(microseconds / 3_600_000_000, "H")
        append(microseconds / 60_000_000 % 60, "M")
        let rest = microseconds % 60_000_000
        guard rest != 0 || microseconds == 0 else { return }
        if rest < 0 { text.append(UInt8(ascii: "-")) }
        TextWriter.append(magnitudeOf: rest / 1_000_000, width: 1, to: &text)
        TextWriter.append(millionths: rest % 1_000_000, to: &text)
        text.append(UInt8(ascii: "S"))
    }
}
