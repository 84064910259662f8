// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What became of an index that was being built when a migration stopped.
enum IndexLooks {
    enum Standing {
        case absent, valid
        /// By a process that is at it.
        case building(Int32)
        /// With its name as SQL has it.
        case invalid(String)
    }

    static func standing(of build: IndexBuild, on connection: Connection) async throws -> Standing {
        var parameters = Parameters()
        try parameters.append(build.table)
        try parameters.append(build.name)
        let rows = try await connection.execute(
            Statement(
                """
                SELECT i.indisvalid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
                    coalesce((SELECT min(p.pid) FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid),
                        (SELECT min(l.pid) FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid
                        WHERE l.locktype = 'relation' AND l.relation = i.indrelid AND l.mode = 'ShareUpdateExclusiveLock'
                            AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
                            AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                                WHERE d.datname = pg_catalog.current_database())
                            AND s.backend_type IS DISTINCT FROM 'autovacuum worker'))
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE i.indrelid = pg_catalog.to_regclass($1::text) AND c.relname = $2::text
                """, parameters, preparation: .unnamed))
        guard rows.count > 0 else { return .absent }
        if try rows.decode(Bool.self, row: 0, column: 0) { return .valid }
        if let process = try rows.decode(Int32?.self, row: 0, column: 2) { return .building(process) }
        return .invalid(try rows.decode(String.self, row: 0, column: 1))
    }
}
