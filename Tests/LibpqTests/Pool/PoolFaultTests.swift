// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import MetricsTestKit
import TestSupport
import Testing

/// Servers that die, hang, are full or refuse, and what a pool makes of that. Each test has a server of its own.
@Suite(.withAndWithoutSharing) struct PoolFaultTests {
    // MARK: Dying

    @Test func aSessionTerminatedWhileIdleIsReplacedUnnoticed() async throws {
        let url = try await TestDatabase.named("pool").url
        let served = try ServedPool(url, name: "pool-terminated", minimum: 1, maximum: 2)
        try await served.pool.start()
        for _ in 0..<5 {
            let idle = try await served.pool.withConnection { $0 }
            let process = idle.processID
            try await TestSession.run("SELECT pg_terminate_backend(\(process))", url: url)
            // The end takes its time to arrive, and whoever uses the connection before that meets it.
            #expect(await eventually { idle.isClosed })
            let next = try await served.pool.withConnection { connection in
                let answer = try await connection.text("1")
                #expect(answer == "1")
                return connection.processID
            }
            #expect(next != process)
        }
        #expect(try await served.close())
    }

    @Test func aRestartUnderLoadIsSurvived() async throws {
        // Without a port, which somebody else could have when the server comes back.
        let server = try await EmbeddedServer.start()
        let served = try ServedPool(server.url, name: "pool-restart", minimum: 3, maximum: 6)
        try await served.pool.start()
        let stop = Gate()
        let workers = (0..<16).map { _ in
            Task {
                var (answers, problems) = (0, Set<String>())
                while !stop.isOpen {
                    do {
                        try await served.pool.withConnection { connection in
                            _ = try await connection.text("1")
                            answers += 1
                        }
                    } catch let error as PostgresError {
                        // A statement that meets the shutdown is not repeated; whoever waits is served afterwards.
                        problems.insert(error.code.rawValue)
                    }
                }
                return (answers, problems)
            }
        }
        try await Task.sleep(for: .milliseconds(100))
        try await server.halt(.fast)
        try await Task.sleep(for: .milliseconds(200))
        try await server.resume()
        #expect(try await served.pool.withConnection { try await $0.text("1") } == "1")
        stop.open()
        for worker in workers {
            let (answers, problems) = try await worker.value
            #expect(answers > 0)
            #expect(problems.isSubset(of: ["CONNECTION_LOST", "SERVER_ERROR", "CONNECTION_CLOSED"]), "\(problems)")
        }
        #expect(await eventually { served.pool.status.idle == served.pool.status.size })
        #expect(served.pool.status.size >= 3)
        #expect(try await served.close())
    }

    @Test func aServerThatIsDownIsToldAtOnceOrWithTheTimeout() async throws {
        let server = try await EmbeddedServer.start()
        try await server.halt()
        let served = try ServedPool(server.url, name: "pool-down", minimum: 2)
        let first = await #expect(throws: PostgresError.self) { try await served.pool.start() }
        #expect(first?.code == .connectFailed)
        let second = await #expect(throws: PostgresError.self) {
            try await served.pool.withConnection(timeout: .milliseconds(100)) { _ in }
        }
        #expect(second?.code == .acquireTimeout)
        #expect((second?.acquire?.lastConnectError as? PostgresError)?.code == .connectFailed)
        #expect(second?.message.contains("The last attempt to connect failed: ") == true)
        let waiting = Task { try await served.pool.withConnection { try await $0.text("1") } }
        try await server.resume()
        #expect(try await waiting.value == "1")
        #expect(await eventually { served.pool.status.idle == 2 })
        #expect(try await served.close())
    }

    @Test func callersOfAServerThatIsDownHearTheReasonAtOnceUntilItIsBack() async throws {
        let server = try await EmbeddedServer.start()
        let served = try ServedPool(server.url, name: "pool-outage", minimum: 1) { $0.outagePatience = .zero }
        try await served.pool.start()
        try await server.halt(.fast)
        // The first ones may meet connections that have just ended.
        let isKnown = await eventually {
            let error = await failure { try await served.pool.execute("select 1") }
            return error?.code == .connectFailed
        }
        #expect(isKnown)
        let clock = ContinuousClock()
        let begun = clock.now
        for _ in 0..<20 {
            let error = await failure { try await served.pool.execute("select 1") }
            #expect(error?.code == .connectFailed)
            let lent = await failure { try await served.pool.withConnection { try await $0.text("1") } }
            #expect(lent?.code == .connectFailed)
        }
        #expect(clock.now - begun < .seconds(10), "callers wait for a server that is known to be down")
        #expect(served.pool.status.waiting == 0)
        try await server.resume()
        #expect(await eventually { await failure { try await served.pool.execute("select 1") } == nil })
        #expect(try await served.close())
    }

    private func failure<R>(_ body: () async throws -> R) async -> PostgresError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    // MARK: Coming up

    @Test func aServerThatComesUpIsWaitedFor() async throws {
        let server = try await EmbeddedServer.start()
        try await server.halt()
        let served = try ServedPool(server.url, name: "pool-coming-up", minimum: 2) {
            $0.startup = .waiting(upTo: .seconds(60))
        }
        let start = Task { try await served.pool.start() }
        try await Task.sleep(for: .milliseconds(300))
        try await server.resume()
        try await start.value
        #expect(served.pool.status.idle == 2)
        #expect(try await served.close())
    }

    @Test func aServerThatIsStartingUpIsWaitedForAndOneThatRefusesIsNot() async throws {
        let sessions = Locked(0)
        let server = try FakeServer { session in
            let number = sessions.withLock { sessions in
                sessions += 1
                return sessions
            }
            if number < 3 {
                _ = try session.open()
                try session.send(.error("57P03", "the database system is starting up", severity: "FATAL", fields: [:]))
            } else if number == 3 {
                _ = try session.accept()
                session.waitForEnd()
            } else {
                _ = try session.open()
                try session.send(.error("3D000", "database \"shop\" does not exist", severity: "FATAL", fields: [:]))
            }
        }
        defer { server.close() }
        func pool() throws -> ConnectionPool {
            try ServedPool(server.url, name: "pool-starting") { $0.startup = .waiting(upTo: .seconds(60)) }.pool
        }
        let first = try pool()
        try await first.start()
        #expect(sessions.withLock { $0 } == 3)
        await first.shutdown(deadline: .zero)
        let second = try pool()
        let error = await failure { try await second.start() }
        #expect(error?.sqlState == "3D000")
        #expect(
            error?.message.hasSuffix("does not exist (SQLSTATE 3D000). Create the database, or correct its name.")
                == true)
        #expect(sessions.withLock { $0 } == 4)
        await second.shutdown(deadline: .zero)
    }

    @Test func waitingForAServerThatNeverComesEndsWithTheReason() async throws {
        let server = try FakeServer { _ in }
        let url = server.url
        server.close()
        let served = try ServedPool(url, name: "pool-never") { $0.startup = .waiting(upTo: .milliseconds(300)) }
        let error = await failure { try await served.pool.start() }
        #expect(error?.code == .connectFailed)
        #expect(
            error?.message.hasSuffix("Check that a server runs there and takes connections, and the address.") == true,
            "\(error?.message ?? "")")
        await served.pool.shutdown(deadline: .zero)
    }

    // MARK: Hanging

    @Test func aFrozenBackendCostsOneStatementAndNoPlace() async throws {
        let server = try await PrivateServer.start()
        let served = try ServedPool(
            server.url, name: "pool-frozen", maximum: 1,
            connection: {
                $0.statementTimeout = .milliseconds(100)
                $0.statementTimeoutGrace = .milliseconds(100)
            })
        let frozen = try await served.pool.withConnection { connection in
            let process = Int32(connection.processID)
            ServerProcess.freeze(process)
            let error = await #expect(throws: PostgresError.self) { try await connection.text("1") }
            #expect(error?.code == .statementTimeout)
            return process
        }
        #expect(served.pool.status.size == 0)
        let next = try await served.pool.withConnection { connection in
            let answer = try await connection.text("1")
            #expect(answer == "1")
            return connection.processID
        }
        #expect(next != Int(frozen))
        ServerProcess.thaw(frozen)
        #expect(try await served.close())
    }

    @Test func aConnectionThatFrozeWhileIdleFailsItsPing() async throws {
        let server = try await PrivateServer.start()
        let served = try ServedPool(server.url, name: "pool-frozen-idle", maximum: 2) {
            $0.checkAfterIdle = .zero
            $0.pingTimeout = .milliseconds(100)
        }
        let frozen = try await served.pool.withConnection { Int32($0.processID) }
        ServerProcess.freeze(frozen)
        try await served.pool.withConnection { connection in
            #expect(connection.processID != Int(frozen))
            let answer = try await connection.text("1")
            #expect(answer == "1")
        }
        ServerProcess.thaw(frozen)
        #expect(try await served.close())
    }

    @Test func aFrozenPostmasterKeepsNobodyLongerThanAsked() async throws {
        let server = try await PrivateServer.start()
        let url = try #require(server.tcpURL())
        let served = try ServedPool(
            url, name: "pool-postmaster", connection: { $0.connectTimeout = .milliseconds(100) })
        server.freezePostmaster()
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.withConnection(timeout: .seconds(5)) { _ in }
        }
        #expect(error?.code == .acquireTimeout)
        #expect((error?.acquire?.lastConnectError as? PostgresError)?.code == .connectTimeout)
        server.thawPostmaster()
        #expect(try await served.pool.withConnection { try await $0.text("1") } == "1")
        #expect(try await served.close())
    }

    // MARK: Refusing

    @Test func aFullServerIsNotStampeded() async throws {
        let server = try await PrivateServer.start(settings: [
            "max_connections": "5", "superuser_reserved_connections": "0",
        ])
        let metrics = TestMetrics()
        let first = try ServedPool(server.url, name: "pool-full-1", maximum: 4)
        let second = try ServedPool(server.url, name: "pool-full-2", maximum: 8) { $0.metricsFactory = metrics }
        let gate = Gate()
        let holders = (0..<4).map { _ in Task { try await first.pool.withConnection { _ in await gate.wait() } } }
        #expect(await eventually { first.pool.status.leased == 4 })
        // One place is left: the second pool gets that one, shares it, and asks for more with pauses.
        let began = ContinuousClock.now
        let workers = (0..<40).map { _ in
            Task {
                try await second.pool.withConnection { connection in
                    try await connection.execute(Statement("select pg_sleep(0.01)"))
                }
            }
        }
        for worker in workers { _ = try await worker.value }
        let tenths = (ContinuousClock.now - began) / .milliseconds(100)
        let name = ("db.client.connection.pool.name", "kinship")
        let failures = try metrics.expectCounter("db.client.connection.create_failures", [name]).totalValue
        #expect(failures >= 1)
        // 4 at once, then one at a time with pauses of 10 ms and growing: the work takes 0.4 s, and more where others keep the machine busy.
        #expect(Double(failures) <= max(30, 5 * tenths))
        #expect(second.pool.status.size <= 2)
        gate.open()
        for holder in holders { try await holder.value }
        await first.pool.shutdown(deadline: .seconds(1))
        await second.pool.shutdown(deadline: .seconds(1))
        #expect(await eventually { (try? await second.sessions()) == 0 })
    }

    @Test func aWrongPasswordIsAskedOnceAndNotPrinted() async throws {
        let server = try await PrivateServer.scram(password: "the right one")
        let (metrics, log) = (TestMetrics(), RecordingLog())
        let url = try #require(server.tcpURL())
        let served = try ServedPool(url, name: "pool-password", minimum: 1, logger: log.logger) {
            $0.metricsFactory = metrics
            $0.maximumBackoff = .seconds(5)
        } connection: {
            $0.password = "the wrong one"
        }
        let first = await #expect(throws: PostgresError.self) { try await served.pool.start() }
        #expect(first?.code == .authenticationFailed)
        for _ in 0..<20 {
            let error = await #expect(throws: PostgresError.self) { try await served.pool.withConnection { _ in } }
            #expect(error?.code == .authenticationFailed)
            #expect(error.map { "\($0)" }?.contains("the wrong one") == false)
        }
        let name = ("db.client.connection.pool.name", "kinship")
        #expect(try metrics.expectCounter("db.client.connection.create_failures", [name]).totalValue == 1)
        #expect(!log.lines.contains { $0.contains("the wrong one") })
        await served.pool.shutdown()
    }
}
