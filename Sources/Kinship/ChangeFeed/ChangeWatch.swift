// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Looks whether tables still tell of their changes: triggers can be taken away, turned off, or stay with a table of another name.
struct ChangeWatch: Sendable {
    let pool: ConnectionPool

    /// Those that tell of nothing any more; one statement for each, in one round trip.
    func silent(among tables: Set<ChangeSource.Table>) async throws -> Set<ChangeSource.Table> {
        let tables = Array(tables)
        let looks = try await pool.pipeline(try tables.map { try ChangeLook.statement($0) })
        let silent = try zip(tables, looks).filter { try !ChangeLook($0.1).isInstalled }
        return Set(silent.map { $0.0 })
    }
}
