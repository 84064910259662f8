// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Servers that crash, are away for a while, or refuse to be told to stop.
@Suite struct ConnectionRecoveryTests {
    @Test func `A killed backend ends all sessions, and callers have new ones after the recovery`() async throws {
        let server = try await PrivateServer.start()
        let served = try ServedPool(server.url, name: "crashed", minimum: 3, maximum: 3)
        try await served.pool.start()
        let victim = try await ConnectionFixture.connect(url: server.url)
        let running = (0..<3).map { _ in Task { try await served.pool.execute("select pg_sleep(600)") } }
        #expect(await eventually { served.pool.status.leased == 3 })
        try await Task.sleep(for: .milliseconds(100))
        ServerProcess.crash(Int32(victim.processID))
        for task in running { try await expect(.connectionLost) { _ = try await task.value } }
        // Attempts meanwhile are refused with 57P03 and made again.
        #expect(try await served.pool.withConnection { try await $0.text("1") } == "1")
        victim.close()
        #expect(try await served.close())
    }

    @Test func `A server that is away for a while is asked by one at a time, and found again`() async throws {
        let (proxy, url) = try ConnectionFixture.proxy(to: try await ConnectionTestServer.shared.server())
        let served = try ServedPool(
            url, watch: try await ConnectionTestServer.shared.server().url, name: "away", maximum: 8)
        proxy.refuse()
        let waiting = (0..<8).map { _ in Task { try await served.pool.withConnection { try await $0.text("1") } } }
        var most = 0
        #expect(await eventually { proxy.accepted > 0 && served.pool.status.connecting <= 1 })
        let before = proxy.accepted
        for _ in 0..<100 {
            most = max(most, served.pool.status.connecting)
            try await Task.sleep(for: .milliseconds(10))
        }
        // Pauses grow from 20 ms to 200 ms: in a second not more than a few dozen.
        #expect(most <= 1 && proxy.accepted - before < 40 && proxy.accepted > before)
        proxy.refuse(false)
        for task in waiting { #expect(try await task.value == "1") }
        #expect(try await served.close())
        proxy.close()
    }

    @Test func `A statement is cancelled also on a server that has no connection left`() async throws {
        let server = try await PrivateServer.start(settings: [
            "max_connections": "3", "superuser_reserved_connections": "0",
        ])
        var connections: [Connection] = []
        while connections.count < 20 {
            guard let connection = try? await ConnectionFixture.connect(url: server.url) else { break }
            connections.append(connection)
        }
        try await expect(.connectFailed, sqlState: "53300") { _ = try await ConnectionFixture.connect(url: server.url) }
        let first = try #require(connections.first)
        let task = Task { try await first.run("select pg_sleep(600)") }
        #expect(await eventually { first.transactionStatus == .active })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for connection in connections { connection.close() }
    }

    @Test func `A server that refuses the request to cancel loses the connection after the grace`() async throws {
        let server = try FakeServer { session in
            guard case .startup = try session.accept() else {
                return try session.send(.error("53300", "sorry, too many clients already", severity: "FATAL"))
            }
            session.waitForEnd()
        }
        let connection = try await ConnectionFixture.connect(url: server.url) {
            $0.statementTimeoutGrace = .milliseconds(200)
        }
        let task = Task { try await connection.run("select pg_sleep(600)") }
        #expect(await eventually { connection.transactionStatus == .active })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(connection.isClosed)
        #expect(await eventually { server.open == 0 })
    }

    @Test func `Requests to cancel that some servers don't answer keep none at another`() async throws {
        let frozen = try (0..<3).map { _ in
            try FakeServer { session in
                _ = try session.accept()
                session.waitForEnd()
            }
        }
        var tasks: [Task<RowSet, any Error>] = []
        for number in 0..<36 {
            let connection = try await ConnectionFixture.connect(url: frozen[number % 3].url) {
                $0.statementTimeoutGrace = .milliseconds(300)
            }
            tasks.append(Task { try await connection.run("select pg_sleep(600)") })
            #expect(await eventually { connection.transactionStatus == .active })
        }
        for task in tasks { task.cancel() }
        let connection = try await ConnectionFixture.connect()
        let task = Task { try await connection.run("select pg_sleep(600)") }
        #expect(await eventually { connection.transactionStatus == .active })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!connection.isClosed)
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        // Eight of each hang at most; the sessions of those that were never sent are freed all the same.
        #expect(await eventually { frozen.allSatisfy { $0.open <= 16 } })
        for server in frozen { server.close() }
    }
}
