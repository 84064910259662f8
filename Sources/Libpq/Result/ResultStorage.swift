// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Owns one `PGresult` and clears it when the last `RowSet` lets go.
///
/// `@unchecked Sendable`: a `PGresult` is never changed after libpq has handed it over, every access is a read, and
/// `PQclear` runs once, in `deinit`, when nobody else holds a reference.
package final class ResultStorage: @unchecked Sendable {
    package let pointer: OpaquePointer
    /// Type and format of each column, looked up once instead of once per cell.
    let columns: [(type: TypeID, format: Cell.Format)]

    package init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        columns = (0..<PQnfields(pointer)).map { column in
            (TypeID(rawValue: PQftype(pointer, column)), PQfformat(pointer, column) == 0 ? .text : .binary)
        }
    }

    deinit { PQclear(pointer) }
}
