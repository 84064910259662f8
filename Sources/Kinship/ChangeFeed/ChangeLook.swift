// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What the database says of a table's triggers.
struct ChangeLook {
    /// How many of them there are, and fire.
    let count: Int
    /// The body of their function; nil where they haven't all the same one.
    let body: String?
    /// Whether row-level security decides which rows this user sees.
    let hidesRows: Bool

    /// Whether it is a table, of which alone statements' rows are known: no view, and no table elsewhere.
    let isTable: Bool

    /// Whether changes are told: by triggers of whatever version.
    var isInstalled: Bool { count == ChangeTrigger.names.count }

    /// Looks at a table; one statement. Nothing is said of one that isn't there.
    static func statement(_ table: ChangeSource.Table) throws -> Statement {
        var parameters = Parameters()
        try parameters.append(table.schema)
        try parameters.append(table.name)
        try parameters.append(ChangeTrigger.names)
        return Statement(
            """
            SELECT pg_catalog.count(t.oid), CASE WHEN pg_catalog.count(DISTINCT p.oid) = 1 THEN pg_catalog.min(p.prosrc) END,
                pg_catalog.row_security_active(c.oid), c.relkind IN ('r', 'p')
            FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND t.tgname = ANY ($3::text[]) AND t.tgenabled IN ('O', 'A')
                LEFT JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
            WHERE n.nspname = $1 AND c.relname = $2
            GROUP BY c.oid
            """, parameters)
    }

    init(_ rows: RowSet) throws {
        guard rows.count > 0 else {
            (count, body, hidesRows, isTable) = (0, nil, false, false)
            return
        }
        count = Int(try rows.decode(Int64.self, row: 0, column: 0))
        body = try rows.decode(String?.self, row: 0, column: 1)
        hidesRows = try rows.decode(Bool.self, row: 0, column: 2)
        isTable = try rows.decode(Bool.self, row: 0, column: 3)
    }
}
