// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A part of what a relation of one record leads to.
package struct RelatedPage: Sendable {
    /// Where a page begins, and how many records may still come.
    package struct Place: Sendable {
        let cursor: Filter.Cursor
        /// `Int.max` for all that there are.
        let rest: Int
    }

    /// What was read.
    let records: RelatedRecords
    /// How many of these the page has.
    package let count: Int
    /// Where the next page begins; nil behind the last one.
    package let next: Place?

    /// The bytes that the page takes in memory.
    package var memorySize: Int { records.graph.memorySize }

    /// The records with commas between, in pieces, without brackets around them.
    package func recordPieces(size: Int = 65_536, _ options: JSONOptions? = nil) -> JSONPieces {
        JSONPieces(records.graph, .first(count, ofNode: records.node.id), size: size, options)
    }
}
