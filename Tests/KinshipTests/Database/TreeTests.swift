// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Trees against a server: both strategies, both snapshots, links apart from targets, limits on the whole.
@Suite struct TreeTests {
    private static let definitions = [
        """
        {"name": "Product", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}},
         "relations": {"tags": {"type": "hasMany", "model": "Tag", "through": "Tagging"}}}
        """,
        """
        {"name": "Tag", "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}},
         "relations": {"products": {"type": "hasMany", "model": "Product", "through": "Tagging"}}}
        """,
        """
        {"name": "Tagging", "properties": {"id": {"type": "number", "id": true}, "productId": {"type": "number"}, "tagId": {"type": "number"}}}
        """,
    ]

    /// Products with tags that many of them share; some have none, some the same one twice.
    private static let tables = """
        CREATE TABLE product (id int PRIMARY KEY, name text);
        CREATE TABLE tag (id int PRIMARY KEY, name text);
        CREATE TABLE tagging (id int PRIMARY KEY, productid int, tagid int);
        INSERT INTO product SELECT n, 'p' || n FROM generate_series(1, 200) n;
        INSERT INTO tag SELECT n, 't' || (10 - n) FROM generate_series(1, 9) n;
        INSERT INTO tagging SELECT n, nullif((n * 7) % 190, 0) + 5, nullif((n * 11) % 12, 0) FROM generate_series(1, 2000) n;
        CREATE INDEX ON tagging (productid);
        CREATE INDEX ON tagging (tagid);
        ANALYZE;
        """

    private static func database(_ trees: TreeOptions) async throws -> (Database, TestDatabase) {
        let test = try await TestDatabase.named("trees")
        let made = try await test.run("SELECT to_regclass('product')")
        if made.first?.first.flatMap({ $0 }) == nil { try await test.run(tables) }
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return (
            try await Database.open(
                schema: schema, connection: ConnectionConfiguration(url: test.url),
                pool: PoolConfiguration(maximumConnections: 1), trees: trees), test
        )
    }

    private func withDatabase(
        _ trees: TreeOptions, _ body: (Database, TestDatabase) async throws -> Void
    ) async throws {
        let (database, test) = try await ready.value(trees)
        do {
            try await body(database, test)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Tables are made once, whoever comes first.
    private let ready = Ready()

    private struct Ready {
        static let tables = Task { try await TreeTests.database(TreeOptions()).0.close() }

        func value(_ trees: TreeOptions) async throws -> (Database, TestDatabase) {
            try await Self.tables.value
            return try await TreeTests.database(trees)
        }
    }

    @Test(arguments: Strategy.allCases, [TreeOptions.Snapshot.perStatement, .consistent])
    func `Shared targets read apart from their links give the same lists`(
        strategy: Strategy, snapshot: TreeOptions.Snapshot
    ) async throws {
        try await withDatabase(TreeOptions(strategy: strategy, snapshot: snapshot)) { database, test in
            let filter: JSONValue = [
                "fields": ["id"],
                "include": [
                    "relation": "tags", "scope": ["order": "name", "where": ["id": ["neq": 4]], "fields": ["id"]],
                ],
            ]
            let graph = try await database.find("Product", filter: filter)
            #expect(graph.statistics.statements == 3)
            #expect(graph.statistics.roundTrips == (strategy == .oneTrip ? 1 : 2))
            let expected = try await test.run(
                """
                SELECT json_agg(json_build_object('id', p.id, 'tags', (SELECT coalesce(json_agg(json_build_object('id', t.id)
                    ORDER BY t.name COLLATE "C", t.id, l.id), '[]') FROM tagging l JOIN tag t ON t.id = l.tagid
                    WHERE l.productid = p.id AND t.id <> 4)) ORDER BY p.id) FROM product p
                """)
            let wanted = try JSONValue(parsing: expected.first?.first.flatMap { $0 } ?? "")
            #expect(try JSONValue(parsing: graph.json()) == wanted)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `A tree sees one snapshot when it is asked to`(strategy: Strategy) async throws {
        try await withDatabase(TreeOptions(strategy: strategy, snapshot: .consistent)) { database, _ in
            // The isolation of each statement is what the server says it is.
            let rows = try await database.pool.withConnection { connection in
                try await connection.pipeline(
                    [
                        Statement(
                            "SELECT current_setting('transaction_isolation') || current_setting('transaction_read_only')"
                        )
                    ],
                    isolation: .repeatableRead, readOnly: true)
            }
            #expect(try rows[0].decode(String.self, row: 0, column: 0) == "repeatable readon")
            let graph = try await database.find("Product", filter: ["limit": 3, "include": "tags"])
            #expect(graph.count == 3)
            #expect(graph.statistics.roundTrips == (strategy == .oneTrip ? 1 : 2))
            // Nothing is left behind: the pool's one connection is out of the transaction.
            let after = try await database.pool.withConnection { connection in
                try await connection.execute(Statement("SELECT current_setting('transaction_isolation')"))
            }
            #expect(try after.decode(String.self, row: 0, column: 0) == "read committed")
        }
    }

    @Test(arguments: Strategy.allCases)
    func `No row at the root leaves nothing of an earlier tree's keys`(strategy: Strategy) async throws {
        try await withDatabase(TreeOptions(strategy: strategy)) { database, _ in
            try await database.pool.withConnection { connection in
                // In one transaction a setting outlives the statement.
                try await connection.withTransaction { connection in
                    let filter: JSONValue = ["where": ["name": "p10"], "include": "tags"]
                    let model = try #require(database.schema.model("Product"))
                    let planner = Planner(schema: database.schema)
                    let resolved = try database.scopedSchema.resolved(
                        database.schema.filter(filter, for: model.id), for: model.id)
                    let (shape, _) = resolved.parameterized()
                    let plan = try planner.plan(shape, for: model.id, strategy: .oneTrip)
                    func run(_ name: String) async throws -> [Int] {
                        var parameters = Parameters()
                        try parameters.append(name)
                        let sets = try await connection.pipeline([
                            Statement(plan.fetches[0].text, parameters), Statement(plan.fetches[1].text),
                        ])
                        return sets.map(\.count)
                    }
                    #expect(try await run("p10")[1] > 0)
                    #expect(try await run("nobody") == [0, 0])
                }
            }
        }
    }

    @Test(arguments: Strategy.allCases)
    func `A key that a list names twice has its rows once`(strategy: Strategy) async throws {
        try await withDatabase(TreeOptions(strategy: strategy)) { database, _ in
            let graph = try await database.find(
                "Product",
                filter: [
                    "where": ["id": ["inq": [12, 12]]],
                    "include": ["relation": "tags", "scope": ["limit": 3, "fields": ["id"]]],
                ])
            #expect(graph.statistics.roundTrips == 1)
            #expect(graph.count == 1)
            #expect(graph.related(1, toParentRow: 0).count == 3)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `More rows or bytes than allowed are refused, with the place`(strategy: Strategy) async throws {
        try await withDatabase(TreeOptions(strategy: strategy, maximumRows: 250)) { database, _ in
            let error = await #expect(throws: PlannerError.self) {
                try await database.find("Product", filter: ["include": "tags"])
            }
            #expect(error?.code == .resultTooLarge)
            #expect(error?.path == "tags")
            let few = try await database.find("Product", filter: ["limit": 3, "include": "tags"])
            #expect(few.count == 3)
        }
        try await withDatabase(TreeOptions(strategy: strategy, maximumBytes: 2_000)) { database, _ in
            let error = await #expect(throws: PlannerError.self) { try await database.find("Product") }
            #expect(error?.code == .resultTooLarge)
            #expect(error?.status == 400)
        }
    }
}
