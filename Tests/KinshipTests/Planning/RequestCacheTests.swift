// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging
import MetricsTestKit
import TestSupport
import Testing

/// Requests that are found again but for their values: the answers are those of requests that are checked anew each time.
@Suite(.timeLimit(.minutes(2))) struct RequestCacheTests {
    private struct Shop {
        /// Finds requests again.
        let quick: Database
        /// Checks each anew: a model with a scope that is a function makes it.
        let thorough: Database
        let server: TestDatabase
        let metrics: TestMetrics

        func hits() throws -> Int64 { try number("hits") }
        func misses() throws -> Int64 { try number("misses") }

        private func number(_ what: String) throws -> Int64 {
            try metrics.expectCounter(
                "kinship.plan_cache.\(what)",
                [("db.client.connection.pool.name", "quick"), ("cache", "requests")]
            ).totalValue
        }

        /// The answer of both, or the error of both.
        func answers(_ ask: (Database) async throws -> Graph) async -> (String, String) {
            (await answer(quick, ask), await answer(thorough, ask))
        }

        private func answer(_ database: Database, _ ask: (Database) async throws -> Graph) async -> String {
            do {
                return String(decoding: try await ask(database).json(), as: UTF8.self)
            } catch {
                return "\(error)"
            }
        }
    }

    private static func with(_ name: String, _ body: (Shop) async throws -> Void) async throws {
        let server = try await TestDatabase.named("requests_\(name)")
        try await server.run(
            """
            CREATE TABLE thing (id int PRIMARY KEY, name text, state text, price numeric(10,2), made timestamptz, day date,
                code uuid, good bool, small int2, owner_id int);
            INSERT INTO thing SELECT n, 'n' || n % 7, CASE WHEN n % 3 = 0 THEN 'open' ELSE 'done' END, n / 4.0,
                timestamptz '2026-01-01 00:00Z' + n * interval '7 hours', date '2026-01-01' + n / 3,
                ('00000000-0000-0000-0000-0000000000' || to_char(n % 90 + 10, 'FM00'))::uuid, n % 2 = 0, n % 5, 1 + n % 4
                FROM generate_series(1, 80) n;
            CREATE TABLE owner (id int PRIMARY KEY, name text);
            INSERT INTO owner SELECT n, 'o' || n FROM generate_series(1, 4) n;
            """)
        let metrics = TestMetrics()
        var pool = PoolConfiguration(maximumConnections: 2)
        pool.name = "quick"
        pool.metricsFactory = metrics
        let connection = try ConnectionConfiguration(url: server.url)
        let logger = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        try await Database.withDatabase(
            schema: schema(hasFunction: false), connection: connection, pool: pool, logger: logger
        ) { quick in
            try await Database.withDatabase(
                schema: schema(hasFunction: true), connection: connection, logger: logger
            ) { thorough in
                try await body(Shop(quick: quick, thorough: thorough, server: server, metrics: metrics))
            }
        }
    }

    private static func schema(hasFunction: Bool) throws -> Schema {
        var owner = ModelDefinition(
            "Owner", properties: [.id("id"), .string("name")],
            relations: [.hasMany("things", "Thing", foreignKey: "ownerId")])
        if hasFunction { owner.addScope("any") { _ in [:] } }
        let thing = ModelDefinition(
            "Thing",
            properties: [
                .id("id"), .string("name"), .string("state"), .number("price"), .date("made"), .date("day"),
                .string("code"), .boolean("good"), .number("small"), .number("ownerId", column: "owner_id"),
            ],
            relations: [.belongsTo("owner", "Owner", foreignKey: "ownerId")],
            scope: ["where": ["name": ["neq": "n3"]], "order": "id"], scopes: ["open": ["where": ["state": "open"]]],
            hidden: ["small"])
        return try Schema(definitions: [owner, thing])
    }

    @Test func `A request is found again with other values from the third on`() async throws {
        try await Self.with("found") { shop in
            func ask(_ owner: Int, _ limit: Int) -> JSONValue {
                [
                    "where": ["ownerId": .number("\(owner)"), "id": ["gt": 3]], "limit": .number("\(limit)"),
                    "include": "owner",
                ]
            }
            for (owner, limit) in [(1, 2), (2, 3), (3, 4), (4, 5), (1, 1), (2, 20)] {
                let (quick, thorough) = await shop.answers { try await $0.find("Thing", filter: ask(owner, limit)) }
                #expect(quick == thorough)
            }
            #expect(try shop.misses() == 2)
            #expect(try shop.hits() == 4)
            // Counts likewise, and what they were learned from is not mixed with lists.
            for owner in 1...4 {
                let condition: JSONValue = ["ownerId": .number("\(owner)")]
                let quick = try await shop.quick.count("Thing", where: condition).count
                #expect(try await shop.thorough.count("Thing", where: condition).count == quick)
            }
            #expect(try shop.hits() == 6)
        }
    }

    @Test func `Values that don't fit are told as always, and none of them is kept`() async throws {
        try await Self.with("errors") { shop in
            let fine: [JSONValue] = [1, 2, 3, 4]
            for value in fine { _ = try await shop.quick.find("Thing", filter: ["where": ["ownerId": value]]) }
            let values: [JSONValue] = [
                "x", "1", 1.5, 99_999_999_999, .number("1e400"), .null, true, [1], ["gt": "x"], ["nope": 1], "",
                .string("\u{0}"), 2,
            ]
            for value in values {
                for _ in 0..<2 {
                    let (quick, thorough) = await shop.answers {
                        try await $0.find("Thing", filter: ["where": ["ownerId": value]])
                    }
                    #expect(quick == thorough)
                }
            }
            for property in ["small", "nope", "owner"] {
                for _ in 0..<2 {
                    let (quick, thorough) = await shop.answers {
                        try await $0.find("Thing", filter: .object([.init("where", .object([.init(property, 1)]))]))
                    }
                    #expect(quick == thorough)
                    #expect(quick.contains("where"), "\(quick)")
                }
            }
            for limit in ["0", "1", "-1", "5", "1e1", "99999999999999999999", "3"] {
                let (quick, thorough) = await shop.answers {
                    try await $0.find("Thing", filter: ["limit": .number(limit), "skip": 1])
                }
                #expect(quick == thorough)
            }
        }
    }

    @Test func `Values of all types, and such as change the condition`() async throws {
        try await Self.with("types") { shop in
            let values: [(String, [JSONValue])] = [
                ("name", ["n1", "n2", "n3", "n4", "%", "n'1"]), ("state", ["open", "done", "open", "x"]),
                ("price", [1, 2.25, "3.5", 20]),
                ("made", ["2026-01-03", "2026-01-03T04:00:00Z", "2026-01-05", "2026-01-04T11:00:00Z", "2026-01-06"]),
                ("day", ["2026-01-03", "2026-01-04T00:00:00Z", "2026-01-05", "2026-01-06"]),
                ("code", ["00000000-0000-0000-0000-000000000011", "00000000-0000-0000-0000-000000000012", "x"]),
                ("good", [true, false, "true", true]), ("id", [1, 2, 3, 4]),
            ]
            for (property, values) in values {
                for comparison in ["", "eq", "neq", "gt", "gte", "lt", "lte"] {
                    for value in values + values {
                        let condition: JSONValue =
                            comparison.isEmpty ? value : .object([.init(comparison, value)])
                        let filter: JSONValue = .object([
                            .init("where", .object([.init(property, condition)])), .init("fields", ["id"]),
                        ])
                        let (quick, thorough) = await shop.answers {
                            try await $0.find("Thing", scopes: property == "state" ? ["open"] : [], filter: filter)
                        }
                        #expect(quick == thorough, "\(filter)")
                    }
                }
            }
            let hits = try shop.hits()
            #expect(hits > 100)
        }
    }

    @Test func `Options, scopes and forms of a session are requests of their own`() async throws {
        try await Self.with("options") { shop in
            let filter: JSONValue = ["where": ["ownerId": 1]]
            for _ in 0..<3 {
                let all = try await shop.quick.find("Thing", filter: filter).count
                let unscoped = try await shop.quick.unscoped.find("Thing", filter: filter).count
                let few = try await shop.quick.with(trees: TreeOptions(defaultLimit: 2)).find("Thing", filter: filter)
                    .count
                let open = try await shop.quick.find("Thing", scopes: ["open"], filter: filter).count
                let one = try await shop.quick.findOne("Thing", filter: filter).count
                #expect(unscoped == 20 && all < unscoped && open < all && few == 2 && one == 1)
            }
        }
    }

    @Test func `Limits of filters are those of the session that asks`() async throws {
        try await Self.with("limits") { shop in
            let filter: JSONValue = ["where": ["ownerId": 1, "id": ["gt": 1]]]
            let strict = shop.quick.with(trees: TreeOptions(filterLimits: FilterLimits(nodes: 2)))
            for _ in 0..<2 {
                let count = try await shop.quick.find("Thing", filter: filter).count
                #expect(count > 0)
                let asks: [(Database) async throws -> Void] = [
                    { _ = try await $0.find("Thing", filter: filter) },
                    { _ = try await $0.count("Thing", where: filter["where"]) },
                    { _ = try await $0.findById("Thing", id: 1, filter: ["include": ["owner": ["things": "owner"]]]) },
                    { _ = try await $0.related("Owner", id: 1, relation: "things", filter: filter) },
                ]
                for ask in asks {
                    let error = await #expect(throws: PlannerError.self) { try await ask(strict) }
                    #expect(error?.code == .filterTooLarge)
                }
            }
        }
    }

    @Test func `A catalog that is read again is looked at again`() async throws {
        try await Self.with("refresh") { shop in
            for id in 1...4 {
                _ = try await shop.quick.find("Thing", filter: ["where": ["code": .string(Self.code(id))]])
            }
            try await shop.server.run("ALTER TABLE thing ALTER COLUMN code TYPE text")
            try await shop.quick.refreshCatalog()
            let misses = try shop.misses()
            let graph = try await shop.quick.find("Thing", filter: ["where": ["code": .string(Self.code(11))]])
            #expect(graph.count == 1)
            #expect(try shop.misses() == misses + 1)
        }
    }

    private static func code(_ number: Int) -> String {
        "00000000-0000-0000-0000-0000000000\(number < 10 ? "0" : "")\(number)"
    }
}
