// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Columns of every type are written as they are read, one record at a time and many.
@Suite struct WrittenTypeTests {
    static let columns: [(name: String, type: String, value: JSONValue)] = [
        ("b", "bool", true), ("i2", "smallint", -32768), ("i4", "int", 2_147_483_647),
        ("i8", "bigint", 9_007_199_254_740_993),
        ("f4", "real", 1.5), ("f8", "double precision", 0.1), ("n", "numeric(10,2)", 12.34),
        ("nn", "numeric", .number("123456789012345678901234567890.123456789")), ("t", "text", "a'b\"c\\d\n{},NULL ü"),
        ("vc", "varchar(5)", "äöüß "),
        ("c", "char(3)", "ab "), ("by", "bytea", "AP8n"), ("u", "uuid", "00000000-0000-4000-8000-00000000000a"),
        ("d", "date", "2024-02-29"),
        ("ts", "timestamp", "2024-02-29T12:00:00.123Z"), ("tz", "timestamptz", "2024-02-29T12:00:00.123Z"),
        ("ti", "time", "12:30:00"),
        ("iv", "interval", "1 day 02:00:00"), ("js", "json", ["a": [1, .null, ["b": "c"]]]),
        ("jb", "jsonb", ["a": [1, .null, ["b": "c"]]]),
        ("ip", "inet", "10.0.0.1/8"), ("r", "int4range", "[1,5)"), ("m", "mood", "so so"), ("po", "positive", 3),
        ("co", "code", "ABC"),
        ("ta", "text[]", ["", "a,b", "\"", "NULL", .null, "{}", "\\"]), ("ea", "text[]", []),
        ("ia", "int[]", [1, .null, 3]),
        ("ua", "uuid[]", ["00000000-0000-4000-8000-00000000000a", .null]), ("ma", "mood[]", ["so so", .null]),
        ("na", "numeric[]", [1.5, .null]),
        ("ba", "bytea[]", ["AP8n", ""]), ("tza", "timestamptz[]", ["2024-02-29T12:00:00.000Z"]),
        ("ipa", "inet[]", ["10.0.0.1", .null]),
        ("poa", "positive[]", [1, 2]), ("ra", "int4range[]", ["[1,5)", .null]),
        ("ad", "addr", "(\"1, Main \"\"St\"\"\",12)"),
        ("ada", "addr[]", ["(a,1)", .null]), ("mo", "money", "$1.50"), ("bi", "bit(4)", "1010"),
        ("mr", "int4multirange", "{[1,3),[5,7)}"),
        ("la", "ltext", "lower"), ("jba", "jsonb[]", [["a": 1], [1, 2], "x", .null]),
    ]

    static func open(_ name: String) async throws -> (test: TestDatabase, database: Database) {
        let test = try await TestDatabase.named("written_\(name)")
        let list = columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        try await test.run(
            """
            CREATE TYPE mood AS ENUM ('sad', 'so so'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
            CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]+$'); CREATE DOMAIN ltext AS text; CREATE TYPE addr AS (street text, zip int);
            CREATE TABLE thing (id serial PRIMARY KEY, \(list), filled int DEFAULT 7, made int GENERATED ALWAYS AS (i4 % 10) STORED);
            """)
        let properties = columns.map { "\"\($0.name)\": \"\($0.name == "bi" ? "string" : "any")\"" }.joined(
            separator: ", ")
        let definition = """
            {"name": "Thing", "strict": true, "properties": {"id": {"type": "number", "id": true, "generated": true}, \(properties), "filled": "number", "made": "number"}}
            """
        let schema = try Schema(definitions: [try ModelDefinition(json: Array(definition.utf8), file: nil)])
        return (test, try await Database.open(schema: schema, connection: ConnectionConfiguration(url: test.url)))
    }

    static let full = JSONValue.object(columns.map { .init($0.name, $0.value) })

    @Test func `One record and many hold the same`() async throws {
        let (test, database) = try await Self.open("same")
        let one = try JSONValue(parsing: try await database.create("Thing", Self.full).firstJSON())
        for (name, _, value) in Self.columns where !["c", "vc", "ad", "mo", "d", "iv"].contains(name) {
            #expect(try ComparableText(one[name] ?? "absent") == ComparableText(value), "\(name) \(one[name] ?? .null)")
        }
        #expect(one["made"] == 7)
        let partial = JSONValue.object(
            Self.columns.enumerated().filter { $0.offset.isMultiple(of: 2) }.map {
                .init($0.element.name, $0.element.value)
            })
        let empty = JSONValue.object(Self.columns.map { .init($0.name, .null) })
        let many = try await database.createAll(
            "Thing", [Self.full, [:], partial, empty, Self.full, ["filled": .null], ["filled": 8]])
        #expect(many.count == 7)
        #expect(many.statistics.statements == 1)
        let same = try await test.run(
            "SELECT string_agg(id::text, ',' ORDER BY id) FROM thing WHERE to_jsonb(thing) - 'id' = (SELECT to_jsonb(o) - 'id' FROM thing o WHERE id = 1)"
        )
        #expect(same == [["1,2,6"]])
        #expect(
            try await test.run("SELECT string_agg(coalesce(filled::text, '-'), ',' ORDER BY id) FROM thing") == [
                ["7,7,7,7,7,7,-,8"]
            ])
        #expect(
            try await test.run(
                "SELECT count(*) FROM thing WHERE to_jsonb(thing) - 'id' - 'filled' = (SELECT to_jsonb(o) - 'id' - 'filled' FROM thing o WHERE id = 3)"
            ) == [["4"]])
        await database.close()
    }

    @Test func `What is read can be written again, and changes each column`() async throws {
        let (test, database) = try await Self.open("again")
        _ = try await database.create("Thing", Self.full)
        let read = try JSONValue(parsing: try await database.findById("Thing", id: 1).firstJSON())
        let again = JSONValue.object((read.members ?? []).filter { !["id", "made"].contains($0.key) })
        _ = try await database.createAll("Thing", [again, again])
        _ = try await database.create("Thing", [:])
        for (name, _, _) in Self.columns {
            #expect(
                try await database.updateById("Thing", id: 4, .object([.init(name, again[name] ?? .null)])).count == 1,
                "\(name)")
        }
        let same =
            "SELECT string_agg(id::text, ',' ORDER BY id) FROM thing WHERE to_jsonb(thing) - 'id' = (SELECT to_jsonb(o) - 'id' FROM thing o WHERE id = 1)"
        #expect(try await test.run(same) == [["1,2,3,4"]])
        _ = try await database.replaceById("Thing", id: 4, again)
        _ = try await database.upsert("Thing", .object([.init("id", 3)] + (again.members ?? [])))
        _ = try await database.replaceOrCreate("Thing", .object([.init("id", 900)] + (again.members ?? [])))
        _ = try await database.updateAll("Thing", where: ["id": 2], again)
        #expect(try await test.run(same) == [["1,2,3,4,900"]])
        // What is left out becomes its default, or NULL.
        _ = try await database.replaceById("Thing", id: 4, ["t": "x"])
        #expect(
            try await test.run("SELECT t, filled, jb, ta, made FROM thing WHERE id = 4") == [["x", "7", nil, nil, nil]])
        await database.close()
    }

    @Test func `Thousands of rows, each with what it has`() async throws {
        let (test, database) = try await Self.open("thousands")
        let rows = (1...5_000).map { number -> JSONValue in
            switch number % 4 {
            case 0: ["i4": .number("\(number)"), "ta": ["r\(number)", .null]]
            case 1: ["i4": .number("\(number)"), "filled": .null, "m": "sad"]
            case 2: ["i4": .number("\(number)"), "ta": [], "jb": ["n": .number("\(number)")]]
            default: ["i4": .number("\(number)")]
            }
        }
        let made = try await database.createAll("Thing", rows, filter: ["fields": ["id", "i4"]])
        #expect(made.count == 5_000)
        #expect(made.statistics.roundTrips == 1)
        let first = try JSONValue(parsing: try made.json())
        #expect(first.elements?.enumerated().allSatisfy { $0.element["i4"] == .number("\($0.offset + 1)") } == true)
        #expect(
            try await test.run(
                "SELECT count(*), count(filled), count(m), count(ta), count(jb), bool_and(id = i4), bool_and(ta IS NULL OR cardinality(ta) = 0 OR ta[1] = 'r' || i4), bool_and(jb IS NULL OR (jb->>'n')::int = i4) FROM thing"
            )
                == [["5000", "3750", "1250", "2500", "1250", "t", "t", "t"]])
        await database.close()
    }

    @Test func `What a column can't take is told before anything is sent`() async throws {
        let (test, database) = try await Self.open("refused")
        let wrong: [(String, JSONValue)] = [
            ("b", "yes?"), ("i2", 32768), ("i4", 2_147_483_648), ("i4", 1.5), ("i4", "x"), ("i4", true), ("i4", []),
            ("i4", [:]),
            ("i8", .number("9223372036854775808")), ("f8", .number("1e400")), ("n", 123456789), ("nn", "x"),
            ("t", "a\u{0}b"), ("vc", "123456"),
            ("c", "1234"), ("by", "%"), ("u", "u"), ("jb", ["a": "\u{0}"]), ("m", "glad"), ("ia", [1, "x"]),
            ("ia", [[1]]), ("ia", 5), ("ta", ["a\u{0}"]),
            ("ua", ["u"]), ("ma", ["glad"]), ("ti", "25:00"), ("na", ["x"]), ("i2", .number("1e3000000000")),
            ("nn", .number("1e3000000000")),
        ]
        for (name, value) in wrong {
            let data: JSONValue = .object([.init(name, value)])
            let answer = await told { try await database.create("Thing", data).text }
            #expect(answer.hasPrefix("INVALID_VALUE"), "\(name) \(value) \(answer)")
            #expect(
                await told { try await database.createAll("Thing", [[:], data]).text }.hasPrefix("INVALID_VALUE"),
                "\(name) \(value)")
        }
        for (name, value): (String, JSONValue) in [
            ("d", "x"), ("d", "2024-02-30"), ("tz", "soon"), ("ts", "2024-13-01T00:00:00Z"),
            ("d", "2024-01-01T12:00:00Z"),
        ] {
            let answer = await told { try await database.create("Thing", .object([.init(name, value)])).text }
            #expect(answer == "VALIDATION_ERROR \(name):date", "\(name) \(value) \(answer)")
        }
        // What only the server can judge is a fault of the data all the same.
        for (name, value): (String, JSONValue) in [
            ("ip", "10.0.0"), ("r", "[5,1)"), ("iv", "often"), ("ad", "(a)"), ("mo", "much"), ("bi", "12"), ("mr", "x"),
            ("ipa", ["x"]),
        ] {
            let answer = await told { try await database.create("Thing", .object([.init(name, value)])).text }
            #expect(answer.hasPrefix("INVALID_VALUE"), "\(name) \(value) \(answer)")
            #expect(
                await told { try await database.createAll("Thing", [.object([.init(name, value)]), [:]]).text }
                    .hasPrefix("INVALID_VALUE"))
        }
        // A domain's condition is one of the database's constraints.
        #expect(await told { try await database.create("Thing", ["po": -1]).text } == "23514")
        #expect(await told { try await database.createAll("Thing", [["co": "abc"], [:]]).text } == "23514")
        #expect(await told { try await database.create("Thing", ["made": 1]).text } == "VALIDATION_ERROR made:absence")
        #expect(
            await told { try await database.updateAll("Thing", where: [:], ["made": 1]).count.description }
                == "VALIDATION_ERROR made:absence")
        #expect(try await test.run("SELECT count(*) FROM thing") == [["0"]])
        await database.close()
    }

    /// Numbers compare by what they are.
    private struct ComparableText: Equatable {
        let text: String
        init(_ json: JSONValue) throws { text = json.description }
    }
}
