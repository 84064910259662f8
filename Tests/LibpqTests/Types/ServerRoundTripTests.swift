// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Logging
import TestSupport
import Testing

/// Values sent to a server and read back in both formats, and their bytes compared with those of the server's own
/// `*_send` functions.
struct ServerRoundTripTests {
    private func withConnection(_ body: (Connection) async throws -> Void) async throws {
        let database = try await TestDatabase.named("types")
        let connection = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "types"))
        defer { connection.close() }
        try await body(connection)
    }

    /// Sends each text's value as a parameter; the server's opinion of the same text is the golden one.
    private func check<Value: PostgresCodable & Equatable>(
        _ type: String, _ send: String, _ values: [(text: String, value: Value)]
    ) async throws {
        try await withConnection { connection in
            for (text, value) in values {
                let rows = try await connection.execute(
                    """
                    select \(value), \(text)::text::\(unsafeRaw: type), \(unsafeRaw: send)(\(text)::text::\(unsafeRaw: type)),
                        array[\(text)::text::\(unsafeRaw: type), null], \([value, nil] as [Value?])
                    """)
                #expect(rows.columns.map(\.typeID).dropLast(3) == [Value.postgresType, Value.postgresType])
                #expect(try rows.decode(Value.self, row: 0, column: 0) == value, "\(type) \(text)")
                #expect(try rows.decode(Value.self, row: 0, column: 1) == value, "\(type) \(text)")
                #expect(
                    try Wire.hex(value) == Wire.hex(rows.decode([UInt8].self, row: 0, column: 2)), "\(type) \(text)")
                #expect(try rows.decode([Value?].self, row: 0, column: 3) == [value, nil], "\(type) \(text)")
                #expect(try rows.decode([Value?].self, row: 0, column: 4) == [value, nil], "\(type) \(text)")

                // aclitem has no binary form, so that the whole result comes as text.
                let texts = try await connection.execute(
                    "select \(value), \([value, nil] as [Value?]), makeaclitem(10, 10, 'SELECT', false)")
                #expect(texts.columns.map(\.format) == [.text, .text, .text])
                #expect(try texts.decode(Value.self, row: 0, column: 0) == value, "\(type) \(text) as text")
                #expect(try texts.decode([Value?].self, row: 0, column: 1) == [value, nil], "\(type) \(text) as text")
                #expect(try texts.decode(String.self, row: 0, column: 2).contains("=r"))
            }
        }
    }

    @Test func integers() async throws {
        try await check("int2", "int2send", [("-32768", Int16.min), ("32767", .max)])
        try await check("int4", "int4send", [("-2147483648", Int32.min), ("2147483647", .max)])
        try await check("int8", "int8send", [("-9223372036854775808", Int64.min), ("9223372036854775807", .max)])
        try await check("int8", "int8send", [("0", 0)])
        try await check("oid", "oidsend", [("4294967295", UInt32.max)])
        try await check("bool", "boolsend", [("true", true), ("false", false)])
    }

    @Test func floats() async throws {
        try await check(
            "float8", "float8send",
            [
                ("0.1", 0.1), ("-0", -0.0), ("Infinity", .infinity), ("-Infinity", -.infinity),
                ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude),
            ])
        try await check("float4", "float4send", [("0.1", Float(0.1)), ("-Infinity", -.infinity)])
        try await withConnection { connection in
            let rows = try await connection.execute("select \(Double.nan), \(Float.nan), \(-0.0)")
            #expect(try rows.decode(Double.self, row: 0, column: 0).isNaN)
            #expect(try rows.decode(Float.self, row: 0, column: 1).isNaN)
            #expect(try rows.decode(Double.self, row: 0, column: 2).sign == .minus)
        }
    }

    @Test func numerics() async throws {
        let texts = [
            "0", "0.00", "-12.50", "NaN", "Infinity", "-Infinity", "1e-16383", "1e131071", "10000", "-0.0001",
            "1234567890.0987",
            String(repeating: "9", count: 131_072), "-" + String(repeating: "12345678", count: 16_384) + ".000100",
        ]
        try await check(
            "numeric", "numeric_send",
            try texts.map { text in
                let value = try #require(PostgresNumeric(text))
                return (text, value)
            })
        // Equality ignores the scale: every digit is compared here, with the server's own text.
        try await withConnection { connection in
            for text in texts {
                let value = try #require(PostgresNumeric(text))
                let rows = try await connection.execute("select \(value)::text")
                #expect(try rows.decode(String.self, row: 0, column: 0) == value.description)
            }
        }
    }

    @Test func texts() async throws {
        try await check("text", "textsend", [("", ""), ("a'b\"c\\d{},é😀", "a'b\"c\\d{},é😀"), ("NULL", "NULL")])
        try await check(
            "uuid", "uuid_send",
            [
                (
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                    PostgresUUID(high: 0xa0ee_bc99_9c0b_4ef8, low: 0xbb6d_6bb9_bd38_0a11)
                )
            ])
        try await check("bytea", "byteasend", [("\\x", [UInt8]()), ("\\x00ff5c", [0, 255, 92])])
        try await check("jsonb", "jsonb_send", [("{\"a\": 1}", PostgresJSONB("{\"a\": 1}"))])
        try await check("json", "json_send", [("{\"b\":1.00, \"a\":\"\"}", PostgresJSON("{\"b\":1.00, \"a\":\"\"}"))])
        try await check("point", "point_send", [("(1.5,-2e300)", PostgresPoint(x: 1.5, y: -2e300))])
    }

    @Test func datesAndTimes() async throws {
        func all<Value: LosslessStringConvertible>(_: Value.Type, _ texts: [String]) throws -> [(String, Value)] {
            try texts.map { text in (text, try #require(Value(text), "\(text)")) }
        }
        try await check(
            "date", "date_send",
            try all(
                PostgresDate.self,
                [
                    "2000-01-01", "2024-02-29", "4713-01-01 BC", "0001-12-31 BC", "5874897-12-31", "infinity",
                    "-infinity",
                ]))
        try await check("time", "time_send", try all(PostgresTime.self, ["00:00:00", "24:00:00", "12:34:56.789012"]))
        try await check(
            "timetz", "timetz_send", try all(PostgresTimeTZ.self, ["08:30:00.5-15:59:59", "24:00:00+05:30"]))
        try await check(
            "timestamp", "timestamp_send",
            try all(
                PostgresTimestamp.self,
                [
                    "2000-01-01 00:00:00", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999", "infinity",
                    "-infinity",
                ]))
        try await check(
            "timestamptz", "timestamptz_send",
            try all(
                PostgresTimestampTZ.self,
                [
                    "2024-02-29 12:00:00.000001+02", "4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00",
                    "infinity", "-infinity",
                ]))
        try await check(
            "interval", "interval_send",
            try all(
                PostgresInterval.self,
                [
                    "00:00:00", "1 mon", "-1 years -2 mons +3 days -04:05:06.5", "P-178000000Y",
                    "PT2562047788H54.775807S",
                    "14 mons -2147483648 days",
                ]))
    }

    /// What we print for a timestamp, a date or an interval PostgreSQL reads as the same.
    @Test func descriptionsAreInput() async throws {
        try await withConnection { connection in
            for text in [
                "0044-03-15T12:00:00.5Z BC", "294276-12-31T23:59:59.999999Z", "2024-02-29T12:00:00Z", "-infinity",
            ] {
                let value = try #require(PostgresTimestampTZ(text))
                let rows = try await connection.execute("select \(value.description)::timestamptz = \(value)")
                #expect(try rows.decode(Bool.self, row: 0, column: 0), "\(text)")
            }
            let interval = PostgresInterval(months: -14, days: 3, microseconds: -4_500_000)
            let rows = try await connection.execute("select \(interval.description)::interval = \(interval)")
            #expect(try rows.decode(Bool.self, row: 0, column: 0))
        }
    }

    @Test func arraysOfAllShapes() async throws {
        try await withConnection { connection in
            let rows = try await connection.execute(
                """
                select \([[1, 2], [3, 4]]), '[0:1][-1:0]={{1,2},{3,NULL}}'::int4[], '{}'::text[], \([String]()),
                    \([[UInt8]([1]), []]), \(PostgresArray([7, 8], lowerBound: 5)), array_lower(\(
                        PostgresArray([7, 8], lowerBound: 5)), 1)
                """)
            #expect(try rows.decode([[Int]].self, row: 0, column: 0) == [[1, 2], [3, 4]])
            let bounded = try rows.decode(PostgresArray<Int?>.self, row: 0, column: 1)
            #expect(bounded.dimensions == [.init(count: 2, lowerBound: 0), .init(count: 2, lowerBound: -1)])
            #expect(bounded.elements == [1, 2, 3, nil])
            #expect(try rows.decode([[Int?]].self, row: 0, column: 1) == [[1, 2], [3, nil]])
            #expect(try rows.decode([String].self, row: 0, column: 2).isEmpty)
            #expect(try rows.decode([String].self, row: 0, column: 3).isEmpty)
            #expect(try rows.decode([[UInt8]].self, row: 0, column: 4) == [[1], []])
            #expect(
                try rows.decode(PostgresArray<Int>.self, row: 0, column: 5) == PostgresArray([7, 8], lowerBound: 5))
            #expect(try rows.decode(Int.self, row: 0, column: 6) == 5)
        }
    }

    enum Mood: String, PostgresCodable { case happy, sad }

    @Test func typesOfTheDatabase() async throws {
        let database = try await TestDatabase.named("types_of_its_own")
        try await database.run(
            """
            drop schema if exists own cascade; create schema own; set search_path = own;
            create type mood as enum ('happy', 'sad'); create domain positive as int check (value > 0);
            create domain word as text; create type pair as (a int, b text);
            create table thing (m mood, p positive, w word, c pair, r int4range, i inet, ms mood[], k "char", b char(4));
            insert into thing values ('sad', 7, 'x', (1, 'y'), '[1,5)', '10.0.0.1', '{happy,NULL}', 'q', 'ab');
            """)
        let connection = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "types"))
        defer { connection.close() }
        let rows = try await connection.execute(
            "select * from own.thing where m = \(Mood.sad) and m = any(\([Mood.sad, .happy])::own.mood[])")
        #expect(try rows.decode(Mood.self, row: 0, column: "m") == .sad)
        #expect(try rows.decode(Int.self, row: 0, column: "p") == 7)
        #expect(try rows.decode(String.self, row: 0, column: "w") == "x")
        #expect(try rows.decode([Mood?].self, row: 0, column: "ms") == [.happy, nil])
        #expect(try rows.decode(String.self, row: 0, column: "k") == "q")
        #expect(try rows.decode(String.self, row: 0, column: "b") == "ab  ")
        for column in ["c", "r", "i"] {
            let error = #expect(throws: PostgresError.self) { try rows.decode(String.self, row: 0, column: column) }
            #expect(error?.code == .decodingFailed && error?.message.contains("cast it to text") == true)
            #expect(try !rows.decode(RawCell.self, row: 0, column: column).bytes.isEmpty)
        }
        let texts = try await connection.execute("select c::text, r::text, host(i) from own.thing")
        #expect(try texts.decode(String.self, String.self, String.self)[0] == ("(1,y)", "[1,5)", "10.0.0.1"))
        let results = try await connection.execute("select c, r, makeaclitem(10, 10, 'SELECT', false) from own.thing")
        #expect(try results.decode(String.self, row: 0, column: 0) == "(1,y)")
        #expect(try results.decode(String.self, row: 0, column: 1) == "[1,5)")
    }

    @Test func outOfRange() async throws {
        try await withConnection { connection in
            for statement: SQL in ["select \(Int.max)::int4", "select \(40_000)::int2"] {
                let error = await #expect(throws: PostgresError.self) { try await connection.execute(statement) }
                #expect(error?.sqlState == "22003")
            }
            let error = await #expect(throws: PostgresError.self) { try await connection.execute("select \("a\0b")") }
            #expect(error?.code == .invalidParameter)
            let sum = try await connection.execute("select sum(n) from generate_series(1, 100::int8) n")
            #expect(try sum.decode(Int.self, row: 0, column: 0) == 5050)
        }
    }
}
