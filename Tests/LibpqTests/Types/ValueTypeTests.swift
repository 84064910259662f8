// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Testing

/// Texts, limits and conversions of the value types.
struct ValueTypeTests {
    // MARK: Numerics

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("+1", "1"), ("007", "7"), ("12.50", "12.50"), ("-.5", "-0.5"), ("5.", "5"),
        ("1e3", "1000"), ("1.5e3", "1500"), ("1.2345e2", "123.45"), ("1e-5", "0.00001"), ("-1.50e-2", "-0.0150"),
        ("0e5", "0"), ("0e-5", "0.00000"), ("0.0e1", "0"), ("99999999", "99999999"), ("100000000", "100000000"),
        ("0.00010000", "0.00010000"), ("10000.0001", "10000.0001"), ("NaN", "NaN"), ("inf", "Infinity"),
        ("-Infinity", "-Infinity"), ("9223372036854775807", "9223372036854775807"),
        ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
    ])
    func numericTexts(input: String, output: String) {
        #expect(PostgresNumeric(input)?.description == output)
    }

    @Test(arguments: ["", "-", ".", "1.2.3", "1e", "e1", "1x", " 1", "0x1", "1e-16384", "1e131072", "1e9999999", "--1"])
    func notNumerics(input: String) { #expect(PostgresNumeric(input) == nil) }

    @Test func numericLimits() throws {
        let most = String(repeating: "9", count: 131_072) + "." + String(repeating: "9", count: 16_383)
        let number = try #require(PostgresNumeric(most))
        #expect(number.description == most && number.scale == 16_383)
        let wire = try Wire.bytes(Wire.hex(number))
        #expect(try Wire.decode(PostgresNumeric.self, wire, .numeric).description == most)
        #expect(PostgresNumeric("9" + most) == nil && PostgresNumeric(most + "9") == nil)
        #expect(Double(number) == .infinity && Int(exactly: number) == nil)
        let least = try #require(PostgresNumeric("1e-16383"))
        #expect(least.description == "0." + String(repeating: "0", count: 16_382) + "1")
        #expect(Double(least) == 0)
        #expect(PostgresNumeric("1e131071")?.description == "1" + String(repeating: "0", count: 131_071))
    }

    @Test func numericOrder() throws {
        let ordered = [
            "-Infinity", "-10000", "-9999.5", "-1", "0", "0.0001", "0.1", "1", "1.0001", "10000", "Infinity", "NaN",
        ]
        .compactMap { PostgresNumeric($0) }
        #expect(ordered.shuffled().sorted() == ordered && ordered.count == 12)
        #expect(PostgresNumeric("1.0") == PostgresNumeric("1.000"))
        #expect(Set([PostgresNumeric("1.0"), PostgresNumeric("1")]).count == 1)
        #expect(PostgresNumeric("1.0")?.scale == 1)
    }

    @Test func numericConversions() throws {
        func number(_ text: String) throws -> PostgresNumeric { try #require(PostgresNumeric(text)) }
        #expect(Int64(exactly: try number("-9223372036854775808")) == .min)
        #expect(Int64(exactly: try number("9223372036854775808")) == nil)
        #expect(Int64(exactly: try number("100000000.000")) == 100_000_000)
        #expect(Int64(exactly: try number("1.5")) == nil && Int64(exactly: PostgresNumeric.nan) == nil)
        #expect(PostgresNumeric(Int64.min).description == "-9223372036854775808")
        #expect(PostgresNumeric(20_000).description == "20000" && (0 as PostgresNumeric) == .zero)
        #expect(Double(try number("0.1")) == 0.1)
        #expect(Double(try number("-12345.678")) == -12345.678)
        #expect(Double(PostgresNumeric.infinity) == .infinity && Double(PostgresNumeric.nan).isNaN)
        for value: Double in [0.1, 1e22, .leastNonzeroMagnitude, 1.7976931348623157e308, -123.456, 1.0 / 3] {
            #expect(Double(PostgresNumeric(value)) == value, "\(value)")
        }
        // Half way between two Doubles, and a little more far behind the point.
        #expect(Double(try number("9007199254740993")) == 9007199254740992)
        #expect(Double(try number("9007199254740993." + String(repeating: "0", count: 2000) + "1")) == 9007199254740994)
        #expect(try Wire.decode(Int.self, Wire.bytes("0001 0001 0000 0002 0003"), .numeric) == 30_000)
        #expect(throws: CellError.self) { try Wire.decode(Int.self, Wire.bytes("0001 ffff 0000 0001 03e8"), .numeric) }
    }

    @Test(arguments: [
        "0001 0000 0000 0000", "0001 0000 0000 0000 2710", "0000 0000 1000 0000", "0000 0000 0000 4000",
        "0001 ffff 0000 0000 0001", "0002 0000 0000 0001 0001 0001", "0000 0000 0000 0000 00", "00",
    ])
    func malformedNumerics(hex: String) {
        #expect(throws: CellError.self) { try Wire.decode(PostgresNumeric.self, Wire.bytes(hex), .numeric) }
    }

    // MARK: Dates

    @Test(arguments: [
        ("2000-01-01", 0), ("1999-12-31", -1), ("2024-02-29", 8825), ("0001-01-01", -730_119),
        ("0001-12-31 BC", -730_120), ("4713-01-01 BC", -2_451_507), ("5874897-12-31", 2_145_031_948),
        ("4714-11-24 BC", -2_451_545), ("294276-12-31", 106751982),
    ])
    func dates(text: String, days: Int) throws {
        let date = try #require(PostgresDate(text))
        #expect(date.description == text)
        #expect(Int(date.daysSince2000) == days)
    }

    @Test func everyDay() {
        var count = 0
        for days in stride(from: -2_451_545, to: 2_145_031_948, by: 54_321) {
            guard let date = PostgresDate(daysSince2000: days), let parts = date.components else { continue }
            if PostgresDate(year: parts.year, month: parts.month, day: parts.day) == date,
                PostgresDate(date.description) == date
            {
                count += 1
            }
        }
        #expect(count == 39_534)
    }

    @Test(arguments: [
        "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "24-01-01", "2024-1-1", "2024-01-01x", "", "BC",
        "4714-11-23 BC", "5874898-01-01", "0000-00-00", "01/02/2024", "2024-01-01 AD", "infinit",
    ])
    func notDates(text: String) { #expect(PostgresDate(text) == nil) }

    @Test func isoYears() {
        #expect(PostgresDate("-0043-03-15")?.description == "0044-03-15 BC")
        #expect(PostgresDate("0000-03-15")?.description == "0001-03-15 BC")
        #expect(PostgresDate("+12345-01-01")?.description == "12345-01-01")
        #expect(PostgresDate("infinity") == .infinity && PostgresDate.negativeInfinity.description == "-infinity")
        #expect(PostgresDate.infinity.components == nil && !PostgresDate.infinity.isFinite)
    }

    // MARK: Times

    @Test func times() {
        #expect(PostgresTime("24:00:00")?.microseconds == 86_400_000_000)
        #expect(PostgresTime("23:59:59.999999")?.description == "23:59:59.999999")
        #expect(PostgresTime("12:30")?.description == "12:30:00")
        #expect(PostgresTime("00:00:00.0000005")?.microseconds == 1)
        for bad in ["24:00:01", "25:00:00", "12:60", "12:00:60", "1:00", "12:00.5", "12:00:00.", "12:00:00Z"] {
            #expect(PostgresTime(bad) == nil, "\(bad)")
        }
        #expect(PostgresTime(microseconds: -1) == nil)
        #expect(PostgresTimeTZ("08:30:00-15:59:59")?.description == "08:30:00-15:59:59")
        #expect(PostgresTimeTZ("08:30:00+0530")?.description == "08:30:00+05:30")
        #expect(PostgresTimeTZ("08:30:00") == nil && PostgresTimeTZ("08:30:00+16") == nil)
    }

    @Test(arguments: [
        ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"), ("2024-02-29 12:00:00.25+02", "2024-02-29T10:00:00.25Z"),
        ("2024-02-29 00:30:00-03:30", "2024-02-29T04:00:00Z"), ("0044-03-15 12:00:00+00 BC", "0044-03-15T12:00:00Z BC"),
        ("294276-12-31 23:59:59.999999+00", "294276-12-31T23:59:59.999999Z"),
        ("4714-11-24 00:00:00+00 BC", "4714-11-24T00:00:00Z BC"), ("infinity", "infinity"), ("-infinity", "-infinity"),
        ("1999-12-31T24:00:00Z", "2000-01-01T00:00:00Z"),
    ])
    func timestamps(input: String, output: String) { #expect(PostgresTimestampTZ(input)?.description == output) }

    @Test func notTimestamps() {
        for bad in [
            "2024-02-29T12:00:00", "294277-01-01 00:00:00+00", "4714-11-23 23:59:59+00 BC", "2024-02-30T00:00:00Z",
            "2024-02-29", "9999999-01-01 00:00:00Z", "2024-02-29T12:00:00+1", "2024-02-29T12:00:00+01:", "infinityy",
        ] {
            #expect(PostgresTimestampTZ(bad) == nil, "\(bad)")
        }
        #expect(PostgresTimestamp("2024-02-29T12:00:00Z") == nil)
        #expect(PostgresTimestamp("2024-02-29T12:00:00")?.description == "2024-02-29T12:00:00")
        #expect(PostgresTimestamp(microsecondsSince2000: .max) == nil)
        #expect(throws: CellError.self) {
            try Wire.decode(PostgresTimestamp.self, Wire.bytes("7ffffffffffffffe"), .timestamp)
        }
    }

    @Test func foundationDates() throws {
        for microseconds: Int64 in [0, 1, -1, 1_700_000_000_123_456, -1_700_000_000_123_456] {
            let moment = try #require(PostgresTimestampTZ(microsecondsSince2000: microseconds))
            #expect(PostgresTimestampTZ(try #require(moment.date)) == moment)
        }
        #expect(PostgresTimestampTZ(Date(timeIntervalSince1970: 0))?.description == "1970-01-01T00:00:00Z")
        #expect(PostgresTimestampTZ(.distantPast) != nil && PostgresTimestampTZ(.distantFuture) != nil)
        for interval in [Double.nan, .infinity, -.infinity, 1e300, -1e300, 9.3e12, -2.2e11] {
            let date = Date(timeIntervalSinceReferenceDate: interval)
            #expect(PostgresTimestampTZ(date) == nil)
            let error = #expect(throws: PostgresError.self) { try Wire.hex(date) }
            #expect(error?.code == .invalidParameter)
        }
        #expect(PostgresTimestampTZ.infinity.date == nil)
        #expect(throws: CellError.self) { try Wire.decode(Date.self, Wire.bytes("7fffffffffffffff"), .timestamptz) }
    }

    // MARK: Intervals

    @Test(arguments: [
        ("P1Y2M3DT4H5M6.789S", "P1Y2M3DT4H5M6.789S"), ("1 year 2 mons 3 days 04:05:06.789", "P1Y2M3DT4H5M6.789S"),
        ("-1 years -2 mons +3 days -04:05:06", "P-1Y-2M3DT-4H-5M-6S"), ("00:00:00", "PT0S"), ("1 mon", "P1M"),
        ("P2W", "P14D"), ("-00:00:00.5", "PT-0.5S"), ("P1Y-1M", "P11M"), ("100:00:00", "PT100H"),
        ("-2562047788:00:54.775808", "PT-2562047788H-54.775808S"), ("infinity", "infinity"),
        ("PT-0.000001S", "PT-0.000001S"),
    ])
    func intervals(input: String, output: String) {
        #expect(PostgresInterval(input)?.description == output)
        #expect(PostgresInterval(output) == PostgresInterval(input))
    }

    @Test(arguments: [
        "", "P", "1", "1 day ", "P1", "PT1", "P1.5D", "1 parsec", "04:05", "P999999999999Y",
        "99999999999999999999 days",
        "2562047789:00:00", "04:60:00", "@ 1 day",
    ])
    func notIntervals(input: String) { #expect(PostgresInterval(input) == nil) }

    @Test func intervalLimits() {
        for interval in [
            PostgresInterval(months: .min, days: .max, microseconds: .min),
            PostgresInterval(months: .max, days: .min, microseconds: .max),
        ] {
            #expect(PostgresInterval(interval.description) == interval)
        }
    }
}
