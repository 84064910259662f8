// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// How far the server is with an index.
package struct IndexBuildProgress: Sendable, Hashable {
    /// What it is at, as PostgreSQL calls it: `building index: scanning table`, `waiting for writers before build`.
    package let phase: String
    /// How much of that is done, 0 to 1; nil where it can't be told, as while it waits for others.
    package let fraction: Double?

    /// - Parameters:
    ///   - blocks: how many of the table's blocks are read, and how many there are; none outside of the phases that read it.
    ///   - tuples: how many rows are in the index, and how many there are, likewise.
    package init(phase: String, blocks: (done: Int64, total: Int64), tuples: (done: Int64, total: Int64)) {
        self.phase = phase
        let (done, total) = blocks.total > 0 ? blocks : tuples
        fraction = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : nil
    }
}

extension Migrator {
    /// Looks how far the indexes are that this user's sessions of the same name build, on a connection of its own, until the task is
    /// cancelled.
    ///
    /// - Parameter isTold: called each time, with nil while none is built.
    package func watchBuilds(
        every pause: Duration = .milliseconds(500), telling isTold: (IndexBuildProgress?) async -> Void
    ) async throws {
        try await connected { connection in
            while true {
                await isTold(try await Self.build(on: connection))
                try await Task.sleep(for: pause)
            }
        }
    }

    private static func build(on connection: Connection) async throws -> IndexBuildProgress? {
        let rows = try await connection.execute(
            Statement(
                """
                SELECT coalesce(p.phase, ''), coalesce(p.blocks_done, 0), coalesce(p.blocks_total, 0),
                    coalesce(p.tuples_done, 0), coalesce(p.tuples_total, 0)
                FROM pg_catalog.pg_stat_progress_create_index p JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid
                    JOIN pg_catalog.pg_stat_activity own ON own.pid = pg_catalog.pg_backend_pid()
                WHERE p.datid = own.datid AND a.usesysid = own.usesysid AND a.application_name = own.application_name
                ORDER BY a.query_start DESC LIMIT 1
                """))
        guard rows.count == 1 else { return nil }
        func number(_ column: Int) throws -> Int64 { try rows.decode(Int64.self, row: 0, column: column) }
        return IndexBuildProgress(
            phase: try rows.decode(String.self, row: 0, column: 0), blocks: (try number(1), try number(2)),
            tuples: (try number(3), try number(4)))
    }
}
