// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation

/// What an embedded server is like.
///
/// ```swift
/// var options = EmbeddedServerOptions()
/// options.network = .loopback()
/// options.settings["max_connections"] = "20"
/// let server = try await EmbeddedServer.start(options)
/// ```
public struct EmbeddedServerOptions: Sendable {
    /// Where the data are.
    public enum Storage: Sendable, Hashable {
        /// In a directory that is removed with the server. Nothing is synced to disk: fast, and lost in a crash.
        case ephemeral
        /// In this directory, which stays, and is initialised when it is empty or missing. Synced as usual.
        case directory(String)
    }

    /// Where clients reach the server.
    public enum Network: Sendable, Hashable {
        /// Through a Unix socket in a directory that only the owner's user can enter.
        case socketOnly
        /// Through that socket and a port of 127.0.0.1; nil lets the system choose a free one.
        case loopback(port: Int? = nil)
    }

    /// How the server knows its clients.
    public enum Authentication: Sendable, Hashable {
        /// Whoever can enter the socket's directory is trusted; over TCP a random password is asked for (SCRAM).
        case socketTrust
        /// A password everywhere (SCRAM), for the user `postgres`.
        case password(String)
        /// The lines of `pg_hba.conf`, and the password of `postgres` if it shall have one.
        case rules(String, password: String?)
    }

    /// A certificate and its key, both in PEM form.
    public struct TLSIdentity: Sendable {
        /// The server's certificate, followed by those that lead to the authority.
        public var certificate: String
        /// Its private key.
        public var key: String

        /// A certificate and its key, both in PEM form.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Where the data are; ephemeral unless said otherwise.
    public var storage = Storage.ephemeral
    /// Where clients reach the server; the socket only unless said otherwise.
    public var network = Network.socketOnly
    /// How the server knows its clients.
    public var authentication = Authentication.socketTrust
    /// Makes the server offer TLS over TCP.
    public var tls: TLSIdentity?
    /// Settings of `postgresql.conf`, values unquoted: `["work_mem": "64MB"]`. They win over Kinship's own.
    public var settings: [String: String] = [:]
    /// More arguments for `initdb`; each set of arguments has a template of its own.
    public var initdbArguments: [String] = []
    /// Where PostgreSQL's programs are; nil searches for them, see ``PostgresBinaries/find(environment:)``.
    public var binaries: PostgresBinaries?
    /// Where templates are kept; nil is `kinship` in the user's cache directory.
    public var cacheDirectory: String?
    /// How long a start may take, with a first `initdb`.
    public var startTimeout: Duration = .seconds(60)
    /// The variables that `PG_BIN`, `PATH`, `HOME`, `XDG_CACHE_HOME` and `TMPDIR` are read from.
    public var environment: [String: String]

    /// An ephemeral server on a private Unix socket.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }
}
