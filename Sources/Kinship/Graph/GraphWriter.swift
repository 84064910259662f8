// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Writes a graph's records as JSON.
struct GraphWriter: ~Copyable {
    private let graph: Graph
    private let nodes: [GraphLayout.NodeLayout]
    var buffer: ByteBuffer

    init(_ graph: Graph, capacity: Int, _ options: JSONOptions? = nil) {
        self.graph = graph
        nodes = graph.layout.nodes
        buffer = ByteBuffer(capacity: capacity, options ?? graph.jsonOptions)
    }

    /// Writes one record with everything below it.
    mutating func write(row: Int, of node: GraphLayout.NodeLayout) throws(PostgresError) {
        guard let fetch = node.fetch, let rows = graph.rowSets[fetch] else { return buffer.append("null") }
        buffer.append(UInt8(ascii: "{"))
        let start = buffer.count
        if let record = node.record, let cell = rows.bytes(row: row, column: record) {
            // jsonb's version, and the braces: what is included is written into the same object.
            buffer.append(UnsafeRawBufferPointer(rebasing: cell.dropFirst(2).dropLast()))
        }
        try write(node.columns, rows, row)
        if let link = node.link {
            separate(from: start)
            buffer.append(link.key)
            buffer.append(UInt8(ascii: "{"))
            try write(link.columns, rows, row)
            buffer.append(UInt8(ascii: "}"))
        }
        for child in node.children {
            separate(from: start)
            try write(node: child, ofParentRow: row)
        }
        buffer.append(UInt8(ascii: "}"))
    }

    private mutating func separate(from start: Int) {
        if buffer.count > start { buffer.append(UInt8(ascii: ",")) }
    }

    private mutating func write(
        _ columns: [GraphLayout.ColumnLayout], _ rows: RowSet, _ row: Int
    ) throws(PostgresError) {
        for position in columns.indices {
            if position > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.append(columns[position].key)
            try write(cell: columns[position], rows, row)
        }
    }

    @inline(__always)
    private mutating func write(
        cell column: GraphLayout.ColumnLayout, _ rows: RowSet, _ row: Int
    ) throws(PostgresError) {
        guard let cell = rows.bytes(row: row, column: column.position) else { return buffer.append("null") }
        do {
            try CellWriter.write(cell, column.format, to: &buffer)
        } catch {
            throw PostgresError(
                .decodingFailed,
                "Column \"\(column.name)\" of row \(row) is not a value of its type; "
                    + "open the database again if the table was changed.")
        }
    }

    private mutating func write(node id: Int, ofParentRow parent: Int) throws(PostgresError) {
        buffer.append(nodes[id].key)
        try write(valueOf: id, ofParentRow: parent)
    }

    /// Writes what a relation leads to from one row, without the relation's name.
    mutating func write(valueOf id: Int, ofParentRow parent: Int) throws(PostgresError) {
        let node = nodes[id]
        if let graft = graph.grafts[id] { return try write(graft, ofParentRow: parent, isToMany: node.isToMany) }
        if let summary = node.summary { return try write(summary, of: id, node, ofParentRow: parent) }
        if !node.variants.isEmpty { return try write(variants: node.variants, ofParentRow: parent) }
        try writeRecords(of: id, node, ofParentRow: parent)
    }

    private mutating func write(_ graft: Graft, ofParentRow parent: Int, isToMany: Bool) throws(PostgresError) {
        let group = Int(graft.groups[parent])
        guard group >= 0 else { return buffer.append(isToMany ? "[]" : "null") }
        var writer = GraphWriter(graft.graphs[group], capacity: 256, buffer.options)
        try writer.write(valueOf: Graft.relation, ofParentRow: Int(graft.rows[parent]))
        buffer.append(writer.buffer.array)
    }

    private mutating func writeRecords(
        of id: Int, _ node: GraphLayout.NodeLayout, ofParentRow parent: Int
    ) throws(PostgresError) {
        guard let adjacency = graph.adjacencies[id] else { return buffer.append(node.isToMany ? "[]" : "null") }
        let range = adjacency.range(ofParentRow: parent)
        guard node.isToMany else {
            guard !range.isEmpty else { return buffer.append("null") }
            return try write(row: adjacency.childRow(at: range.lowerBound), of: node)
        }
        buffer.append(UInt8(ascii: "["))
        for position in range {
            if position > range.lowerBound { buffer.append(UInt8(ascii: ",")) }
            try write(row: adjacency.childRow(at: position), of: node)
        }
        buffer.append(UInt8(ascii: "]"))
    }

    /// A parent names one type at most, so one variant at most has a row for it.
    private mutating func write(variants: [Int], ofParentRow parent: Int) throws(PostgresError) {
        for id in variants {
            guard let adjacency = graph.adjacencies[id] else { continue }
            let range = adjacency.range(ofParentRow: parent)
            if !range.isEmpty {
                return try write(row: adjacency.childRow(at: range.lowerBound), of: nodes[id])
            }
        }
        buffer.append("null")
    }

    /// `{"count": 2, "sum": {"total": 3.5}, "rows": […]}`; a parent without records has count 0 and nulls.
    private mutating func write(
        _ summary: GraphLayout.SummaryLayout, of id: Int, _ node: GraphLayout.NodeLayout, ofParentRow parent: Int
    ) throws(PostgresError) {
        let rows = graph.rowSets[summary.fetch]
        let range = graph.summaries[id]?.range(ofParentRow: parent) ?? 0..<0
        let row = range.isEmpty ? nil : graph.summaries[id]?.childRow(at: range.lowerBound)
        buffer.append(UInt8(ascii: "{"))
        let start = buffer.count
        if let column = summary.count {
            buffer.append("\"count\":")
            let count = rows.flatMap { rows in row.flatMap { integerCell(rows, row: $0, column: column) } }
            buffer.append(decimal: count ?? 0)
        }
        for function in summary.functions {
            separate(from: start)
            buffer.append(function.key)
            buffer.append(UInt8(ascii: "{"))
            for (position, column) in function.columns.enumerated() {
                if position > 0 { buffer.append(UInt8(ascii: ",")) }
                buffer.append(column.key)
                if let rows, let row {
                    try write(cell: column, rows, row)
                } else {
                    buffer.append(function.isCount ? "0" : "null")
                }
            }
            buffer.append(UInt8(ascii: "}"))
        }
        if summary.rows {
            separate(from: start)
            buffer.append("\"rows\":")
            try writeRecords(of: id, node, ofParentRow: parent)
        }
        buffer.append(UInt8(ascii: "}"))
    }
}
