// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A type of PostgreSQL's with three values of it, as SQL and as JSON.
struct SampleType: Sendable {
    /// One value.
    struct Value: Sendable {
        /// Inside quotes.
        let sql: String
        let json: JSONValue

        init(_ sql: String, _ json: JSONValue? = nil) {
            self.sql = sql
            self.json = json ?? .string(sql)
        }
    }

    /// As a cast needs it.
    let name: String
    let values: [Value]

    /// Values whose JSON is a string with their text.
    private static func texts(_ name: String, _ one: String, _ two: String, _ three: String) -> SampleType {
        SampleType(name: name, values: [Value(one), Value(two), Value(three)])
    }

    private static func values(_ name: String, _ one: Value, _ two: Value, _ three: Value) -> SampleType {
        SampleType(name: name, values: [one, two, three])
    }
}

extension SampleType {
    /// Types whose values nobody can write, or that name things of one server.
    static let without: Set<String> = [
        "aclitem", "gtsvector", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_dependencies",
        "pg_mcv_list",
        "pg_ndistinct", "pg_node_tree", "pg_ddl_command", "regcollation", "regdictionary", "regnamespace", "regoper",
        "regoperator", "regproc", "regprocedure", "regrole",
    ]

    /// By the name that `format_type` gives.
    static let known: [String: SampleType] = Dictionary(
        (base + others + more + ranges).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static let base: [SampleType] = [
        values("boolean", Value("f", false), Value("t", true), Value("t", true)),
        values("bytea", Value(#"\x00ff"#, "AP8="), Value(#"\x41"#, "QQ=="), Value(#"\x"#, "")),
        texts("\"char\"", "a", "b", "Z"),
        texts("name", "ab", "b c", "Zoe"),
        texts("text", "ab", "b c", "Zoé"),
        texts("character varying", "ab", "B c", "zoé"),
        texts("bpchar", "ab", "b c", "Zoe"),
        values("smallint", Value("1", 1), Value("2", 2), Value("-3", -3)),
        values("integer", Value("1", 1), Value("2", 2), Value("-3", -3)),
        values("bigint", Value("1", 1), Value("9007199254740993", .number("9007199254740993")), Value("-3", -3)),
        values("real", Value("1.5", 1.5), Value("2", 2), Value("-0.25", -0.25)),
        values("double precision", Value("1.5", 1.5), Value("2", 2), Value("0.1", 0.1)),
        values("numeric", Value("1.5", 1.5), Value("2.00", 2), Value("-10", -10)),
        texts("oid", "1", "2", "4000000000"),
        texts("xid", "1", "2", "3"),
        texts("cid", "1", "2", "3"),
        texts("xid8", "1", "2", "30"),
        texts("tid", "(0,1)", "(0,2)", "(1,1)"),
        texts("pg_lsn", "0/1", "0/A", "1/0"),
    ]

    private static let others: [SampleType] = [
        texts("pg_snapshot", "10:20:10,14", "10:20:", "10:10:"),
        texts("txid_snapshot", "10:20:10,14", "10:20:", "10:10:"),
        texts("regclass", "pg_class", "pg_type", "pg_proc"),
        texts("regtype", "integer", "text", "date"),
        texts("regconfig", "simple", "english", "german"),
        texts("refcursor", "a", "b", "c"),
        texts("int2vector", "1 2", "3", "4 5"),
        texts("oidvector", "1 2", "3", "4 5"),
        texts("jsonpath", #"$."a""#, #"$."b""#, #"$."c""#),
        texts("xml", "<a/>", "<b/>", "<c>1</c>"),
        values("json", Value(#"{"a":1}"#, ["a": 1]), Value("[1]", [1]), Value("{}", .object([]))),
        values("jsonb", Value(#"{"a": 1}"#, ["a": 1]), Value("[1]", [1]), Value("{}", .object([]))),
        values(
            "point", Value("(1,2)", ["lng": 1, "lat": 2]), Value("(3,4)", ["lng": 3, "lat": 4]),
            Value("(0,0)", ["lng": 0, "lat": 0])),
        texts("lseg", "[(0,0),(1,1)]", "[(0,0),(2,2)]", "[(1,0),(5,5)]"),
        texts("path", "((0,0),(1,1))", "((0,0),(1,1),(2,0))", "((0,0),(1,1),(2,0),(3,3))"),
        texts("box", "(1,1),(0,0)", "(2,2),(1,1)", "(5,5),(0,0)"),
        texts("polygon", "((0,0),(1,1),(1,0))", "((0,0),(2,2),(2,0))", "((0,0),(5,5),(5,0))"),
        texts("line", "{1,2,3}", "{1,-1,0}", "{0,-1,4}"),
        texts("circle", "<(0,0),1>", "<(1,1),2>", "<(5,5),3>"),
    ]

    private static let more: [SampleType] = [
        texts("money", "1.50", "2.00", "-10.25"),
        texts("macaddr", "08:00:2b:01:02:03", "08:00:2b:01:02:04", "00:00:00:00:00:01"),
        texts("macaddr8", "08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06", "00:00:00:00:00:00:00:01"),
        texts("inet", "10.0.0.1", "10.0.0.0/24", "::1"),
        texts("cidr", "10.0.0.1", "10.0.0.0/24", "192.168.0.0/16"),
        texts("date", "2026-03-04", "2026-03-05", "1941-05-13"),
        texts("time without time zone", "05:06:07", "23:59:59.5", "00:00:00"),
        texts("time with time zone", "05:06:07+02", "05:06:07+00", "23:00:00-05"),
        texts("timestamp without time zone", "2026-03-04T05:06:07", "2026-03-05", "1941-05-13T00:00:00.25"),
        texts("timestamp with time zone", "2026-03-04T05:06:07Z", "2026-03-05T00:00:00Z", "1941-05-13T12:00:00Z"),
        texts("interval", "1 day 02:03:00", "-1 days +02:03:00", "100:00:00"),
        texts("\"bit\"", "1", "0", "1"),
        texts("bit varying", "101", "1", "0"),
        texts(
            "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "00000000-0000-0000-0000-000000000001"),
        texts("tsvector", "'a' 'b'", "'b'", "'c':1"),
        texts("tsquery", "'a' & 'b'", "'b'", "!'c'"),
        texts("elsewhere.citext", "ab", "Bc", "Zoé"),
        texts("elsewhere.mood", "sad", "ok", "happy"),
    ]

    private static let instants = (
        plain: (#"["2026-03-04 05:06:07","2026-03-09 00:00:00")"#, #"["2026-03-05 00:00:00",)"#),
        zoned: (#"["2026-03-04 05:06:07+00","2026-03-09 00:00:00+00")"#, #"["2026-03-05 00:00:00+00",)"#)
    )

    private static let ranges: [SampleType] =
        range("int4", "[1,5)", "[3,9)") + range("int8", "[1,5)", "[3,9)") + range("num", "[1.5,5)", "[3,9)")
        + range("date", "[2026-03-04,2026-03-09)", "[2026-03-05,)")
        + range("ts", instants.plain.0, instants.plain.1) + range("tstz", instants.zoned.0, instants.zoned.1)

    private static func range(_ name: String, _ one: String, _ two: String) -> [SampleType] {
        [texts(name + "range", one, two, "empty"), texts(name + "multirange", "{\(one)}", "{\(two)}", "{}")]
    }
}
