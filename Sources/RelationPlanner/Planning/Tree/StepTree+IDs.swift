// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension StepTree {
    /// The ids of all nodes there are, in preorder.
    var nodeIDs: LazyMapSequence<Range<Int>, Node.ID> { nodes.indices.lazy.map { Node.ID($0) } }

    /// The id that the next node gets.
    var nextNode: Node.ID { Node.ID(nodes.count) }
}

extension [StepNode] {
    /// The node with an id.
    subscript(id: Node.ID) -> StepNode {
        _read { yield self[id.index] }
        _modify { yield &self[id.index] }
    }
}
