// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if os(Linux)
import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Peers whose packets are lost from one moment to the next, as with a cable that is cut or a firewall that forgot.
@Suite struct ConnectionVanishingTests {
    private func proxied(
        _ configure: (inout ConnectionConfiguration) -> Void
    ) async throws -> (TCPProxy, Connection) {
        let (proxy, url) = try ConnectionFixture.proxy(to: try await ConnectionTestServer.shared.server())
        return (proxy, try await ConnectionFixture.connect(url: url, configure))
    }

    @Test func `A peer that vanished while idle fails its ping, and the pool has another connection`() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let served = try ServedPool(url, watch: server.url, name: "vanished-idle", maximum: 2) {
            $0.checkAfterIdle = .zero
            $0.pingTimeout = .milliseconds(200)
        }
        let first = try await served.pool.withConnection { $0.processID }
        proxy.vanish()
        let next = try await served.pool.withConnection { $0.processID }
        #expect(next != first && proxy.accepted == 2)
        await served.pool.shutdown()
        proxy.close()
    }

    @Test func `Keep-alive ends the wait for an answer`() async throws {
        let (proxy, connection) = try await proxied { configuration in
            configuration.statementTimeout = nil
            configuration.keepAlive?.idle = .seconds(1)
            configuration.keepAlive?.interval = .seconds(1)
            configuration.keepAlive?.count = 2
            configuration.keepAlive?.userTimeout = .seconds(2)
        }
        let answer = Task { try await connection.run("select pg_sleep(600)") }
        #expect(await eventually { connection.counters.statements == 1 && connection.transactionStatus == .active })
        try await Task.sleep(for: .milliseconds(300))
        proxy.vanish()
        try await expect(.connectionLost) { _ = try await answer.value }
        #expect(connection.isClosed)
        proxy.close()
    }

    @Test func `A statement's deadline comes first when it is shorter`() async throws {
        let (proxy, connection) = try await proxied {
            $0.statementTimeout = .milliseconds(400)
            $0.statementTimeoutGrace = .milliseconds(200)
        }
        proxy.vanish()
        try await expect(.statementTimeout) { try await connection.run("select 1") }
        #expect(connection.isClosed)
        proxy.close()
    }

    @Test func `Data that nobody acknowledges ends the connection though no keep-alive is due`() async throws {
        let (proxy, connection) = try await proxied {
            $0.statementTimeout = nil
            $0.keepAlive?.idle = .seconds(600)
            $0.keepAlive?.userTimeout = .seconds(2)
        }
        proxy.vanish()
        try await expect(.connectionLost) { try await connection.run("select 1") }
        #expect(connection.isClosed)
        proxy.close()
    }
}
#endif
