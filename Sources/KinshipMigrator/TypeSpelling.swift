// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Asks the server how it writes types that a plan would take for others than those that are there: `other.mood`, `float(24)`,
/// `interval day to second`.
enum TypeSpelling {
    static func canonical(
        of desired: DesiredTables, in current: TableCatalog, on connection: Connection
    ) async throws -> [DesiredTables.ColumnPlace: String] {
        var found: [DesiredTables.ColumnPlace: String] = [:]
        for place in desired.differingTypes(from: current) {
            guard let type = desired.catalog.tables[place.table]?.column(place.column)?.type else { continue }
            // What isn't there says so when it is made.
            found[place] = try await connection.undone { connection in
                try await connection.execute(
                    Statement("CREATE TEMPORARY TABLE kinship_type (c \(type))", preparation: .unnamed))
                let rows = try await connection.execute(
                    Statement(
                        "SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'pg_temp.kinship_type'::pg_catalog.regclass AND a.attnum = 1",
                        preparation: .unnamed))
                return try rows.decode(String.self, row: 0, column: 0)
            }
        }
        return found
    }
}

extension Connection {
    private struct Undone: Error {}

    /// What `body` finds in a transaction that is never committed; nil when the server refuses one of its statements.
    func undone<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R? {
        var found: R?
        do {
            try await withTransaction { connection in
                found = try await body(connection)
                throw Undone()
            }
        } catch is Undone {
        } catch let error as PostgresError where error.sqlState != nil {
            return nil
        }
        return found
    }
}
