// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

/// A day of the calendar: PostgreSQL's `date`, from 4713 BC to 5874897, and the infinities.
///
/// ```swift
/// let day = PostgresDate(year: 2024, month: 2, day: 29)
/// print(day?.description ?? "")  // 2024-02-29
/// ```
public struct PostgresDate: Sendable, Hashable, Comparable {
    /// Days since 2000-01-01.
    public let daysSince2000: Int32

    /// The day after all others.
    public static let infinity = PostgresDate(unchecked: .max)
    /// The day before all others.
    public static let negativeInfinity = PostgresDate(unchecked: .min)
    /// 4714-11-24 BC and the last day of 5874897 (`datatype/timestamp.h`).
    private static let range: ClosedRange<Int> = -2_451_545...2_145_031_948

    private init(unchecked days: Int32) { daysSince2000 = days }

    /// A day by its distance; nil outside PostgreSQL's range.
    public init?(daysSince2000 days: Int) {
        guard Self.range.contains(days), let days = Int32(exactly: days) else { return nil }
        daysSince2000 = days
    }

    /// A date of the Gregorian calendar; the year 0 is 1 BC. nil when there is no such date.
    public init?(year: Int, month: Int, day: Int) {
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        self.init(daysSince2000: date.daysSince2000)
    }

    /// Whether it is a day and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }

    /// Year (0 is 1 BC), month and day; nil for the infinities.
    public var components: (year: Int, month: Int, day: Int)? {
        guard isFinite else { return nil }
        let date = CivilDate(daysSince2000: Int(daysSince2000))
        return (date.year, date.month, date.day)
    }

    /// By time.
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool { left.daysSince2000 < right.daysSince2000 }
}

extension PostgresDate: PostgresCodable {
    /// `date`.
    public static var postgresType: TypeID { .date }
    /// `date[]`.
    public static var postgresArrayType: TypeID { .dateArray }

    /// Reads a date.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .date)
        if cell.format == .binary {
            let days = try cell.value(count: 4).bigEndian(Int32.self)
            guard days == .max || days == .min || Self.range.contains(Int(days)) else {
                throw .malformed("it is out of the range of dates")
            }
            self.init(unchecked: days)
            return
        }
        guard let date = Self.read(try cell.value()) else {
            throw .malformed("it is not a date in ISO format (DateStyle has to be ISO)")
        }
        self = date
    }

    /// Appends the days.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: daysSince2000) }
}

extension PostgresDate: LosslessStringConvertible, CustomStringConvertible {
    /// ISO 8601, with ` BC` as PostgreSQL writes it, or `infinity`.
    public var description: String { TextWriter.string { Self.appendText(days: daysSince2000, to: &$0) } }

    /// Reads ISO 8601 and PostgreSQL's ISO form; nil for anything else.
    public init?(_ description: String) {
        guard let date = description.scanned(Self.read) else { return nil }
        self = date
    }

    /// Appends the text of a wire value, whatever it is.
    package static func appendText(days: Int32, to text: inout [UInt8]) {
        switch days {
        case .max: text.append(contentsOf: "infinity".utf8)
        case .min: text.append(contentsOf: "-infinity".utf8)
        default: Calendar.appendEra(Calendar.append(date: Int(days), to: &text), to: &text)
        }
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> PostgresDate? {
        var scanner = TextScanner(bytes)
        if scanner.skipWord("infinity") { return scanner.isAtEnd ? .infinity : nil }
        if scanner.skipWord("-infinity") { return scanner.isAtEnd ? .negativeInfinity : nil }
        guard let date = Calendar.readDate(&scanner), let days = Calendar.days(date, era: &scanner), scanner.isAtEnd
        else { return nil }
        return PostgresDate(daysSince2000: days)
    }
}
