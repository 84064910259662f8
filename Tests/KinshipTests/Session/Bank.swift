// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Logging
import TestSupport

/// Owners and their accounts, in a database of its own for each test.
struct Bank: Sendable {
    let database: Database
    let server: TestDatabase
    let log: RecordingLog

    static func with<R: Sendable>(
        _ name: String, connections: Int = 4, acquireTimeout: Duration = .seconds(30),
        trees: TreeOptions = TreeOptions(), hooks: Hooks = Hooks(), setUp: String = "",
        _ body: (Bank) async throws -> R
    ) async throws -> R {
        let server = try await TestDatabase.named("bank_\(name)")
        try await server.run(
            """
            CREATE TABLE owner (id int PRIMARY KEY, name text NOT NULL);
            CREATE TABLE account (id int PRIMARY KEY, owner_id int, balance int NOT NULL);
            CREATE TABLE movement (id int PRIMARY KEY, account_id int NOT NULL);
            CREATE INDEX ON account (owner_id);
            CREATE INDEX ON movement (account_id);
            CREATE TABLE ticket (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);
            INSERT INTO owner VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cleo');
            INSERT INTO account SELECT n, 1 + n % 3, 100 FROM generate_series(1, 12) n;
            INSERT INTO movement SELECT n, 1 + n % 12 FROM generate_series(1, 36) n;
            \(setUp)
            ANALYZE;
            """)
        let log = RecordingLog()
        var pool = PoolConfiguration(maximumConnections: connections)
        pool.acquireTimeout = acquireTimeout
        return try await Database.withDatabase(
            schema: schema(), connection: ConnectionConfiguration(url: server.url), pool: pool, trees: trees,
            hooks: hooks, logger: log.logger(.warning)
        ) { database in try await body(Bank(database: database, server: server, log: log)) }
    }

    private static func schema() throws -> Schema {
        let key = PropertyDefinition("id", .number, keyPosition: 1)
        return try Schema(definitions: [
            ModelDefinition(
                "Owner", properties: [.id("id"), .string("name")],
                relations: [
                    .hasMany("accounts", "Account", foreignKey: "ownerId"),
                    RelationDefinition.hasMany("named", "Account", foreignKey: "ownerId").scoped { owner in
                        owner["name"] == "Ada" ? ["limit": 1] : nil
                    },
                ], scopes: ["first": ["where": ["id": 1]]]),
            ModelDefinition(
                "Account",
                properties: [key, .number("ownerId", column: "owner_id"), .number("balance")],
                relations: [
                    .belongsTo("owner", "Owner", foreignKey: "ownerId"),
                    .hasMany("movements", "Movement", foreignKey: "accountId"),
                ]),
            ModelDefinition(
                "Movement", properties: [key, .number("accountId", column: "account_id")]),
        ])
    }

    /// The owners with their accounts and those's movements.
    static let tree: JSONValue = ["fields": "id", "include": ["accounts": "movements"]]

    func text(_ graph: Graph) throws -> String { String(decoding: try graph.json(), as: UTF8.self) }

    /// What another session sees.
    func number(_ sql: String) async throws -> Int {
        try await server.run(sql).first?.first?.flatMap { Int($0) } ?? -1
    }

    /// How many accounts another session sees.
    func accounts() async throws -> Int { try await number("SELECT count(*) FROM account") }
}
