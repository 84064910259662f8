// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// How transactions end, and what is told of it.
@Suite(.timeLimit(.minutes(2))) struct TransactionEndTests {
    private struct Refusal: Error {}

    @Test func `A body that throws undoes everything, one that returns keeps it`() async throws {
        try await Bank.with("rollback") { bank in
            await #expect(throws: Refusal.self) {
                try await bank.database.withTransaction { tx in
                    try await tx.execute("insert into account values (\(90), \(1), 7)")
                    #expect(try await tx.count("Account").count == 13)
                    throw Refusal()
                }
            }
            #expect(try await bank.accounts() == 12)
            let result = try await bank.database.withTransaction { tx in
                try await tx.execute("insert into account values (\(90), \(1), 7)")
                return "kept"
            }
            #expect(result == "kept")
            #expect(try await bank.accounts() == 13)
            // Everything was given back.
            #expect(bank.database.pool.status.leased == 0)
        }
    }

    @Test func `Read-only transactions refuse changes`() async throws {
        try await Bank.with("read_only") { bank in
            let error = await #expect(throws: PostgresError.self) {
                try await bank.database.withTransaction(isolation: .serializable, readOnly: true, deferrable: true) {
                    tx in
                    #expect(try await tx.count("Owner").count == 3)
                    try await tx.execute("insert into account values (\(90), \(1), 7)")
                }
            }
            #expect(error?.sqlState == "25006")
        }
    }

    @Test func `Cancelling undoes everything`() async throws {
        try await Bank.with("cancel") { bank in
            let (begun, signal) = AsyncStream<Void>.makeStream()
            let task = Task {
                try await bank.database.withTransaction { tx in
                    try await tx.execute("insert into account values (\(90), \(1), 7)")
                    signal.finish()
                    try await tx.execute("select pg_sleep(3600)")
                }
            }
            for await _ in begun {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let accounts = try await bank.accounts()
            #expect(accounts == 12)
            #expect(try await bank.database.count("Account").count == 12)
        }
    }

    @Test func `COMMIT's own error is thrown, and nothing is kept`() async throws {
        try await Bank.with("commit_fails") { bank in
            let error = await #expect(throws: PostgresError.self) {
                try await bank.database.withTransaction { tx in
                    try await tx.execute("insert into account values (\(90), \(1), 7)")
                    try await tx.execute("insert into ticket values (\(1)), (\(1))")
                }
            }
            #expect(error?.sqlState == "23505")
            let accounts = try await bank.accounts()
            #expect(accounts == 12)
        }
    }

    @Test func `A connection that breaks at COMMIT leaves the outcome unknown, and says so`() async throws {
        // COMMIT is what the trigger waits for.
        let killer = """
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER die AFTER INSERT ON ticket DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION die();
            """
        try await Bank.with("unknown", connections: 1, setUp: killer) { bank in
            let error = await #expect(throws: PostgresError.self) {
                try await bank.database.withTransaction { tx in
                    try await tx.execute("insert into ticket values (\(1))")
                }
            }
            #expect(error?.code == .commitOutcomeUnknown)
            let kept = try await bank.database.count("Account").count
            #expect(kept == 12)
        }
    }

    @Test func `Going on after a failed statement is refused at the end`() async throws {
        try await Bank.with("failed") { bank in
            let error = await #expect(throws: PostgresError.self) {
                try await bank.database.withTransaction { tx in
                    try await tx.execute("insert into account values (\(90), \(1), 7)")
                    _ = try? await tx.execute("select 1 / \(0)")
                    do {
                        _ = try await tx.find("Owner", filter: Bank.tree)
                        Issue.record("A failed transaction answered.")
                    } catch let failed as PostgresError {
                        #expect(failed.sqlState == "25P02")
                    }
                }
            }
            #expect(error?.code == .misuse)
            let accounts = try await bank.accounts()
            #expect(accounts == 12)
        }
    }

    @Test func `After its body a transaction is of no use`() async throws {
        try await Bank.with("late", connections: 1) { bank in
            let kept = try await bank.database.withTransaction { tx in
                _ = try await tx.count("Owner")
                return tx
            }
            let late: [(Transaction) async throws -> Void] = [
                { _ = try await $0.find("Owner") }, { _ = try await $0.count("Owner") },
                { _ = try await $0.unscoped.findById("Owner", id: 1) }, { try await $0.execute("select 1") },
                { _ = try $0.connection }, { try await $0.withTransaction { _ in } },
                { for try await _ in try $0.stream("Owner") {} },
                { _ = try await $0.explain("Owner", analyze: .server) },
            ]
            for use in late {
                let error = await #expect(throws: PostgresError.self) { try await use(kept) }
                #expect(error?.code == .misuse)
                #expect(error?.message.contains("has ended") == true)
            }
            #expect(try await bank.database.count("Owner").count == 3)
        }
    }

    @Test func `The end waits for operations under way, and lets no more begin`() async throws {
        try await Bank.with("unawaited", connections: 1) { bank in
            let (begun, signal) = AsyncStream<Void>.makeStream()
            let late = try await bank.database.withTransaction { tx in
                let task = Task {
                    signal.finish()
                    try await tx.execute("insert into account select \(90), \(1), 7 from pg_sleep(0.2)")
                    return try await tx.find("Account", filter: ["include": "owner"])
                }
                for await _ in begun {}
                while try await tx.execute("select 1").count == 0 {}
                return task
            }
            // Either it came in time as a whole, or its second half was too late.
            do {
                #expect(try await late.value.count >= 12)
            } catch let error as PostgresError {
                #expect(error.code == .misuse)
            }
            #expect(try await bank.database.count("Account").count == bank.accounts())
        }
    }

    @Test func `Several tasks take turns`() async throws {
        for strategy in Strategy.allCases {
            try await Bank.with("turns_\(strategy)", connections: 1, trees: TreeOptions(strategy: strategy)) { bank in
                let wanted = try bank.text(try await bank.database.find("Owner", filter: Bank.tree))
                try await bank.database.withTransaction { tx in
                    try await withThrowingTaskGroup(of: String.self) { group in
                        for id in 1...24 {
                            group.addTask {
                                if id % 2 == 0 { return try bank.text(try await tx.find("Owner", filter: Bank.tree)) }
                                let one = 1 + id % 3
                                let graph = try await tx.find(
                                    "Owner", filter: ["where": ["id": one], "fields": "id", "include": "accounts"])
                                #expect(graph.rows(of: graph.plan.nodes[1])?.count == 4)
                                return wanted
                            }
                        }
                        for try await text in group { #expect(text == wanted) }
                    }
                }
            }
        }
    }
}
