// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Where the server is, who connects, and how long things may take.
///
/// ```swift
/// let configuration = try ConnectionConfiguration(
///     url: "postgres://shop:secret@db1.example.org,db2.example.org:5433/shop?target_session_attrs=read-write")
/// print(configuration)  // postgres://shop:***@db1.example.org,db2.example.org:5433/shop?…
/// ```
///
/// A setting comes from the first of these that gives it: the URL, the service file (`service=` in the URL or
/// `PGSERVICE`), the `PG*` variables in `environment`, libpq's own defaults. libpq looks up a password in `.pgpass` (or
/// `PGPASSFILE`) when none is given. What is set nowhere here libpq still takes from the variables of this *process*:
/// PostgreSQL documentation, "libpq, Environment Variables".
public struct ConnectionConfiguration: Sendable {
    /// The servers, tried in order (`load_balance_hosts=random`: in any); none is libpq's default, a Unix socket.
    public var hosts: [Host] = []
    /// Who connects; nil is the operating system's user.
    public var user: String?
    /// The password; nil leaves the look-up in `.pgpass` to libpq.
    public var password: Password?
    /// The database; nil is the user's name.
    public var database: String?
    /// What `pg_stat_activity` shows; nil is `kinship`.
    public var applicationName: String?
    /// How the connection is encrypted.
    public var tls = TLS()
    /// Which kind of server is accepted.
    public var targetSessionAttributes: TargetSessionAttributes = .any
    /// Whether authentication is bound to the TLS channel; nil is libpq's default, `prefer`.
    public var channelBinding: ChannelBinding?
    /// How a peer that vanished is noticed; nil leaves it to the operating system.
    public var keepAlive: KeepAlive? = KeepAlive()
    /// Other settings of libpq by keyword, such as `options` or `passfile`.
    public var parameters: [String: String] = [:]

    /// The deadline for one attempt to connect, with look-up, TLS and authentication: for all hosts and addresses together,
    /// each of which gets an even share of what the ones before it have left.
    public var connectTimeout: Duration = .seconds(10)
    /// The deadline for one statement, kept by this process; nil is none.
    public var statementTimeout: Duration? = .seconds(60)
    /// How long a statement that was cancelled at its deadline may take to end before its connection is given up.
    public var statementTimeoutGrace: Duration = .seconds(5)
    /// The deadline for closing a connection in good order.
    public var closeTimeout: Duration = .seconds(5)
    /// How much the results of one request may hold, where it doesn't say so itself; any amount.
    public var resultLimits = ResultLimits()
    /// The largest row, or values of one request, after which a pool keeps a connection, in bytes: libpq's buffers grow to hold
    /// them and never shrink. One that had more to hold is closed when it is given back.
    public var keptBuffer = 8 << 20
    /// Whether prepared statements are kept.
    public var statementCache: StatementCache = .named(limit: 256)

    /// Settings of libpq that are secrets, by keyword.
    package var secrets: [String: Password] = [:]
    /// The service the settings came from.
    package var service: String?
    /// Who looks up hosts' names; nil is the operating system.
    package var resolver: (any HostResolver)?

    /// A configuration made in code; what is not given comes from libpq's defaults.
    public init(
        hosts: [Host], user: String? = nil, password: Password? = nil, database: String? = nil
    ) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.database = database
    }

    /// Reads a URL, `postgres://user:password@host1:5432,host2/database?key=value`.
    ///
    /// ```swift
    /// try ConnectionConfiguration(url: "postgres://%2Fvar%2Frun%2Fpostgresql/shop")
    /// try ConnectionConfiguration(url: "postgres://ada@[::1]:5433/shop?connect_timeout=5&sslmode=verify-full")
    /// ```
    ///
    /// Every part may be left out. Characters that mean something in a URL are percent-encoded in names and passwords.
    /// The keys are libpq's keywords (PostgreSQL documentation, "Parameter Key Words").
    ///
    /// - Parameters:
    ///   - url: the URL.
    ///   - environment: where `PG*` variables are read.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidConfiguration``, naming what is wrong and where, never
    ///   with the password.
    public init(url: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        try self.init(settings: ConnectionURL.parse(url), environment: environment)
    }

    /// Reads the `PG*` variables alone (`PGHOST`, `PGUSER`, `PGSERVICE`, …).
    ///
    /// ```swift
    /// let configuration = try ConnectionConfiguration()
    /// ```
    ///
    /// - Parameter environment: where the variables are read.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidConfiguration``, naming the variable.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        try self.init(settings: Settings(), environment: environment)
    }

    private init(settings given: Settings, environment: [String: String]) throws {
        var settings = given
        let variables = Settings(environment: environment)
        if let name = settings["service"] ?? variables["service"] {
            service = name
            settings.fill(from: try ServiceFile.settings(of: name, environment: environment))
        }
        settings.fill(from: variables)
        try apply(settings)
    }
}

extension ConnectionConfiguration {
    /// Which kind of server a connection accepts; libpq's `target_session_attrs`.
    public enum TargetSessionAttributes: String, Sendable, CaseIterable {
        case any
        case readWrite = "read-write"
        case readOnly = "read-only"
        case primary
        case standby
        case preferStandby = "prefer-standby"
    }

    /// Whether SCRAM authentication is bound to the TLS channel, which unmasks a machine in the middle.
    public enum ChannelBinding: String, Sendable, CaseIterable {
        case disable, prefer, require
    }

    /// How prepared statements are kept on the server.
    public enum StatementCache: Sendable, Hashable {
        /// Under names, the least recently used one making room at the limit.
        case named(limit: Int)
        /// Not at all; for poolers that switch servers between transactions.
        case unnamed
    }

    /// TCP's means of noticing that the peer is gone.
    ///
    /// Both are needed: probes alone miss a peer that vanishes while data is on its way to it, the user timeout alone one
    /// that vanishes while we only wait.
    public struct KeepAlive: Sendable, Hashable {
        /// Silence before the first probe.
        public var idle: Duration = .seconds(15)
        /// Time between probes.
        public var interval: Duration = .seconds(5)
        /// Unanswered probes until the connection is dead.
        public var count = 3
        /// How long sent data may stay unacknowledged (Linux).
        public var userTimeout: Duration = .seconds(30)

        /// The defaults: dead after 30 seconds.
        public init() {}
    }
}

extension ConnectionConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// The URL without the password.
    public var description: String {
        var text = "postgres://"
        // What looks like an address holds perhaps a password; connecting refuses it.
        func shown(_ text: String) -> String { ConnectionURL.isAddress(text) ? "***" : ConnectionURL.encoded(text) }
        if let user { text += shown(user) + (password == nil ? "" : ":***") + "@" }
        text += hosts.map { host in
            let isNumeric = host.name.contains(":") && host.name.utf8.allSatisfy(Self.isInAddress)
            let name = isNumeric ? "[\(host.name)]" : shown(host.name)
            return name + (host.port.map { ":\($0)" } ?? "")
        }.joined(separator: ",")
        if let database { text += "/" + shown(database) }
        if let mode = tls.mode { text += "?sslmode=\(mode.rawValue)" }
        return text
    }

    /// Whether a byte occurs in an IPv6 address and its scope, `fe80::1%eth0`.
    private static func isInAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "%"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The URL without the password.
    public var debugDescription: String { description }
}
