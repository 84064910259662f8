// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates
import Testing

/// The calendar that everything else counts with.
@Suite struct CivilDateTests {
    @Test func `Each day of two eras follows the one before, there and back`() throws {
        var expected = try #require(CivilDate(year: -400, month: 1, day: 1))
        let first = expected.daysSince2000
        for days in first..<(first + 2 * 146_097) {
            let date = CivilDate(daysSince2000: days)
            #expect(date == expected && date.daysSince2000 == days)
            guard date == expected else { return }
            expected =
                CivilDate(year: date.year, month: date.month, day: date.day + 1)
                ?? CivilDate(year: date.year, month: date.month + 1, day: 1)
                ?? CivilDate(year: date.year + 1, month: 1, day: 1) ?? date
        }
    }

    @Test(arguments: [
        (0, 2000, 1, 1), (-1, 1999, 12, 31), (59, 2000, 2, 29), (-730_425, 0, 3, 1), (-730_426, 0, 2, 29),
        (-2_451_545, -4713, 11, 24), (2_145_031_948, 5_874_897, 12, 31), (-10_957, 1970, 1, 1),
    ])
    func `Days that are known`(days: Int, year: Int, month: Int, day: Int) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSince2000 == days && CivilDate(daysSince2000: days) == date)
    }

    @Test(arguments: [
        (1900, 2, 29), (2023, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0),
        (2024, 1, 32), (10_000_000, 1, 1), (-10_000_000, 1, 1), (Int.max, 1, 1), (2024, Int.min, 1),
    ])
    func `Days that there are not`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `Whatever comes as a number is a day`() {
        for days in [Int(Int32.max), Int(Int32.min), Int(Int64.max / CivilDate.microsecondsPerDay)] {
            #expect(CivilDate(daysSince2000: days).daysSince2000 == days)
        }
        #expect(CivilDate.split(-1) == (-1, CivilDate.microsecondsPerDay - 1))
        #expect(CivilDate.split(.min).time >= 0 && CivilDate.split(.max).time < CivilDate.microsecondsPerDay)
    }
}
