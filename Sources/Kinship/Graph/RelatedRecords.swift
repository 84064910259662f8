// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

/// What a relation leads to from one record: the part of a graph below that record.
///
/// ```swift
/// let orders = try await database.related("Customer", id: 3, relation: "orders")
/// print(orders.count, String(decoding: try orders.json(), as: UTF8.self))
/// ```
public struct RelatedRecords: Sendable {
    /// The whole answer: the record, of which nothing is shown, and the relation's rows below it.
    public let graph: Graph
    /// The node of the rows in the graph's plan. Of a relation to several models it is the one the record leads to.
    public let node: Node

    /// The graph of a plan whose root has one row and one relation.
    init(_ graph: Graph, of relation: Node) {
        self.graph = graph
        let found = relation.variants.first { !graph.related($0, toParentRow: 0).isEmpty }
        node = graph.plan.nodes[found ?? relation.id]
    }

    /// How many there are.
    public var count: Int { rows.count }

    /// Whether there can be several.
    public var isToMany: Bool { node.isToMany }

    /// What it took, the statement for the record itself included.
    public var statistics: ExecutionStatistics { graph.statistics }

    /// Positions in the node's row set.
    public var rows: RelatedRowNumbers { graph.related(node.id, toParentRow: 0) }

    /// The records as a JSON array; of a to-one relation the record as an object, or `null`.
    ///
    /// - Throws: ``PostgresError`` as ``Graph/json(_:)``.
    /// - Complexity: linear in the bytes written. No statements.
    public func json(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        try WrittenRecords.check(graph, valueOf: node.id)
        var writer = GraphWriter(graph, capacity: 1024, options)
        try writer.begin(valueOf: node.id, ofParentRow: 0)
        return try writer.finish()
    }

    /// The text of ``json(_:)`` in pieces, as ``Graph/jsonPieces(size:_:)``.
    public func jsonPieces(size: Int = 65_536, _ options: JSONOptions? = nil) -> JSONPieces {
        JSONPieces(graph, .related(node: node.id), size: size, options)
    }

    /// The first record as a JSON object, `null` when there is none.
    ///
    /// - Throws: ``PostgresError`` as ``Graph/json(_:)``.
    public func firstJSON(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        guard let row = rows.first else { return Array("null".utf8) }
        var writer = GraphWriter(graph, capacity: 1024, options)
        try writer.begin(row: row, of: node.id)
        return try writer.finish()
    }
}
