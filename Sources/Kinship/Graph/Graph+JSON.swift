// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq

extension Graph {
    /// The records as a JSON array, written straight from the binary cells; with `page`, an object with `rows` and `total`.
    ///
    /// ```swift
    /// let text = String(decoding: try graph.json(), as: UTF8.self)
    /// ```
    ///
    /// To-many relations are arrays, to-one relations an object or null (D13); dates are ISO 8601 in UTC with
    /// milliseconds (K9); `bigint` and `numeric` keep all their digits (D30); NaN and the infinities are strings, as
    /// PostgreSQL's `to_json` writes them.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    /// - Complexity: linear in the bytes written. No statements.
    public func json() throws(PostgresError) -> [UInt8] {
        var writer = GraphWriter(self, capacity: estimatedSize)
        if total != nil { writer.buffer.append("{\"rows\":") }
        writer.buffer.append(UInt8(ascii: "["))
        for row in 0..<count {
            if row > 0 { writer.buffer.append(UInt8(ascii: ",")) }
            try writer.write(row: row, of: layout.nodes[0])
        }
        writer.buffer.append(UInt8(ascii: "]"))
        if let total {
            writer.buffer.append(",\"total\":")
            writer.buffer.append(decimal: total)
            writer.buffer.append(UInt8(ascii: "}"))
        }
        return writer.buffer.array
    }

    /// The first record as a JSON object, `null` when there is none.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    public func firstJSON() throws(PostgresError) -> [UInt8] { try json(row: 0) }

    /// One record as a JSON object, `null` when there is none at that place.
    ///
    /// ```swift
    /// for row in 0..<graph.count { print(String(decoding: try graph.json(row: row), as: UTF8.self)) }
    /// ```
    ///
    /// - Parameter row: the record's position, from 0.
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    public func json(row: Int) throws(PostgresError) -> [UInt8] {
        guard row >= 0, row < count else { return Array("null".utf8) }
        var writer = GraphWriter(self, capacity: 4096)
        try writer.write(row: row, of: layout.nodes[0])
        return writer.buffer.array
    }

    /// The records as JSON objects, one on a line, each line ended by a newline: what `application/x-ndjson` is.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    /// - Complexity: linear in the bytes written. No statements.
    public func jsonLines() throws(PostgresError) -> [UInt8] {
        var writer = GraphWriter(self, capacity: estimatedSize)
        for row in 0..<count {
            try writer.write(row: row, of: layout.nodes[0])
            writer.buffer.append(UInt8(ascii: "\n"))
        }
        return writer.buffer.array
    }

    /// A guess that spares the buffer most of its growing.
    private var estimatedSize: Int {
        layout.nodes.reduce(64) { size, node in
            size + (node.fetch.flatMap { rowSets[$0] }?.count ?? 0) * (32 + node.columns.count * 32)
        }
    }
}
