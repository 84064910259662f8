// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import KinshipLifecycle
import Libpq
import Logging
import ServiceLifecycle
import TestSupport
import Testing

/// Pools on a real server that come to their end.
@Suite struct PoolShutdownTests {
    @Test func leasesFinishWaitersAreTurnedAwayAndNothingIsLeft() async throws {
        let url = try await TestDatabase.named("pool").url
        let served = try ServedPool(url, name: "pool-end", maximum: 2)
        let gate = Gate()
        let holders = (0..<2).map { _ in
            Task {
                try await served.pool.withConnection { connection in
                    await gate.wait()
                    return try await connection.text("'finished'")
                }
            }
        }
        #expect(await eventually { served.pool.status.leased == 2 })
        let waiters = (0..<5).map { _ in Task { try await served.pool.withConnection { _ in } } }
        #expect(await eventually { served.pool.status.waiting == 5 })
        let end = Task { await served.pool.shutdown(deadline: .seconds(60)) }
        for waiter in waiters {
            let error = await #expect(throws: PostgresError.self) { try await waiter.value }
            #expect(error?.code == .poolClosed)
        }
        gate.open()
        for holder in holders { #expect(try await holder.value == "finished") }
        await end.value
        await served.pool.shutdown()
        #expect(try await eventually { try await served.sessions() == 0 })
        let error = await #expect(throws: PostgresError.self) { try await served.pool.withConnection { _ in } }
        #expect(error?.code == .poolClosed)
    }

    @Test func aStatementStillRunningIsCancelledAtTheDeadline() async throws {
        let url = try await TestDatabase.named("pool").url
        let served = try ServedPool(url, name: "pool-late", maximum: 1)
        let late = Task {
            try await served.pool.withConnection { try await $0.execute(Statement("select pg_sleep(60)")) }
        }
        #expect(try await eventually { try await served.sessions("state = 'active'") == 1 })
        await served.pool.shutdown(deadline: .milliseconds(50))
        let error = await #expect(throws: PostgresError.self) { try await late.value }
        #expect(error?.code == .connectionClosed)
        #expect(try await eventually { try await served.sessions() == 0 }, "the statement still runs")
    }

    @Test func aHangingServerDoesNotHoldTheShutdown() async throws {
        let server = try await PrivateServer.start()
        let served = try ServedPool(server.url, name: "pool-hang", minimum: 3, maximum: 3)
        try await served.pool.start()
        let held = Gate()
        let stuck = Task {
            try await served.pool.withConnection { connection in
                ServerProcess.freeze(Int32(connection.processID))
                held.open()
                return (Int32(connection.processID), await Result { try await connection.text("1") })
            }
        }
        await held.wait()
        server.freezePostmaster()
        let clock = ContinuousClock()
        let took = await clock.measure { await served.pool.shutdown(deadline: .milliseconds(100)) }
        // No figure of speed: the statement's own deadline is 60 s, and the frozen processes never answer.
        #expect(took < .seconds(20))
        #expect(served.pool.status.size == 0)
        let (process, outcome) = try await stuck.value
        #expect(throws: PostgresError.self) { try outcome.get() }
        server.thawPostmaster()
        ServerProcess.thaw(process)
        #expect(try await eventually { try await served.sessions() == 0 })
    }

    @Test func aForgottenPoolClosesItsConnections() async throws {
        let url = try await TestDatabase.named("pool").url
        var served: ServedPool? = try ServedPool(url, name: "pool-forgotten", minimum: 2)
        try await served?.pool.start()
        #expect(try await served?.sessions() == 2)
        weak let pool = served?.pool
        weak let core = served?.pool.core
        served = nil
        #expect(pool == nil)
        #expect(await eventually { core == nil })
        let watch = try ServedPool(url, name: "pool-forgotten")
        #expect(try await eventually { try await watch.sessions() == 0 })
    }

    // MARK: Service

    @Test func aServiceGroupShutsThePoolDownGracefully() async throws {
        let url = try await TestDatabase.named("pool").url
        let served = try ServedPool(url, name: "pool-service", minimum: 2) { $0.shutdownDeadline = .seconds(60) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: served.pool)], logger: RecordingLog().logger))
        let running = Task { try await group.run() }
        #expect(await eventually { served.pool.status.idle == 2 })
        let gate = Gate()
        let holder = Task {
            try await served.pool.withConnection { connection in
                await gate.wait()
                return try await connection.text("'finished'")
            }
        }
        #expect(await eventually { served.pool.status.leased == 1 })
        await group.triggerGracefulShutdown()
        #expect(await eventually { served.pool.status.size == 1 })
        gate.open()
        #expect(try await holder.value == "finished")
        try await running.value
        #expect(try await eventually { try await served.sessions() == 0 })
    }

    @Test func aCancelledServiceGroupClosesThePoolAtOnce() async throws {
        let url = try await TestDatabase.named("pool").url
        let served = try ServedPool(url, name: "pool-cancelled-service") { $0.shutdownDeadline = .seconds(3_600) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: served.pool)], logger: RecordingLog().logger))
        let running = Task { try await group.run() }
        #expect(await eventually { served.pool.status.idle == 1 })
        let gate = Gate()
        let holder = Task { try await served.pool.withConnection { _ in await gate.wait() } }
        #expect(await eventually { served.pool.status.leased == 1 })
        running.cancel()
        _ = await running.result
        #expect(served.pool.status.size == 0)
        gate.open()
        try await holder.value
        #expect(try await eventually { try await served.sessions() == 0 })
    }

    @Test func aServiceGroupHearsThatTheServerIsNotThere() async throws {
        let server = try await PrivateServer.start()
        try await server.halt()
        let served = try ServedPool(server.url, name: "pool-service-down")
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: served.pool)], logger: RecordingLog().logger))
        let error = await #expect(throws: PostgresError.self) { try await group.run() }
        #expect(error?.code == .connectFailed)
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body returns or throws.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
