// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Makes a row set of cells that were computed here, so that they are read as those that a server sent.
///
/// ```swift
/// var builder = try RowSetBuilder(columns: [.init("id", .int4)])
/// try builder.addRow()
/// try withUnsafeBytes(of: Int32(7).bigEndian) { bytes throws(PostgresError) in try builder.set(bytes, column: 0) }
/// let rows = builder.finish()
/// ```
///
/// Cells are in binary format. Each is copied once, into the result's own memory, which libpq grows by doubling.
package struct RowSetBuilder: ~Copyable {
    /// A column: its name and type.
    package struct Column: Sendable {
        package var name: String
        package var type: TypeID

        package init(_ name: String, _ type: TypeID) {
            self.name = name
            self.type = type
        }
    }

    /// The most bytes of a cell, as in a server's (`MaxAllocSize`, utils/memutils.h).
    package static let maximumCellSize = 0x3FFF_FFFF

    private let pointer: OpaquePointer
    private let columnCount: Int32
    private var rowCount: Int32 = 0

    /// - Throws: ``PostgresError`` `MISUSE` for a row set that could hold no rows: one without columns, or with more than
    ///   libpq counts; `OUT_OF_MEMORY` when libpq has none.
    package init(columns: [Column]) throws(PostgresError) {
        guard !columns.isEmpty, let count = Int32(exactly: columns.count) else {
            throw PostgresError(.misuse, "A row set can't have \(columns.count) columns.")
        }
        guard let pointer = PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK) else { throw Self.outOfMemory }
        // One buffer for all names, for addresses of several arrays can't be held at once. libpq copies them.
        var starts: [Int] = []
        var names: [CChar] = []
        for column in columns {
            starts.append(names.count)
            names += column.name.utf8CString
        }
        let isDone = names.withUnsafeMutableBufferPointer { names in
            var descriptions = zip(starts, columns).map { start, column in
                PGresAttDesc(
                    name: names.baseAddress.map { $0 + start }, tableid: 0, columnid: 0, format: 1,
                    typid: column.type.rawValue, typlen: -1, atttypmod: -1)
            }
            return PQsetResultAttrs(pointer, count, &descriptions) != 0
        }
        guard isDone else {
            PQclear(pointer)
            throw Self.outOfMemory
        }
        self.pointer = pointer
        columnCount = count
    }

    deinit { PQclear(pointer) }

    /// The number of rows so far.
    package var count: Int { Int(rowCount) }

    /// Begins a row; its cells are NULL until they are set.
    ///
    /// - Throws: ``PostgresError`` `OUT_OF_MEMORY`, also for more rows than libpq counts.
    package mutating func addRow() throws(PostgresError) {
        guard rowCount < Int32.max, PQsetvalue(pointer, rowCount, 0, nil, -1) != 0 else { throw Self.outOfMemory }
        rowCount += 1
    }

    /// Sets a cell of the last row; nil is NULL.
    ///
    /// - Throws: ``PostgresError`` `MISUSE` when there is no such cell, `INVALID_PARAMETER` for more than
    ///   ``maximumCellSize`` bytes, `OUT_OF_MEMORY` when libpq has none.
    package mutating func set(_ bytes: UnsafeRawBufferPointer?, column: Int) throws(PostgresError) {
        guard rowCount > 0, column >= 0, column < Int(columnCount) else {
            throw PostgresError(
                .misuse,
                "There is no cell in column \(column): the row set has \(rowCount) rows of \(columnCount) columns."
            )
        }
        guard let bytes else { return try set(nil, length: -1, column) }
        guard bytes.count <= Self.maximumCellSize else {
            throw PostgresError(
                .invalidParameter,
                "A cell of \(bytes.count) bytes is larger than the \(Self.maximumCellSize) bytes a cell can have.")
        }
        // An empty buffer may have no address, which libpq takes for NULL.
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            var empty: CChar = 0
            return try set(&empty, length: 0, column)
        }
        // libpq declares the value as mutable and only reads it.
        let value = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: CChar.self)
        try set(value, length: Int32(truncatingIfNeeded: bytes.count), column)
    }

    /// Sets a cell of the last row to an array's bytes.
    ///
    /// - Throws: as ``set(_:column:)-(UnsafeRawBufferPointer?,_)``.
    package mutating func set(_ bytes: ArraySlice<UInt8>, column: Int) throws(PostgresError) {
        var failure: PostgresError?
        bytes.withUnsafeBytes { bytes in
            do throws(PostgresError) { try set(bytes, column: column) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The rows. The builder is used up.
    package consuming func finish() -> RowSet {
        let rows = RowSet(ResultStorage(pointer))
        discard self
        return rows
    }

    private func set(_ value: UnsafeMutablePointer<CChar>?, length: Int32, _ column: Int) throws(PostgresError) {
        guard PQsetvalue(pointer, rowCount - 1, Int32(truncatingIfNeeded: column), value, length) != 0 else {
            throw Self.outOfMemory
        }
    }

    private static var outOfMemory: PostgresError {
        PostgresError.noMemoryForRows
    }
}
