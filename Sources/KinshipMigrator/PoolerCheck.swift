// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Finds out whether an address leads to a pooler that gives each transaction another session.
///
/// There a lock and a setting are another client's in the next moment. PgBouncer's number of a session is its own invention, so the server's
/// is asked for, in transactions of two connections in turn: each of them has to be in one session throughout, and both in two.
enum PoolerCheck {
    /// - Throws: ``MigratorError/pooled``.
    static func require(_ first: Connection, apartFrom second: Connection) async throws {
        let own = try await session(first)
        let other = try await second.withTransaction(isolation: .readCommitted) { second in
            let other = try await session(second)
            // The only one there is would be waited for.
            guard own != other else { throw MigratorError.pooled }
            guard try await session(first) == own else { throw MigratorError.pooled }
            return other
        }
        // Two that take turns have two sessions each time; one that asks twice doesn't. A pooler may be late to take a session back.
        for _ in 0..<4 {
            for _ in 0..<2 {
                guard try await session(first) == own else { throw MigratorError.pooled }
            }
            guard try await session(second) == other else { throw MigratorError.pooled }
        }
    }

    /// The number of the server's process.
    static func session(_ connection: Connection) async throws -> Int32 {
        let rows = try await connection.execute(
            Statement("SELECT pg_catalog.pg_backend_pid()", preparation: .unnamed))
        return try rows.decode(Int32.self, row: 0, column: 0)
    }
}
