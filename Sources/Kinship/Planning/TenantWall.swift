// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What a round trip says of the tenant to the database's own policies: a setting that ends with its transaction.
struct TenantWall: Sendable {
    let setting: String
    let value: String

    /// Sets it, and has no rows.
    var statement: Statement {
        get throws {
            var parameters = Parameters()
            try parameters.append(BoundValue(.text, .text(setting)))
            try parameters.append(BoundValue(.text, .text(value)))
            return Statement("SELECT WHERE pg_catalog.set_config($1, $2, true) IS NULL", parameters)
        }
    }
}
