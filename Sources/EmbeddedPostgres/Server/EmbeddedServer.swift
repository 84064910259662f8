// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// A PostgreSQL server of this process's own, for tests, demonstrations and development.
///
/// ```swift
/// let server = try await EmbeddedServer.start()
/// print(server.url)  // postgres://postgres@/postgres?host=/tmp/kinship-1k2J9x/run&port=5432
/// await server.stop()
/// ```
///
/// It runs PostgreSQL's installed programs. The first start makes a cluster with `initdb` (about a second) and keeps it as
/// a template in the user's cache directory; later starts copy that and are ready in about a fifth of a second.
/// The server ends, and its directory is removed, with ``stop()``, when the last reference goes, and when this process
/// ends in any way, SIGKILL included. A process that is root runs it as the user `postgres`, else `nobody`.
public final class EmbeddedServer: Sendable {
    /// How a server is told to end.
    public enum ShutdownMode: String, Sendable {
        /// Waits for the clients to go (`SIGTERM`).
        case smart = "TERM"
        /// Ends the clients' sessions (`SIGINT`).
        case fast = "INT"
        /// As if the power failed; the next start recovers (`SIGQUIT`).
        case immediate = "QUIT"
    }

    /// A URL of the database `postgres`: over the Unix socket, as superuser `postgres`.
    public var url: String { url(database: "postgres") }
    /// The directory with the server's socket, private to the user it runs as.
    public var directory: String { supervisor.base + "/run" }
    /// The file the server logs to, removed with it.
    public var logFile: String { supervisor.base + "/log" }
    /// The directory of the data.
    public let dataDirectory: String
    /// The port on 127.0.0.1, nil when there is only the socket.
    public let port: Int?
    /// The superuser's password, nil when there is none.
    public let password: String?

    private let supervisor: Supervisor
    private let startTimeout: Duration

    private init(supervisor: Supervisor, configuration: ServerConfiguration, startTimeout: Duration) {
        self.supervisor = supervisor
        self.startTimeout = startTimeout
        dataDirectory = configuration.dataDirectory
        port = configuration.port
        password = configuration.password
    }

    /// Starts a server and waits until it takes connections.
    ///
    /// - Throws: ``EmbeddedPostgresError``; `CancellationError` when the task is cancelled. Nothing is left behind then.
    public static func start(_ options: EmbeddedServerOptions = EmbeddedServerOptions()) async throws -> EmbeddedServer
    {
        let deadline = ContinuousClock.now + options.startTimeout
        let binaries = try options.binaries ?? PostgresBinaries.find(environment: options.environment)
        let privileges = try Privileges.current()
        let template = ClusterTemplate(
            binaries: binaries, arguments: options.initdbArguments, privileges: privileges,
            environment: options.environment, cache: options.cacheDirectory)
        let templatePath = try await template.path(deadline: deadline)

        var attempts = 3
        while true {
            attempts -= 1
            let base = try makeTemporaryDirectory(environment: options.environment)
            let server: EmbeddedServer
            do {
                let configuration = try ServerConfiguration(options: options, base: base)
                try configuration.write()
                let supervisor = try Supervisor(
                    base: base, script: ServerConfiguration.script,
                    variables: configuration.variables(
                        binaries: binaries, template: templatePath, owner: privileges.owner),
                    command: privileges.command, environment: options.environment)
                server = EmbeddedServer(
                    supervisor: supervisor, configuration: configuration, startTimeout: options.startTimeout)
            } catch {
                try? FileManager.default.removeItem(atPath: base)
                throw error
            }
            do {
                try await server.waitUntilReady(deadline: deadline)
                return server
            } catch {
                await server.supervisor.end()
                // Somebody else may take a port between our choosing and the server's binding it: choose again.
                guard options.network == .loopback(port: nil), attempts > 0,
                    (error as? EmbeddedPostgresError)?.log.contains("Address already in use") == true
                else { throw error }
            }
        }
    }

    /// A URL of a database of this server, over the Unix socket.
    public func url(database: String) -> String {
        "postgres://\(credentials)@/\(Self.escape(database))?host=\(Self.escape(directory, and: "/"))&port=\(port ?? 5432)"
    }

    /// A URL of a database of this server over TCP; nil when it has no port.
    public func tcpURL(database: String = "postgres") -> String? {
        port.map { "postgres://\(credentials)@127.0.0.1:\($0)/\(Self.escape(database))" }
    }

    /// The postmaster's process id, nil when it doesn't run.
    public var processID: Int32? { supervisor.exitStatus == nil ? supervisor.processID : nil }

    /// Stops the server for good and removes its directory; harmless when it has been stopped before.
    public func stop() async {
        await supervisor.end()
    }

    /// Stops the server and keeps its data, port and socket for ``resume()``: a test's crash or maintenance window.
    ///
    /// - Throws: ``EmbeddedPostgresError``, code `timedOut` after 30 s, `stopped` after ``stop()``.
    public func halt(_ mode: ShutdownMode = .fast) async throws {
        try await supervisor.halt(signal: mode.rawValue, deadline: .now + .seconds(30))
    }

    /// Starts the server again after ``halt(_:)``, on the same port and socket, and waits until it takes connections.
    public func resume() async throws {
        try supervisor.relaunch()
        try await waitUntilReady(deadline: .now + startTimeout)
    }

    private func waitUntilReady(deadline: ContinuousClock.Instant) async throws {
        while true {
            // The eighth line of postmaster.pid is the state; the line is padded with blanks.
            let lines = (try? String(contentsOfFile: dataDirectory + "/postmaster.pid", encoding: .utf8))?
                .split(separator: "\n", omittingEmptySubsequences: false)
            if let lines, lines.count > 7, lines[7].hasPrefix("ready"), let id = supervisor.processID,
                lines[0] == "\(id)"
            {
                return
            }
            if let status = supervisor.exitStatus {
                throw EmbeddedPostgresError(
                    .startFailed, "PostgreSQL ended with status \(status) while it was starting.",
                    log: supervisor.logTail)
            }
            guard ContinuousClock.now < deadline else {
                throw EmbeddedPostgresError(
                    .timedOut, "PostgreSQL was not ready when its time was up.", log: supervisor.logTail)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private var credentials: String {
        password.map { "postgres:" + Self.escape($0) } ?? "postgres"
    }

    private static func escape(_ text: String, and allowed: String = "") -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: CharacterSet(
                charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~" + allowed)) ?? text
    }
}
