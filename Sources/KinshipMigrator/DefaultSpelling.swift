// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Asks the server how it writes the defaults that a plan would set, so that none is set for its spelling.
enum DefaultSpelling {
    static func canonical(
        of plan: MigrationPlan, on connection: Connection
    ) async throws -> [DesiredTables.ColumnPlace: String] {
        var found: [DesiredTables.ColumnPlace: String] = [:]
        for step in plan.steps {
            guard case .setDefault(let column, let expression) = step.change else { continue }
            let place = DesiredTables.ColumnPlace(table: step.table, column: column)
            // In a transaction that is never committed, of a table that nobody else sees. What can't be set says so when it is set.
            found[place] = try await connection.undone { connection in
                try await connection.execute(
                    Statement("CREATE TEMPORARY TABLE kinship_default (LIKE \(step.table.sql))", preparation: .unnamed))
                try await connection.execute(
                    Statement(
                        "ALTER TABLE pg_temp.kinship_default ALTER COLUMN \(quoted(column)) SET DEFAULT (\(expression))",
                        preparation: .unnamed))
                let rows = try await connection.execute(
                    Statement(
                        "SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = 'pg_temp.kinship_default'::pg_catalog.regclass",
                        preparation: .unnamed))
                return try rows.decode(String.self, row: 0, column: 0)
            }
        }
        return found
    }

    /// How it writes the expressions of generated columns that it seems to have written otherwise.
    static func generated(
        of desired: DesiredTables, in current: TableCatalog, on connection: Connection
    ) async throws -> [DesiredTables.ColumnPlace: String] {
        var found: [DesiredTables.ColumnPlace: String] = [:]
        for (place, expression) in desired.differingExpressions(from: current) {
            guard let type = current.tables[place.table]?.column(place.column)?.type else { continue }
            let column = quoted(place.column)
            found[place] = try await connection.undone { connection in
                try await connection.execute(
                    Statement(
                        "CREATE TEMPORARY TABLE kinship_generated (LIKE \(place.table.sql))", preparation: .unnamed))
                try await connection.execute(
                    Statement(
                        "ALTER TABLE pg_temp.kinship_generated DROP COLUMN \(column), ADD COLUMN \(column) \(type) GENERATED ALWAYS AS (\(expression)) STORED",
                        preparation: .unnamed))
                let rows = try await connection.execute(
                    Statement(
                        "SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = 'pg_temp.kinship_generated'::pg_catalog.regclass",
                        preparation: .unnamed))
                return try rows.decode(String.self, row: 0, column: 0)
            }
        }
        return found
    }
}
