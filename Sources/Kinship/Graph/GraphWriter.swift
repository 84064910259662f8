// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Writes a graph's records as JSON, in pieces where it is asked to.
///
/// What is to be written still lies on a stack of its own and not on the thread's, so that writing can stop between any two
/// records and go on later.
struct GraphWriter: ~Copyable {
    private var graph: Graph
    private var nodes: [GraphLayout.NodeLayout]
    private var outer: [Graph] = []
    private var stack: [WritingFrame] = []
    private let limits: OutputLimits
    private var records = 0
    /// Where the buffer stood when cancellation was last looked at.
    private var looked = 0
    private var pieces = 0
    var buffer: ByteBuffer

    /// - Parameter options: how values are shown; nil for what the database was opened with.
    init(_ graph: Graph, capacity: Int, _ options: JSONOptions? = nil) {
        self.graph = graph
        nodes = graph.layout.nodes
        limits = graph.limits
        buffer = ByteBuffer(
            capacity: min(capacity, graph.limits.bytes ?? .max), options ?? graph.jsonOptions)
        buffer.limit = graph.limits.bytes ?? .max
    }

    // MARK: What to write

    /// All root records as an array; of a page an object with `rows` and what else was asked for.
    mutating func beginArray() {
        if graph.total != nil || graph.page != nil {
            buffer.append("{\"rows\":")
            stack.append(.endPage)
        }
        buffer.append(UInt8(ascii: "["))
        stack.append(.list(node: Node.root, of: nil, from: 0, position: 0, end: graph.count))
    }

    /// All root records, each on a line.
    mutating func beginLines() { stack.append(.lines(position: 0)) }

    /// All root records with commas between, without brackets around them: part of an array that others write to as well.
    mutating func beginRecords() {
        stack.append(.records(node: Node.root, of: nil, from: 0, position: 0, end: graph.count))
    }

    /// The first of the records that a relation leads to from the first row, likewise.
    mutating func begin(first count: Int, of node: Node.ID) {
        guard let adjacency = graph.adjacencies[node.index] else { return }
        let range = adjacency.range(ofParentRow: 0).prefix(count)
        let (start, end) = (range.startIndex, range.endIndex)
        stack.append(.records(node: node, of: adjacency, from: start, position: start, end: end))
    }

    /// One record.
    mutating func begin(row: Int, of node: Node.ID) throws(PostgresError) {
        try open(row: row, of: nodes[node.index])
    }

    /// What a relation leads to from one row.
    mutating func begin(valueOf node: Node.ID, ofParentRow parent: Int) throws(PostgresError) {
        try write(valueOf: node, ofParentRow: parent)
    }

    // MARK: Writing

    /// Writes everything.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED`, `RESULT_TOO_LARGE` and `OUT_OF_MEMORY`.
    mutating func finish() throws(PostgresError) -> [UInt8] {
        try run(until: .max)
        guard let bytes = buffer.copied() else { throw Self.outOfMemory }
        return bytes
    }

    /// Writes a piece of at least so many bytes, unless it is the last one; nil when nothing is left.
    mutating func piece(of size: Int) throws(PostgresError) -> [UInt8]? {
        buffer.limit = limits.bytes.map { max(0, $0 - pieces) } ?? .max
        try run(until: max(1, size))
        guard buffer.count > 0 else { return nil }
        guard let bytes = buffer.copied() else { throw Self.outOfMemory }
        pieces += bytes.count
        buffer.truncate(to: 0)
        return bytes
    }

    private mutating func run(until full: Int) throws(PostgresError) {
        while buffer.count < full, buffer.failure == nil, let frame = stack.popLast() {
            switch frame {
            case .list(let node, let adjacency, let start, let position, let end):
                try write(list: nodes[node.index], node, adjacency, from: start, position, end, until: full)
            case .lines(let position):
                guard position < graph.count else { continue }
                stack.append(.lines(position: position + 1))
                stack.append(.end("\n"))
                try open(row: position, of: nodes[0])
            case .records(let node, let adjacency, let start, let position, let end):
                guard position < end else { continue }
                if position > start { buffer.append(UInt8(ascii: ",")) }
                stack.append(.records(node: node, of: adjacency, from: start, position: position + 1, end: end))
                try open(row: adjacency?.childRow(at: position) ?? position, of: nodes[node.index])
            case .record(let node, let row, let child, let hasMembers):
                guard child < node.children.count else {
                    buffer.append(UInt8(ascii: "}"))
                    continue
                }
                if hasMembers { buffer.append(UInt8(ascii: ",")) }
                stack.append(.record(node, row: row, child: child + 1, hasMembers: true))
                let id = node.children[child]
                buffer.append(nodes[id.index].key)
                try write(valueOf: id, ofParentRow: row)
            case .end(let text): buffer.append(text)
            case .endPage: writeEndOfPage()
            case .leaveGraft:
                if let last = outer.popLast() { enter(last) }
            }
        }
        switch buffer.failure {
        case nil:
            // What fits into the buffer as it is was let through.
            if let most = limits.bytes, pieces + buffer.count > most { throw limits.tooManyBytes }
        case .memory: throw Self.outOfMemory
        case .limit: throw limits.tooManyBytes
        }
    }

    private mutating func writeEndOfPage() {
        if let page = graph.page {
            buffer.append(",\"nextCursor\":")
            write(quotingOrNull: page.next)
            buffer.append(",\"previousCursor\":")
            write(quotingOrNull: page.previous)
        }
        if let total = graph.total {
            buffer.append(",\"total\":")
            buffer.append(decimal: total)
        }
        buffer.append(UInt8(ascii: "}"))
    }

    private mutating func write(quotingOrNull text: String?) {
        guard let text else { return buffer.append("null") }
        buffer.append(quoting: text)
    }

    private mutating func write(
        list node: GraphLayout.NodeLayout, _ id: Node.ID, _ adjacency: Adjacency?, from start: Int, _ first: Int,
        _ end: Int, until full: Int
    ) throws(PostgresError) {
        var position = first
        while position < end {
            if position > start { buffer.append(UInt8(ascii: ",")) }
            let row = adjacency?.childRow(at: position) ?? position
            position += 1
            // Records without includes are written on the spot.
            guard node.children.isEmpty, buffer.count < full, buffer.failure == nil else {
                stack.append(.list(node: id, of: adjacency, from: start, position: position, end: end))
                return try open(row: row, of: node)
            }
            try open(row: row, of: node)
        }
        buffer.append(UInt8(ascii: "]"))
    }

    /// Writes a record's own part; what it includes is left on the stack.
    private mutating func open(row: Int, of node: GraphLayout.NodeLayout) throws(PostgresError) {
        guard let fetch = node.fetch, let rows = graph.rowSets[fetch.index] else { return buffer.append("null") }
        records &+= 1
        // After so many records, or so many bytes: a few records may be large.
        if records & 0xFFF == 0 || buffer.count &- looked > 1 << 20 || buffer.count < looked {
            looked = buffer.count
            if Task.isCancelled { throw Self.cancelled }
        }
        if let most = limits.records, records > most { throw limits.tooManyRecords(at: nil) }
        buffer.append(UInt8(ascii: "{"))
        let start = buffer.count
        if let replaced = graph.replaced, let members = replaced[node.id]?[row] {
            members.withUnsafeBytes { buffer.append($0) }
        } else {
            try writeOwn(node, rows, row)
        }
        if node.children.isEmpty {
            buffer.append(UInt8(ascii: "}"))
        } else {
            stack.append(.record(node, row: row, child: 0, hasMembers: buffer.count > start))
        }
    }

    /// What a record shows of itself, without braces.
    private mutating func writeOwn(
        _ node: GraphLayout.NodeLayout, _ rows: RowSet, _ row: Int
    ) throws(PostgresError) {
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
    }

    /// What one record shows of itself, as an object.
    mutating func own(row: Int, of node: Node.ID) throws(PostgresError) -> [UInt8] {
        guard let rows = nodes[node.index].fetch.flatMap({ graph.rowSets[$0.index] }) else { return Array("null".utf8) }
        buffer.truncate(to: 0)
        buffer.append(UInt8(ascii: "{"))
        try writeOwn(nodes[node.index], rows, row)
        buffer.append(UInt8(ascii: "}"))
        return try finish()
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
        } catch  where error.isText {
            throw PostgresError(
                .decodingFailed,
                "The text in \"\(column.name)\" of row \(row) (from 0) ought to hold records and is no JSON, so what is hidden "
                    + "in it can't be left out. Correct what is stored there, or leave it out with \"fields\".")
        } catch {
            throw PostgresError(
                .decodingFailed,
                "Column \"\(column.name)\" of row \(row) is not a value of its type; "
                    + "open the database again if the table was changed.")
        }
    }

    /// Writes what a relation leads to from one row, without the relation's name.
    private mutating func write(valueOf id: Node.ID, ofParentRow parent: Int) throws(PostgresError) {
        let node = nodes[id.index]
        if let graft = graph.grafts[id] { return try write(graft, ofParentRow: parent, isToMany: node.isToMany) }
        if let summary = node.summary { return try write(summary, of: id, node, ofParentRow: parent) }
        if !node.variants.isEmpty { return try write(variants: node.variants, ofParentRow: parent) }
        try writeRecords(of: id, node, ofParentRow: parent)
    }

    private mutating func write(_ graft: Graft, ofParentRow parent: Int, isToMany: Bool) throws(PostgresError) {
        let group = Int(graft.groups[parent])
        guard group >= 0 else { return buffer.append(isToMany ? "[]" : "null") }
        outer.append(graph)
        enter(graft.graphs[group])
        stack.append(.leaveGraft)
        try write(valueOf: Graft.relation, ofParentRow: Int(graft.rows[parent]))
    }

    private mutating func enter(_ graph: Graph) {
        self.graph = graph
        nodes = graph.layout.nodes
    }

    private mutating func writeRecords(
        of id: Node.ID, _ node: GraphLayout.NodeLayout, ofParentRow parent: Int
    ) throws(PostgresError) {
        guard let adjacency = graph.adjacencies[id.index] else { return buffer.append(node.isToMany ? "[]" : "null") }
        let range = adjacency.range(ofParentRow: parent)
        guard node.isToMany else {
            guard !range.isEmpty else { return buffer.append("null") }
            return try open(row: adjacency.childRow(at: range.lowerBound), of: node)
        }
        buffer.append(UInt8(ascii: "["))
        stack.append(
            .list(
                node: id, of: adjacency, from: range.lowerBound, position: range.lowerBound, end: range.upperBound))
    }

    /// A parent names one type at most, so one variant at most has a row for it.
    private mutating func write(variants: [Node.ID], ofParentRow parent: Int) throws(PostgresError) {
        for id in variants {
            guard let adjacency = graph.adjacencies[id.index] else { continue }
            let range = adjacency.range(ofParentRow: parent)
            if !range.isEmpty { return try open(row: adjacency.childRow(at: range.lowerBound), of: nodes[id.index]) }
        }
        buffer.append("null")
    }

    /// `{"count": 2, "sum": {"total": 3.5}, "rows": […]}`; a parent without records has count 0 and nulls.
    private mutating func write(
        _ summary: GraphLayout.SummaryLayout, of id: Node.ID, _ node: GraphLayout.NodeLayout, ofParentRow parent: Int
    ) throws(PostgresError) {
        let rows = graph.rowSets[summary.fetch.index]
        let range = graph.summaries[id.index]?.range(ofParentRow: parent) ?? 0..<0
        let row = range.isEmpty ? nil : graph.summaries[id.index]?.childRow(at: range.lowerBound)
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
        guard summary.rows else { return buffer.append(UInt8(ascii: "}")) }
        separate(from: start)
        buffer.append("\"rows\":")
        stack.append(.end("}"))
        try writeRecords(of: id, node, ofParentRow: parent)
    }

    static var cancelled: PostgresError {
        PostgresError(.cancelled, "The task was cancelled while JSON was written.")
    }

    private static var outOfMemory: PostgresError {
        PostgresError(
            .outOfMemory, "There is no memory for the JSON as a whole; write it in pieces, or ask for less at once.")
    }
}
