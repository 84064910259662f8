// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// Cells of every type as JSON, compared with what the value must look like; the cells come from a real server.
@Suite struct CellWriterTests {
    /// The JSON of one SQL expression.
    static func json(
        _ expression: String, _ type: ColumnType, as kind: Property.Kind? = nil, on connection: Connection
    ) async throws -> String {
        let rows = try await connection.execute(Statement("SELECT \(expression)", preparation: .unnamed))
        guard let cell = rows.bytes(row: 0, column: 0) else { return "null" }
        var buffer = ByteBuffer()
        try CellWriter.write(cell, CellFormat(type, as: kind), to: &buffer)
        return String(decoding: buffer.array, as: UTF8.self)
    }

    static func withConnection<R>(_ body: (Connection) async throws -> R) async throws -> R {
        let url = try await TestDatabase.named("cells").url
        let connection = try await Connection.connect(ConnectionConfiguration(url: url), logger: Logger(label: "test"))
        defer { connection.close() }
        return try await body(connection)
    }

    /// No server sends them, but a cell is only bytes.
    @Test(
        arguments: [
            ([3, 2, 0, 0, 0, 0, 7], "7"), ([3, 2, 0, 0, 0, 12, 7], "120007"), ([2, 1, 0x4000, 0, 0, 5], "-5"),
            ([1, 2, 0, 0, 0], "0"), ([4, 2, 0, 2, 0, 0, 1, 2500], "1.25"), ([0, 0, 0, 0], "0"),
        ] as [([UInt16], String)]) func `Zeros ahead of a number are none of JSON`(words: [UInt16], expected: String)
        throws
    {
        var buffer = ByteBuffer()
        let bytes = words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        try bytes.withUnsafeBytes { try CellWriter.write($0, CellFormat(.numeric, as: nil), to: &buffer) }
        #expect(String(decoding: buffer.array, as: UTF8.self) == expected)
    }

    @Test func `Numbers keep their digits`() async throws {
        let cases: [(String, ColumnType, String)] = [
            ("32767::int2", .int2, "32767"), ("(-32768)::int2", .int2, "-32768"),
            ("(-2147483648)::int4", .int4, "-2147483648"), ("0::int4", .int4, "0"),
            ("9223372036854775807::int8", .int8, "9223372036854775807"),
            ("(-9223372036854775808)::int8", .int8, "-9223372036854775808"),
            ("0.1000000000000000055511151231257827::numeric", .numeric, "0.1000000000000000055511151231257827"),
            ("(-12345678901234567890.123456789)::numeric", .numeric, "-12345678901234567890.123456789"),
            ("100::numeric(12,2)", .numeric, "100.00"), ("10000::numeric", .numeric, "10000"),
            ("0::numeric", .numeric, "0"), ("0.00::numeric(4,2)", .numeric, "0.00"),
            ("1e-20::numeric", .numeric, "0.00000000000000000001"),
            ("1e20::numeric", .numeric, "100000000000000000000"), ("10000.0001::numeric", .numeric, "10000.0001"),
            ("'NaN'::numeric", .numeric, "\"NaN\""), ("'-Infinity'::numeric", .numeric, "\"-Infinity\""),
            ("1.5::float8", .float8, "1.5"), ("0.1::float8", .float8, "0.1"), ("100::float8", .float8, "100"),
            ("19.99::float8", .float8, "19.99"), ("(-0.125)::float8", .float8, "-0.125"),
            ("0.30000000000000004::float8", .float8, "0.30000000000000004"),
            ("1.7976931348623157e308::float8", .float8, "1.7976931348623157e+308"),
            ("5e-324::float8", .float8, "5e-324"), ("'-0'::float8", .float8, "-0.0"),
            ("'NaN'::float8", .float8, "\"NaN\""), ("'Infinity'::float8", .float8, "\"Infinity\""),
            ("0.1::float4", .float4, "0.1"), ("(-1e30)::float4", .float4, "-1e+30"), ("7::float4", .float4, "7"),
        ]
        try await Self.withConnection { connection in
            for (expression, type, expected) in cases {
                let json = try await Self.json(expression, type, on: connection)
                #expect(json == expected, "\(expression)")
            }
        }
    }

    @Test func `Texts are escaped as JSON asks for`() async throws {
        let cases: [(String, String)] = [
            ("'plain'::text", #""plain""#), ("''::text", #""""#), ("'exactly8'::text", #""exactly8""#),
            ("'a \"quote\" and \\ more'::text", #""a \"quote\" and \\ more""#),
            ("E'tab\\tnew\\nline\\x01\\x1f\\x7f'::text", "\"tab\\tnew\\nline\\u0001\\u001f\u{7F}\""),
            ("'Zoë 日本 😀'::text", #""Zoë 日本 😀""#), ("'12345678\"'::text", #""12345678\"""#),
        ]
        try await Self.withConnection { connection in
            for (expression, expected) in cases {
                let json = try await Self.json(expression, .text, on: connection)
                #expect(json == expected, "\(expression)")
            }
            let json = try await Self.json("'ab'::char(5)", .bpchar, on: connection)
            #expect(json == #""ab   ""#)
        }
    }

    @Test func `K9: dates are ISO 8601, UTC, milliseconds, further digits cut off`() async throws {
        let cases: [(String, ColumnType, String)] = [
            ("'2024-01-02 03:04:05.678+00'::timestamptz", .timestamptz, "2024-01-02T03:04:05.678Z"),
            ("'1999-12-31 23:59:59.999999+00'::timestamptz", .timestamptz, "1999-12-31T23:59:59.999Z"),
            ("'1969-12-31 23:59:59.9999+00'::timestamptz", .timestamptz, "1969-12-31T23:59:59.999Z"),
            ("'2024-03-31 02:30:00+02'::timestamptz", .timestamptz, "2024-03-31T00:30:00.000Z"),
            ("'2024-02-29'::timestamp", .timestamp, "2024-02-29T00:00:00.000Z"),
            ("'0001-01-01'::date", .date, "0001-01-01T00:00:00.000Z"),
            ("'2000-03-01'::date", .date, "2000-03-01T00:00:00.000Z"),
            ("'1900-02-28'::date", .date, "1900-02-28T00:00:00.000Z"),
            ("'4713-01-01 BC'::date", .date, "-004712-01-01T00:00:00.000Z"),
            ("'294276-12-31 23:59:59.999999'::timestamp", .timestamp, "+294276-12-31T23:59:59.999Z"),
            ("'5874897-12-31'::date", .date, "+5874897-12-31T00:00:00.000Z"),
            ("'infinity'::timestamptz", .timestamptz, "infinity"), ("'-infinity'::date", .date, "-infinity"),
            ("'24:00:00'::time", .time, "24:00:00"), ("'08:15:00.25'::time", .time, "08:15:00.25"),
            ("'08:15:00-03:30'::timetz", .timetz, "08:15:00-03:30"),
            ("'08:15:00+02'::timetz", .timetz, "08:15:00+02:00"),
            ("'1 year 2 mons 3 days 04:05:06.5'::interval", .interval, "P1Y2M3DT4H5M6.5S"),
            ("'-1 mons +2 days -00:00:00.000001'::interval", .interval, "P-1M2DT-0.000001S"),
            ("'0'::interval", .interval, "PT0S"),
        ]
        try await Self.withConnection { connection in
            for (expression, type, expected) in cases {
                let json = try await Self.json(expression, type, on: connection)
                #expect(json == "\"\(expected)\"", "\(expression)")
            }
        }
    }

    @Test func `Other types`() async throws {
        let cases: [(String, ColumnType, Property.Kind?, String)] = [
            ("true", .bool, nil, "true"), ("false", .bool, nil, "false"),
            ("'11111111-2222-4333-8444-0123456789ab'::uuid", .uuid, nil, #""11111111-2222-4333-8444-0123456789ab""#),
            (#"'{"a": [1, null]}'::jsonb"#, .jsonb, nil, #"{"a": [1, null]}"#),
            (#"'{"b":  1.50}'::json"#, .json, nil, #"{"b":  1.50}"#),
            ("'[1,2]'::text", .text, .array(of: .number), "[1,2]"), ("'plain'::text", .text, .any, #""plain""#),
            ("''::text", .text, .object, "null"), ("'{\"a\":}'::text", .text, .object, #""{\"a\":}""#),
            ("9223372036854775807::int8", .int8, .string, #""9223372036854775807""#),
            ("'NaN'::numeric", .numeric, .string, #""NaN""#),
            ("point(-10.5, 20)", .point, .geopoint, #"{"lng":-10.5,"lat":20}"#),
            ("'{a,NULL,\"q\\\"\"}'::text[]", .text.array, nil, #"["a",null,"q\""]"#),
            ("'{{1,2},{3,4}}'::int4[]", .int4.array, nil, "[[1,2],[3,4]]"), ("'{}'::int4[]", .int4.array, nil, "[]"),
            ("'[5:6]={7,8}'::int8[]", .int8.array, nil, "[7,8]"),
            (#"'\x00ff10'::bytea"#, .bytea, nil, #""AP8Q""#), (#"'\x00'::bytea"#, .bytea, nil, #""AA==""#),
        ]
        try await Self.withConnection { connection in
            for (expression, type, kind, expected) in cases {
                let json = try await Self.json(expression, type, as: kind, on: connection)
                #expect(json == expected, "\(expression)")
            }
        }
    }

    @Test func `Bytes that are no value of the type are an error, never a trap`() throws {
        var generator = SeededGenerator(seed: 20_241)
        let formats: [CellFormat] = [
            .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .text, .uuid, .bytea, .timestamp, .date, .time,
            .timetz,
            .interval, .json, .jsonb, .point, .textHoldingJSON, .quoted(.numeric), .array(.int4), .array(.numeric),
            .array(.text),
        ]
        var refused = 0
        for _ in 0..<40_000 {
            let format = formats[Int.random(in: 0..<formats.count, using: &generator)]
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                // Small numbers make lengths and dimensions that look right.
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...3, using: &generator) : .random(in: 0...255, using: &generator)
            }
            var buffer = ByteBuffer(capacity: 64)
            bytes.withUnsafeBytes { cell in
                do throws(CellWriter.Malformed) {
                    try CellWriter.write(cell, format, to: &buffer)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 1000)
    }
}

/// A reproducible source of random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
