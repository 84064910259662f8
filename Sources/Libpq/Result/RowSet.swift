// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// The rows of one statement: libpq's result kept as it is, immutable, read by position without copying.
///
/// ```swift
/// let rows = try await connection.execute("select id, name from customer order by id")
/// for row in 0..<rows.count {
///     let id = try rows.decode(Int64.self, row: row, column: 0)
///     let name = try rows.decode(String?.self, row: row, column: 1)
/// }
/// for (id, name) in try rows.decode(Int64.self, String?.self) { print(id, name ?? "") }
/// ```
///
/// A statement without a result has no rows and no columns. Copies share the result.
public struct RowSet: Sendable {
    package let storage: ResultStorage
    /// The number of rows.
    public let count: Int
    /// The number of columns.
    public let columnCount: Int

    package init(_ storage: ResultStorage) {
        self.storage = storage
        self.count = storage.count
        self.columnCount = storage.columns.count
    }

    private init(_ storage: ResultStorage, count: Int) {
        self.storage = storage
        self.count = count
        self.columnCount = storage.columns.count
    }

    /// The first rows, at most `count`; nothing is copied.
    package func limited(to count: Int) -> RowSet { RowSet(storage, count: count < self.count ? count : self.count) }

    /// Whether the cell is NULL. Positions must be within bounds.
    package func isNull(row: Int, column: Int) -> Bool {
        PQgetisnull(storage.pointer, Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column)) != 0
    }

    /// The raw bytes of a cell, nil for NULL. Valid as long as this row set is alive. Positions must be within bounds.
    package func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
        // A value's length is 0 for NULL too, so most cells need no look at the NULL flag.
        let length = Int(PQgetlength(storage.pointer, row, column))
        if length == 0, PQgetisnull(storage.pointer, row, column) != 0 { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(storage.pointer, row, column), count: length)
    }

    /// The bytes that the result takes in memory: about three times those on the wire when cells are small.
    public var memorySize: Int { Int(PQresultMemorySize(storage.pointer)) }

    /// How the column's cells are to be read. The position must be within bounds.
    package func format(column: Int) -> Cell.Format { storage.columns[column].format }

    /// The column's type. The position must be within bounds.
    package func typeID(column: Int) -> TypeID { storage.columns[column].type }
}

// MARK: - What the server said of the result

extension RowSet {
    /// One column of a result.
    public struct Column: Sendable, Hashable {
        /// The name; several columns may have the same.
        public var name: String
        /// The type; of a domain, the type under it.
        public var typeID: TypeID
        /// The type's modifier (`pg_attribute.atttypmod`), -1 for none.
        public var typeModifier: Int32
        /// How the cells are to be read.
        public var format: Cell.Format
        /// The table's OID, nil for an expression.
        public var tableID: UInt32?
        /// The column's number in that table, from 1; nil for an expression.
        public var tableColumn: Int?
    }

    /// The columns, in order. O(columns), with a text made for each name.
    public var columns: [Column] {
        storage.columns.indices.map { index in
            let position = Int32(truncatingIfNeeded: index)
            let table = PQftable(storage.pointer, position)
            return Column(
                name: name(ofColumn: index), typeID: storage.columns[index].type,
                typeModifier: PQfmod(storage.pointer, position), format: storage.columns[index].format,
                tableID: table == 0 ? nil : table,
                tableColumn: table == 0 ? nil : Int(PQftablecol(storage.pointer, position)))
        }
    }

    /// The position of the first column of that name, exactly as it is spelt; nil when there is none. O(columns).
    public func index(ofColumn name: String) -> Int? {
        name.withCString { name in
            storage.columns.indices.first { index in
                guard let other = PQfname(storage.pointer, Int32(truncatingIfNeeded: index)) else { return false }
                return Self.isEqual(name, other)
            }
        }
    }

    private static func isEqual(_ left: UnsafePointer<CChar>, _ right: UnsafePointer<CChar>) -> Bool {
        var offset = 0
        while left[offset] == right[offset] {
            if left[offset] == 0 { return true }
            offset += 1
        }
        return false
    }

    func name(ofColumn index: Int) -> String {
        PQfname(storage.pointer, Int32(truncatingIfNeeded: index)).map { String(cString: $0) } ?? ""
    }

    /// What the server said it did, such as `SELECT 3` or `INSERT 0 1`; empty for an empty statement.
    public var commandTag: String { PQcmdStatus(storage.said).map { String(cString: $0) } ?? "" }

    /// The rows inserted, updated, deleted, selected, copied …; nil for commands that don't count.
    public var affectedRows: Int? { PQcmdTuples(storage.said).flatMap { Int(String(cString: $0)) } }
}
