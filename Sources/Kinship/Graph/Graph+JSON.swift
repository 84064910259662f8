// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
import RelationPlanner

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
    /// A record is written at each place where it is included: a filter whose includes lead back can make a large text of few rows,
    /// which ``TreeOptions/maximumRecordsWritten`` and ``TreeOptions/maximumBytesWritten`` bound. For large answers there is
    /// ``jsonPieces(size:_:)``.
    ///
    /// - Parameter options: how values are shown; nil for what the database was opened with.
    /// - Throws: ``PostgresError`` `RESULT_TOO_LARGE`, before anything is written where the records are too many; `DECODING_FAILED`
    ///   when a cell is not a value of its column's type; `OUT_OF_MEMORY`.
    /// - Complexity: linear in the bytes written. No statements.
    public func json(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        try WrittenRecords.check(self)
        var writer = GraphWriter(self, capacity: estimatedSize, options)
        writer.beginArray()
        return try writer.finish()
    }

    /// The text of ``json(_:)`` in pieces, for consumers that push back: one piece is made when it is pulled.
    ///
    /// ```swift
    /// for try await piece in graph.jsonPieces() { try await response.write(piece) }
    /// ```
    ///
    /// - Parameters:
    ///   - size: how many bytes a piece has at least, but the last one; it ends with a record's own properties.
    ///   - options: how values are shown; nil for what the database was opened with.
    /// - Complexity: linear in the bytes written. No statements.
    public func jsonPieces(size: Int = 65_536, _ options: JSONOptions? = nil) -> JSONPieces {
        JSONPieces(self, .array, size: size, options)
    }

    /// The first record as a JSON object, `null` when there is none.
    ///
    /// - Throws: ``PostgresError`` as ``json(_:)``.
    public func firstJSON(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        try json(row: 0, options)
    }

    /// One record as a JSON object, `null` when there is none at that place.
    ///
    /// ```swift
    /// for row in 0..<graph.count { print(String(decoding: try graph.json(row: row), as: UTF8.self)) }
    /// ```
    ///
    /// - Parameters:
    ///   - row: the record's position, from 0.
    ///   - options: how values are shown; nil for what the database was opened with.
    /// - Throws: ``PostgresError`` as ``json(_:)``.
    public func json(row: Int, _ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        guard row >= 0, row < count else { return Array("null".utf8) }
        var writer = GraphWriter(self, capacity: 4096, options)
        try writer.begin(row: row, of: Node.root)
        return try writer.finish()
    }

    /// The records as JSON objects, one on a line, each line ended by a newline: what `application/x-ndjson` is.
    ///
    /// - Throws: ``PostgresError`` as ``json(_:)``.
    /// - Complexity: linear in the bytes written. No statements.
    public func jsonLines(_ options: JSONOptions? = nil) throws(PostgresError) -> [UInt8] {
        try WrittenRecords.check(self)
        var writer = GraphWriter(self, capacity: estimatedSize, options)
        writer.beginLines()
        return try writer.finish()
    }

    /// The text of ``jsonLines(_:)`` in pieces, as ``jsonPieces(size:_:)``.
    public func jsonLinePieces(size: Int = 65_536, _ options: JSONOptions? = nil) -> JSONPieces {
        JSONPieces(self, .lines, size: size, options)
    }

    /// The records with commas between, in pieces, without the brackets of an array and without what a page has beside them: for
    /// who puts one array together of several graphs.
    package func recordPieces(size: Int = 65_536, _ options: JSONOptions? = nil) -> JSONPieces {
        JSONPieces(self, .records, size: size, options)
    }

    /// A guess that spares the buffer most of its growing.
    private var estimatedSize: Int {
        layout.nodes.reduce(64) { size, node in
            size + (node.fetch.flatMap { rowSets[$0.index] }?.count ?? 0) * (32 + node.columns.count * 32)
        }
    }
}
