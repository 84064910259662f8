// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension RowSet {
    /// Reads one cell.
    ///
    /// ```swift
    /// let id = try rows.decode(Int64.self, row: 0, column: 0)
    /// ```
    ///
    /// - Parameters:
    ///   - type: what to read it as; an Optional where it may be NULL.
    ///   - row: the row, from 0.
    ///   - column: the column, from 0.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailed``, naming column, row and both types; also for
    ///   positions that don't exist.
    @inlinable
    public func decode<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self, row: Int, column: Int
    ) throws -> Value {
        let cell = try cell(row: row, column: column)
        do { return try Value(cell: cell) } catch { throw failure(error, Value.self, row: row, column: column) }
    }

    /// Reads one cell of the first column of that name.
    ///
    /// ```swift
    /// let name = try rows.decode(String.self, row: 0, column: "name")
    /// ```
    ///
    /// The name is looked up each time: O(columns). In loops, use ``index(ofColumn:)`` once.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailed``, naming the columns there are when it is not
    ///   one of them.
    public func decode<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self, row: Int, column: String
    ) throws -> Value {
        guard let index = index(ofColumn: column) else { throw noColumn(column) }
        return try decode(Value.self, row: row, column: index)
    }

    /// Reads all rows as tuples, one type for each column.
    ///
    /// ```swift
    /// let people = try rows.decode(Int.self, String.self, String?.self)
    /// ```
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailed`` when there are more or fewer columns than types,
    ///   or a cell is not what its type reads.
    @inlinable
    public func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws -> [(repeat each Value)] {
        var expected = 0
        for _ in repeat each types { expected += 1 }
        guard expected == columnCount else { throw wrongColumnCount(expected: expected) }
        var tuples: [(repeat each Value)] = []
        tuples.reserveCapacity(count)
        for row in 0..<count {
            var column = -1
            func next<Next: PostgresDecodable>(_ type: Next.Type) throws -> Next {
                column += 1
                return try decode(Next.self, row: row, column: column)
            }
            tuples.append((repeat try next(each types)))
        }
        return tuples
    }

    /// Reads one column of all rows.
    ///
    /// ```swift
    /// let ids = try rows.decodeColumn(Int64.self, at: 0)
    /// ```
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/decodingFailed``.
    @inlinable
    public func decodeColumn<Value: PostgresDecodable>(_ type: Value.Type = Value.self, at column: Int) throws
        -> [Value]
    {
        var values: [Value] = []
        values.reserveCapacity(count)
        for row in 0..<count { values.append(try decode(Value.self, row: row, column: column)) }
        return values
    }

    /// The cell at a position. Its bytes are valid as long as this row set is alive.
    @usableFromInline
    package func cell(row: Int, column: Int) throws -> Cell {
        guard column >= 0, column < columnCount, row >= 0, row < count else {
            throw outOfBounds(row: row, column: column)
        }
        let shape = storage.columns[column]
        return Cell(bytes: bytes(row: row, column: column), type: shape.type, format: shape.format)
    }
}

// MARK: - Errors

extension RowSet {
    @usableFromInline
    func failure(_ error: CellError, _ type: Any.Type, row: Int, column: Int) -> PostgresError {
        let (actual, format) = (storage.columns[column].type, storage.columns[column].format)
        return PostgresError(
            .decodingFailed,
            "Column \"\(name(ofColumn: column))\" (position \(column)) of row \(row) can't be read as \(type): "
                + "\(error.explanation). The column is of \(actual), in \(format) format.")
    }

    private func outOfBounds(row: Int, column: Int) -> PostgresError {
        PostgresError(
            .decodingFailed,
            "There is no cell at row \(row), column \(column): the result has \(count) rows and \(columnCount) columns."
        )
    }

    private func noColumn(_ name: String) -> PostgresError {
        let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        return PostgresError(
            .decodingFailed,
            "The result has no column \"\(name)\"; \(names.isEmpty ? "it has no columns" : "it has \(names)").")
    }

    @usableFromInline
    func wrongColumnCount(expected: Int) -> PostgresError {
        let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        return PostgresError(
            .decodingFailed,
            "The result has \(columnCount) columns (\(names)), but \(expected) are to be read; select exactly those.")
    }
}
