// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A key of a row that refers to a record which has been looked at, or made, by whoever writes it.
struct TrustedKey: Sendable {
    /// The model of that record.
    let source: Model.ID
    /// The properties that refer to it.
    let properties: Set<Property.ID>

    /// Whether it is that of a source of copies: of the same table, by which model ever it was looked at.
    func covers(_ referred: ReferredKeys, in schema: Schema) -> Bool {
        let (own, other) = (schema[source], schema[referred.source])
        return own.tableSchema == other.tableSchema && own.table == other.table
            && referred.holders.allSatisfy(properties.contains)
    }
}
