// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Owns a `PGresult` and clears it when the last `RowSet` lets go.
///
/// `@unchecked Sendable`: a `PGresult` is never changed after libpq has handed it over, every access is a read, and
/// `PQclear` runs once, in `deinit`, when nobody else holds a reference.
package final class ResultStorage: @unchecked Sendable {
    package let pointer: OpaquePointer
    /// What ended rows that had come one at a time; it has the server's word about them.
    private let ending: OpaquePointer?
    /// Type and format of each column, looked up once instead of once per cell.
    let columns: [(type: TypeID, format: Cell.Format)]

    /// The number of rows: libpq can't hold rows without columns that were put together here.
    let count: Int

    /// - Parameters:
    ///   - ending: of rows that came one at a time, the empty result that ended them.
    ///   - count: how many of these there were.
    package init(_ pointer: OpaquePointer, ending: OpaquePointer? = nil, count: Int? = nil) {
        self.pointer = pointer
        self.ending = ending
        self.count = count ?? Int(PQntuples(pointer))
        columns = (0..<PQnfields(pointer)).map { column in
            (TypeID(rawValue: PQftype(pointer, column)), PQfformat(pointer, column) == 0 ? .text : .binary)
        }
    }

    deinit {
        PQclear(pointer)
        if let ending { PQclear(ending) }
    }

    /// Where the server's word about the rows is.
    var said: OpaquePointer { ending ?? pointer }
}
