// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One row of a ``RowSet``.
///
/// ```swift
/// let customers = try rows.map { row in
///     Customer(id: try row.decode(at: 0), name: try row.decode(at: 1), note: try row.decode(at: 2))
/// }
/// ```
public struct Row: Sendable {
    /// The rows it is one of.
    public let rows: RowSet
    /// Its position among them.
    public let index: Int

    @inlinable
    init(_ rows: RowSet, _ index: Int) {
        self.rows = rows
        self.index = index
    }

    /// Reads the cell of the column at a position, from 0.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailed``, as for ``RowSet/decode(_:row:column:)``.
    @inlinable
    public func decode<Value: PostgresDecodable>(_ type: Value.Type = Value.self, at column: Int) throws -> Value {
        try rows.decode(Value.self, row: index, column: column)
    }

    /// Reads the cell of the first column of that name. O(columns).
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailed``, also when there is no such column.
    public func decode<Value: PostgresDecodable>(_ type: Value.Type = Value.self, _ column: String) throws -> Value {
        try rows.decode(Value.self, row: index, column: column)
    }
}

extension RowSet: RandomAccessCollection {
    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of rows.
    @inlinable public var endIndex: Int { count }
    /// The row at a position; one that doesn't exist is an error when it is read.
    @inlinable public subscript(position: Int) -> Row { Row(self, position) }
}
