// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// Transactions inside of transactions, and operations beside them.
@Suite(.timeLimit(.minutes(2))) struct NestedTransactionTests {
    private struct Refusal: Error {}

    @Test func `Inside a transaction it is a savepoint`() async throws {
        try await Bank.with("savepoints", connections: 1) { bank in
            try await bank.database.withTransaction { tx in
                try await tx.execute("insert into account values (\(90), \(1), 7)")
                await #expect(throws: Refusal.self) {
                    try await tx.withTransaction { inner in
                        try await inner.execute("insert into account values (\(91), \(1), 7)")
                        #expect(try await inner.find("Account").count == 14)
                        throw Refusal()
                    }
                }
                #expect(try await tx.find("Account").count == 13)
                try await tx.withTransaction { inner in
                    try await inner.execute("insert into account values (\(92), \(1), 7)")
                    try await inner.withTransaction { innermost in
                        try await innermost.execute("insert into account values (\(93), \(1), 7)")
                    }
                }
                // A statement that fails takes only the savepoint with it.
                let failed = await #expect(throws: PostgresError.self) {
                    try await tx.withTransaction { try await $0.execute("select 1 / \(0)") }
                }
                #expect(failed?.sqlState == "22012")
                #expect(try await tx.unscoped.find("Account").count == 15)
            }
            #expect(try await bank.accounts() == 15)
        }
    }

    @Test func `While one inside is open the outer one is refused`() async throws {
        try await Bank.with("outer", connections: 1) { bank in
            try await bank.database.withTransaction { tx in
                try await tx.withTransaction { inner in
                    let uses: [(Transaction) async throws -> Void] = [
                        { _ = try await $0.find("Owner") }, { _ = try $0.connection },
                        { try await $0.withTransaction { _ in } },
                        { for try await _ in try $0.stream("Owner") {} },
                    ]
                    for use in uses {
                        let error = await #expect(throws: PostgresError.self) { try await use(tx) }
                        #expect(error?.code == .misuse)
                    }
                    let owners = try await inner.count("Owner").count
                    #expect(owners == 3)
                }
                #expect(try await tx.count("Owner").count == 3)
            }
        }
    }

    @Test func `None begins inside while an operation is under way`() async throws {
        try await Bank.with("busy", connections: 2) { bank in
            try await bank.database.withTransaction { tx in
                var iterator = try tx.stream("Account", batchSize: 5).makeAsyncIterator()
                #expect(try await iterator.next(isolation: nil)?.count == 5)
                // Between two pulls there is nothing under way; the cursor lives on.
                try await tx.withTransaction { _ = try await $0.count("Account") }
                #expect(try await iterator.next(isolation: nil)?.count == 5)
                // The operation waits for a lock that another transaction holds, for as long as it is looked at.
                let slow = try await bank.database.withTransaction { gate in
                    try await gate.execute("select pg_advisory_xact_lock(7)")
                    let slow = Task { try await tx.execute("select pg_advisory_xact_lock(7)") }
                    let waiting = """
                        SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                        WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
                        """
                    while try await bank.number(waiting) == 0 { try await Task.sleep(for: .milliseconds(1)) }
                    let error = await #expect(throws: PostgresError.self) { try await tx.withTransaction { _ in } }
                    #expect(error?.code == .misuse)
                    return slow
                }
                #expect(try await slow.value.count == 1)
                try await tx.withTransaction { _ = try await $0.count("Account") }
            }
        }
    }

    @Test func `Operations of the database are outside, and one that would wait for itself is warned of`() async throws
    {
        try await Bank.with("one_connection", connections: 1, acquireTimeout: .milliseconds(300)) { bank in
            let requests: [(Database) async throws -> Void] = [
                { _ = try await $0.find("Owner", filter: Bank.tree) }, { _ = try await $0.count("Owner") },
                { try await $0.withTransaction { _ in } },
                { for try await _ in try $0.stream("Owner") {} },
                { _ = try await $0.explain("Owner", analyze: .server) },
            ]
            for (number, request) in requests.enumerated() {
                let error = await #expect(throws: PostgresError.self) {
                    try await bank.database.withTransaction { tx in
                        _ = try await tx.count("Owner")
                        try await request(bank.database)
                    }
                }
                #expect(error?.code == .acquireTimeout)
                let warnings = bank.log.lines.filter {
                    $0.contains("inside of a transaction's body use the transaction")
                }
                #expect(warnings.count == number + 1)
            }
        }
        try await Bank.with("two_connections", connections: 2) { bank in
            try await bank.database.withTransaction { tx in
                try await tx.execute("insert into account values (\(90), \(1), 7)")
                #expect(try await bank.database.count("Account").count == 12)
            }
            #expect(bank.log.lines.isEmpty)
        }
    }
}
