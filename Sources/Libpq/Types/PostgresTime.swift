// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

/// A time of day: PostgreSQL's `time`, from 00:00:00 to 24:00:00.
///
/// ```swift
/// print(PostgresTime("23:59:59.5")?.microseconds ?? 0)  // 86399500000
/// ```
public struct PostgresTime: Sendable, Hashable, Comparable {
    /// Microseconds since midnight, up to 86,400,000,000.
    public let microseconds: Int64

    /// A time of day; nil outside the range.
    public init?(microseconds: Int64) {
        guard (0...CivilDate.microsecondsPerDay).contains(microseconds) else { return nil }
        self.microseconds = microseconds
    }

    /// By time.
    public static func < (left: PostgresTime, right: PostgresTime) -> Bool { left.microseconds < right.microseconds }
}

extension PostgresTime: PostgresCodable {
    /// `time`.
    public static var postgresType: TypeID { .time }
    /// `time[]`.
    public static var postgresArrayType: TypeID { .timeArray }

    /// Reads a time without time zone.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .time)
        let time =
            cell.format == .binary
            ? PostgresTime(microseconds: try cell.value(count: 8).bigEndian(Int64.self)) : Self.read(try cell.value())
        guard let time else { throw .malformed("it is not a time of day") }
        self = time
    }

    /// Appends the microseconds.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: microseconds) }
}

extension PostgresTime: LosslessStringConvertible, CustomStringConvertible {
    /// ISO 8601.
    public var description: String { TextWriter.string { Calendar.append(time: microseconds, to: &$0) } }

    /// Reads ISO 8601 with hours, minutes and, where given, seconds; nil for anything else.
    public init?(_ description: String) {
        guard let time = description.scanned(Self.read) else { return nil }
        self = time
    }

    /// Appends the text of a wire value; false when it is none.
    package static func appendText(microseconds: Int64, to text: inout [UInt8]) -> Bool {
        guard let time = PostgresTime(microseconds: microseconds) else { return false }
        Calendar.append(time: time.microseconds, to: &text)
        return true
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> PostgresTime? {
        var scanner = TextScanner(bytes)
        guard let microseconds = Calendar.readTime(&scanner), scanner.isAtEnd else { return nil }
        return PostgresTime(microseconds: microseconds)
    }
}

/// A time of day with an offset: PostgreSQL's `time with time zone`.
///
/// ```swift
/// print(PostgresTimeTZ("08:30:00+05:30")?.secondsEast ?? 0)  // 19800
/// ```
public struct PostgresTimeTZ: Sendable, Hashable {
    /// The time of day at the offset.
    public let time: PostgresTime
    /// The offset, eastwards; less than 16 hours either way.
    public let secondsEast: Int

    /// A time at an offset; nil when the offset is 16 hours or more.
    public init?(time: PostgresTime, secondsEast: Int) {
        // MAX_TZDISP_HOUR is 15 (datatype/timestamp.h).
        guard (-57_599...57_599).contains(secondsEast) else { return nil }
        self.time = time
        self.secondsEast = secondsEast
    }
}

extension PostgresTimeTZ: PostgresCodable {
    /// `timetz`.
    public static var postgresType: TypeID { .timetz }
    /// `timetz[]`.
    public static var postgresArrayType: TypeID { .timetzArray }

    /// Reads a time with time zone.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .timetz)
        var value: PostgresTimeTZ?
        if cell.format == .binary {
            let bytes = try cell.value(count: 12)
            if let time = PostgresTime(microseconds: bytes.bigEndian(Int64.self)) {
                // The wire counts westwards.
                value = PostgresTimeTZ(time: time, secondsEast: -Int(bytes.bigEndian(Int32.self, at: 8)))
            }
        } else {
            value = Self.read(try cell.value())
        }
        guard let value else { throw .malformed("it is not a time of day with an offset") }
        self = value
    }

    /// Appends the time and the offset.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: time.microseconds)
        bytes.append(bigEndian: Int32(truncatingIfNeeded: -secondsEast))
    }
}

extension PostgresTimeTZ: LosslessStringConvertible, CustomStringConvertible {
    /// ISO 8601.
    public var description: String {
        TextWriter.string { text in
            Calendar.append(time: time.microseconds, to: &text)
            Calendar.append(zone: secondsEast, to: &text)
        }
    }

    /// Reads ISO 8601; nil without an offset and for anything else.
    public init?(_ description: String) {
        guard let value = description.scanned(Self.read) else { return nil }
        self = value
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> PostgresTimeTZ? {
        var scanner = TextScanner(bytes)
        guard let microseconds = Calendar.readTime(&scanner), let zone = Calendar.readZone(&scanner), scanner.isAtEnd,
            let time = PostgresTime(microseconds: microseconds)
        else { return nil }
        return PostgresTimeTZ(time: time, secondsEast: zone)
    }
}
