// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport

/// A server of a run's own, the network before it, and the pools that are tried.
final class World: Sendable {
    let options: ChaosOptions
    let server: EmbeddedServer
    let plainProxy: TCPProxy
    let secureProxy: TCPProxy
    let commitProxy: TCPProxy
    let database: Database
    private let plain: ConnectionPool
    private let dispatch: ConnectionPool
    private let commit: ConnectionPool
    private let certificate: TestCertificate

    static let logger = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }

    static func startServer() async throws -> (EmbeddedServer, TestCertificate) {
        let certificate = try await TestCertificate.make(names: ["127.0.0.1"])
        var options = EmbeddedServerOptions()
        options.network = .loopback()
        options.tls = .init(certificate: certificate.certificate, key: certificate.key)
        options.authentication = .rules(
            "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256", password: "kinship-chaos")
        options.settings = [
            "max_connections": "60", "deadlock_timeout": "100ms",
            // What was acknowledged has to survive the death of the server's processes.
            "synchronous_commit": "on", "full_page_writes": "on",
        ]
        return (try await EmbeddedServer.start(options), certificate)
    }

    init(_ options: ChaosOptions, _ server: EmbeddedServer, _ certificate: TestCertificate) async throws {
        self.options = options
        self.server = server
        self.certificate = certificate
        try await server.run(Tables.definition)
        let port = server.port ?? 0
        plainProxy = try TCPProxy(to: .port(port))
        secureProxy = try TCPProxy(to: .port(port))
        commitProxy = try TCPProxy(to: .port(port))
        func connection(_ lane: Lane, _ proxy: TCPProxy) throws -> ConnectionConfiguration {
            try Self.configuration(lane, proxy, server, certificate, options)
        }
        plain = ConnectionPool(
            configuration: Self.pool(.plain, maximum: 5, options), connection: try connection(.plain, plainProxy),
            logger: Self.logger)
        dispatch = ConnectionPool(
            configuration: Self.pool(.dispatch, maximum: 4, options), connection: try connection(.dispatch, plainProxy),
            logger: Self.logger
        ) { [source = DispatchReadiness()] in source }
        commit = ConnectionPool(
            configuration: Self.pool(.commit, maximum: 2, options), connection: try connection(.commit, commitProxy),
            logger: Self.logger)
        database = try await Database.open(
            schema: try Self.schema(), connection: try connection(.tls, secureProxy),
            pool: Self.pool(.tls, maximum: 5, options), logger: Self.logger)
        for pool in [plain, dispatch, commit] { try await pool.start() }
    }

    func pool(_ lane: Lane) -> ConnectionPool {
        switch lane {
        case .plain: plain
        case .dispatch: dispatch
        case .commit: commit
        case .tls: database.pool
        }
    }

    /// A connection beside the pools, which several tasks share.
    func connect(_ source: any ReadinessSource) async throws -> Connection {
        try await Connection.connect(
            Self.configuration(.plain, plainProxy, server, certificate, options), logger: Self.logger, source: source)
    }

    /// The number of our sessions that are in a condition.
    func sessions(_ condition: String = "true") async throws -> Int {
        let rows = try await server.run(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'chaos-%' AND \(condition)")
        return rows.first?.first.flatMap { $0.flatMap { Int($0) } } ?? -1
    }

    func closePools() async {
        for lane in Lane.allCases { await pool(lane).shutdown(deadline: .seconds(5) * options.patience) }
    }

    func closeProxies() {
        for proxy in [plainProxy, secureProxy, commitProxy] { proxy.close() }
    }

    // MARK: Settings

    private static func configuration(
        _ lane: Lane, _ proxy: TCPProxy, _ server: EmbeddedServer, _ certificate: TestCertificate,
        _ options: ChaosOptions
    ) throws -> ConnectionConfiguration {
        var url = server.tcpURL() ?? ""
        if lane == .tls { url += "?sslmode=verify-full&sslrootcert=\(certificate.authorityFile)" }
        var connection = try ConnectionConfiguration(url: proxy.url(of: url), environment: [:])
        connection.applicationName = "chaos-\(lane)"
        connection.connectTimeout = options.connectTimeout
        connection.statementTimeout = options.statementTimeout
        connection.statementTimeoutGrace = options.grace
        connection.closeTimeout = options.closeTimeout
        // Few, so that statements are thrown out and prepared anew all the time.
        connection.statementCache = .named(limit: 32)
        return connection
    }

    private static func pool(_ lane: Lane, maximum: Int, _ options: ChaosOptions) -> PoolConfiguration {
        var pool = PoolConfiguration(minimumConnections: 1, maximumConnections: maximum)
        pool.name = "chaos-\(lane)"
        pool.acquireTimeout = options.acquireTimeout
        pool.outagePatience = .milliseconds(300)
        pool.initialBackoff = .milliseconds(20)
        pool.maximumBackoff = options.maximumBackoff
        // All that connections go through in a long life happens often here.
        pool.checkAfterIdle = .milliseconds(20)
        pool.pingTimeout = .milliseconds(300) * options.patience
        pool.resetTimeout = options.closeTimeout
        pool.idleTimeout = .milliseconds(500)
        pool.lifetime = .seconds(2)
        pool.pipelineDepth = 8
        pool.resetPolicy = lane == .dispatch ? .session : .transaction
        return pool
    }

    private static func schema() throws -> Schema {
        try Schema(definitions: [
            ModelDefinition(
                "Account", properties: [.id("id"), .number("balance")],
                relations: [.hasMany("entries", "Entry", foreignKey: "accountId")]),
            ModelDefinition(
                "Entry", properties: [.id("id"), .number("accountId", column: "account_id"), .number("amount")]),
            ModelDefinition(
                "Item", properties: [.id("id"), .string("name"), .number("checked")],
                relations: [.hasMany("parts", "Part", foreignKey: "itemId")]),
            ModelDefinition("Part", properties: [.id("id"), .number("itemId", column: "item_id")]),
            ModelDefinition("Changing", properties: [.id("id"), .number("value")]),
        ])
    }
}
