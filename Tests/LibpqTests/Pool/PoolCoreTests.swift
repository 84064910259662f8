// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import TestSupport
import Testing

/// The pool around the state, with connections that need no server.
@Suite struct PoolCoreTests {
    // MARK: Order and limits

    @Test func aHundredTasksShareTwoConnectionsInTheOrderTheyAsked() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 2)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                let waitingBefore = pool.status.waiting
                group.addTask {
                    try await pool.withMember { _ in
                        order.append(number)
                        try await Task.sleep(for: .milliseconds(1))
                    }
                }
                // The next one asks only when this one waits, holds a connection, or is done.
                _ = await eventually {
                    let served = order.all.contains(number)
                    return served || pool.status.waiting > waitingBefore || number < 2
                }
            }
            try await group.waitForAll()
        }
        let served = order.all
        #expect(served.sorted() == Array(0..<100))
        // Two bodies run side by side, so that neighbours may enter in either order.
        #expect(zip(served, 0...).allSatisfy { abs($0 - $1) <= 2 }, "\(served)")
        #expect(server.state.withLock { $0.mostOpen } == 2)
        await pool.shutdown(deadline: .seconds(1))
        #expect(server.open == 0)
    }

    @Test func anIdleConnectionIsHandedOutWithoutSuspension() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 1)
        try await pool.withMember { _ in }
        let actor = Counter()
        try await actor.useWithoutLeaving(pool)
        #expect(server.attempts == 1)
    }

    // MARK: Timeouts

    @Test func theTimeoutTellsHowThePoolStands() async throws {
        let pool = MockServer().pool(maximum: 1) { $0.name = "shop" }
        try await pool.withMember { _ in
            let error = await #expect(throws: PostgresError.self) {
                try await Task.detached { try await pool.withMember(timeout: .milliseconds(30)) { _ in } }.value
            }
            #expect(error?.code == .acquireTimeout)
            let acquire = try #require(error?.acquire)
            #expect(acquire.waited >= .milliseconds(30))
            #expect(
                acquire.status
                    == PoolStatus(
                        size: 1, maximum: 1, idle: 0, leased: 1, connecting: 0, preparing: 0, waiting: 1))
            #expect(acquire.lastConnectError == nil)
            let message = error?.message ?? ""
            #expect(message.hasPrefix("Pool \"shop\": no connection became free within 0.0"))
            #expect(
                message.hasSuffix(
                    "s (1 of 1 connections: 0 idle, 1 leased, 0 connecting, 0 being checked; 1 waiting). All are in use: "
                        + "give them back sooner, or raise maximumConnections or acquireTimeout."))
        }
        #expect(pool.status.waiting == 0)
        try await pool.withMember { _ in }
    }

    @Test func aNestedLeaseThatWaitsForItselfIsNamed() async throws {
        let pool = MockServer().pool(maximum: 1)
        let other = MockServer().pool(maximum: 1)
        try await other.withMember { _ in
            try await pool.withMember { _ in
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.withMember(timeout: .milliseconds(20)) { _ in }
                }
                #expect(error?.code == .acquireTimeout)
                #expect(error?.message.contains("This task already holds 1 of them: withConnection inside") == true)
            }
        }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withMember { _ in
                try await Task.detached { try await pool.withMember(timeout: .milliseconds(20)) { _ in } }.value
            }
        }
        #expect(error?.message.contains("This task already holds") == false)
    }

    @Test func manyTimeoutsNeedNoTimerEach() async throws {
        let pool = MockServer().pool(maximum: 1)
        try await pool.withMember { _ in
            let failures = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let timeout = Duration.milliseconds(10 + (number * 7) % 50)
                        do {
                            try await pool.withMember(timeout: timeout) { _ in }
                            return false
                        } catch {
                            return (error as? PostgresError)?.code == .acquireTimeout
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failures == 500)
        }
        #expect(pool.status.waiting == 0)
    }

    // MARK: Giving back

    @Test func aTransactionLeftOpenIsRolledBackWithAWarning() async throws {
        let (server, log) = (MockServer(), RecordingLog())
        let pool = server.pool(maximum: 1, logger: log.logger)
        try await pool.withMember { $0.state.withLock { $0.outcome = .inTransaction } }
        try await pool.withMember { #expect($0.id == 1) }
        #expect(server.state.withLock { $0.recycled } == 1)
        #expect(log.lines.contains { $0.hasPrefix("warning A connection was given back in a transaction") })
        try await pool.withMember { $0.state.withLock { $0.outcome = .unusable } }
        try await pool.withMember { #expect($0.id == 2) }
        #expect(server.open == 1)
    }

    @Test func aConnectionThatHasJustBrokenIsNotLent() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 2)
        let idle = try await pool.withMember { $0 }
        // The pool is told a moment later.
        idle.state.withLock { $0.outcome = .unusable }
        try await pool.withMember { #expect($0.id == 2) }
        #expect(await eventually { server.open == 1 })
        #expect(pool.status.size == 1)
        await pool.shutdown(deadline: .seconds(1))
    }

    @Test func theSessionPolicyResetsEachTime() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 1) { $0.resetPolicy = .session }
        for _ in 0..<3 { try await pool.withMember { _ in } }
        #expect(await eventually { server.state.withLock { $0.sessionsReset } == 3 })
    }

    @Test func aLeakIsLoggedOnceWithItsPlaceAndAgainOnReturn() async throws {
        let log = RecordingLog()
        let pool = MockServer().pool(maximum: 1, logger: log.logger) {
            $0.leakThreshold = .milliseconds(20)
            $0.name = "shop"
        }
        let line = #line + 1
        try await pool.withMember { _ in
            #expect(await eventually { !log.lines.isEmpty })
            try await Task.sleep(for: .milliseconds(60))
        }
        #expect(log.lines.count == 2)
        #expect(log.lines.first?.hasPrefix("warning A connection has been held for ") == true)
        #expect(
            log.lines.first?.hasSuffix(
                "s: is it leaked? acquiredAt=LibpqTests/PoolCoreTests.swift:\(line) connection=1 pool=shop") == true)
        #expect(log.lines.last?.hasPrefix("notice A connection reported as leaked came back after ") == true)
    }

    // MARK: Broken servers

    @Test func anIdleConnectionsDeathIsNoticed() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 2)
        try await pool.withMember { _ in }
        #expect(await eventually { pool.status.idle == 1 })
        let member = try await pool.withMember { $0 }
        // The handler is registered by the task that connected.
        #expect(await eventually { member.state.withLock { $0.onTermination != nil } })
        member.breakDown()
        #expect(pool.status.size == 0)
        try await pool.withMember { #expect($0.id == 2) }
    }

    @Test func startFailsFastOrGoesOnInTheBackground() async throws {
        let server = MockServer()
        server.state.withLock { $0.refusal = PostgresError(.connectFailed, "nobody listens") }
        let strict = server.pool(minimum: 2)
        let error = await #expect(throws: PostgresError.self) { try await strict.start() }
        #expect(error?.message == "nobody listens")
        let patient = server.pool(minimum: 2) {
            $0.startup = .background
            $0.initialBackoff = .milliseconds(10)
        }
        try await patient.start()
        server.state.withLock { $0.refusal = nil }
        #expect(await eventually { patient.status.idle == 2 })
        try await strict.start()
        #expect(strict.status.idle == 2)
    }

    @Test func aTimeoutDuringAnOutageCarriesTheReason() async throws {
        let server = MockServer()
        server.state.withLock { $0.refusal = PostgresError(.connectFailed, "nobody listens") }
        let pool = server.pool()
        await #expect(throws: PostgresError.self) { try await pool.start() }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withMember(timeout: .milliseconds(30)) { _ in }
        }
        #expect(error?.code == .acquireTimeout)
        #expect(error?.underlying == "nobody listens")
        #expect((error?.acquire?.lastConnectError as? PostgresError)?.code == .connectFailed)
        #expect(server.attempts <= 2)
    }

    @Test func aRefusedPasswordIsToldAtOnceAndAskedOnce() async throws {
        let server = MockServer()
        server.state.withLock { $0.refusal = PostgresError(.authenticationFailed, "wrong password") }
        let pool = server.pool()
        for _ in 0..<20 {
            let error = await #expect(throws: PostgresError.self) { try await pool.withMember { _ in } }
            #expect(error?.code == .authenticationFailed)
        }
        #expect(server.attempts == 1)
    }

    @Test(arguments: [
        PoolConfiguration(minimumConnections: 5, maximumConnections: 4), PoolConfiguration(maximumConnections: 0),
        PoolConfiguration(maximumConnections: 100_000), PoolConfiguration(minimumConnections: -1),
    ])
    func impossibleSizesAreRefused(configuration: PoolConfiguration) async {
        let server = MockServer()
        let pool = PoolCore(configuration: configuration, logger: RecordingLog().logger) { try await server.connect() }
        let error = await #expect(throws: PostgresError.self) { try await pool.start() }
        #expect(error?.code == .invalidConfiguration)
        await #expect(throws: PostgresError.self) { try await pool.withMember { _ in } }
        #expect(server.attempts == 0)
    }
}

/// Shows that a fast acquire keeps to the actor it was called on.
private actor Counter {
    private var entered = 0

    func useWithoutLeaving(_ pool: PoolCore<MockConnection>) async throws {
        try await pool.withMember { _ in
            self.assertIsolated()
            entered += 1
        }
    }
}

private final class Order: Sendable {
    private let numbers = Locked<[Int]>([])

    var all: [Int] { numbers.withLock { $0 } }

    func append(_ number: Int) { numbers.withLock { $0.append(number) } }
}
