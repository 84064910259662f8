// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

extension ByteBuffer {
    /// Appends a timestamp as `"2024-01-31T08:15:00.250Z"` (K9): UTC, milliseconds, further digits cut off unless they are
    /// asked for.
    ///
    /// Years outside 0 … 9999 get a sign and six digits, as ISO 8601 and JavaScript write them; the infinities are the
    /// strings `infinity` and `-infinity`.
    mutating func append(timestamp microseconds: Int64) {
        if microseconds == .max { return append("\"infinity\"") }
        if microseconds == .min { return append("\"-infinity\"") }
        let milliseconds = floorDivide(microseconds, 1000).quotient
        let (days, inDay) = floorDivide(milliseconds, 86_400_000)
        append(UInt8(ascii: "\""))
        append(day: days)
        write(atMost: 14) { target in
            target[0] = UInt8(ascii: "T")
            Self.twoDigits(inDay / 3_600_000, target + 1)
            target[3] = UInt8(ascii: ":")
            Self.twoDigits(inDay / 60_000 % 60, target + 4)
            target[6] = UInt8(ascii: ":")
            Self.twoDigits(inDay / 1000 % 60, target + 7)
            target[9] = UInt8(ascii: ".")
            let fraction = inDay % 1000
            target[10] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: fraction / 100)
            Self.twoDigits(fraction % 100, target + 11)
            target[13] = UInt8(ascii: "Z")
            return 14
        }
        if options.microseconds {
            truncate(to: count - 1)
            append(UInt64(floorDivide(microseconds, 1000).remainder), width: 3)
            append(UInt8(ascii: "Z"))
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends a date as midnight UTC.
    mutating func append(date days: Int32) {
        if days == .max { return append("\"infinity\"") }
        if days == .min { return append("\"-infinity\"") }
        append(UInt8(ascii: "\""))
        append(day: Int64(days))
        append("T00:00:00.000Z\"")
    }

    /// Appends a time of day as `"08:15:00"` or `"08:15:00.25"`; without quotes.
    mutating func append(timeOfDay microseconds: Int64) {
        append(UInt64(microseconds.magnitude / 3_600_000_000), width: 2)
        append(UInt8(ascii: ":"))
        append(UInt64(microseconds.magnitude / 60_000_000 % 60), width: 2)
        append(UInt8(ascii: ":"))
        append(UInt64(microseconds.magnitude / 1_000_000 % 60), width: 2)
        var fraction = UInt64(microseconds.magnitude % 1_000_000)
        guard fraction > 0 else { return }
        var width = 6
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        append(UInt8(ascii: "."))
        append(fraction, width: width)
    }

    /// Appends `YYYY-MM-DD` of a day counted from 2000-01-01.
    private mutating func append(day daysSince2000: Int64) {
        let date = CivilDate(daysSince2000: Int(daysSince2000))
        let year = date.year
        if year >= 0, year <= 9999 {
            append(UInt64(year), width: 4)
        } else {
            append(UInt8(ascii: year < 0 ? "-" : "+"))
            append(UInt64(year.magnitude), width: 6)
        }
        write(atMost: 6) { target in
            target[0] = UInt8(ascii: "-")
            Self.twoDigits(Int64(date.month), target + 1)
            target[3] = UInt8(ascii: "-")
            Self.twoDigits(Int64(date.day), target + 4)
            return 6
        }
    }

    @inline(__always)
    private static func twoDigits(_ value: Int64, _ target: UnsafeMutablePointer<UInt8>) {
        target[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10)
        target[1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
    }
}

/// Division that rounds towards minus infinity, with the remainder that belongs to it (never negative).
@inline(__always)
func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
