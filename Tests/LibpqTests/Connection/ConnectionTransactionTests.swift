// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

@Suite struct ConnectionTransactionTests {
    private struct Oops: Error {}

    private func table(_ name: String) async throws -> Connection {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("drop table if exists \(name)")
        try await connection.run("create table \(name) (id int primary key)")
        return connection
    }

    private func ids(_ table: String, _ connection: Connection) async throws -> String? {
        try await connection.answer(to: "select coalesce(string_agg(id::text, ',' order by id), '') from \(table)")
    }

    @Test func beginRidesAlongAndCommitIsOneRoundTrip() async throws {
        let connection = try await table("tx_commit")
        let before = connection.counters
        let rows = try await connection.withTransaction { connection in
            try await connection.run("insert into tx_commit values (1)")
            #expect(connection.transactionStatus == .inTransaction)
            return try await connection.run("insert into tx_commit values (2) returning id").count
        }
        #expect(rows == 1)
        #expect(connection.counters.roundTrips == before.roundTrips + 3)
        #expect(connection.counters.statements == before.statements + 4)
        #expect(connection.transactionStatus == .idle)
        #expect(try await ids("tx_commit", connection) == "1,2")
    }

    @Test func aTransactionThatSendsNothingCostsNothing() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.withTransaction { connection in try await connection.withTransaction { _ in } }
        _ = try? await connection.withTransaction { _ in throw Oops() }
        #expect(connection.counters == Counters())
        #expect(try await connection.answer(to: "select 'after'") == "after")
        #expect(connection.transactionStatus == .idle)
    }

    @Test func optionsReachTheServer() async throws {
        let connection = try await table("tx_options")
        try await connection.withTransaction(isolation: .serializable, readOnly: true, deferrable: true) { connection in
            for (name, value) in [("isolation", "serializable"), ("read_only", "on"), ("deferrable", "on")] {
                let shown = try await connection.run("show transaction_\(name)").text()
                #expect(shown == value)
            }
        }
        try await expect(.server, sqlState: "25006") {
            try await connection.withTransaction(readOnly: true) { connection in
                _ = try await connection.run("insert into tx_options values (1)")
            }
        }
        #expect(connection.transactionStatus == .idle)
    }

    @Test func whatTheBodyThrowsIsThrownAndRolledBack() async throws {
        let connection = try await table("tx_throw")
        await #expect(throws: Oops.self) {
            try await connection.withTransaction { connection in
                try await connection.run("insert into tx_throw values (1)")
                throw Oops()
            }
        }
        #expect(connection.transactionStatus == .idle)
        #expect(try await ids("tx_throw", connection) == "")
    }

    @Test func innerTransactionsAreSavepoints() async throws {
        let connection = try await table("tx_nested")
        try await connection.withTransaction { connection in
            try await connection.run("insert into tx_nested values (1)")
            await #expect(throws: Oops.self) {
                try await connection.withTransaction { connection in
                    try await connection.run("insert into tx_nested values (2)")
                    try await connection.withTransaction { _ = try await $0.run("insert into tx_nested values (3)") }
                    throw Oops()
                }
            }
            // A failed statement inside leaves the outer transaction usable.
            try await expect(.server, sqlState: "23505") {
                try await connection.withTransaction { _ = try await $0.run("insert into tx_nested values (1)") }
            }
            #expect(connection.transactionStatus == .inTransaction)
            try await connection.withTransaction { _ = try await $0.run("insert into tx_nested values (4)") }
        }
        #expect(connection.transactionStatus == .idle)
        #expect(try await ids("tx_nested", connection) == "1,4")
    }

    @Test func savepointsRideAlong() async throws {
        let connection = try await table("tx_riding")
        let before = connection.counters
        try await connection.withTransaction { connection in
            try await connection.withTransaction { _ = try await $0.run("insert into tx_riding values (1)") }
            try await connection.withTransaction { _ = try await $0.run("insert into tx_riding values (2)") }
        }
        #expect(connection.counters.roundTrips == before.roundTrips + 3)
        // BEGIN, twice SAVEPOINT, INSERT and RELEASE, COMMIT.
        #expect(connection.counters.statements == before.statements + 8)
        #expect(try await ids("tx_riding", connection) == "1,2")
    }

    @Test func anErrorThatWasCaughtIsNotCommitted() async throws {
        let connection = try await table("tx_caught")
        try await expect(.misuse) {
            try await connection.withTransaction { connection in
                try await connection.run("insert into tx_caught values (1)")
                _ = try? await connection.run("select 1/0")
            }
        }
        #expect(connection.transactionStatus == .idle)
        #expect(try await ids("tx_caught", connection) == "")
        try await connection.withTransaction { connection in
            try await expect(.misuse) {
                try await connection.withTransaction { _ = try? await $0.run("select 1/0") }
            }
            try await connection.run("insert into tx_caught values (2)")
        }
        #expect(try await ids("tx_caught", connection) == "2")
    }

    @Test func aCommitTheServerRefusesIsAnError() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("create temp table tx_parent (id int primary key)")
        try await connection.run(
            "create temp table tx_child (id int references tx_parent deferrable initially deferred)")
        try await expect(.server, sqlState: "23503") {
            try await connection.withTransaction { _ = try await $0.run("insert into tx_child values (1)") }
        }
        #expect(connection.transactionStatus == .idle)
    }

    @Test func aBodyThatEndsTheTransactionItselfIsLeftAlone() async throws {
        let connection = try await table("tx_ended")
        try await connection.withTransaction { connection in
            try await connection.run("insert into tx_ended values (1)")
            try await connection.run("commit")
        }
        #expect(try await ids("tx_ended", connection) == "1")
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        let connection = try await table("tx_cancelled")
        let task = Task {
            try await connection.withTransaction { connection in
                try await connection.run("insert into tx_cancelled values (1)")
                try await connection.run("select pg_sleep(30)")
            }
        }
        #expect(await eventually { connection.counters.statements >= 4 })
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(connection.transactionStatus == .idle)
        #expect(try await ids("tx_cancelled", connection) == "")
    }

    @Test func serializationFailuresAreRepeated() async throws {
        let connection = try await table("tx_retry")
        try await connection.run("insert into tx_retry values (1)")
        let other = try await ConnectionFixture.connect()
        var attempts = 0
        try await connection.withRetryingTransaction(isolation: .repeatableRead) { connection in
            attempts += 1
            try await connection.run("select * from tx_retry")
            if attempts == 1 { try await other.run("update tx_retry set id = id + 10") }
            try await connection.run("update tx_retry set id = id + 1")
        }
        #expect(attempts == 2)
        #expect(try await ids("tx_retry", connection) == "12")

        attempts = 0
        try await expect(.server, sqlState: "40001") {
            try await connection.withRetryingTransaction(maxAttempts: 3) { connection in
                attempts += 1
                try await connection.run("do $$ begin raise sqlstate '40001'; end $$")
            }
        }
        #expect(attempts == 3)
        try await expect(.misuse) {
            try await connection.withTransaction { connection in
                try await connection.withRetryingTransaction { _ in }
            }
        }
    }

    @Test func aDeadlockIsRepeated() async throws {
        let first = try await table("tx_deadlock")
        let second = try await ConnectionFixture.connect()
        try await first.run("insert into tx_deadlock values (1), (2)")
        let meeting = Meeting()
        func update(_ connection: Connection, _ order: [Int]) async throws {
            try await connection.withRetryingTransaction { connection in
                try await connection.run("set local deadlock_timeout = '20ms'")
                try await connection.run("update tx_deadlock set id = id where id = \(order[0])")
                await meeting.arrive()
                try await connection.run("update tx_deadlock set id = id where id = \(order[1])")
            }
        }
        async let one: Void = update(first, [1, 2])
        async let two: Void = update(second, [2, 1])
        _ = try await (one, two)
        #expect(first.transactionStatus == .idle && second.transactionStatus == .idle)
    }

    @Test func transactionsOfSeveralTasksOnOneConnectionEnd() async throws {
        let connection = try await table("tx_mixed")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    for round in 0..<5 {
                        // They mix and so may fail, but none waits for ever.
                        _ = try? await connection.withTransaction { connection in
                            try await connection.run("insert into tx_mixed values (\(number * 100 + round))")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // One whose savepoint another has rolled back closes the connection.
        #expect(await connection.recycle(timeout: .seconds(5)) == !connection.isClosed)
    }

    @Test func recyclingEndsWhateverIsOpen() async throws {
        let connection = try await ConnectionFixture.connect()
        let before = connection.counters.roundTrips
        #expect(await connection.recycle(timeout: .seconds(5)))
        #expect(connection.counters.roundTrips == before)
        try await connection.run("begin")
        #expect(await connection.recycle(timeout: .seconds(5)))
        try await connection.run("begin")
        _ = try? await connection.run("select 1/0")
        #expect(connection.transactionStatus == .inFailedTransaction)
        // Also when the task that gives the connection back is cancelled.
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await connection.recycle(timeout: .seconds(5))
        }
        #expect(await task.value)
        #expect(connection.transactionStatus == .idle)
        connection.close()
        #expect(await connection.recycle(timeout: .seconds(5)) == false)
    }
}

/// A place where the first two wait for each other, once.
private actor Meeting {
    private var waiting: CheckedContinuation<Void, Never>?
    private var isOver = false

    func arrive() async {
        if isOver { return }
        if let waiting {
            isOver = true
            waiting.resume()
        } else {
            await withCheckedContinuation { waiting = $0 }
        }
    }

    /// A savepoint that was never made can't be rolled back to; the transaction around it can.
    @Test(arguments: [1, 2, 3]) func aSavepointThatFailedLeavesTheConnection(_ depth: Int) async throws {
        @Sendable func nest(_ connection: Connection, _ depth: Int) async throws {
            guard depth > 0 else {
                _ = try await connection.run("select 1")
                return
            }
            try await connection.withTransaction { try await nest($0, depth - 1) }
        }
        let server = try FakeServer { session in
            try session.accept()
            var isFirst = true
            while true {
                for message in try session.receive(until: "S") where message.type == "P" {
                    let text = message.strings[1]
                    if text.hasPrefix("SAVEPOINT"), isFirst {
                        // Cancelled, as it were; what follows in the flight is skipped.
                        isFirst = false
                        try session.send(.error("57014", "canceling statement due to user request"))
                        break
                    }
                    try session.send(
                        .parseComplete, .bindComplete, .noData, .commandComplete(FakeSession.tag(of: text)))
                    if text.hasPrefix("ROLLBACK") { #expect(text == "ROLLBACK") }
                    if text == "ROLLBACK" { isFirst = true }
                }
                try session.send(.readyForQuery(isFirst ? "I" : "E"))
            }
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        try await expect(.statementCancelled) {
            try await connection.withTransaction { try await nest($0, depth) }
        }
        #expect(!connection.isClosed && connection.transactionStatus == .idle)
        connection.close()
        server.close()
    }
}
