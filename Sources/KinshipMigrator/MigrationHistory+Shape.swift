// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension MigrationHistory {
    /// The columns of both tables with their types.
    private static let shape: [String: Set<String>] = [
        tables[0]: [
            "id bigint", "name text", "checksum text", "sql text", "state jsonb", "by text",
            "started timestamp with time zone", "finished timestamp with time zone",
        ],
        tables[1]: [
            "migration bigint", "number bigint", "sql text", "attempts integer", "finished timestamp with time zone",
        ],
    ]

    /// Whether there is a history. Two statements in one round trip.
    ///
    /// What it says decides what is dropped, and which files aren't run: so it has to be two tables as Kinship makes them, of an owner
    /// that this user can be, of a superuser, or of the database's owner.
    ///
    /// - Throws: ``MigratorError/history(_:_:)`` for anything else under these names.
    func isThere(on connection: Connection) async throws -> Bool {
        var found: [String] = []
        let results = try await connection.pipeline(try Self.tables.map(look))
        for (table, rows) in zip(Self.tables, results) where rows.count > 0 {
            found.append(table)
            let name = Catalog.TableName(schema, table).shown
            let kind = try rows.decode(String.self, row: 0, column: 0)
            guard kind == "r" else { throw MigratorError.history(name, "it is no table of its own") }
            guard try rows.decode(Bool.self, row: 0, column: 1) else {
                throw MigratorError.history(
                    name, "it belongs to \(try rows.decode(String.self, row: 0, column: 2)), whom this user can't be")
            }
            if try rows.decode(Bool.self, row: 0, column: 3) {
                throw MigratorError.history(name, "it has row-level security, which may hide what was applied")
            }
            if try rows.decode(Bool.self, row: 0, column: 4) {
                throw MigratorError.history(name, "it has triggers, rules or a parent")
            }
            let columns = Set(try rows.decode([String].self, row: 0, column: 5))
            let missing = (Self.shape[table] ?? []).subtracting(columns).sorted()
            guard missing.isEmpty else {
                throw MigratorError.history(name, "it has no column \(missing.joined(separator: ", "))")
            }
        }
        guard found.count == 1 else { return !found.isEmpty }
        let missing = Self.tables.first { !found.contains($0) } ?? ""
        throw MigratorError.history(
            Catalog.TableName(schema, found[0]).shown,
            "there is no \(Catalog.TableName(schema, missing).shown) beside it")
    }

    private func look(_ table: String) throws -> Statement {
        var parameters = Parameters()
        try parameters.append(schema)
        try parameters.append(table)
        return Statement(
            """
            SELECT c.relkind::text,
                o.rolsuper OR pg_catalog.pg_has_role(c.relowner, 'USAGE') OR c.relowner = (SELECT d.datdba
                    FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()),
                o.rolname::text, c.relrowsecurity,
                c.relhasrules OR EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
                    OR EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent)),
                (SELECT coalesce(pg_catalog.array_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)), '{}')
                    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
            WHERE n.nspname = $1::text AND c.relname = $2::text
            """, parameters, preparation: .unnamed)
    }
}
