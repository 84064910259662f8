// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Whether others use tables at the moment.
///
/// No one sign has it all. A transaction that is open holds a lock on what it has read or written, so locks of others are looked at ten times a
/// second. Short ones slip through between two looks, and what they write is in the statistics of the table, into which each session
/// puts its own about once a second: a table that is written goes on changing there, while the rows of a session that has long ended come but
/// once. Readers of a moment now and then aren't found.
enum TableUse {
    /// What is known of one table.
    private struct Sign {
        var changes: Int64
        var isLocked: Bool
    }

    private static let pause = Duration.milliseconds(100)

    /// Those of some tables that somebody uses within a while.
    ///
    /// - Parameter duration: how long tables are watched that nobody seems to use; zero doesn't look. In use they are told at once.
    static func found(
        among tables: [Catalog.TableName], within duration: Duration, on connection: Connection
    ) async throws -> Set<Catalog.TableName> {
        guard !tables.isEmpty, duration > .zero else { return [] }
        let deadline = ContinuousClock.now + duration
        var used: Set<Catalog.TableName> = []
        var changes: [Catalog.TableName: Int64] = [:]
        var changed: Set<Catalog.TableName> = []
        while true {
            let signs = try await Self.signs(of: tables, on: connection)
            for (table, sign) in zip(tables, signs) {
                if sign.isLocked { used.insert(table) }
                if let last = changes.updateValue(sign.changes, forKey: table), last != sign.changes {
                    // The first time it may be what was written before.
                    if !changed.insert(table).inserted { used.insert(table) }
                }
            }
            guard used.count < Set(tables).count, ContinuousClock.now < deadline else { return used }
            try await Task.sleep(for: pause)
        }
    }

    /// One statement, outside of a transaction: inside of one statistics stand still.
    private static func signs(of tables: [Catalog.TableName], on connection: Connection) async throws -> [Sign] {
        let values = tables.enumerated().map {
            "(\($0.offset), pg_catalog.to_regclass(\(literal($0.element.sql))))"
        }
        let rows = try await connection.execute(
            Statement(
                """
                WITH tables (number, oid) AS (VALUES \(values.joined(separator: ", "))), parts AS MATERIALIZED (
                    SELECT t.number, t.oid::oid FROM tables t UNION
                    SELECT t.number, p.relid::oid FROM tables t, pg_catalog.pg_partition_tree(t.oid) p)
                SELECT coalesce((SELECT sum(pg_catalog.pg_stat_get_tuples_inserted(p.oid)
                            + pg_catalog.pg_stat_get_tuples_updated(p.oid) + pg_catalog.pg_stat_get_tuples_deleted(p.oid))
                        FROM parts p WHERE p.number = t.number), 0)::int8,
                    EXISTS (SELECT FROM pg_catalog.pg_locks l JOIN parts p ON p.oid = l.relation
                        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
                        WHERE p.number = t.number AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
                            AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                                WHERE d.datname = pg_catalog.current_database())
                            AND l.mode <> 'ShareUpdateExclusiveLock'
                            AND a.backend_type IS DISTINCT FROM 'autovacuum worker')
                FROM tables t ORDER BY t.number
                """, preparation: .unnamed))
        return try (0..<rows.count).map { row in
            Sign(
                changes: try rows.decode(Int64.self, row: row, column: 0),
                isLocked: try rows.decode(Bool.self, row: row, column: 1))
        }
    }
}
