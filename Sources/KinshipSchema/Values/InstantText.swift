// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

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

    package static var microsecondsPerDay: Int64 { CivilDate.microsecondsPerDay }
    /// From 1970-01-01 to 2000-01-01.
    private static let epochOffset: Int64 = 10_957 * microsecondsPerDay

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
            guard let value = number(2...2) else { return nil }
            month = value
            if skip("-") {
                guard let value = number(2...2) else { return nil }
                day = value
            }
        }
        return CivilDate(year: Int(year), month: Int(month), day: Int(day)).map { Int64($0.daysSince2000) }
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
}
