// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What takes a tree's statements to the server.
enum Carrier: Sendable {
    /// Each wave whichever connection is free first.
    case pool(ConnectionPool)
    /// One connection; what is around its statements is for others to see to.
    case connection(Connection)
    /// One connection, where each wave is a transaction of its own whose statements see the same.
    case snapshot(Connection)
    /// One connection, where the statements are a transaction of their own that changes something: each sees what others have
    /// committed before it.
    case change(Connection)
    /// The connection of a caller's transaction: it is asked for as long as that lasts, and nothing that a tree leaves in the
    /// transaction's settings may be there for the next one.
    case transaction(HeldConnection)

    /// Sends statements in one round trip, none at all when there are none.
    ///
    /// - Returns: their rows, and how long they took once there was a connection.
    @inline(__always)
    func pipeline(
        _ statements: [Statement], limits: ResultLimits?
    ) async throws -> (results: [RowSet], duration: Duration) {
        guard let first = statements.first else { return ([], .zero) }
        switch self {
        case .pool(let pool): return try await pool.timedPipeline(statements, limits: limits)
        case .connection(let connection): return try await Self.send(first, statements, limits, on: connection)
        case .transaction(let held): return try await Self.send(first, statements, limits, on: try held.connection)
        case .snapshot(let connection):
            return try await Self.timed {
                try await connection.pipeline(statements, isolation: .repeatableRead, readOnly: true, limits: limits)
            }
        case .change(let connection):
            return try await Self.timed {
                try await connection.pipeline(statements, isolation: .readCommitted, limits: limits)
            }
        }
    }

    /// The same, where the database's own policies are told whose records are meant: for these statements alone, and in the same round trip.
    @inline(__always)
    func pipeline(
        _ statements: [Statement], limits: ResultLimits?, behind wall: TenantWall?
    ) async throws -> (results: [RowSet], duration: Duration) {
        guard let wall else { return try await pipeline(statements, limits: limits) }
        return try await pipeline(statements, limits, behind: wall)
    }

    private func pipeline(
        _ statements: [Statement], _ limits: ResultLimits?, behind wall: TenantWall
    ) async throws -> (results: [RowSet], duration: Duration) {
        guard !statements.isEmpty else { return ([], .zero) }
        do {
            var (results, duration) = try await pipeline([try wall.statement] + statements, limits: limits)
            results.removeFirst()
            return (results, duration)
        } catch var error as PostgresError {
            // Who counts its own statements knows nothing of the one ahead of them.
            if let index = error.statementIndex, index > 0 { error.statementIndex = index - 1 }
            throw error
        }
    }

    private static func timed(
        _ body: () async throws -> [RowSet]
    ) async throws -> (results: [RowSet], duration: Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let results = try await body()
        return (results, clock.now - start)
    }

    private static func send(
        _ first: Statement, _ statements: [Statement], _ limits: ResultLimits?, on connection: Connection
    ) async throws -> (results: [RowSet], duration: Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let results =
            statements.count == 1
            ? [try await connection.execute(first, limits: limits)]
            : try await connection.pipeline(statements, limits: limits)
        return (results, clock.now - start)
    }

    /// Sends one statement.
    func execute(_ statement: Statement) async throws -> RowSet {
        switch self {
        case .pool(let pool): try await pool.execute(statement)
        case .connection(let connection), .snapshot(let connection), .change(let connection):
            try await connection.execute(statement)
        case .transaction(let held): try await held.connection.execute(statement)
        }
    }

    /// Whether a connection is held between the waves.
    var holdsConnection: Bool { if case .pool = self { false } else { true } }

    /// Whether settings that hold keys outlive the tree.
    var keepsSettings: Bool { if case .transaction = self { true } else { false } }
}
