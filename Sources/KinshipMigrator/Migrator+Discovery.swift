// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension Migrator {
    /// The models that the database suggests. Two round trips, besides that of connecting.
    ///
    /// ```swift
    /// let found = try await migrator.discover()
    /// ```
    ///
    /// - Parameter schemas: the schemas to look at; all but the server's own if nil.
    public func discover(schemas: Set<String>? = nil) async throws -> DiscoveredModels {
        let catalog = try await catalog()
        let notes = try await connected { connection in
            let rows = try await connection.execute(Statement(DiscoveryNotes.statement, preparation: .unnamed))
            let text = try rows.decode(String.self, row: 0, column: 0)
            return DiscoveryNotes(try JSONValue(parsing: Array(text.utf8)))
        }
        return DiscoveredModels(of: catalog, notes: notes, schemas: schemas)
    }
}
