// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Puts rows that arrive one at a time together as one result, in libpq's memory.
///
/// Not `Sendable`: it lies behind the lock of its connection until it is finished.
final class RowCollector {
    /// Nil once the result was handed over.
    private var pointer: OpaquePointer?
    private(set) var count: Int32 = 0
    private let columnCount: Int32

    /// - Parameter row: a result of which the columns are taken.
    init?(like row: OpaquePointer) {
        guard let pointer = PQcopyResult(row, PG_COPYRES_ATTRS) else { return nil }
        self.pointer = pointer
        columnCount = PQnfields(row)
    }

    deinit { if let pointer { PQclear(pointer) } }

    /// The bytes it takes so far.
    var memorySize: Int { pointer.map { Int(PQresultMemorySize($0)) } ?? 0 }

    /// Adds a result of one row.
    ///
    /// - Returns: false when there is no memory.
    func append(_ row: OpaquePointer) -> Bool {
        guard let pointer, count < Int32.max else { return false }
        for column in 0..<columnCount {
            let isNull = PQgetisnull(row, 0, column) != 0
            let length = isNull ? -1 : PQgetlength(row, 0, column)
            guard PQsetvalue(pointer, count, column, PQgetvalue(row, 0, column), length) != 0 else { return false }
        }
        count += 1
        return true
    }

    /// The rows.
    ///
    /// - Parameter ending: the empty result that ended them, with what the server said it did; owned by the rows from now on.
    func finish(ending: OpaquePointer) -> RowSet {
        guard let pointer else { return RowSet(ResultStorage(ending)) }
        self.pointer = nil
        return RowSet(ResultStorage(pointer, ending: ending, count: Int(count)))
    }
}
