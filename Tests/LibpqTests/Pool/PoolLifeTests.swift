// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization
import TestSupport
import Testing

/// Beginning and end of a pool.
@Suite struct PoolLifeTests {
    @Test func shutdownLetsLeasesFinish() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 2)
        let gate = Gate()
        let holder = Task {
            try await pool.withMember { member in
                await gate.wait()
                return member.id
            }
        }
        #expect(await eventually { pool.status.leased == 1 })
        let end = Task { await pool.shutdown(deadline: .seconds(60)) }
        #expect(await eventually { (try? await pool.withMember { _ in }) == nil })
        let error = await #expect(throws: PostgresError.self) { try await pool.withMember { _ in } }
        #expect(error?.code == .poolClosed)
        #expect(server.open == 1)
        gate.open()
        #expect(try await holder.value == 1)
        await end.value
        #expect(server.open == 0)
        #expect(server.state.withLock { $0.aborted } == 0)
    }

    @Test func shutdownTakesConnectionsAwayAtItsDeadline() async throws {
        let (server, log) = (MockServer(), RecordingLog())
        let pool = server.pool(maximum: 2, logger: log.logger)
        let gate = Gate()
        let holder = Task { try await pool.withMember { _ in await gate.wait() } }
        #expect(await eventually { pool.status.leased == 1 })
        await pool.shutdown(deadline: .milliseconds(20))
        #expect(server.state.withLock { $0.aborted } == 1)
        #expect(server.open == 0)
        #expect(pool.status.size == 0)
        #expect(log.lines.contains { $0.contains("still in use at the shutdown's deadline") })
        await pool.shutdown(deadline: .seconds(60))
        gate.open()
        try await holder.value
        #expect(pool.status.size == 0)
    }

    @Test func cancellingTheShutdownEndsItsPatience() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 1)
        let gate = Gate()
        let holder = Task { try await pool.withMember { _ in await gate.wait() } }
        #expect(await eventually { pool.status.leased == 1 })
        let end = Task { await pool.shutdown(deadline: .seconds(3_600)) }
        end.cancel()
        await end.value
        #expect(server.state.withLock { $0.aborted } == 1)
        gate.open()
        try await holder.value
    }

    @Test func shutdownDoesNotWaitForAConnectThatHangs() async throws {
        let server = MockServer()
        server.state.withLock { $0.delay = .seconds(3_600) }
        let pool = server.pool(maximum: 2)
        let waiter = Task { try await pool.withMember { _ in } }
        #expect(await eventually { pool.status.connecting == 1 && server.attempts == 1 })
        await pool.shutdown(deadline: .seconds(3_600))
        let error = await #expect(throws: PostgresError.self) { try await waiter.value }
        #expect(error?.code == .poolClosed)
        #expect(server.open == 0)
    }

    @Test func startCanBeCancelled() async throws {
        let server = MockServer()
        server.state.withLock { $0.delay = .seconds(3_600) }
        let pool = server.pool(minimum: 1)
        let start = Task { try await pool.start() }
        #expect(await eventually { server.attempts == 1 })
        start.cancel()
        await #expect(throws: CancellationError.self) { try await start.value }
        await pool.shutdown(deadline: .zero)
    }

    @Test func aForgottenPoolIsFreed() async throws {
        let server = MockServer()
        var pool: PoolCore<MockConnection>? = server.pool(minimum: 3)
        try await pool?.start()
        #expect(await eventually { pool?.status.idle == 3 })
        weak let observed = pool
        pool?.shutdownNow()
        pool = nil
        #expect(await eventually { observed == nil })
        #expect(server.open == 0)
    }

    @Test func tenPoolsAndAPoolInsideAnotherOnesBody() async throws {
        let server = MockServer()
        let pools = (0..<10).map { _ in server.pool(maximum: 2) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await pools[number % 10].withMember { _ in
                        // Upwards only, or they could wait for each other in a circle.
                        if number % 10 < 9 { try await pools[9].withMember { _ in await Task.yield() } }
                    }
                }
            }
            try await group.waitForAll()
        }
        for pool in pools {
            #expect(pool.status.leased == 0)
            await pool.shutdown(deadline: .seconds(1))
        }
        #expect(server.open == 0)
    }
}
