// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

/// The records that a change through a relation was about, as the database has them now.
///
/// ```swift
/// let orders = try await database.createRelated("Customer", id: 7, relation: "orders", [["total": 5], ["total": 6]])
/// print(orders.count, String(decoding: try orders.json(), as: UTF8.self))
/// ```
public struct ChangedRecords: Sendable {
    /// The whole answer: its root's records are those that were changed, unless they are kept in another record's row.
    public let graph: Graph
    /// The node of the records in the graph's plan: the root, or the relation of the row that keeps them.
    public let node: Node
    /// The positions of the records in the node's rows.
    public let rows: [Int]

    /// The root's records.
    init(_ graph: Graph) {
        self.graph = graph
        node = graph.plan.nodes[0]
        rows = Array(0..<graph.count)
    }

    /// Some of the records that a relation of the one root record leads to.
    init(_ related: RelatedRecords, _ choose: ([Int]) -> [Int] = { $0 }) {
        graph = related.graph
        node = related.node
        rows = choose(Array(related.rows))
    }

    /// How many records there are.
    public var count: Int { rows.count }

    /// What it took.
    public var statistics: ExecutionStatistics { graph.statistics }

    /// The records as a JSON array.
    ///
    /// - Throws: ``PostgresError`` as ``Graph/json(_:)``.
    /// - Complexity: linear in the bytes written. No statements.
    public func json(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        if node.parent == nil { return try graph.json(options) }
        var json = [UInt8(ascii: "[")]
        for (position, row) in rows.enumerated() {
            if position > 0 { json.append(UInt8(ascii: ",")) }
            json += try self.json(row: row, options)
        }
        json.append(UInt8(ascii: "]"))
        return json
    }

    /// The first record as a JSON object, `null` when there is none.
    ///
    /// - Throws: ``PostgresError`` as ``Graph/json(_:)``.
    public func firstJSON(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        guard let row = rows.first else { return Array("null".utf8) }
        return try json(row: row, options)
    }

    private func json(row: Int, _ options: JSONOptions?) throws(PostgresError) -> [UInt8] {
        var writer = GraphWriter(graph, capacity: 1024, options)
        try writer.begin(row: row, of: node.id)
        return try writer.finish()
    }
}
