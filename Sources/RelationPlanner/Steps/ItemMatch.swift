// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which records of an embedded list are meant.
package enum ItemMatch: Sendable, Hashable {
    /// All.
    case all
    /// Those whose member is one of a list of texts.
    case keyed(String, BoundValue)
    /// Those that meet a condition on their model, as records of a relation.
    case condition(Condition, of: Relation.ID)

    /// Those whose member is one of some texts.
    package static func keys(_ name: String, _ texts: [String]) -> ItemMatch {
        .keyed(name, BoundValue(ColumnType.text.array, .array(texts.map { .text($0) })))
    }
}
