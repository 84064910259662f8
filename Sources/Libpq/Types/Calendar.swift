// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

/// Dates, times of day and offsets as PostgreSQL and ISO 8601 write them; the days themselves are ``CivilDate``'s.
enum Calendar {
    /// `2024-02-29`; the year before 1 as 1 BC, without the mark. Whether it needs the mark.
    static func append(date days: Int, to text: inout [UInt8]) -> Bool {
        let date = CivilDate(daysSince2000: days)
        TextWriter.append(Int64(date.year > 0 ? date.year : 1 - date.year), width: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        TextWriter.append(Int64(date.month), width: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        TextWriter.append(Int64(date.day), width: 2, to: &text)
        return date.year <= 0
    }

    /// `23:59:59.5`; `microseconds` is not negative.
    static func append(time microseconds: Int64, to text: inout [UInt8]) {
        let seconds = microseconds / 1_000_000
        TextWriter.append(seconds / 3600, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        TextWriter.append(seconds / 60 % 60, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        TextWriter.append(seconds % 60, width: 2, to: &text)
        TextWriter.append(millionths: microseconds % 1_000_000, to: &text)
    }

    static func appendEra(_ isBeforeChrist: Bool, to text: inout [UInt8]) {
        if isBeforeChrist { text.append(contentsOf: " BC".utf8) }
    }

    /// A date without its era: PostgreSQL's (`10000-01-01`) or ISO 8601's with a sign (`-0043-03-15` is 44 BC).
    static func readDate(_ scanner: inout TextScanner) -> (year: Int, month: Int, day: Int)? {
        let sign = scanner.sign()
        guard let year = scanner.digits(minimum: 4, maximum: 7), scanner.skip("-"),
            let month = scanner.digits(minimum: 2, maximum: 2), scanner.skip("-"),
            let day = scanner.digits(minimum: 2, maximum: 2)
        else { return nil }
        return (Int(sign * year), Int(month), Int(day))
    }

    /// The days of a date with the mark ` BC` at the end of what is scanned, or without.
    static func days(_ date: (year: Int, month: Int, day: Int), era scanner: inout TextScanner) -> Int? {
        guard scanner.skipWord(" BC") else {
            return CivilDate(year: date.year, month: date.month, day: date.day)?.daysSince2000
        }
        guard date.year > 0 else { return nil }
        return CivilDate(year: 1 - date.year, month: date.month, day: date.day)?.daysSince2000
    }

    /// A time of day, `24:00:00` included.
    static func readTime(_ scanner: inout TextScanner) -> Int64? {
        guard let hours = scanner.digits(minimum: 2, maximum: 2), scanner.skip(":"),
            let minutes = scanner.digits(minimum: 2, maximum: 2), minutes < 60
        else { return nil }
        var microseconds = (hours * 60 + minutes) * 60_000_000
        if scanner.skip(":") {
            guard let seconds = scanner.digits(minimum: 2, maximum: 2), seconds < 60,
                let fraction = scanner.millionths()
            else { return nil }
            microseconds += seconds * 1_000_000 + fraction
        }
        return microseconds <= CivilDate.microsecondsPerDay ? microseconds : nil
    }

    /// `Z`, `+02`, `-03:30` or `+00:19:32` as seconds east of Greenwich.
    static func readZone(_ scanner: inout TextScanner) -> Int? {
        if scanner.skip("Z") || scanner.skip("z") { return 0 }
        guard scanner.peek == UInt8(ascii: "+") || scanner.peek == UInt8(ascii: "-") else { return nil }
        let sign = scanner.sign()
        guard let hours = scanner.digits(minimum: 2, maximum: 2), hours <= 15 else { return nil }
        var seconds = hours * 3600
        var unit: Int64 = 60
        while unit >= 1 {
            let hasColon = scanner.skip(":")
            guard hasColon || unit == 60, let part = scanner.digits(minimum: 2, maximum: 2) else {
                if hasColon { return nil }
                break
            }
            guard part < 60 else { return nil }
            seconds += part * unit
            unit /= 60
        }
        return Int(sign * seconds)
    }

    static func append(zone secondsEast: Int, to text: inout [UInt8]) {
        text.append(secondsEast < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        let seconds = Int64(secondsEast.magnitude)
        TextWriter.append(seconds / 3600, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        TextWriter.append(seconds / 60 % 60, width: 2, to: &text)
        if seconds % 60 != 0 {
            text.append(UInt8(ascii: ":"))
            TextWriter.append(seconds % 60, width: 2, to: &text)
        }
    }
}
