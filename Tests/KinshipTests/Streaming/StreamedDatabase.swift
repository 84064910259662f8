// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A database of many rows, opened with a name of its own, so that its sessions can be told from others'.
struct StreamedDatabase: Sendable {
    let database: Database
    let server: TestDatabase
    let name: String

    private static let prepared = Task {
        let database = try await TestDatabase.named("streams")
        _ = try await database.run(
            """
            CREATE TABLE item (id int8 PRIMARY KEY, name text NOT NULL, kind int4);
            INSERT INTO item SELECT n, 'item ' || n, n % 7 FROM generate_series(1, 200000) n;
            CREATE TABLE part (id int8 PRIMARY KEY, item_id int8 NOT NULL);
            INSERT INTO part SELECT n, (n + 1) / 2 FROM generate_series(1, 50) n;
            CREATE INDEX ON part (item_id);
            -- A row fails in the midst of the third batch of a thousand.
            CREATE VIEW failing AS SELECT id, 100 / (2500 - id) AS value FROM item ORDER BY id;
            -- Each row that the server makes holds a lock that others can count, until its transaction ends.
            CREATE VIEW watched AS SELECT id, pg_try_advisory_xact_lock_shared(4711, id::int4) AS seen FROM item ORDER BY id;
            CREATE VIEW slow AS SELECT id, CASE WHEN id = 4 THEN pg_sleep(3600) IS NULL END AS slept FROM item ORDER BY id;
            ANALYZE;
            """)
        return database
    }

    static func with<R: Sendable>(
        _ name: String, connections: Int = 2, acquireTimeout: Duration = .seconds(30),
        trees: TreeOptions = TreeOptions(),
        _ body: (StreamedDatabase) async throws -> R
    ) async throws -> R {
        let server = try await prepared.value
        var connection = try ConnectionConfiguration(url: server.url)
        connection.applicationName = name
        var pool = PoolConfiguration(maximumConnections: connections)
        pool.acquireTimeout = acquireTimeout
        return try await Database.withDatabase(
            schema: try schema(), connection: connection, pool: pool, trees: trees
        ) { database in try await body(StreamedDatabase(database: database, server: server, name: name)) }
    }

    private static func schema() throws -> Schema {
        try Schema(definitions: [
            ModelDefinition(
                "Item", properties: [.id("id"), .string("name"), .number("kind")],
                relations: [.hasMany("parts", "Part", foreignKey: "itemId")]),
            ModelDefinition(
                "Part", properties: [.id("id"), .number("itemId", column: "item_id")],
                relations: [.belongsTo("item", "Item", foreignKey: "itemId")]),
            ModelDefinition("Failing", properties: [.id("id"), .number("value")]),
            ModelDefinition("Slow", properties: [.id("id"), .boolean("slept")]),
            ModelDefinition("Watched", properties: [.id("id"), .boolean("seen")]),
        ])
    }

    /// The number of this database's sessions that are in a condition.
    func sessions(_ condition: String) async throws -> Int {
        let rows = try await server.run(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(name)' AND \(condition)")
        return rows.first?.first?.flatMap(Int.init) ?? -1
    }

    /// How many rows of the watched view the server has made in transactions that are open.
    func watchedRows() async throws -> Int {
        let rows = try await server.run(
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4711 AND pid IN
                (SELECT pid FROM pg_stat_activity WHERE application_name = '\(name)')
            """)
        return rows.first?.first?.flatMap(Int.init) ?? -1
    }

    /// Everything is given back: no connection leased, no transaction open on the server.
    func expectRest(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        // The pool ends transactions in its own time.
        for _ in 0..<2_000 {
            let status = database.pool.status
            if status.leased == 0, status.preparing == 0, status.idle == status.size { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        let status = database.pool.status
        #expect(status.leased == 0 && status.preparing == 0, sourceLocation: sourceLocation)
        #expect(try await sessions("state <> 'idle'") == 0, sourceLocation: sourceLocation)
    }
}
