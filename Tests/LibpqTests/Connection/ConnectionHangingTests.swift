// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// Attempts to connect that hang where nobody can interrupt them: name services, and the inside of libpq.
@Suite struct ConnectionHangingTests {
    private static let url = "postgres://fake@db.example/fake?sslmode=disable&gssencmode=disable"

    private func server() throws -> FakeServer {
        try FakeServer { session in
            try session.accept()
            try session.serve()
        }
    }

    // MARK: Names

    @Test func `A slow name service costs one thread for each name, and callers keep their deadline`() async throws {
        let isSlow = Locked(true)
        let asked = Locked(0)
        let resolver = NameResolver { _ in
            asked.withLock { $0 += 1 }
            BlockingPause.until { !isSlow.withLock { $0 } }
            return .success(["127.0.0.1"])
        }
        let server = try server()
        @Sendable func connect(_ timeout: Duration) async throws -> Connection {
            try await ConnectionFixture.connect(
                url: Self.url.replacing("db.example", with: "db.example:\(server.port)")
            ) {
                $0.connectTimeout = timeout
                $0.resolver = resolver
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let error = await #expect(throws: PostgresError.self) { try await connect(.milliseconds(100)) }
                    #expect(error?.code == .connectTimeout && error?.message.contains("db.example") == true)
                }
            }
        }
        let cancelled = Task { try await connect(.seconds(60)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(asked.withLock { $0 } == 1 && resolver.running == 1 && server.accepted == 0)
        // Whoever still waits when the answer comes has it.
        let late = Task { try await connect(.seconds(60)) }
        isSlow.withLock { $0 = false }
        try await late.value.close()
        #expect(await eventually { resolver.running == 0 && server.open == 0 })
    }

    @Test func `When all look-ups hang the next one is refused at once, until one comes back`() async throws {
        let isSlow = Locked(true)
        let resolver = NameResolver(limit: 2) { name in
            BlockingPause.until { !isSlow.withLock { $0 } }
            return name == "nowhere" ? .failure(NameResolver.Failure("not known")) : .success(["127.0.0.1"])
        }
        func failure(_ name: String, _ timeout: Duration) async -> ConnectFailure? {
            await #expect(throws: ConnectFailure.self) {
                try await resolver.addresses(of: name, until: Monotonic.after(timeout))
            }
        }
        #expect(await failure("a", .milliseconds(20))?.code == .connectTimeout)
        #expect(await failure("b", .milliseconds(20))?.code == .connectTimeout)
        #expect(await failure("c", .seconds(60))?.code == .connectsStuck)
        isSlow.withLock { $0 = false }
        #expect(await eventually { resolver.running == 0 })
        #expect(try await resolver.addresses(of: "c", until: Monotonic.after(.seconds(60))) == ["127.0.0.1"])
        #expect(await failure("nowhere", .seconds(60))?.text.contains("not known") == true)
        #expect(await eventually { resolver.running == 0 })
    }

    @Test func `A pool whose name service is slow keeps its deadline, and has the connection afterwards`() async throws
    {
        let isSlow = Locked(true)
        let server = try server()
        let served = try ServedPool(
            Self.url.replacing("db.example", with: "db.example:\(server.port)"), name: "slow-names", maximum: 1,
            connection: {
                $0.resolver = NameResolver { _ in
                    BlockingPause.until { !isSlow.withLock { $0 } }
                    return .success(["127.0.0.1"])
                }
            })
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.withConnection(timeout: .milliseconds(100)) { _ in }
        }
        #expect(error?.code == .acquireTimeout)
        isSlow.withLock { $0 = false }
        try await served.pool.withConnection { _ in }
        #expect(server.accepted == 1)
        await served.pool.shutdown()
        #expect(await eventually { server.open == 0 })
    }

    @Test func `A name that isn't known is told as before`() async throws {
        let error = try await expect(.connectFailed) {
            _ = try await ConnectionFixture.connect(url: "postgres://no.invalid")
        }
        #expect(
            error.message.contains("could not translate host name \"no.invalid\"")
                && error.message.contains("Check the host's name"))
    }

    // MARK: Inside libpq

    @Test func `A server that makes libpq compute for ever gets four threads, and others none of that`() async throws {
        let iterations = Locked(ScramPace.iterations(lasting: 2))
        let evil = try FakeServer { session in try session.challenge(iterations: iterations.withLock { $0 }) }
        @Sendable func attempt(_ timeout: Duration) async -> PostgresError? {
            await #expect(throws: PostgresError.self) {
                try await ConnectionFixture.connect(url: evil.url) {
                    $0.password = "words"
                    $0.connectTimeout = timeout
                }
            }
        }
        await withTaskGroup(of: PostgresError?.self) { group in
            for _ in 0..<4 { group.addTask { await attempt(.milliseconds(400)) } }
            for await error in group { #expect(error?.code == .connectTimeout) }
        }
        let refused = await attempt(.seconds(60))
        #expect(refused?.code == .connectsStuck)
        #expect(refused?.message.contains("4 attempts that were given up still hang") == true)
        #expect(evil.accepted == 4)
        let good = try server()
        try await ConnectionFixture.connect(url: good.url).close()
        // They come back, leave nothing, and the server is asked again.
        // On a busy machine that takes its time, for they get only what no other thread wants.
        var isOver = false
        for _ in 0..<4 where !isOver { isOver = await eventually { evil.open == 0 } }
        #expect(isOver)
        iterations.withLock { $0 = 4096 }
        #expect(await attempt(.seconds(60))?.code == .connectFailed)
        #expect(evil.accepted == 5)
    }

    @Test func `Threads are so many for each server, and who gives up leaves the line`() async throws {
        let reported = Locked<[Int]>([])
        var limits = ConnectThreads.Limits()
        (limits.perServer, limits.total, limits.stuckPerServer) = (2, 3, 2)
        let threads = ConnectThreads(limits) { count in reported.withLock { $0.append(count) } }
        let isHeld = Locked(true)
        let ran = Locked<[String]>([])
        let keys = (0..<6).map { _ in FakeKey() }
        func start(_ key: FakeKey, _ server: String) -> ConnectThreads.Start {
            threads.start(
                .init(
                    id: ObjectIdentifier(key), server: server,
                    work: {
                        ran.withLock { $0.append(server) }
                        BlockingPause.until { !isHeld.withLock { $0 } }
                    }, refused: {}))
        }
        for key in keys[..<4] { _ = start(key, "a") }
        _ = start(keys[4], "b")
        #expect(await eventually { ran.withLock { $0.sorted() } == ["a", "a", "b"] })
        #expect(threads.counts == (3, 2, 0))
        threads.drop(ObjectIdentifier(keys[3]))
        #expect(threads.counts.waiting == 1)
        for key in keys[..<2] { threads.abandon(ObjectIdentifier(key), server: "a", since: 0) }
        if case .refused(2) = start(keys[5], "a") {} else { Issue.record("not refused") }
        threads.reportAbandoned()
        for _ in 0..<2 { threads.returned(ObjectIdentifier(keys[0])) }
        threads.reportAbandoned()
        #expect(reported.withLock { $0 } == [2, 1])
        isHeld.withLock { $0 = false }
        #expect(await eventually { threads.counts.running == 0 })
        #expect(ran.withLock { $0.count } == 4)
    }

    private final class FakeKey: Sendable {}
}
