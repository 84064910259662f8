// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

/// The answer to a filter: the row sets of a plan's statements as they came, and flat arrays that say whose rows are whose.
///
/// ```swift
/// let graph = try await database.find("Customer", filter: #"{"include": {"orders": "items"}}"#)
/// print(graph.count, graph.statistics.statements)
/// let json = try graph.json()
/// ```
///
/// A graph is immutable and `Sendable`; it holds libpq's results until it is released.
public struct Graph: Sendable {
    /// The plan that was run.
    public let plan: Plan
    /// What running it took.
    public internal(set) var statistics: ExecutionStatistics
    /// One row set per fetch; nil for a fetch that had no keys to ask for.
    let rowSets: [RowSet?]
    /// One per node; nil for the root, and where there was nothing to ask for.
    let adjacencies: [Adjacency?]
    /// Likewise for the numbers about a node's records.
    let summaries: [Adjacency?]
    let layout: GraphLayout
    /// How much of it may be written.
    let limits: OutputLimits
    /// How values are shown in JSON unless something else is said.
    let jsonOptions: JSONOptions
    /// Set where the root's cursors were asked for.
    let page: PageCursors?
    /// What was loaded when its parents had come, by node.
    var grafts: [Node.ID: Graft] = [:]
    /// What is shown instead of the own members of some records, by node and row: JSON without its braces. Nil where the rows are.
    var replaced: [Node.ID: [Int: [UInt8]]]?

    /// The number of root records.
    public var count: Int { rowSets.first.flatMap { $0 }?.count ?? 0 }

    /// The total beside a page's rows, nil when `page` was not asked.
    public var total: Int64? {
        plan.total.flatMap { rowSets[$0.index] }.flatMap { integerCell($0, row: 0, column: 0) }
    }

    /// What to give as `after` for the page behind this one, nil when there is none, or `page: {"cursor": true}` was not asked.
    ///
    /// ```swift
    /// var filter: JSONValue = ["order": "placedAt DESC", "limit": 50, "page": ["cursor": true]]
    /// let graph = try await database.find("Order", filter: filter)
    /// if let cursor = graph.nextCursor { … }
    /// ```
    ///
    /// It holds the exact values of the order's terms at the last record, shown or not (B6). Without a limit there is none.
    public var nextCursor: String? { page?.next }

    /// Likewise what to give as `before` for the page ahead of this one.
    public var previousCursor: String? { page?.previous }

    /// The bytes that the graph takes in memory: libpq's results, and the arrays that say whose rows are whose.
    ///
    /// ```swift
    /// print(graph.count, graph.memorySize)
    /// ```
    ///
    /// A tree of a million records in four columns takes less than three times its bytes on the wire. No statements.
    /// - Complexity: linear in the plan's fetches and nodes.
    public var memorySize: Int {
        rowSets.reduce(0) { $0 + ($1?.memorySize ?? 0) }
            + (adjacencies + summaries).reduce(0) { $0 + ($1?.memorySize ?? 0) }
            + grafts.values.reduce(0) { $0 + $1.memorySize }
    }

    /// The rows of one of the plan's nodes, nil when there was nothing to ask for.
    public func rows(of node: Node) -> RowSet? {
        node.fetch.flatMap { plan.fetches.has($0) ? rowSets[$0.index] : nil }
    }

    /// The rows of `node` that belong to a row of its parent, in their order.
    ///
    /// - Parameters:
    ///   - node: a node of the plan other than the root.
    ///   - row: a row of the parent node's row set.
    /// - Returns: positions in the node's row set; none for nodes and rows that do not exist.
    public func related(_ node: Node.ID, toParentRow row: Int) -> RelatedRowNumbers {
        guard plan.nodes.has(node), let adjacency = adjacencies[node.index],
            let parent = plan.nodes[node].parent, let rows = rows(of: plan.nodes[parent]), row >= 0, row < rows.count
        else { return RelatedRowNumbers(adjacency: nil, range: 0..<0) }
        return RelatedRowNumbers(adjacency: adjacency, range: adjacency.range(ofParentRow: row))
    }

    /// The count of a node's records below a row of its parent, nil when it was not asked for.
    func counted(below node: Node.ID, parentRow row: Int) -> Int64? {
        guard let summary = plan.nodes[node].summary, let column = summary.count else { return nil }
        guard let rows = rowSets[summary.fetch.index], let adjacency = summaries[node.index] else { return 0 }
        let range = adjacency.range(ofParentRow: row)
        return range.isEmpty
            ? 0 : integerCell(rows, row: adjacency.childRow(at: range.lowerBound), column: column) ?? 0
    }
}

/// Positions of related rows in their row set; nothing is copied.
public struct RelatedRowNumbers: RandomAccessCollection, Sendable {
    let adjacency: Adjacency?
    let range: Range<Int>

    /// The first position.
    public var startIndex: Int { range.lowerBound }
    /// The position behind the last.
    public var endIndex: Int { range.upperBound }
    /// The row at a position.
    public subscript(position: Int) -> Int { adjacency?.childRow(at: position) ?? position }
}
