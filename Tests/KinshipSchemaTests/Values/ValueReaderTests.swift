// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

@Suite struct ValueReaderTests {
    private func read(_ json: JSONValue, _ type: ColumnType, _ kind: Property.Kind = .any) -> BoundValue.Contents? {
        ValueReader.contents(json, type, kind)
    }

    @Test func d7IntegersAreCheckedAgainstTheColumnsRange() {
        #expect(read(32767, .int2) == .integer(32767))
        #expect(read(32768, .int2) == nil)
        #expect(read(-32768, .int2) == .integer(-32768))
        #expect(read(2_147_483_647, .int4) == .integer(2_147_483_647))
        #expect(read(2_147_483_648, .int4) == nil)
        #expect(read(.number("-9223372036854775808"), .int8) == .integer(.min))
        #expect(read(.number("9223372036854775807"), .int8) == .integer(.max))
        #expect(read(.number("9223372036854775808"), .int8) == nil)
        #expect(read(.number("1.5"), .int4) == nil)
        #expect(read(.number("1.50e1"), .int4) == .integer(15))
        #expect(read(.number("1e999999999999"), .int8) == nil)
        #expect(read(.number("0e999999999999"), .int8) == .integer(0))
        #expect(read(true, .int4) == nil)
    }

    @Test func k3NumericStringsAreNumbers() {
        #expect(read("20", .int4) == .integer(20))
        #expect(read(" +20 ", .int8) == .integer(20))
        #expect(read("abc", .int4) == nil)
        #expect(read("", .int4) == nil)
        #expect(read("0x10", .int4) == nil)
        #expect(read("0.1", .numeric) == .numeric("0.1"))
    }

    @Test func numericsKeepEveryDigit() {
        #expect(
            read(.number("0.1000000000000000055511151231257827"), .numeric)
                == .numeric("0.1000000000000000055511151231257827"))
        #expect(read(.number("-1.25e-3"), .numeric) == .numeric("-0.00125"))
        #expect(read(.number("12e3"), .numeric) == .numeric("12000"))
        #expect(read("NaN", .numeric) == .numeric("NaN"))
        // Few characters must not become very many.
        #expect(read(.number("1e100000"), .numeric) == nil)
        #expect(read(.number("1e-100000"), .numeric) == nil)
    }

    @Test func doublesAreTheNearestOnes() {
        #expect(read(.number("0.30000000000000004"), .float8) == .double(0.30000000000000004))
        #expect(read(.number("1e400"), .float8) == nil)
        #expect(read(.number("0.1"), .float4) == .double(Double(Float(0.1))))
        #expect(read(.number("1e39"), .float4) == nil)
    }

    @Test func booleansInLoopBacksSpellings() {
        for json: JSONValue in [true, "true", 1, "1", "t", "Y"] { #expect(read(json, .bool) == .bool(true)) }
        for json: JSONValue in [false, "false", 0, "0", "f", "N"] { #expect(read(json, .bool) == .bool(false)) }
        for json: JSONValue in [2, "maybe", [], "ja"] { #expect(read(json, .bool) == nil) }
    }

    @Test(
        arguments: [
            ("2000-01-01T00:00:00.000Z", 0), ("2000-01-01", 0), ("2000", 0), ("2000-01", 0),
            ("2000-01-01 00:00:01", 1_000_000),
            ("2000-01-01T02:00:00+02:00", 0), ("2000-01-01T02:00:00+0200", 0), ("1999-12-31T22:00:00-02", 0),
            ("2000-01-01T00:00:00.123456789Z", 123_456), ("2000-01-01T24:00:00Z", 86_400_000_000),
            ("infinity", Int64.max),
            ("-infinity", Int64.min), ("2024-02-29T23:59:59.999Z", 762_566_399_999_000),
            ("0001-01-01", -63_082_281_600_000_000),
            ("+012000-01-01T00:00Z", 315_569_520_000_000_000), ("-000001-12-31", -63_113_990_400_000_000),
        ] as [(String, Int64)])
    func k9DatesAreISO8601(text: String, microseconds: Int64) {
        #expect(read(.string(text), .timestamptz) == .timestamp(microseconds))
    }

    @Test(arguments: [
        "", "yesterday", "2024-13-01", "2024-02-30", "2023-02-29", "2024-01-01T25:00:00Z", "2024-01-01T24:00:01Z",
        "2024-01-01T10:60:00Z", "2024-01-01T10:00:60Z", "2024-1-1", "24-01-01", "2024-01-01T", "2024-01-01T10",
        "2024-01-01T10:00:00+", "2024-01-01T10:00:00+99:00", "2024-01-01T10:00:00Zx", "+999999-01-01", "-004714-01-01",
        "2024-01-01T10:00:00.Z", "01/02/2024", "2024-01-01T10:00:00 CET",
    ])
    func d7OtherDatesAreRefused(text: String) {
        #expect(read(.string(text), .timestamptz) == nil)
    }

    @Test func datesAsMilliseconds() {
        #expect(read(.number("1718452800000"), .timestamptz) == .timestamp(771_768_000_000_000))
        #expect(read("1718452800000", .timestamptz) == .timestamp(771_768_000_000_000))
        #expect(read(.number("0.0015"), .timestamptz) == .timestamp(-946_684_799_999_999))
        #expect(read(.number("1e30"), .timestamptz) == nil)
        #expect(read(0, .date) == .date(-10957))
        #expect(read("1999-12-31T00:00:00Z", .date) == .date(-1))
        #expect(read("2000-01-01T01:00:00+01:00", .date) == .date(0))
        // An instant inside a day is none (B10).
        #expect(read("1999-12-31T23:59:59Z", .date) == nil)
        #expect(read("2000-01-01T00:30:00+01:00", .date) == nil)
        #expect(read("infinity", .date) == .date(.max))
    }

    @Test func uuids() {
        let expected = BoundValue.Contents.uuid(0x1111_1111_1111_4111, 0x8111_1111_1111_1111)
        for text in ["11111111-1111-4111-8111-111111111111", "{11111111111141118111111111111111}"] {
            #expect(read(.string(text), .uuid) == expected)
        }
        for text in [
            "x", "", "11111111-1111-4111-8111-11111111111", "11111111-1111-4111-8111-111111111111-",
            "1-1111111-1111-4111-8111-111111111111",
        ] {
            #expect(read(.string(text), .uuid) == nil)
        }
    }

    @Test func pointsHaveTheLongitudeAsX() {
        for json: JSONValue in [["lat": 20, "lng": 10], "20,10", "20, 10", [20, 10]] {
            #expect(read(json, .point) == .point(10, 20))
        }
        for json: JSONValue in [["lat": 91, "lng": 0], ["lat": 0, "lng": 181], ["lat": 0], "20", [1, 2, 3], "a,b"] {
            #expect(read(json, .point) == nil)
        }
    }

    @Test func textTakesWhatLoopBackTurnsIntoText() {
        #expect(read(5, .text, .string) == .text("5"))
        #expect(read(true, .text, .string) == .text("true"))
        #expect(read([1, 2], .text, .string) == nil)
        #expect(read([1, 2], .text, .array(of: .number)) == .text("[1,2]"))
        #expect(read("a\0b", .text) == nil)
        #expect(read(["a": "\0"], .jsonb) == nil)
        #expect(read(["a": [1, nil]], .jsonb) == .json(#"{"a":[1,null]}"#))
    }

    @Test func enumerationsHaveTheirLabels() {
        let mood = ColumnType(1, array: 2, "mood", .enumeration(labels: ["fröhlich", "ernst"]))
        #expect(read("ernst", mood) == .text("ernst"))
        #expect(read("Ernst", mood) == nil)
        // Canonically equivalent, but another text for the server.
        #expect(read("fro\u{308}hlich", mood) == nil)
    }

    @Test func arraysBytesTimesAndIntervals() {
        #expect(read(["1", nil, 2], .int4.array) == .array([.integer(1), .null, .integer(2)]))
        #expect(read([1.5], .int4.array) == nil)
        #expect(read("AQL/", .bytea) == .bytes([1, 2, 255]))
        #expect(read(["type": "Buffer", "data": [1, 255]], .bytea) == .bytes([1, 255]))
        #expect(read("***", .bytea) == nil)
        #expect(read("12:30:00.5", .time) == .time(45_000_500_000))
        #expect(read("25:00", .time) == nil)
        #expect(read("12:30+02:00", .timetz) == .text("12:30+02:00"))
        for text in [
            "P1Y2M3DT4H5M6.5S", "1 day 02:00:00", "-3 months", "PT1H", "100:00:00", "-1 days +02:03:00", "0", "@ 0",
            "@ 1 day 2 hours ago", "1-2 3 4:05:06", "-1-2 +3 -4:05:06.5", "1000000 days",
        ] {
            #expect(read(.string(text), .interval) != nil)
        }
        for text in ["", "P", "PT", "P1S", "1", "1 parsec", "day", "1 day 2 days", "1 sec 02:00:00"] {
            #expect(read(.string(text), .interval) == nil)
        }
    }

    @Test(arguments: [
        ("character varying(20)", "character varying(20)", 1043), ("VARCHAR", "character varying", 1043),
        ("NUMERIC(12,2)", "numeric(12,2)", 1700), ("numeric(5)", "numeric(5,0)", 1700), ("decimal", "numeric", 1700),
        ("timestamp without time zone", "timestamp without time zone", 1114),
        ("timestamp(3) with time zone", "timestamp with time zone", 1184),
        ("timestamptz", "timestamp with time zone", 1184), ("varchar[]", "character varying[]", 1015),
        ("text[]", "text[]", 1009),
        ("double precision", "double precision", 701), ("int8", "bigint", 20), ("BIGSERIAL", "bigint", 20),
        ("character(5)", "character(5)", 1042), ("uuid", "uuid", 2950), ("integer ARRAY", "integer[]", 1007),
        ("mood", "mood", 0), ("Weird Type", "\"weird type\"", 0),
        ("x\"; DROP TABLE y; --", "\"x\"\"; drop table y; --\"", 0),
        ("app.mood", "app.mood", 0),
    ])
    func columnTypesByName(name: String, expected: String, oid: Int) {
        let type = ColumnType(named: name)
        #expect(type.name == expected)
        #expect(type.oid == UInt32(oid))
    }

    @Test func columnTypesByOID() {
        #expect(ColumnType.builtIn(oid: 23) == .int4)
        #expect(ColumnType.builtIn(oid: 1007)?.element == .int4)
        #expect(ColumnType.builtIn(oid: 99_999) == nil)
        #expect(ColumnType(named: "numeric(12,2)").nameWithoutModifier == "numeric")
        for type in ColumnType.builtIn { #expect(ColumnType.builtIn(oid: type.oid) == type) }
    }
}
