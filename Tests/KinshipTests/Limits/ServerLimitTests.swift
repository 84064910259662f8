// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What is too much for the server in a filter is the filter's fault and said before, or when the server says so; it is never
/// an error of the server's.
@Suite(.timeLimit(.minutes(5))) struct ServerLimitTests {
    private static let definitions = [
        """
        {"name": "Paper", "properties": {"id": {"type": "number", "id": true}, "title": "string",
         "at": {"type": "date", "postgresql": {"dataType": "timestamptz"}}, "size": {"type": "number", "postgresql": {"dataType": "numeric"}},
         "real": {"type": "number", "postgresql": {"dataType": "double precision"}},
         "span": {"type": "string", "postgresql": {"dataType": "interval"}}, "place": "geopoint",
         "address": {"type": "string", "postgresql": {"dataType": "inet"}},
         "range": {"type": "string", "postgresql": {"dataType": "int4range"}},
         "tags": {"type": ["string"], "postgresql": {"dataType": "text[]"}},
         "meta": {"type": "object", "postgresql": {"dataType": "jsonb"}}, "words": {"type": "string", "postgresql": {"dataType": "tsvector"}}},
         "relations": {"pages": {"type": "hasMany", "model": "Leaf", "foreignKey": "paperId"}}}
        """,
        """
        {"name": "Leaf", "properties": {"id": {"type": "number", "id": true}, "paperId": "number"}}
        """,
    ]

    private func with(_ name: String, _ body: (Database) async throws -> Void) async throws {
        let test = try await TestDatabase.named(name)
        try await test.run(
            """
            CREATE TABLE paper (id int PRIMARY KEY, title text, at timestamptz, size numeric, "real" float8, span interval, place point,
                address inet, range int4range, tags text[], meta jsonb, words tsvector);
            CREATE TABLE leaf (id int PRIMARY KEY, paperid int);
            INSERT INTO paper VALUES (1, 'one two', now(), 1e131071, 1e308, '1 day', '(1,2)', '::1', '[1,2]', '{a}', '{"a": [1]}', 'one'),
                (2, repeat('x', 3000), now(), 1e-16383, 0, '1 day', '(0,90)', '::1', '[1,2]', '{}', '5', '');
            INSERT INTO leaf SELECT i, 1 FROM generate_series(1, 5) AS i;
            """)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: test.url)) {
            try await body($0)
        }
    }

    private static func many(_ text: String, _ count: Int) -> JSONValue {
        .string(String(repeating: text, count: count))
    }

    private static func nested(_ depth: Int) -> JSONValue {
        (0..<depth).reduce(into: JSONValue.array([])) { value, _ in value = .array([value]) }
    }

    private static let digits = String(repeating: "9", count: 100_000)

    private static var conditions: [(property: String, json: JSONValue)] {
        var all: [(String, JSONValue)] = []
        for property in ["title", "words"] {
            for syntax in ["query", "plain", "phrase", "web"] {
                for text in [
                    many("w ", 50_000), many("w & ", 50_000), many("!", 50_000), many("!", 40), many("!a|", 4000),
                    many("-", 50_000),
                    many("- ", 40), many("(", 50_000), many("\"", 50_000), many("a-b-c-d-e ", 3000), many("a<->", 9000),
                    many("z", 1 << 19),
                    many("\"a\" or -", 2000), many("http://a.b/c ", 600), "a & b", "'", "a:", ":*", "<9999>",
                    "a <99999> b",
                ] {
                    all.append((property, ["match": ["query": text, "syntax": .string(syntax)]]))
                }
            }
        }
        for text in [
            many("(", 50_000), many("a|", 60_000), many("[", 5000), many("(a{1,255}){1,255}", 2), many("a{255}", 3000),
            many("(?:", 9000),
            many("\\", 3), "(a)\\2", "[[:nope:]]", "a{256}", "[b-a]", "(?=a", many("(a?)", 5000), "***", "*",
            many(".*", 30_000),
        ] { all.append(("title", ["regexp": text])) }
        for text in [many("%a", 100_000), many("\\", 10_001), many("_", 400_000), many("\\\\", 10_001)] {
            for name in ["like", "nlike", "ilike", "contains", "startsWith"] {
                all.append(("title", .object([.init(name, text)])))
            }
        }
        for text in [
            "1e131072", "1e999999", "-1e-20000", .string(digits), .number(digits), "1e400", .number("1e400"), "NaN",
            "Infinity",
            .number("1e-999999"),
        ] as [JSONValue] {
            for property in ["size", "real", "id"] {
                for name in ["eq", "gt", "lte", "neq"] { all.append((property, .object([.init(name, text)]))) }
            }
        }
        for text in [
            "99999999999 years", "P99999999999Y", many("1 day ", 5000), "1e300 days", "infinity", "294277-01-01",
            "4714-01-01 BC",
            "999999999999999999999", .number("1e18"), .number("-9e15"), "2024-02-30", "+275760-09-13T00:00:00.001Z",
        ] as [JSONValue] {
            for property in ["at", "span"] { all.append((property, ["gt": text])) }
        }
        for point in [
            ["lat": 1e308, "lng": 1e308], ["lat": 91, "lng": 0], ["lat": "NaN", "lng": 0],
            ["lat": -1e6, "lng": 1e-300],
        ] as [JSONValue] {
            for far in [.number("1e308"), .number("0"), .number("1e-320"), .number("1e999")] as [JSONValue] {
                all.append(("place", ["near": point, "maxDistance": far, "unit": "degrees"]))
            }
        }
        for text in [many("1", 60_000), "300.1.1.1", "::1/200", "[5,1]", "[1,99999999999]", many("[1,2]", 9)]
            as [JSONValue]
        {
            for property in ["address", "range"] {
                for name in ["eq", "gt", "contains"] { all.append((property, .object([.init(name, text)]))) }
            }
        }
        for value in [
            nested(60), nested(3000), ["a": many("x", 300_000)], .number("1e131072"), .number("1e-16384"), "\u{0}",
        ] as [JSONValue] {
            for name in ["eq", "contains", "inq"] {
                all.append(("meta", .object([.init(name, name == "inq" ? .array([value]) : value)])))
                all.append(("meta.a.0", .object([.init(name, name == "inq" ? .array([value]) : value)])))
            }
        }
        all.append(("meta." + String(repeating: "a.", count: 63) + "b", ["exists": true]))
        all.append(("meta." + String(repeating: "a.", count: 5000) + "b", ["exists": true]))
        all.append(("meta." + String(repeating: "a", count: 400_000), "x"))
        all.append(("meta.a.99999999999999999999", 1))
        all.append(("id", ["inq": .array((0..<10_000).map { .number(String($0)) })]))
        all.append(("id", ["inq": .array((0..<60_000).map { .number(String($0)) })]))
        all.append(("tags", ["contains": .array((0..<9_000).map { .string("t\($0)") })]))
        all.append(("tags", ["eq": .array((0..<60_000).map { .string("t\($0)") })]))
        return all
    }

    private func isFault(_ error: any Error) -> Bool {
        if let error = error as? PlannerError { return error.status == 400 }
        return (error as? PostgresError)?.code == .invalidParameter
    }

    @Test func `Values of every kind`() async throws {
        try await with("limits_values") { database in
            var (answered, refused) = (0, 0)
            for (property, json) in Self.conditions {
                do {
                    _ = try await database.find("Paper", filter: ["where": .object([.init(property, json)])]).json()
                    answered += 1
                } catch {
                    refused += 1
                    #expect(
                        isFault(error),
                        "\(property) \(json.description.prefix(120)): \(String(describing: error).prefix(300))")
                }
            }
            #expect(answered > 60 && refused > 100)
        }
    }

    @Test func `Numbers of rows`() async throws {
        try await with("limits_rows") { database in
            let largest: JSONValue = .number(String(Int64.max))
            for (limit, skip) in [
                (largest, largest), (1, largest), (largest, 1), (largest, 0), (.number("1e18"), .number("1e18")),
            ]
                as [(JSONValue, JSONValue)]
            {
                for strategy in [Strategy.byLevel, .oneTrip] {
                    var trees = database.trees
                    trees.strategy = strategy
                    for filter in [
                        ["limit": limit, "skip": skip], ["limit": limit, "skip": skip, "page": true],
                        ["limit": limit, "skip": skip, "page": ["cursor": true]],
                        ["include": ["relation": "pages", "scope": ["limit": limit, "skip": skip]]],
                        [
                            "include": [
                                "relation": "pages", "scope": ["limit": limit, "skip": skip, "order": "id DESC"],
                            ]
                        ],
                        ["limit": limit, "before": ["id": 9], "skip": skip],
                    ] as [JSONValue] {
                        do {
                            _ = try await database.with(trees: trees).find("Paper", filter: filter).json()
                        } catch {
                            #expect(isFault(error), "\(filter): \(error)")
                        }
                    }
                }
            }
        }
    }
}
