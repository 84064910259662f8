// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import TestSupport
import Testing

/// The tools that other suites test faults with.
@Suite struct FaultToolsTests {
    @Test("A proxy forwards, counts, and cuts in the middle of an answer")
    func proxy() async throws {
        let server = try await PrivateServer.start()
        let proxy = try TCPProxy(to: .port(try #require(server.port)))
        let url = proxy.url(of: try #require(server.tcpURL()))
        #expect(try await TestSession.run("SELECT 1", url: url) == [["1"]])
        #expect(proxy.accepted == 1)
        #expect(proxy.bytes(.toServer) > 0)
        let before = proxy.bytes(.toClient)
        proxy.cut(after: 1000, .toClient)
        await #expect(throws: TestSession.Failure.self) {
            try await TestSession.run("SELECT repeat('x', 100000)", url: url)
        }
        #expect(proxy.bytes(.toClient) == before + 1000)
        proxy.close()
        await #expect(throws: TestSession.Failure.self) { try await TestSession.run("SELECT 1", url: url) }
        await server.stop()
    }

    @Test("A paused proxy delivers when it is resumed")
    func pause() async throws {
        let server = try await PrivateServer.start()
        let proxy = try TCPProxy(to: .socket(path: server.directory + "/.s.PGSQL.\(try #require(server.port))"))
        proxy.pause()
        let url = proxy.url(of: try #require(server.tcpURL()))
        async let rows = TestSession.run("SELECT 2", url: url)
        while proxy.accepted == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(proxy.bytes(.toServer) == 0)
        proxy.resume()
        #expect(try await rows == [["2"]])
        await server.stop()
    }

    @Test("A fake server answers what its script says")
    func fake() async throws {
        let server = try FakeServer { session in
            try session.accept()
            try session.serve { message in
                guard message.type == "Q" else { return nil }
                return [
                    .rowDescription([("answer", 25)], format: 0), .dataRow([Array("forty-two".utf8)]), .dataRow([nil]),
                    .commandComplete("SELECT 2"), .readyForQuery(),
                ]
            }
        }
        #expect(try await TestSession.run("SELECT anything", url: server.url) == [["forty-two"], [nil]])
        #expect(server.accepted == 1)
        server.close()
        await #expect(throws: TestSession.Failure.self) { try await TestSession.run("SELECT 1", url: server.url) }
    }

    @Test("A server with a password wants it, on the socket and over TCP")
    func scram() async throws {
        let server = try await PrivateServer.scram(password: "it's a / secret?")
        #expect(try await server.run("SELECT 1") == [["1"]])
        let tcp = try #require(server.tcpURL())
        #expect(try await TestSession.run("SELECT 1", url: tcp) == [["1"]])
        let port = try #require(server.port)
        await #expect(throws: TestSession.Failure.self) {
            try await TestSession.run("SELECT 1", url: "postgres://postgres:wrong@127.0.0.1:\(port)/postgres")
        }
        await server.stop()
    }

    @Test("A server with TLS is verified by name and authority", .needs(.tls))
    func tls() async throws {
        let (server, authority) = try await PrivateServer.tls()
        let tail = "@localhost:\(try #require(server.port))/postgres?hostaddr=127.0.0.1"
        let user = "postgres://postgres:kinship-tls"
        let verified = "&sslmode=verify-full&sslrootcert=\(authority.authorityFile)"
        let rows = try await TestSession.run(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", url: user + tail + verified)
        #expect(rows == [["t"]])
        await #expect(throws: TestSession.Failure.self) {
            try await TestSession.run("SELECT 1", url: user + tail + "&sslmode=disable")
        }
        let other = try await TestCertificate.make(names: ["localhost"])
        await #expect(throws: TestSession.Failure.self) {
            try await TestSession.run(
                "SELECT 1", url: user + tail + "&sslmode=verify-full&sslrootcert=\(other.authorityFile)")
        }
        await server.stop()
    }

    @Test("A frozen postmaster lets nobody in until it is thawed")
    func freeze() async throws {
        let server = try await PrivateServer.start()
        server.freezePostmaster()
        async let rows = server.run("SELECT 3")
        try await Task.sleep(for: .milliseconds(50))
        server.thawPostmaster()
        #expect(try await rows == [["3"]])
        await server.stop()
    }
}
