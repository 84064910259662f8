// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A moment: PostgreSQL's `timestamp with time zone`, from 4713 BC to 294276, and the infinities.
///
/// ```swift
/// let moment = PostgresTimestampTZ("2024-02-29T12:00:00+01:00")
/// print(moment?.description ?? "")  // 2024-02-29T11:00:00Z
/// ```
public struct PostgresTimestampTZ: Sendable, Hashable, Comparable {
    /// Microseconds since 2000-01-01 00:00:00 UTC.
    public let microsecondsSince2000: Int64

    /// After all others.
    public static let infinity = PostgresTimestampTZ(unchecked: .max)
    /// Before all others.
    public static let negativeInfinity = PostgresTimestampTZ(unchecked: .min)
    /// MIN_TIMESTAMP and END_TIMESTAMP (datatype/timestamp.h).
    static let range: Range<Int64> = -211_813_488_000_000_000..<9_223_371_331_200_000_000

    private init(unchecked microseconds: Int64) { microsecondsSince2000 = microseconds }

    /// A moment by its distance; nil outside PostgreSQL's range.
    public init?(microsecondsSince2000 microseconds: Int64) {
        guard Self.range.contains(microseconds) else { return nil }
        microsecondsSince2000 = microseconds
    }

    /// Whether it is a moment and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }

    /// By time.
    public static func < (left: PostgresTimestampTZ, right: PostgresTimestampTZ) -> Bool {
        left.microsecondsSince2000 < right.microsecondsSince2000
    }
}

extension PostgresTimestampTZ: PostgresCodable {
    /// `timestamptz`.
    public static var postgresType: TypeID { .timestamptz }
    /// `timestamptz[]`.
    public static var postgresArrayType: TypeID { .timestamptzArray }

    /// Reads a timestamp with time zone.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .timestamptz)
        self.init(unchecked: try Timestamps.read(cell, zone: .required))
    }

    /// Appends the microseconds.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: microsecondsSince2000) }
}

extension PostgresTimestampTZ: LosslessStringConvertible, CustomStringConvertible {
    /// ISO 8601 in UTC, with ` BC` as PostgreSQL writes it, or `infinity`.
    public var description: String {
        TextWriter.string { Timestamps.appendText(microsecondsSince2000, isUTC: true, to: &$0) }
    }

    /// Reads ISO 8601 with an offset, and PostgreSQL's ISO form; nil for anything else.
    public init?(_ description: String) {
        guard let value = description.scanned({ Timestamps.read($0, zone: .required) }) else { return nil }
        self.init(unchecked: value)
    }
}

/// A date and time of no particular time zone: PostgreSQL's `timestamp`, from 4713 BC to 294276, and the infinities.
///
/// ```swift
/// print(PostgresTimestamp("2024-02-29T12:00:00")?.description ?? "")  // 2024-02-29T12:00:00
/// ```
public struct PostgresTimestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 2000-01-01 00:00:00 of the same zone.
    public let microsecondsSince2000: Int64

    /// After all others.
    public static let infinity = PostgresTimestamp(unchecked: .max)
    /// Before all others.
    public static let negativeInfinity = PostgresTimestamp(unchecked: .min)

    private init(unchecked microseconds: Int64) { microsecondsSince2000 = microseconds }

    /// A date and time by its distance; nil outside PostgreSQL's range.
    public init?(microsecondsSince2000 microseconds: Int64) {
        guard PostgresTimestampTZ.range.contains(microseconds) else { return nil }
        microsecondsSince2000 = microseconds
    }

    /// Whether it is a date and time and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }

    /// By time.
    public static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
        left.microsecondsSince2000 < right.microsecondsSince2000
    }
}

extension PostgresTimestamp: PostgresCodable {
    /// `timestamp`.
    public static var postgresType: TypeID { .timestamp }
    /// `timestamp[]`.
    public static var postgresArrayType: TypeID { .timestampArray }

    /// Reads a timestamp without time zone.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .timestamp)
        self.init(unchecked: try Timestamps.read(cell, zone: .none))
    }

    /// Appends the microseconds.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: microsecondsSince2000) }
}

extension PostgresTimestamp: LosslessStringConvertible, CustomStringConvertible {
    /// ISO 8601 without an offset, with ` BC` as PostgreSQL writes it, or `infinity`.
    public var description: String {
        TextWriter.string { Timestamps.appendText(microsecondsSince2000, isUTC: false, to: &$0) }
    }

    /// Reads ISO 8601 without an offset, and PostgreSQL's ISO form; nil for anything else.
    public init?(_ description: String) {
        guard let value = description.scanned({ Timestamps.read($0, zone: .none) }) else { return nil }
        self.init(unchecked: value)
    }
}

extension PostgresTimestampTZ {
    /// The seconds from 2000-01-01 to Foundation's 2001-01-01.
    private static let referenceOffset: Int64 = 31_622_400

    /// The moment to the microsecond; nil for what is not a number or outside PostgreSQL's range.
    public init?(_ date: Date) {
        let interval = date.timeIntervalSinceReferenceDate
        let whole = interval.rounded(.down)
        // Ten times PostgreSQL's range, and far from where the arithmetic below could overflow.
        guard whole > -1e13, whole < 9.2e12 else { return nil }
        let fraction = Int64(((interval - whole) * 1_000_000).rounded())
        self.init(microsecondsSince2000: (Int64(whole) + Self.referenceOffset) * 1_000_000 + fraction)
    }

    /// The moment as Foundation has it; nil for the infinities.
    ///
    /// A `Date` counts in floating point: within 140 years of 2001 it keeps every microsecond.
    public var date: Date? {
        guard isFinite else { return nil }
        let (seconds, rest) = microsecondsSince2000.quotientAndRemainder(dividingBy: 1_000_000)
        return Date(timeIntervalSinceReferenceDate: Double(seconds - Self.referenceOffset) + Double(rest) / 1_000_000)
    }
}

extension Date: PostgresCodable {
    /// `timestamptz`.
    public static var postgresType: TypeID { .timestamptz }
    /// `timestamptz[]`.
    public static var postgresArrayType: TypeID { .timestamptzArray }

    /// Reads a timestamp with time zone that is not infinite.
    public init(cell: Cell) throws(CellError) {
        guard let date = try PostgresTimestampTZ(cell: cell).date else {
            throw .outOfRange("it is infinite, which Date can't be; decode PostgresTimestampTZ")
        }
        self = date
    }

    /// Appends the moment to the microsecond.
    ///
    /// - Throws: ``PostgresError/Code/invalidParameter`` outside 4713 BC to 294276.
    public func encode(into bytes: inout [UInt8]) throws {
        guard let moment = PostgresTimestampTZ(self) else {
            throw PostgresError(
                .invalidParameter, "A Date lies outside PostgreSQL's timestamps, 4713 BC to 294276; send an infinity.")
        }
        moment.encode(into: &bytes)
    }
}
