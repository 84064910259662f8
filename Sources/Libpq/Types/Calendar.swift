// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The proleptic Gregorian calendar PostgreSQL counts in, from 2000-01-01, with the year 0 for 1 BC.
///
/// Days to dates and back after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Nothing here overflows for
/// any number of days that comes from 32 bits, or from 64 bits of microseconds.
enum Calendar {
    static let microsecondsPerDay: Int64 = 86_400_000_000
    /// From the era's beginning (0000-03-01) to 2000-01-01.
    private static let epoch = 730_425

    static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + epoch
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The days of a date; nil when there is no such date. The year has at most seven digits.
    static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (-9_999_999...9_999_999).contains(year), (1...12).contains(month), day >= 1,
            day <= length(ofMonth: month, year: year)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - epoch
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Microseconds as whole days and the rest of the day, which is never negative.
    static func split(_ microseconds: Int64) -> (days: Int, time: Int64) {
        var (days, time) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
        if time < 0 { (days, time) = (days - 1, time + microsecondsPerDay) }
        return (Int(days), time)
    }
}

// MARK: - Text

extension Calendar {
    /// `2024-02-29`; the year before 1 as 1 BC, without the mark. Whether it needs the mark.
    static func append(date days: Int, to text: inout [UInt8]) -> Bool {
        let (year, month, day) = date(days: days)
        TextWriter.append(Int64(year > 0 ? year : 1 - year), width: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        TextWriter.append(Int64(month), width: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        TextWriter.append(Int64(day), width: 2, to: &text)
        return year <= 0
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
        guard scanner.skipWord(" BC") else { return days(year: date.year, month: date.month, day: date.day) }
        guard date.year > 0 else { return nil }
        return days(year: 1 - date.year, month: date.month, day: date.day)
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
        return microseconds <= microsecondsPerDay ? microseconds : nil
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
