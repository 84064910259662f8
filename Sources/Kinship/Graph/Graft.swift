// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// An include whose scope is a function of the parent: a graph for each group of parents whose scopes came out equal (D11).
///
/// Each graph has the group's parents for its root and the relation below it.
struct Graft: Sendable {
    /// The relation's node in each graph.
    static var relation: Node.ID { Node.ID(1) }

    /// The graph that each parent row is in, -1 for rows without a record.
    let groups: [Int32]
    /// The parent's row in that graph.
    let rows: [Int32]
    let graphs: [Graph]

    /// The bytes that the graphs take, and the arrays that lead to them, by their capacity.
    var memorySize: Int {
        graphs.reduce((groups.capacity + rows.capacity) * MemoryLayout<Int32>.stride) { $0 + $1.memorySize }
    }
}
