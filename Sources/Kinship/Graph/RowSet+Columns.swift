// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension RowSet {
    /// The numbers of rows in an `int4` column of local rows.
    func rowNumbers(column: Int) throws(CancellationError) -> [Int32] {
        try (0..<count).map { row throws(CancellationError) in
            try checkCancellation(at: row)
            return integerCell(self, row: row, column: column).flatMap { Int32(exactly: $0) } ?? -1
        }
    }

    /// A whole column as a binary array of the element type; NULL stays NULL.
    func appendArray(column: Int, of element: ColumnType, to parameters: inout Parameters) {
        parameters.append(TypeID(rawValue: element.arrayOID)) { bytes in
            bytes.appendArrayHeader(count: count, of: TypeID(rawValue: element.oid), hasNull: true)
            for row in 0..<count {
                guard let cell = self.bytes(row: row, column: column) else {
                    bytes.append(bigEndian: Int32(-1))
                    continue
                }
                bytes.append(bigEndian: Int32(truncatingIfNeeded: cell.count))
                bytes.append(contentsOf: cell)
            }
        }
    }
}
