// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import TestSupport
import Testing

@testable import Kinship
@testable import RelationPlanner

/// Which texts are values of a type is in one table: the server and this library make the same of it, value by value.
@Suite(.timeLimit(.minutes(2))) struct StoredTextTests {
    private static let mood = "stored_mood"

    /// The type of a name; an enumeration has an OID of its own.
    private static func type(_ name: String, _ connection: Connection) async throws -> ColumnType {
        if name != mood { return try #require(ColumnType.builtIn.first { $0.name == name }, "\(name)") }
        let rows = try await connection.execute(Statement("SELECT '\(mood)'::regtype::oid::int8"))
        return ColumnType(
            UInt32(try rows.decode(Int64.self, row: 0, column: 0)), array: 0, mood,
            .enumeration(labels: ["ok", "Not ok", "ö"]))
    }

    /// Texts at the edges of all forms.
    static let texts: [String] = [
        "", " ", "x", "null", "ok", "OK", "Not ok", "ö", "o\u{308}", "true", "TRUE", "t", "yes", "Y", "on", "oN", "off",
        "no",
        "false", "tru", "truex", "0", "1", "2", "-0", "+1", " 1", "1 ", "01", "007", "-007", "--1", "1-", "1_000",
        "0x10",
        "32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "99999999999999999999", "000000000000000000000000000009223372036854775807", "1.0", "1.", ".5", "0.5", "-0.50",
        "1e2", "1E+2", "1e-2", "1e", "1e+", "1.e5", "1e0005", "1e999", "12e999", "1e1000", "1e-999", "0e999", "1e38",
        "3.4e38", "3.41e38", "1e-37", "9e-38", "1.7e308", "1.70000000000000000001e308", "1.8e308", "1e-307", "9.9e-308",
        "1e-400", "NaN", "Infinity", "-infinity", "inf", String(repeating: "9", count: 400),
        String(repeating: "0", count: 9_000) + "7", String(repeating: "1", count: 12_000),
        "11111111-1111-4111-8111-11111111111a", "11111111-1111-4111-8111-11111111111A",
        "1111-1111-1111-4111-811111111111111a", "11111111111141118111111111111111",
        "{11111111-1111-4111-8111-111111111111}",
        "11111111-1111-4111-8111-11111111111", "11111111-1111-4111-8111-11111111111g", "00:00", "23:59:59", "24:00",
        "25:00",
        "12:30:60", "12:60", "1:30", "12:30:15.1", "12:30:15.123456", "12:30:15.1234567", "12:30:15,5", "12:30:", "12",
        "12:30Z", "12:30 PM", "2024", "2024-01", "2024-01-31", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29",
        "0000-01-01", "0001-01-01", "0004-02-29", "9999-12-31", "10000-01-01", "+2024-01-31", "-0001-01-01",
        "2024-04-31",
        "2024-13-01", "2024-00-10", "2024-01-00", "2024-1-1", "20240131", "2024-01-31Z", "2024-01-31T00:00",
        "2024-01-31T00:00:00.000Z", "2024-01-31t00:00z", "2024-01-31 00:00+00", "2024-01-31T10:00",
        "2024-01-31T10:00:00.123456", "2024-01-31T02:00+02:00", "2024-01-31T02:00+0200", "2024-01-31T02:00+02",
        "2024-01-31T02:00-15:59", "2024-01-31T02:00+16", "2024-01-31T02:00+02:60", "2024-01-31T24:00", "2024-01-31T",
        "2024-01-31 10:00 BC", "infinity", "now", "today", "epoch", "31/01/2024", "1 day", "a\nb",
        "'; DROP TABLE x; --",
        "\\", "1\n", "true\n", "2024-01-31\n", "٣", "１", "2024-01-31T10:00:00.000000000000Z",
        String(repeating: "n", count: 63),
        String(repeating: "n", count: 64),
    ]

    /// Those, and what becomes of them with a change or two.
    private static func many(_ seed: UInt64) -> [String] {
        var random = SeededRandom(seed)
        let short = texts.filter { $0.utf8.count < 60 }
        let changed = (0..<3_000).compactMap { _ in
            String(
                validating: random.mutated(
                    Array(random.pick(short).utf8), words: ["0", "9", "e", ".", "-", ":", "T", "Z", "+02", "29", "00"]),
                as: UTF8.self)
        }
        return texts + changed.filter { !$0.utf8.contains(0) }
    }

    @Test(arguments: [
        "boolean", "smallint", "integer", "bigint", "numeric", "real", "double precision", "uuid", "date",
        "time without time zone", "timestamp without time zone", "timestamp with time zone", "text", "character", mood,
    ])
    func `The server makes the same of each text`(name: String) async throws {
        let test = try await TestDatabase.named("stored_text")
        let connection = try await Connection.connect(
            ConnectionConfiguration(url: test.url), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        defer { connection.close() }
        try await connection.execute(
            Statement(
                "DO $$ BEGIN CREATE TYPE \(Self.mood) AS ENUM ('ok', 'Not ok', 'ö'); EXCEPTION WHEN OTHERS THEN END $$")
        )
        try await connection.execute(Statement("SET datestyle TO 'SQL, DMY'"))
        try await connection.execute(Statement("SET timezone TO 'Asia/Kathmandu'"))
        let type = try await Self.type(name, connection)
        let texts = Self.many(UInt64(name.utf8.count))
        let stored = try #require(StoredText(type))
        let reading = stored.sql("e.value", as: type)

        // As the element of a list of keys: what is one, and that it is the same one.
        var parameters = Parameters()
        try parameters.append(texts)
        let rows = try await connection.execute(
            Statement(
                "SELECT (\(reading)) IS NOT NULL FROM unnest($1::text[]) WITH ORDINALITY AS e(value, n) ORDER BY e.n",
                parameters))
        var equalities: [(text: String, statement: Statement)] = []
        for (row, text) in texts.enumerated() {
            let own = StoredKey.value(ofElement: .string(text), as: type)
            let isValue = try rows.decode(Bool.self, row: row, column: 0)
            #expect((own != nil) == isValue, "\(name): \(text.debugDescription.prefix(80))")
            // A day may be an instant inside one by its form, and is none.
            if name != "date" {
                #expect(stored.accepts(text) == isValue, "\(name): \(text.debugDescription.prefix(80))")
            }
            guard let own, isValue else { continue }
            var both = Parameters()
            try both.append(text)
            try both.append(own)
            equalities.append(
                (
                    text,
                    Statement(
                        "SELECT (\(reading)) = \(own.type.parameter(2)) FROM (VALUES ($1::text)) AS e(value)", both)
                ))
        }
        #expect(equalities.count >= 3, "\(name)")
        let answers = try await connection.pipeline(equalities.map(\.statement))
        for (answer, equality) in zip(answers, equalities) {
            #expect(
                try answer.decode(Bool.self, row: 0, column: 0), "\(name): \(equality.text.debugDescription.prefix(80))"
            )
        }
    }

    @Test func `No other type has texts`() {
        for type in [ColumnType.timetz, .interval, .bytea, .json, .jsonb, .point, ColumnType.text.array] {
            #expect(StoredText(type) == nil, "\(type.name)")
            #expect(StoredKey.value(ofElement: "1", as: type) == nil)
        }
    }
}
