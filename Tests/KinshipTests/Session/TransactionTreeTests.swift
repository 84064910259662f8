// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// Keys that are handed over on the server: in a transaction the settings that hold them outlive the tree.
@Suite(.timeLimit(.minutes(2))) struct TransactionTreeTests {
    private struct Refusal: Error {}

    /// Keys are lost while the table says so.
    private static let losing = """
        CREATE SCHEMA elsewhere;
        CREATE TABLE elsewhere.switch (loses bool NOT NULL);
        INSERT INTO elsewhere.switch VALUES (false);
        CREATE FUNCTION elsewhere.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS $$
            BEGIN
                IF (SELECT loses FROM elsewhere.switch) THEN RETURN $2; END IF;
                RETURN pg_catalog.set_config($1, $2, $3);
            END $$;
        """

    private func tree(of owner: Int) -> JSONValue {
        [
            "where": ["id": .number("\(owner)"), "name": ["neq": ""]], "fields": "id",
            "include": ["accounts": "movements"],
        ]
    }

    @Test func `A tree takes no keys of an earlier one, also behind savepoints`() async throws {
        try await Bank.with("settings", trees: TreeOptions(strategy: .oneTrip)) { bank in
            var wanted: [String] = []
            for owner in 1...4 {
                wanted.append(try bank.text(try await bank.database.find("Owner", filter: tree(of: owner))))
            }
            #expect(Set(wanted).count == 4)
            try await bank.database.withTransaction { tx in
                func check(_ session: Transaction) async throws {
                    for owner in [1, 4, 2, 3, 4] {
                        let graph = try await session.find("Owner", filter: tree(of: owner))
                        #expect(graph.plan.strategy == .oneTrip)
                        #expect(graph.statistics.roundTrips == 1)
                        #expect(try bank.text(graph) == wanted[owner - 1])
                        // Those of children and grandchildren.
                        let settings = try await session.execute(
                            "select concat(current_setting('kinship.k1_1', true), current_setting('kinship.k2_1', true))"
                        )
                        #expect(try settings.decode(String.self, row: 0, column: 0) == "")
                    }
                }
                try await check(tx)
                await #expect(throws: Refusal.self) {
                    try await tx.withTransaction { inner in
                        try await check(inner)
                        throw Refusal()
                    }
                }
                try await check(tx)
                // In a transaction that has failed nothing is asked, and nothing stays.
                await #expect(throws: PostgresError.self) {
                    try await tx.withTransaction { inner in
                        _ = try await inner.find("Owner", filter: tree(of: 1))
                        _ = try? await inner.execute("select 1 / \(0)")
                        _ = try await inner.find("Owner", filter: tree(of: 2))
                    }
                }
                _ = try await tx.explain("Owner", filter: tree(of: 1), analyze: .server)
                try await check(tx)
            }
        }
    }

    @Test func `Where keys are lost in mid-transaction they are not taken from the tree before`() async throws {
        let trees = TreeOptions(strategy: .oneTrip)
        try await Bank.with("lost", trees: trees, setUp: Self.losing) { bank in
            try await bank.server.run(
                #"ALTER DATABASE "\#(bank.server.name)" SET search_path = elsewhere, pg_catalog, public"#)
            let database = bank.database
            let fresh = try await Database.open(
                schema: database.schema, connection: ConnectionConfiguration(url: bank.server.url),
                pool: PoolConfiguration(maximumConnections: 2), trees: trees)
            let error = await #expect(throws: PostgresError.self) {
                try await fresh.withTransaction { tx in
                    let first = try await tx.find("Owner", filter: tree(of: 1))
                    #expect(first.plan.strategy == .oneTrip)
                    try await tx.execute("update elsewhere.switch set loses = true")
                    _ = try await tx.find("Owner", filter: tree(of: 2))
                }
            }
            #expect(error?.code == .statementInvalidated)
            // Said once, it is known: the next transaction reads level by level.
            let graph = try await fresh.withTransaction { try await $0.find("Owner", filter: tree(of: 2)) }
            #expect(graph.plan.strategy == .byLevel)
            #expect(try bank.text(graph) == bank.text(try await database.find("Owner", filter: tree(of: 2))))
            await fresh.close()
        }
    }

    @Test func `The retrying transaction comes through where keys are lost`() async throws {
        let trees = TreeOptions(strategy: .oneTrip)
        try await Bank.with("lost_retry", trees: trees, setUp: Self.losing) { bank in
            try await bank.server.run(
                """
                UPDATE elsewhere.switch SET loses = true;
                ALTER DATABASE "\(bank.server.name)" SET search_path = elsewhere, pg_catalog, public;
                """)
            let fresh = try await Database.open(
                schema: bank.database.schema, connection: ConnectionConfiguration(url: bank.server.url),
                pool: PoolConfiguration(maximumConnections: 1), trees: trees)
            let graph = try await fresh.withRetryingTransaction { try await $0.find("Owner", filter: tree(of: 2)) }
            #expect(graph.plan.strategy == .byLevel)
            #expect(try bank.text(graph) == bank.text(try await bank.database.find("Owner", filter: tree(of: 2))))
            await fresh.close()
        }
    }
}
