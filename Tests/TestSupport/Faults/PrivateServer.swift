// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
public import EmbeddedPostgres
import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Servers that one test may break: each call starts one, which ends when the last reference to it goes.
public enum PrivateServer {
    /// A server on its socket and a port, with settings: `["max_connections": "8"]`.
    public static func start(settings: [String: String] = [:]) async throws -> EmbeddedServer {
        try await EmbeddedServer.start(options(settings))
    }

    /// A server that wants a password (SCRAM) of everybody, for the user `postgres`.
    public static func scram(password: String, settings: [String: String] = [:]) async throws -> EmbeddedServer {
        var options = options(settings)
        options.authentication = .password(password)
        return try await EmbeddedServer.start(options)
    }

    /// A server with TLS, which over TCP takes encrypted connections only.
    ///
    /// - Parameters:
    ///   - names: what the certificate is for; a URL says `localhost` to match the usual one.
    ///   - days: how long it is good; 0 makes one that is already over.
    public static func tls(
        names: [String] = ["localhost"], days: Int = 2, password: String = "kinship-tls",
        settings: [String: String] = [:]
    ) async throws -> (server: EmbeddedServer, authority: TestCertificate) {
        let certificate = try await TestCertificate.make(names: names, days: days)
        var options = options(settings)
        options.tls = .init(certificate: certificate.certificate, key: certificate.key)
        options.authentication = .rules(
            "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256", password: password)
        return (try await EmbeddedServer.start(options), certificate)
    }

    /// A primary and a standby that follows it.
    public static func pair() async throws -> (primary: EmbeddedServer, standby: EmbeddedServer) {
        var options = options([:])
        options.authentication = .rules("local all all trust\nlocal replication all trust", password: nil)
        let primary = try await EmbeddedServer.start(options)
        let directory = FileManager.default.temporaryDirectory.path + "/kinship-standby-\(UUID().uuidString)"
        let programs = try PostgresBinaries.find(environment: options.environment).directory
        let arguments = [
            "-h", primary.directory, "-p", "\(primary.port ?? 5432)", "-U", "postgres", "-D", directory, "-R", "-X",
            "stream", "-c",
            "fast",
        ]
        try await BlockingCall.run(on: DispatchQueue(label: "kinship.tests.basebackup")) {
            let process = try Process.run(URL(fileURLWithPath: programs + "/pg_basebackup"), arguments: arguments)
            process.waitUntilExit()
            // The server runs as the user whom the primary's data belong to.
            let owner = try FileManager.default.attributesOfItem(atPath: primary.dataDirectory)
            let user = (owner[.ownerAccountID] as? NSNumber)?.stringValue ?? "0"
            let group = (owner[.groupOwnerAccountID] as? NSNumber)?.stringValue ?? "0"
            try Process.run(
                URL(fileURLWithPath: "/usr/bin/env"), arguments: ["chown", "-R", "\(user):\(group)", directory]
            )
            .waitUntilExit()
        }
        options.storage = .directory(directory)
        return (primary, try await EmbeddedServer.start(options))
    }

    private static func options(_ settings: [String: String]) -> EmbeddedServerOptions {
        var options = EmbeddedServerOptions()
        options.network = .loopback()
        options.settings = settings
        return options
    }
}

extension EmbeddedServer {
    /// Runs SQL text on a connection of its own, over the socket, and returns the rows of the last statement as text.
    @discardableResult
    public func run(_ sql: String, database: String = "postgres") async throws -> [[String?]] {
        try await TestSession.run(sql, url: url(database: database))
    }

    /// Freezes the postmaster: nobody is let in any more, and cancel requests hang.
    public func freezePostmaster() { signalPostmaster(SIGSTOP) }

    /// Wakes the postmaster up again.
    public func thawPostmaster() { signalPostmaster(SIGCONT) }

    private func signalPostmaster(_ signal: CInt) {
        if let processID { kill(processID, signal) }
    }
}

/// Signals to a server's processes, found by `pg_backend_pid()`.
public enum ServerProcess {
    /// Freezes a backend: it answers nothing until it is thawed.
    public static func freeze(_ id: Int32) { kill(id, SIGSTOP) }

    /// Wakes a frozen backend up.
    public static func thaw(_ id: Int32) { kill(id, SIGCONT) }

    /// Kills a backend as the out-of-memory killer would; the server restarts all of its sessions.
    public static func crash(_ id: Int32) { kill(id, SIGKILL) }
}
