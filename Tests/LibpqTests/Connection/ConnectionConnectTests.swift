// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Ways of connecting, and of not connecting.
@Suite struct ConnectionConnectTests {
    @Test func nobodyThere() async throws {
        let server = try FakeServer { _ in }
        let url = server.url
        server.close()
        let error = try await expect(.connectFailed) { _ = try await ConnectionFixture.connect(url: url) }
        #expect(error.message.contains("127.0.0.1"))
        #expect(error.server == nil)
    }

    @Test func aWrongPasswordIsNotRepeated() async throws {
        let server = try await PrivateServer.scram(password: "correct-horse")
        let url = try #require(server.tcpURL())
        #expect(try await ConnectionFixture.connect(url: url).answer(to: "select 'in'") == "in")
        let error = try await expect(.authenticationFailed, sqlState: "28P01") {
            _ = try await ConnectionFixture.connect(url: url) { $0.password = Password("wrong-battery") }
        }
        #expect(!"\(error)".contains("wrong-battery"))
        try await expect(.authenticationFailed) {
            _ = try await ConnectionFixture.connect(url: url) { $0.password = nil }
        }
        try await expect(.connectFailed, sqlState: "3D000") {
            _ = try await ConnectionFixture.connect(url: url) { $0.database = "no_such_database" }
        }
    }

    @Test(arguments: [
        ("53300", "sorry, too many clients already"), ("57P03", "the database system is starting up"),
    ])
    func aServerThatIsNotReadySaysSo(_ state: String, _ text: String) async throws {
        let server = try FakeServer { session in
            _ = try session.open()
            try session.send(.error(state, text, severity: "FATAL", fields: ["D": "more of it"]))
        }
        let error = try await expect(.connectFailed, sqlState: state) {
            _ = try await ConnectionFixture.connect(url: server.url)
        }
        #expect(error.server?.message == text)
        #expect(error.server?.severity == "FATAL")
        #expect(error.server?.detail == "more of it")
    }

    @Test func aServerThatSaysNothing() async throws {
        let server = try FakeServer { $0.waitForEnd() }
        let error = try await expect(.connectTimeout) {
            _ = try await ConnectionFixture.connect(url: server.url) { $0.connectTimeout = .milliseconds(100) }
        }
        #expect(error.message.contains("0.1 seconds"))
        #expect(await eventually { server.open == 0 })

        let task = Task { try await ConnectionFixture.connect(url: server.url) }
        #expect(await eventually { server.accepted == 2 })
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(await eventually { server.open == 0 })
    }

    @Test func aCancelledTaskConnectsToNobody() async throws {
        let server = try FakeServer { $0.waitForEnd() }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await ConnectionFixture.connect(url: server.url)
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(server.accepted == 0)
    }

    @Test(arguments: [("client_encoding", "SQL_ASCII"), ("standard_conforming_strings", "off")])
    func sessionsThatWouldMisreadValuesAreRefused(_ name: String, _ value: String) async throws {
        let server = try FakeServer { session in
            _ = try session.accept(parameters: [name: value])
            try session.serve()
        }
        let error = try await expect(.connectFailed) { _ = try await ConnectionFixture.connect(url: server.url) }
        #expect(error.message.contains("\(name) = \(value)"))
        #expect(await eventually { server.open == 0 })
    }

    @Test func theNextHostIsTried() async throws {
        let alive = try await ConnectionTestServer.shared.server()
        let dead = try FakeServer { _ in }
        let (port, next) = (dead.port, try #require(alive.port))
        dead.close()
        let url = "postgres://postgres:\(alive.password ?? "")@127.0.0.1:\(port),127.0.0.1:\(next)/postgres"
        #expect(try await ConnectionFixture.connect(url: url).answer(to: "select 'second'") == "second")
    }

    @Test(.needs(.tls)) func encryptedSessions() async throws {
        let (server, authority) = try await PrivateServer.tls()
        let url = try #require(server.tcpURL()).replacing("@127.0.0.1", with: "@localhost")
        let trusted: (inout ConnectionConfiguration) -> Void = {
            $0.tls.mode = .verifyFull
            $0.tls.rootCertificate = authority.authorityFile
        }
        let connection = try await ConnectionFixture.connect(url: url, trusted)
        #expect(
            try await connection.answer(to: "select ssl::text from pg_stat_ssl where pid = pg_backend_pid()") == "true")
        // Records end anywhere in rows; what OpenSSL has decrypted must not wait for the socket.
        for length in [1, 8_191, 16_384, 16_385, 100_000, 3_000_001] {
            #expect(try await connection.answer(to: "select repeat('x', \(length))")?.utf8.count == length)
        }
        var parameters = Parameters()
        parameters.append(text: String(repeating: "ä", count: 2_000_000))
        let echo = try await connection.execute(Statement("select $1::text", parameters))
        #expect(echo.bytes(row: 0, column: 0)?.count == 4_000_000)

        let task = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.transactionStatus == .active })
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await connection.answer(to: "select 'usable'") == "usable")

        try await expect(.connectFailed) {
            _ = try await ConnectionFixture.connect(url: url) { $0.tls.mode = .verifyFull }
        }
    }
}
