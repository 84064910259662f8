// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import TestSupport

/// A pool on a real server whose sessions can be counted there.
struct ServedPool {
    let pool: ConnectionPool
    private let url: String
    private let name: String

    /// - Parameter watch: the URL that sessions are counted through, when `url` leads through something in between.
    init(
        _ url: String, watch: String? = nil, name: String, minimum: Int = 0, maximum: Int = 4,
        logger: Logger = Logger(label: "pool tests") { _ in SwiftLogNoOpLogHandler() },
        _ configure: (inout PoolConfiguration) -> Void = { _ in },
        connection change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) throws {
        var connection = try ConnectionConfiguration(url: url, environment: [:])
        connection.applicationName = name
        change(&connection)
        var configuration = PoolConfiguration(minimumConnections: minimum, maximumConnections: maximum)
        configuration.initialBackoff = .milliseconds(20)
        configuration.maximumBackoff = .milliseconds(200)
        configuration.pipelineDepth = WithAndWithoutSharing.depth ?? configuration.pipelineDepth
        // On a busy machine a server takes its time to come back.
        configuration.outagePatience = .seconds(60)
        configure(&configuration)
        pool = ConnectionPool(configuration: configuration, connection: connection, logger: logger)
        self.url = watch ?? url
        self.name = name
    }

    /// How many sessions of the pool the server has; only those that fulfil `condition`.
    func sessions(_ condition: String = "true") async throws -> Int {
        let rows = try await TestSession.run(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(name)' AND \(condition)", url: url)
        return rows.first?.first?.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }

    /// Ends the pool and shows that it leaves nothing behind.
    func close() async throws -> Bool {
        await pool.shutdown(deadline: .seconds(5))
        return try await eventually { try await sessions() == 0 } && pool.status.size == 0
    }
}

extension Connection {
    /// The first cell as text.
    func text(_ sql: String) async throws -> String? {
        let rows = try await execute(Statement("select (\(sql))::text", preparation: .unnamed))
        guard rows.count > 0, let bytes = rows.bytes(row: 0, column: 0) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
