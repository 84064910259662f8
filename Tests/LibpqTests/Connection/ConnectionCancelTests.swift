// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Libpq
import TestSupport
import Testing

/// Cancelled tasks and deadlines.
@Suite struct ConnectionCancelTests {
    @Test func aTaskCancelledBeforeSendsNothing() async throws {
        let connection = try await ConnectionFixture.connect()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await #expect(throws: CancellationError.self) { try await connection.run("select 1") }
            await #expect(throws: CancellationError.self) { _ = try await connection.pipeline([Statement("select 1")]) }
            await #expect(throws: CancellationError.self) {
                try await connection.withTransaction { _ = try await $0.run("select 1") }
            }
        }
        await task.value
        #expect(connection.counters == Counters())
        #expect(try await connection.answer(to: "select 'x'") == "x")
    }

    @Test func aRunningStatementIsCancelledOnTheServer() async throws {
        let database = try await TestDatabase.named("connection")
        let connection = try await ConnectionFixture.connect()
        let task = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.counters.statements == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(connection.transactionStatus == .idle)
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
        let sql =
            "select count(*) from pg_stat_activity where query like '%pg_sleep(30)' and state = 'active'"
            + " and pid = \(connection.processID)"
        #expect(try await database.run(sql) == [["0"]])
    }

    @Test func aStatementThatWaitsInLineIsJustDropped() async throws {
        let connection = try await ConnectionFixture.connect()
        let first = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.counters.statements == 1 })
        let second = Task { try await connection.run("select 'second'") }
        try await Task.sleep(for: .milliseconds(20))
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(connection.transactionStatus == .active)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(connection.counters.statements == 1)
    }

    @Test func aCancelNeverMeetsTheNextStatement() async throws {
        // A busy machine may need long for one of a thousand cancel requests; that is not what this is about.
        let connection = try await ConnectionFixture.connect()
        var cancelled = 0
        for round in 0..<1000 {
            let task = Task { try await connection.run("select pg_sleep(0.0003)") }
            // Around the moment the row arrives, a little earlier or later each time.
            for _ in 0..<(round % 40) { await Task.yield() }
            if round % 3 == 0 { try await Task.sleep(for: .microseconds(200 + round % 7 * 60)) }
            task.cancel()
            do { _ = try await task.value } catch is CancellationError { cancelled += 1 }
            #expect(try await connection.answer(to: "select 'next'") == "next")
        }
        #expect(cancelled > 0)
        #expect(connection.transactionStatus == .idle)
    }

    @Test func cancellingAtAnyMomentLosesNothing() async throws {
        let database = try await TestDatabase.named("connection_cancel")
        let connection = try await ConnectionFixture.connect("connection_cancel") { $0.closeTimeout = .seconds(30) }
        try await connection.run("create table if not exists cancelled_at (id int)")
        for round in 0..<200 {
            let task = Task {
                _ = try await connection.pipeline([
                    Statement("select pg_sleep(0.0002)"), Statement("select \(round % 9)"),
                ])
                try await connection.withTransaction { connection in
                    try await connection.run("insert into cancelled_at values (\(round))")
                    try await connection.withTransaction { _ = try await $0.run("select pg_sleep(0.0002)") }
                }
            }
            try await Task.sleep(for: .microseconds(round * 20))
            task.cancel()
            do { try await task.value } catch { #expect(error is CancellationError, "\(error)") }
            #expect(connection.transactionStatus == .idle)
        }
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
        let open = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
        #expect(try await database.run(open) == [["0"]])
    }

    @Test func aCancelThatWasLostIsSentAgain() async throws {
        // A server that has not read the statement yet when the request comes forgets it.
        let cancels = Locked(0)
        let server = try FakeServer { session in
            if case .cancel = try session.accept() {
                return cancels.withLock { $0 += 1 }
            }
            try session.receive(until: "S")
            while cancels.withLock({ $0 }) < 3 { Thread.sleep(forTimeInterval: 0.001) }
            try session.send(.error("57014", "canceling statement due to user request"), .readyForQuery())
            try session.serve()
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        let task = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.counters.statements == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(cancels.withLock { $0 } >= 3)
        #expect(!connection.isClosed && connection.transactionStatus == .idle)
        connection.close()
        server.close()
    }

    @Test func aCancelThatDoesNotArriveGivesTheConnectionUp() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let connection = try await ConnectionFixture.connect(url: url) { $0.statementTimeoutGrace = .milliseconds(200) }
        let task = Task { try await connection.run("select pg_sleep(3)") }
        #expect(await eventually { connection.counters.statements == 1 })
        proxy.refuse()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(connection.isClosed)
        proxy.close()
    }

    @Test func aDeadlineCancelsOnTheServer() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementTimeout = .milliseconds(150) }
        let error = try await expect(.statementTimeout, sqlState: "57014") {
            try await connection.run("select pg_sleep(30)")
        }
        #expect(error.sql == "select pg_sleep(30)")
        #expect(connection.transactionStatus == .idle)
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
        // The call's own deadline has the last word.
        _ = try await connection.execute(Statement("select pg_sleep(0.3)"), timeout: .seconds(20))
        try await expect(.statementTimeout) {
            _ = try await connection.pipeline(
                [Statement("select 1"), Statement("select pg_sleep(30)")], timeout: .milliseconds(50))
        }
    }

    @Test func theInnermostTimeoutReports() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("set statement_timeout to '50ms'")
        try await expect(.statementTimeout, sqlState: "57014") {
            try await connection.execute(Statement("select pg_sleep(30)"), timeout: .seconds(20))
        }
        try await connection.run("set statement_timeout to '20s'")
        try await expect(.statementTimeout, sqlState: "57014") {
            try await connection.execute(Statement("select pg_sleep(30)"), timeout: .milliseconds(50))
        }
        let task = Task { try await connection.execute(Statement("select pg_sleep(30)"), timeout: .seconds(20)) }
        try await Task.sleep(for: .milliseconds(30))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func somebodyElsesCancelIsTold() async throws {
        let database = try await TestDatabase.named("connection")
        let connection = try await ConnectionFixture.connect()
        let answer = Task { try await connection.run("select pg_sleep(30)") }
        let running = "select count(*) from pg_stat_activity where state = 'active' and pid = \(connection.processID)"
        #expect(try await eventually { try await database.run(running) == [["1"]] })
        try await database.run("select pg_cancel_backend(\(connection.processID))")
        try await expect(.statementCancelled, sqlState: "57014") { _ = try await answer.value }
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
    }

    @Test func aDeadlineHoldsInLineToo() async throws {
        let connection = try await ConnectionFixture.connect()
        let first = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.counters.statements == 1 })
        let error = try await expect(.statementTimeout) {
            try await connection.execute(Statement("select 'second'"), timeout: .milliseconds(50))
        }
        #expect(error.message.contains("nothing was sent"))
        #expect(connection.transactionStatus == .active)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
    }

    @Test func aFrozenBackendIsGivenUp() async throws {
        let server = try await PrivateServer.start()
        let connection = try await ConnectionFixture.connect(url: server.url) {
            $0.statementTimeout = .milliseconds(150)
            $0.statementTimeoutGrace = .milliseconds(200)
        }
        let backend = Int32(connection.processID)
        ServerProcess.freeze(backend)
        defer { ServerProcess.thaw(backend) }
        try await expect(.statementTimeout) { try await connection.run("select 1") }
        #expect(connection.isClosed)
    }

    @Test func aFrozenPostmasterHoldsNobodyUp() async throws {
        let server = try await PrivateServer.start()
        let connection = try await ConnectionFixture.connect(url: server.url) {
            $0.statementTimeoutGrace = .milliseconds(200)
        }
        server.freezePostmaster()
        defer { server.thawPostmaster() }
        try await expect(.connectTimeout) {
            _ = try await ConnectionFixture.connect(url: server.url) { $0.connectTimeout = .milliseconds(150) }
        }
        let task = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.counters.statements == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(connection.isClosed)
    }
}
