// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Counts the records that writing a graph would write, a record at each place it is included, without writing any: how often each
/// row is written is the sum of how often its parents are.
///
/// Linear in the rows and links of the graph, however often they are written.
struct WrittenRecords {
    private let limits: OutputLimits
    private var count = 0

    private init(_ limits: OutputLimits) { self.limits = limits }

    /// Refuses a graph whose root records would come to more than is allowed.
    static func check(_ graph: Graph) throws(PostgresError) {
        guard graph.limits.records != nil else { return }
        var counting = WrittenRecords(graph.limits)
        let times = [Int](repeating: 1, count: graph.count)
        try counting.add(graph.count, at: Node.root, in: graph)
        try counting.addChildren(of: Node.root, written: times, in: graph)
    }

    /// Refuses what a relation leads to from the first row.
    static func check(_ graph: Graph, valueOf node: Node.ID) throws(PostgresError) {
        guard graph.limits.records != nil, graph.count > 0 else { return }
        var counting = WrittenRecords(graph.limits)
        var times = [Int](repeating: 0, count: graph.count)
        times[0] = 1
        try counting.add(valueOf: node, written: times, in: graph)
    }

    private mutating func add(_ more: Int, at node: Node.ID, in graph: Graph) throws(PostgresError) {
        let (sum, overflows) = count.addingReportingOverflow(more)
        count = overflows ? .max : sum
        if let most = limits.records, count > most { throw limits.tooManyRecords(at: graph.plan.path(of: node)) }
    }

    private mutating func addChildren(of node: Node.ID, written times: [Int], in graph: Graph) throws(PostgresError) {
        for child in graph.layout.nodes[node.index].children { try add(valueOf: child, written: times, in: graph) }
    }

    /// - Parameter times: how often each row of the parent is written.
    private mutating func add(valueOf id: Node.ID, written times: [Int], in graph: Graph) throws(PostgresError) {
        let node = graph.layout.nodes[id.index]
        if let graft = graph.grafts[id] { return try add(graft, written: times) }
        if let summary = node.summary, !summary.rows { return }
        if !node.variants.isEmpty {
            for variant in node.variants { try add(recordsOf: variant, written: times, in: graph) }
        } else {
            try add(recordsOf: id, written: times, in: graph)
        }
    }

    private mutating func add(_ graft: Graft, written times: [Int]) throws(PostgresError) {
        var own = graft.graphs.map { [Int](repeating: 0, count: $0.count) }
        for row in times.indices {
            if row & 0xFFFF == 0xFFFF, Task.isCancelled { throw GraphWriter.cancelled }
            guard graft.groups[row] >= 0 else { continue }
            own[Int(graft.groups[row])][Int(graft.rows[row])] += times[row]
        }
        for (graph, times) in zip(graft.graphs, own) {
            try add(valueOf: Graft.relation, written: times, in: graph)
        }
    }

    private mutating func add(recordsOf id: Node.ID, written times: [Int], in graph: Graph) throws(PostgresError) {
        guard let adjacency = graph.adjacencies[id.index] else { return }
        let node = graph.layout.nodes[id.index]
        let hasChildren = !node.children.isEmpty
        var own = [Int](repeating: 0, count: hasChildren ? graph.rows(of: graph.plan.nodes[id])?.count ?? 0 : 0)
        for row in times.indices {
            if row & 0xFFFF == 0xFFFF, Task.isCancelled { throw GraphWriter.cancelled }
            guard times[row] > 0 else { continue }
            let all = adjacency.range(ofParentRow: row)
            let range = node.isToMany ? all : all.prefix(1)
            let (product, overflows) = times[row].multipliedReportingOverflow(by: range.count)
            try add(overflows ? .max : product, at: id, in: graph)
            guard hasChildren else { continue }
            // No sum of these can overflow: together they are the records counted just now, which are within a limit.
            for position in range { own[adjacency.childRow(at: position)] += times[row] }
        }
        if hasChildren { try addChildren(of: id, written: own, in: graph) }
    }
}

extension Plan {
    /// The relations that lead from the root to a node: `orders.items`; nil for the root.
    fileprivate func path(of node: Node.ID) -> String? {
        var names: [String] = []
        var node = nodes[node]
        while let parent = node.parent {
            names.append(node.name)
            node = nodes[parent]
        }
        return names.isEmpty ? nil : names.reversed().joined(separator: ".")
    }
}
