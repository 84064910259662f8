// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// Transactions that are run again.
@Suite(.timeLimit(.minutes(2))) struct TransactionRetryTests {
    @Test func `What loses against another transaction is run again`() async throws {
        try await Bank.with("retry") { bank in
            let attempts = Locked(0)
            let balance = try await bank.database.withRetryingTransaction(isolation: .repeatableRead) { tx in
                let attempt = attempts.withLock { count in
                    count += 1
                    return count
                }
                _ = try await tx.findById("Account", id: 1)
                if attempt == 1 { try await bank.server.run("UPDATE account SET balance = 50 WHERE id = 1") }
                try await tx.execute("update account set balance = balance - \(1) where id = \(1)")
                let rows = try await tx.execute("select balance::int8 from account where id = \(1)")
                return try rows.decode(Int64.self, row: 0, column: 0)
            }
            #expect(balance == 49)
            #expect(attempts.withLock { $0 } == 2)
            #expect(try await bank.number("SELECT balance FROM account WHERE id = 1") == 49)
        }
    }

    @Test func `Other errors are not repeated, nor is one inside another`() async throws {
        try await Bank.with("no_retry") { bank in
            let attempts = Locked(0)
            let error = await #expect(throws: PostgresError.self) {
                try await bank.database.withRetryingTransaction { tx in
                    attempts.withLock { $0 += 1 }
                    try await tx.execute("select 1 / \(0)")
                }
            }
            #expect(error?.sqlState == "22012")
            #expect(attempts.withLock { $0 } == 1)
            let nested = await #expect(throws: PostgresError.self) {
                try await bank.database.withTransaction { tx in
                    try await tx.withRetryingTransaction { _ in }
                }
            }
            #expect(nested?.code == .misuse)
        }
    }

    @Test func `A column that has become of another type is known in the next attempt`() async throws {
        try await Bank.with("changed", connections: 1) { bank in
            _ = try await bank.database.find("Account")
            try await bank.server.run("ALTER TABLE account ALTER COLUMN balance TYPE text")
            let error = await #expect(throws: (any Error).self) {
                try await bank.database.withTransaction { try await $0.find("Account") }
            }
            #expect(error != nil)
            // The next one has read the catalog.
            #expect(try await bank.database.withTransaction { try await $0.find("Account").count } == 12)
            try await bank.server.run("ALTER TABLE account ALTER COLUMN balance TYPE int USING balance::int")
            #expect(try await bank.database.withRetryingTransaction { try await $0.find("Account").count } == 12)
        }
    }
}
