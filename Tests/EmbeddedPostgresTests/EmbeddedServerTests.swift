// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@testable import EmbeddedPostgres

@Suite struct EmbeddedServerTests {
    @Test("A server runs on a private socket, and stop() leaves nothing")
    func socket() async throws {
        let server = try await EmbeddedServer.start()
        #expect(server.port == nil)
        #expect(server.password == nil)
        let rows = try await server.run(
            "SELECT current_setting('listen_addresses'), current_setting('server_encoding'), "
                + "current_setting('timezone'), inet_server_addr()::text")
        #expect(rows == [["", "UTF8", "UTC", nil]])
        let mode = try FileManager.default.attributesOfItem(atPath: server.directory)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o700)
        let process = try #require(server.processID)
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.directory))
        #expect(!FileManager.default.fileExists(atPath: server.logFile))
        #expect(kill(process, 0) != 0)
        await server.stop()
        await #expect(throws: EmbeddedPostgresError.self) { try await server.halt() }
    }

    @Test("As root, what root writes is out of the server's reach")
    func reach() async throws {
        let server = try await EmbeddedServer.start()
        let base = URL(fileURLWithPath: server.logFile).deletingLastPathComponent().path
        let about = try FileManager.default.attributesOfItem(atPath: base)
        #expect((about[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid())
        #expect((about[.posixPermissions] as? NSNumber)?.intValue == (geteuid() == 0 ? 0o710 : 0o700))
        await server.stop()
    }

    @Test("The server never runs as root")
    func user() async throws {
        let server = try await EmbeddedServer.start()
        let owner = try FileManager.default.attributesOfItem(atPath: server.dataDirectory)[.ownerAccountID] as? NSNumber
        let wanted = geteuid() == 0 ? nil : geteuid()
        #expect(owner?.uint32Value != 0)
        if let wanted { #expect(owner?.uint32Value == wanted) }
        await server.stop()
    }

    @Test("Over TCP a password is wanted, on the socket none")
    func loopback() async throws {
        var options = EmbeddedServerOptions()
        options.network = .loopback()
        let server = try await EmbeddedServer.start(options)
        #expect(try await server.run("SELECT 1") == [["1"]])
        #expect(try await TestSession.run("SELECT 1", url: try #require(server.tcpURL())) == [["1"]])
        let port = try #require(server.port)
        let error = await #expect(throws: TestSession.Failure.self) {
            try await TestSession.run(
                "SELECT 1", url: "postgres://postgres@127.0.0.1:\(port)/postgres?passfile=/nonexistent")
        }
        #expect(error?.description.contains("password") == true)
        await server.stop()
    }

    @Test("A port that is taken is a start error with the log's end, and leaves nothing")
    func takenPort() async throws {
        var options = EmbeddedServerOptions()
        options.network = .loopback()
        let first = try await EmbeddedServer.start(options)
        options.network = .loopback(port: first.port)
        let error = await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedServer.start(options) }
        #expect(error?.code == .startFailed)
        #expect(error?.log.contains("Address already in use") == true)
        await first.stop()
    }

    @Test("Settings reach the server; a wrong one is named in the error")
    func settings() async throws {
        var options = EmbeddedServerOptions()
        options.settings = ["work_mem": "7MB", "application_name": "it's"]
        let server = try await EmbeddedServer.start(options)
        let rows = try await server.run(
            "SELECT current_setting('work_mem'), reset_val FROM pg_settings WHERE name = 'application_name'")
        #expect(rows == [["7MB", "it's"]])
        await server.stop()

        options.settings = ["no_such_setting": "1"]
        var error = await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedServer.start(options) }
        #expect(error?.code == .startFailed)
        #expect(error?.description.contains("no_such_setting") == true)

        options.settings = ["work_mem": "1MB'\nfsync = 'on"]
        error = await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedServer.start(options) }
        #expect(error?.code == .invalidOption)
    }

    @Test("A server halts, and resumes with its data on the same socket and port")
    func resume() async throws {
        var options = EmbeddedServerOptions()
        options.network = .loopback()
        let server = try await EmbeddedServer.start(options)
        try await server.run("CREATE TABLE kept AS SELECT 42 AS n")
        for mode in [EmbeddedServer.ShutdownMode.fast, .immediate] {
            let process = try #require(server.processID)
            try await server.halt(mode)
            #expect(server.processID == nil)
            #expect(kill(process, 0) != 0)
            await #expect(throws: TestSession.Failure.self) { try await server.run("SELECT 1") }
            try await server.resume()
            #expect(try await server.run("SELECT n FROM kept") == [["42"]])
        }
        #expect(try await TestSession.run("SELECT n FROM kept", url: try #require(server.tcpURL())) == [["42"]])
        await server.stop()
    }

    @Test("A directory of its own outlives the server and is synced")
    func directory() async throws {
        let parent = try TestDirectory()
        var options = EmbeddedServerOptions()
        options.storage = .directory(parent.path + "/data")
        let first = try await EmbeddedServer.start(options)
        #expect(try await first.run("SHOW fsync") == [["on"]])
        try await first.run("CREATE TABLE kept AS SELECT 42 AS n")
        await first.stop()
        let second = try await EmbeddedServer.start(options)
        #expect(try await second.run("SELECT n FROM kept") == [["42"]])

        let error = await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedServer.start(options) }
        #expect(error?.code == .startFailed)
        #expect(error?.log.contains("postmaster.pid") == true)
        #expect(try await second.run("SELECT n FROM kept") == [["42"]])
        await second.stop()
    }

    @Test("A frozen server can be stopped")
    func frozen() async throws {
        let server = try await EmbeddedServer.start()
        server.freezePostmaster()
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.directory))
    }
}
