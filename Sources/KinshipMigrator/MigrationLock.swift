// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Keeps two migrations of a database from running at once.
///
/// The lock is that of a transaction on a connection of its own: it goes when the connection does, also behind a pooler, and holds no
/// snapshot that `CREATE INDEX CONCURRENTLY` would wait for.
struct MigrationLock {
    private let connection: Connection

    /// Runs `body` while nobody else can.
    ///
    /// Who waits is in no transaction meanwhile: a build that the other one does would wait for it.
    static func holding<R: Sendable>(
        _ connection: Connection, _ options: MigratorOptions, _ body: (MigrationLock) async throws -> R
    ) async throws -> R {
        let deadline = ContinuousClock.now + options.waitForOthers
        while true {
            let result: Held<R> = try await connection.withTransaction(isolation: .readCommitted) { connection in
                let rows = try await connection.execute(
                    Statement("SELECT pg_catalog.pg_try_advisory_xact_lock(\(key))", preparation: .unnamed))
                guard try rows.decode(Bool.self, row: 0, column: 0) else { return .notHeld }
                let lock = MigrationLock(connection: connection)
                try await lock.check()
                return .held(try await body(lock))
            }
            if case .held(let value) = result { return value }
            guard ContinuousClock.now < deadline else {
                throw MigratorError.running(by: try await holder(on: connection))
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private enum Held<R: Sendable>: Sendable {
        case held(R), notHeld
    }

    /// Fails when the lock is lost with its connection; keeps the connection awake.
    ///
    /// A query keeps its snapshot until the next statement of its connection, and `CREATE INDEX CONCURRENTLY` waits for snapshots: the
    /// last statement here is always one that has none.
    func check() async throws {
        try await connection.execute(
            Statement("SET LOCAL idle_in_transaction_session_timeout = 0", preparation: .unnamed))
    }

    /// Any number that others don't use; advisory locks are each database's own.
    private static let key = 7_742_095_361_844_210_017 as Int64

    private static func holder(on connection: Connection) async throws -> String {
        let rows = try await connection.execute(
            Statement(
                """
                SELECT 'process ' || a.pid || ' since ' || coalesce(a.xact_start::text, '?')
                FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
                WHERE l.locktype = 'advisory' AND l.granted
                    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
                    AND (l.classid::bigint << 32) | l.objid::bigint = \(key)
                """, preparation: .unnamed))
        return rows.count == 0 ? "" : try rows.decode(String.self, row: 0, column: 0)
    }
}
