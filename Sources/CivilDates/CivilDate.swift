// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A day of the proleptic Gregorian calendar that PostgreSQL counts in, with the year 0 for 1 BC: the one place that knows how long
/// months and years are.
///
/// Days to dates and back after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", in eras of 400 years that begin on 1
/// March, so that leap days come last in a year. Nothing here overflows for any number of days that comes from 32 bits, or from
/// 64 bits of microseconds.
package struct CivilDate: Sendable, Hashable {
    /// The year; 0 is 1 BC, -1 is 2 BC.
    package let year: Int
    /// From 1 to 12.
    package let month: Int
    /// From 1 to 31.
    package let day: Int

    /// From the beginning of an era (0000-03-01) to 2000-01-01.
    @inlinable static var epoch: Int { 730_425 }
    /// As many days as 400 years have.
    @inlinable static var daysPerEra: Int { 146_097 }
    /// As many as a day has, leap seconds being none of PostgreSQL's business.
    @inlinable package static var microsecondsPerDay: Int64 { 86_400_000_000 }

    /// The day that is so many days after 2000-01-01, or before.
    @inlinable package init(daysSince2000 days: Int) {
        let shifted = days + Self.epoch
        let era = (shifted >= 0 ? shifted : shifted - (Self.daysPerEra - 1)) / Self.daysPerEra
        let dayOfEra = shifted - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    }

    /// A date; nil when there is no such day. The year has at most seven digits.
    package init?(year: Int, month: Int, day: Int) {
        guard (-9_999_999...9_999_999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// How many days it is after 2000-01-01; negative before.
    package var daysSince2000: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * Self.daysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.epoch
    }

    /// Microseconds as whole days and the rest of the day, which is never negative.
    @inlinable package static func split(_ microseconds: Int64) -> (days: Int, time: Int64) {
        var (days, time) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
        if time < 0 { (days, time) = (days - 1, time + microsecondsPerDay) }
        return (Int(days), time)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
