// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq

extension Graph {
    /// The records as a JSON array, written straight from the binary cells; with `page`, an object with `rows` and what else
    /// was asked for of `nextCursor`, `previousCursor` and `total`.
    ///
    /// ```swift
    /// let text = String(decoding: try graph.json(), as: UTF8.self)
    /// ```
    ///
    /// To-many relations are arrays, to-one relations an object or null (D13); dates are ISO 8601 in UTC with
    /// milliseconds (K9); `bigint` and `numeric` keep all their digits (D30); NaN and the infinities are strings, as
    /// PostgreSQL's `to_json` writes them.
    ///
    /// - Parameter options: how values are shown; nil for what the database was opened with.
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    /// - Complexity: linear in the bytes written. No statements.
    public func json(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        var writer = GraphWriter(self, capacity: estimatedSize, options)
        let isPage = total != nil || page != nil
        if isPage { writer.buffer.append("{\"rows\":") }
        writer.buffer.append(UInt8(ascii: "["))
        for row in 0..<count {
            if row > 0 { writer.buffer.append(UInt8(ascii: ",")) }
            try writer.write(row: row, of: layout.nodes[0])
        }
        writer.buffer.append(UInt8(ascii: "]"))
        if let page {
            writer.buffer.append(",\"nextCursor\":")
            writer.buffer.append(quotingOrNull: page.next)
            writer.buffer.append(",\"previousCursor\":")
            writer.buffer.append(quotingOrNull: page.previous)
        }
        if let total {
            writer.buffer.append(",\"total\":")
            writer.buffer.append(decimal: total)
        }
        if isPage { writer.buffer.append(UInt8(ascii: "}")) }
        return writer.buffer.array
    }

    /// The first record as a JSON object, `null` when there is none.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    public func firstJSON(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        try json(row: 0, options)
    }

    /// One record as a JSON object, `null` when there is none at that place.
    ///
    /// ```swift
    /// for row in 0..<graph.count { print(String(decoding: try graph.json(row: row), as: UTF8.self)) }
    /// ```
    ///
    /// - Parameter row: the record's position, from 0.
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    public func json(row: Int, _ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        guard row >= 0, row < count else { return Array("null".utf8) }
        var writer = GraphWriter(self, capacity: 4096, options)
        try writer.write(row: row, of: layout.nodes[0])
        return writer.buffer.array
    }

    /// The records as JSON objects, one on a line, each line ended by a newline: what `application/x-ndjson` is.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED` when a cell is not a value of its column's type.
    /// - Complexity: linear in the bytes written. No statements.
    public func jsonLines(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        var writer = GraphWriter(self, capacity: estimatedSize, options)
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

extension ByteBuffer {
    /// Appends a text in quotes, or `null`.
    fileprivate mutating func append(quotingOrNull text: String?) {
        guard let text else { return append("null") }
        append(quoting: text)
    }
}
