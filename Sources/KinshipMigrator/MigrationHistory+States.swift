// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension MigrationHistory {
    /// What a program's tables were made into last.
    struct Known {
        /// The tables; nil where nothing is known of them.
        var state: TableCatalog?
        /// Whether the program said its name then as it does now, so that no other one can have made them.
        var isOwn = false
    }

    /// What this program's tables were made into last.
    ///
    /// Two programs may share a database and its history. Without names, that state is another program's which has no table that this one
    /// asks for. What other programs, that said their names, have asked for last is nothing that this one made.
    func known(for desired: DesiredTables, on connection: Connection) async throws -> Known {
        guard try await isThere(on: connection) else { return Known() }
        var known = Known()
        if let program {
            known.state = try await state("state ->> 'program' = $1::text", [program], on: connection)
            known.isOwn = known.state != nil
        }
        if known.state == nil {
            let tables = Set(desired.catalog.tables.keys).union(desired.tableRenames.values.joined())
            known.state = try await state(
                """
                NOT state ? 'program' AND EXISTS (SELECT FROM pg_catalog.jsonb_object_keys(state -> 'tables') k WHERE k IN
                    (SELECT pg_catalog.jsonb_array_elements_text($1::text::jsonb)))
                """, [JSONValue.array(tables.map { .string($0.sql) }).description], on: connection)
        }
        for other in try await others(on: connection) {
            known.state = known.state?.without(other, wantedBy: desired.catalog)
        }
        return known
    }

    /// What a state was that this program's migrations led to last; nil where none did.
    func lastState(for desired: DesiredTables, on connection: Connection) async throws -> TableCatalog? {
        guard try await isThere(on: connection) else { return nil }
        guard let program else { return try await known(for: desired, on: connection).state }
        return try await state("state ->> 'program' = $1::text", [program], on: connection)
    }

    private func state(_ condition: String, _ texts: [String], on connection: Connection) async throws -> TableCatalog?
    {
        var parameters = Parameters()
        for text in texts { try parameters.append(text) }
        let rows = try await connection.execute(
            Statement(
                "SELECT state::text FROM \(migrations) WHERE finished IS NOT NULL AND \(condition) ORDER BY id DESC LIMIT 1",
                parameters, preparation: .unnamed))
        guard rows.count == 1 else { return nil }
        return try Self.catalog(try rows.decode(String.self, row: 0, column: 0))
    }

    /// What other programs asked for last, of those that said their names.
    private func others(on connection: Connection) async throws -> [TableCatalog] {
        var parameters = Parameters()
        try parameters.append(program ?? "")
        let rows = try await connection.execute(
            Statement(
                """
                SELECT DISTINCT ON (state ->> 'program') state::text FROM \(migrations)
                WHERE finished IS NOT NULL AND state ? 'program' AND state ->> 'program' <> $1::text
                ORDER BY state ->> 'program', id DESC
                """, parameters, preparation: .unnamed))
        return try rows.decodeColumn(String.self, at: 0).map(Self.catalog)
    }

    private static func catalog(_ text: String) throws -> TableCatalog {
        TableCatalog(try JSONValue(parsing: Array(text.utf8)))
    }
}
