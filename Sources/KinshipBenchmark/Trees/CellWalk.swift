// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import RelationPlanner

/// Visits every record of a graph from its parent and looks at every cell shown.
struct CellWalk {
    private let graph: Graph
    private let nodes: [Node]
    private let rows: [RowSet?]
    /// Lengths and first bytes of all cells visited, added up.
    private(set) var checksum: UInt64 = 0

    init(_ graph: Graph) {
        self.graph = graph
        nodes = graph.plan.nodes
        rows = nodes.map { graph.rows(of: $0) }
        guard let root = nodes.first else { return }
        checksum = (0..<graph.count).reduce(0) { $0 &+ visit($1, of: root.id) }
    }

    private func visit(_ row: Int, of node: Node.ID) -> UInt64 {
        guard let set = rows[node.index] else { return 0 }
        var sum: UInt64 = 0
        for shown in nodes[node].shown {
            guard let cell = set.bytes(row: row, column: shown.column) else { continue }
            sum &+= UInt64(cell.count)
            if let first = cell.first { sum &+= UInt64(first) }
        }
        for child in nodes[node].children {
            for related in graph.related(child, toParentRow: row) { sum &+= visit(related, of: child) }
        }
        return sum
    }
}
