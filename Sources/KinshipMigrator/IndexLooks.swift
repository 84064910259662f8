// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What became of an index that was being built when a migration stopped.
enum IndexLooks {
    enum Standing {
        case absent, valid
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
                SELECT i.indisvalid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE i.indrelid = pg_catalog.to_regclass($1::text) AND c.relname = $2::text
                """, parameters, preparation: .unnamed))
        guard rows.count > 0 else { return .absent }
        return try rows.decode(Bool.self, row: 0, column: 0)
            ? .valid : .invalid(try rows.decode(String.self, row: 0, column: 1))
    }
}
