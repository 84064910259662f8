// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a trigger tells: `["public", "orders", "update", {"id": 7}, null]`, or a gap without a key.
///
/// Anybody who is connected to the database can notify: what can't be read is no notification of a trigger's.
struct ChangePayload {
    let table: ChangeSource.Table
    /// nil for a gap.
    let kind: RecordChange.Kind?
    /// The values of the key, and of what says whose the row is, by their columns.
    let row: JSONValue

    init?(_ text: String) {
        guard let parts = (try? JSONValue(parsing: text, maximumDepth: 512))?.elements, parts.count >= 3,
            case .string(let schema) = parts[0], case .string(let table) = parts[1], case .string(let word) = parts[2]
        else { return nil }
        self.table = ChangeSource.Table(schema: schema, name: table)
        kind = RecordChange.Kind(rawValue: word)
        row = parts.count > 3 ? parts[3] : .null
        guard kind != nil || word == "gap" else { return nil }
    }
}
