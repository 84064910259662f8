// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A table of ten thousand rows with a column for each type, many values equal and some NULL.
enum WalkTable {
    struct Column {
        /// The type's name as `format_type` gives it, and the column's.
        let type: String
        let name: String
        /// LoopBack's type.
        let kind: String
        /// SQL for the value of row n; NULL stands for itself.
        let value: String

        /// - Parameter values: literals, which come in turn.
        init(_ type: String, _ name: String? = nil, _ kind: String = "string", _ values: [String]) {
            // Without a backslash, which settings can give another meaning.
            let list = values.map { value in
                "'\(value.replacing("'", with: "''").replacing("\\", with: "' || chr(92) || '"))'"
            }.joined(separator: ", ")
            self.init(type, name, kind, sql: "(ARRAY[\(list)])[1 + n / \(WalkTable.parts) % \(values.count)]::\(type)")
        }

        init(_ type: String, _ name: String? = nil, _ kind: String = "string", sql: String) {
            self.type = type
            self.name = name ?? String(type.filter { $0.isLetter || $0.isNumber })
            self.kind = kind
            value = sql
        }
    }

    static let rows = 10_000
    static let parts = 40

    static let columns: [Column] = [
        Column("boolean", nil, "boolean", sql: "n % 3 = 0"),
        Column("smallint", nil, "number", ["-32768", "0", "1", "32767"]),
        Column("integer", nil, "number", sql: "n % 37 - 18"),
        Column(
            "bigint", nil, "number",
            ["-9223372036854775808", "9007199254740993", "9007199254740992", "9223372036854775807"]),
        Column(
            "real", nil, "number",
            ["3.4028235e38", "-3.4028235e38", "1.4e-45", "0.1", "-0", "0", "16777217", "NaN", "Infinity", "-Infinity"]),
        Column(
            "double precision", nil, "number",
            [
                "1.7976931348623157e308", "5e-324", "0.1", "0.30000000000000004", "-0", "0", "1e21", "NaN", "Infinity",
                "-Infinity",
            ]),
        Column(
            "numeric", nil, "number",
            [
                "0.1", "1.0", "1.00", "-1e-40", "12345678901234567890.12345", "1e300", "NaN",
                String(repeating: "9", count: 1200),
            ]),
        Column("numeric(12,2)", "amount", "number", sql: "n % 50 / 4.0"),
        Column(
            "text", nil, "string", ["a", "A", "ä", "b", "B", "co-op", "coop", "", " ", "Z", "\u{1F600}", "a'\"\\b"]),
        Column("character varying", "word", "string", ["résumé", "resume", "Resume", "rESUME", "zebra"]),
        Column("character(8)", "padded", "string", ["a", "a b", "B", ""]),
        Column("name", "label", "string", ["one", "Two", "three"]),
        Column("uuid", nil, "string", sql: "('00000000-0000-4000-8000-' || lpad(to_hex(n % 60), 12, '0'))::uuid"),
        Column("bytea", nil, "buffer", ["\\x", "\\x00", "\\xff00", "\\x6162"]),
        Column(
            "date", nil, "date",
            ["4714-11-24 BC", "0001-01-01", "2024-02-29", "10000-01-01", "5874897-12-31", "infinity", "-infinity"]),
        Column("time without time zone", "clock", "string", ["00:00", "12:30:00.000001", "12:30:00.5", "24:00"]),
        Column(
            "time with time zone", "zoned", "string",
            ["12:30+00", "13:30+01", "12:30-15:59:59", "00:00+05:30", "12:30:00.000001+02"]),
        Column(
            "timestamp without time zone", "local", "date",
            sql: "timestamp '1999-12-31 23:59:59' + n / 40 % 100 * interval '111 microseconds'"),
        Column(
            "timestamp with time zone", "timestamptz", "date",
            sql: "timestamptz '2026-03-01 10:00:00Z' + n / 40 % 100 * interval '111 microseconds'"),
        Column(
            "timestamp with time zone", "ages", "date",
            [
                "4714-11-24 00:00:00+00 BC", "0044-03-15 12:00:00.000001+00 BC", "1969-12-31 23:59:59.999999+00",
                "294276-12-31 23:59:59.999999+00", "infinity", "-infinity",
            ]),
        Column(
            "interval", nil, "string",
            ["1 mon", "30 days", "720:00:00", "-1 day +02:03:04.000005", "1 year -1 day", "00:00:00"]),
        Column(
            "jsonb", nil, "object",
            [#"{"a": 1}"#, #"{"a": 1.50}"#, "[1, 2]", "\"x\"", "null", "1.50", "true", #"{"b": {"c": []}}"#]),
        Column("mood", nil, "string", ["sad", "ok", "Happy"]),
        Column("integer[]", "numbers", "[\"number\"]", ["{}", "{1,2}", "{1,NULL}", "{2}"]),
        Column("text[]", "words", "[\"string\"]", ["{}", "{a,\"b c\"}", "{NULL}", "{ä}"]),
        Column(
            "timestamp with time zone[]", "times", "[\"date\"]",
            sql: "ARRAY[timestamptz '2026-03-01 10:00:00Z' + n / 40 % 100 * interval '111 microseconds', NULL]"),
        Column("\"char\"", "letter", "string", ["a", "B", "~"]),
        Column("oid", nil, "string", ["0", "1", "4294967295"]),
        Column("inet", nil, "string", ["10.0.0.1", "10.0.0.1/8", "::1", "192.168.0.0/16"]),
        Column("cidr", nil, "string", ["10.0.0.0/8", "::/0", "192.168.1.0/24"]),
        Column("macaddr", nil, "string", ["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"]),
        Column("macaddr8", nil, "string", ["08:00:2b:01:02:03:04:05", "00:00:00:00:00:00:00:00"]),
        Column("money", "price", "string", ["-1.5", "0", "92233720368547758.07"]),
        Column("bit(4)", "bits", "string", ["0000", "1010"]),
        Column("bit varying", "flags", "string", ["", "0", "101", "1"]),
        Column("int4range", nil, "string", ["empty", "[1,5)", "(,)", "[1,)"]),
        Column("numrange", nil, "string", ["empty", "[1.5,2]", "(,0.1]"]),
        Column(
            "tstzrange", nil, "string",
            sql: "tstzrange(timestamptz '2026-03-01 10:00:00Z' + n / 40 % 100 * interval '111 microseconds', NULL)"),
        Column("daterange", nil, "string", ["[2024-01-01,2024-02-29]", "(,infinity)"]),
        Column("int4multirange", nil, "string", ["{}", "{[1,2),[5,6)}"]),
        Column("tsvector", nil, "string", ["", "a:1 b:2", "'O''N'"]),
        Column("tsquery", nil, "string", ["a & b", "!c", "'O''N' | d"]),
        Column("pg_lsn", nil, "string", ["0/0", "16/B374D848"]),
        Column("xid8", nil, "string", ["0", "18446744073709551615"]),
        Column(
            "stamp", nil, "date", sql: "timestamptz '2026-03-01 10:00:00Z' + n / 40 % 100 * interval '111 microseconds'"
        ),
        Column("inet[]", "hosts", "[\"string\"]", ["{}", "{10.0.0.1,::1}", "{10.0.0.2}"]),
    ]

    /// Type classes that columns of the table are members of, and types that nobody stores.
    static let families: Set<String> = [
        "anyarray", "anyenum", "bit", "character", "anyrange", "anymultirange", "record", "oidvector", "tid",
    ]

    private static func sql() -> String {
        let values = columns.enumerated().map { position, column in
            "CASE WHEN (n + \(position)) % 11 > 0 THEN \(column.value) END"
        }
        let definitions = columns.map { "\"\($0.name)\" \($0.type)" }
        return """
            CREATE DOMAIN stamp AS timestamptz;
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'Happy');
            CREATE TABLE walk (id int PRIMARY KEY, part int, \(definitions.joined(separator: ", ")));
            CREATE FUNCTION walk_row(n int) RETURNS walk LANGUAGE sql SET array_nulls TO on AS $$ SELECT n, n % \(parts), \(values.joined(separator: ", ")) $$;
            INSERT INTO walk SELECT w.* FROM generate_series(1, \(rows)) n CROSS JOIN LATERAL walk_row(n) w;
            CREATE INDEX ON walk (part);
            CREATE INDEX ON walk (timestamptz DESC);
            ANALYZE walk;
            """
    }

    private static var model: String {
        let properties = columns.map { column in
            let kind = column.kind.hasPrefix("[") ? column.kind : "\"\(column.kind)\""
            return "\"\(column.name)\": {\"type\": \(kind)}"
        }
        return """
            {"name": "Walk", "options": {"postgresql": {"table": "walk"}}, "properties": {"id": {"type": "number", "id": true},
             "part": "number", \(properties.joined(separator: ", "))}}
            """
    }

    static func with(_ name: String, _ body: (Database, TestDatabase) async throws -> Void) async throws {
        try await CursorDatabase.with("walk_\(name)", sql(), [model], body)
    }
}
