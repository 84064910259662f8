// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A point in time as ISO 8601 writes it, on the proleptic Gregorian calendar.
///
/// Accepted: `2024`, `2024-01`, `2024-01-31`, each with `T12:30`, `T12:30:15`, `T12:30:15.123456` (a space instead of
/// `T` too) and `Z`, `+02`, `+0200` or `+02:00`; years beyond four digits with a sign; `infinity`, `-infinity`. Without
/// an offset it is UTC. Digits beyond the microsecond are cut off.
package enum InstantText {
    /// Microseconds since 2000-01-01 00:00 UTC, Int64.max and .min for the infinities; nil for what is no instant or
    /// out of PostgreSQL's range (4713 BC to 294276 AD).
    package static func microseconds(_ text: String) -> Int64? {
        switch text.lowercased() {
        case "infinity", "+infinity": return .max
        case "-infinity": return .min
        default: break
        }
        var reader = DigitReader(text)
        guard let days = reader.date() else { return nil }
        var time: Int64 = 0
        if reader.skip("T") || reader.skip("t") || reader.skip(" ") {
            guard let clock = reader.clock(), let offset = reader.offset() else { return nil }
            time = clock - offset
        } else if !reader.isAtEnd {
            // A date alone may carry an offset as well: 2024-01-31Z.
            guard let offset = reader.offset() else { return nil }
            time = -offset
        }
        guard reader.isAtEnd else { return nil }
        let (product, overflow) = days.multipliedReportingOverflow(by: microsecondsPerDay)
        let (sum, carry) = product.addingReportingOverflow(time)
        return overflow || carry ? nil : inRange(sum)
    }

    /// Days since 2000-01-01 of a date, alone or as midnight UTC; nil for what is none, or out of PostgreSQL's range (4713 BC
    /// to 5874897 AD).
    package static func day(_ text: String) -> Int32? {
        var reader = DigitReader(text)
        guard let days = reader.date(), days >= -2_451_545, days <= 2_145_031_948 else { return nil }
        if reader.skip("T"), reader.clock() != 0 { return nil }
        guard reader.isAtEnd || (reader.skip("Z") && reader.isAtEnd) else { return nil }
        return Int32(days)
    }

    /// The same for milliseconds since 1970, as JavaScript's dates count.
    package static func microseconds(sinceEpoch milliseconds: DecimalText) -> Int64? {
        var micro = milliseconds
        micro.exponent += micro.digits.isEmpty ? 0 : 3
        // Parts of a microsecond are cut off.
        while micro.exponent < 0, !micro.digits.isEmpty {
            micro.digits.removeLast()
            micro.exponent += 1
        }
        if micro.digits.isEmpty { micro.exponent = 0 }
        guard let value = micro.int64, value.magnitude < UInt64(Int64.max / 2) else { return nil }
        return inRange(value - epochOffset)
    }

    package static let microsecondsPerDay: Int64 = 86_400_000_000
    /// From 1970-01-01 to 2000-01-01.
    private static let epochOffset: Int64 = 10_957 * 86_400_000_000

    private static func inRange(_ value: Int64) -> Int64? {
        value >= -211_813_488_000_000_000 && value < 9_223_371_331_200_000_000 ? value : nil
    }

    /// Microseconds since midnight of a time of day: `12:30`, `12:30:15.5`.
    package static func timeOfDay(_ text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let clock = reader.clock(), reader.isAtEnd else { return nil }
        return clock
    }

    /// Whether a text is a time of day with an offset.
    static func isTimeWithOffset(_ text: String) -> Bool { timeWithOffset(text) != nil }

    /// A time of day with an offset: microseconds since midnight there, and how far that is east of UTC.
    package static func timeWithOffset(_ text: String) -> (time: Int64, offset: Int64)? {
        var reader = DigitReader(text)
        guard let time = reader.clock(), let offset = reader.offset(), reader.isAtEnd else { return nil }
        return (time, offset)
    }

    /// Year, month and day of a day counted from 2000-01-01; the year before 1 is 0.
    package static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Counted from March, so that leap days come last in a year.
        let shifted = days + 730_425
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month < 10 ? 0 : 1), month < 10 ? month + 3 : month - 9, day)
    }
}

/// Reads the parts of an instant.
private struct DigitReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
        index += 1
        return true
    }

    private mutating func number(_ count: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var seen = 0
        while index < bytes.count, seen < count.upperBound, (48...57).contains(bytes[index]) {
            value = value * 10 + Int64(bytes[index] - 48)
            index += 1
            seen += 1
        }
        return seen >= count.lowerBound ? value : nil
    }

    /// Days since 2000-01-01.
    mutating func date() -> Int64? {
        let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        let isSigned = isNegative || (index < bytes.count && bytes[index] == UInt8(ascii: "+"))
        if isSigned { index += 1 }
        guard var year = number(isSigned ? 4...7 : 4...4) else { return nil }
        if isNegative { year = -year }
        var month: Int64 = 1
        var day: Int64 = 1
        if skip("-") {
            guard let value = number(2...2), (1...12).contains(value) else { return nil }
            month = value
            if skip("-") {
                guard let value = number(2...2), value >= 1, value <= Self.days(in: month, year) else { return nil }
                day = value
            }
        }
        return Self.days(year, month, day)
    }

    /// Microseconds since midnight.
    mutating func clock() -> Int64? {
        guard let hour = number(2...2), hour <= 24, skip(":"), let minute = number(2...2), minute < 60 else {
            return nil
        }
        var value = (hour * 60 + minute) * 60_000_000
        if skip(":") {
            guard let second = number(2...2), second < 60 else { return nil }
            value += second * 1_000_000
            if skip(".") || skip(",") {
                let start = index
                guard let fraction = number(1...6) else { return nil }
                var scaled = fraction
                for _ in (index - start)..<6 { scaled *= 10 }
                value += scaled
                while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
            }
        }
        return value <= InstantText.microsecondsPerDay ? value : nil
    }

    /// Microseconds east of UTC; 0 when there is none.
    mutating func offset() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        guard isNegative || bytes[index] == UInt8(ascii: "+") else { return nil }
        index += 1
        guard let hour = number(2...2), hour <= 15 else { return nil }
        var minute: Int64 = 0
        if skip(":") || !isAtEnd {
            guard let value = number(2...2), value < 60 else { return nil }
            minute = value
        }
        var second: Int64 = 0
        if skip(":") {
            guard let value = number(2...2), value < 60 else { return nil }
            second = value
        }
        let value = ((hour * 60 + minute) * 60 + second) * 1_000_000
        return isNegative ? -value : value
    }

    private static func days(in month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 2000-01-01 of a date, by counting from March, so that leap days come last in a year.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 730_425
    }
}
