// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension CatalogReader {
    /// Tables of the schemas that are asked about, and those of the wanted names in others.
    private static let otherTablesQuery = """
        SELECT n.nspname::text, c.relname::text
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
            AND NOT starts_with(n.nspname::text, 'pg_')
            AND (n.nspname = ANY ($1::text[]) OR c.relname = ANY ($2::text[]))
        ORDER BY 1, 2 LIMIT 10000
        """

    /// Where a table is missing, the tables there are instead, so that the error can say which one was meant. Nothing is asked
    /// when none is missing.
    static func addOtherTables(to catalog: inout Catalog, for schema: Schema, on connection: Connection) async throws {
        let missing = schema.missingTables(in: catalog)
        guard !missing.isEmpty else { return }
        var parameters = Parameters()
        try parameters.append(Array(Set(missing.map(\.schema))))
        try parameters.append(missing.map(\.name))
        let results = try await connection.pipeline([
            Statement(searchPath, preparation: .unnamed),
            Statement(otherTablesQuery, parameters, preparation: .unnamed),
        ])
        let rows = results[1]
        catalog.otherTables = try (0..<rows.count).map { try name(rows, row: $0) }
    }

    /// Says in a person's words what was waited for when the catalog took too long.
    static func timed<Value>(_ read: () async throws -> Value) async throws -> Value {
        do {
            return try await read()
        } catch var error as PostgresError where error.code == .statementTimeout {
            error.message =
                "The server took too long to say which tables and columns it has, which it is asked when a database is "
                + "opened; it may be busy, or somebody may hold a lock on its catalog."
            error.sql = nil
            throw error
        }
    }
}
