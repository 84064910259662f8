// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Why no server could be found, started or stopped.
///
/// ```swift
/// do {
///     let server = try await EmbeddedServer.start()
///     print(server.url)
/// } catch let error as EmbeddedPostgresError {
///     print(error.code.rawValue, error.message)
/// }
/// ```
public struct EmbeddedPostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// PostgreSQL isn't installed, or not where `PG_BIN` points.
        case binariesNotFound = "EMBEDDED_BINARIES_NOT_FOUND"
        /// The process runs as root and there is no ordinary user, or no way, to run PostgreSQL as.
        case rootRefused = "EMBEDDED_ROOT_REFUSED"
        /// An option can't be used (a socket path that is too long, a setting with a line break).
        case invalidOption = "EMBEDDED_INVALID_OPTION"
        /// A directory or file couldn't be made.
        case fileSystem = "EMBEDDED_FILE_SYSTEM"
        /// `initdb` failed.
        case initializationFailed = "EMBEDDED_INITDB_FAILED"
        /// The server ended while it was starting.
        case startFailed = "EMBEDDED_START_FAILED"
        /// The server wasn't ready, or not stopped, when its time was up.
        case timedOut = "EMBEDDED_TIMED_OUT"
        /// The server has been stopped for good.
        case stopped = "EMBEDDED_STOPPED"
    }

    /// What went wrong.
    public var code: Code
    /// What, where, and the remedy.
    public var message: String
    /// The last lines of the server's log, empty when there are none.
    public var log: String

    init(_ code: Code, _ message: String, log: String = "") {
        self.code = code
        self.message = message
        self.log = log
    }

    /// The code, the message and the last lines of the log.
    public var description: String {
        log.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message)\nThe log ends with:\n\(log)"
    }
}
