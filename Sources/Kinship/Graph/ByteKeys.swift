// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Distinct keys of any bytes, of one part or several, in the order of their first appearance, found again by content.
///
/// Hashing is seeded per process (`Hasher`), so that stored keys cannot be chosen to collide.
struct ByteKeys: Sendable {
    let rows: RowSet
    let columns: [Int]
    /// The row in which each key appears first.
    private(set) var firstRows: [Int32] = []
    private var table: [Int32]

    init(
        _ rows: RowSet, columns: [Int], where isWanted: ((Int) -> Bool)?, numbers: inout [Int32]
    ) throws(CancellationError) {
        self.rows = rows
        self.columns = columns
        var capacity = 16
        while capacity < rows.count * 2 { capacity *= 2 }
        table = [Int32](repeating: -1, count: capacity)
        for row in 0..<rows.count {
            try checkCancellation(at: row)
            guard isWanted?(row) ?? true else { continue }
            guard let slot = self.slot(of: rows, row: row, columns: columns) else { continue }
            if table[slot] < 0 {
                table[slot] = Int32(truncatingIfNeeded: firstRows.count)
                firstRows.append(Int32(truncatingIfNeeded: row))
            }
            numbers[row] = table[slot]
        }
    }

    func find(_ other: RowSet, columns: [Int], into found: inout [Int32]) throws(CancellationError) {
        for row in 0..<other.count {
            try checkCancellation(at: row)
            if let slot = slot(of: other, row: row, columns: columns) { found[row] = table[slot] }
        }
    }

    /// The slot that holds a row's key, or the free one where it belongs; nil when a part is NULL.
    private func slot(of other: RowSet, row: Int, columns: [Int]) -> Int? {
        var hasher = Hasher()
        for column in columns {
            guard let cell = other.bytes(row: row, column: column) else { return nil }
            hasher.combine(cell.count)
            hasher.combine(bytes: cell)
        }
        let mask = table.count - 1
        var slot = hasher.finalize() & mask
        while table[slot] >= 0, !isKey(table[slot], other, row, columns) { slot = (slot + 1) & mask }
        return slot
    }

    private func isKey(_ number: Int32, _ other: RowSet, _ row: Int, _ columns: [Int]) -> Bool {
        let first = Int(firstRows[Int(number)])
        for (own, column) in zip(self.columns, columns) {
            guard let key = rows.bytes(row: first, column: own), let cell = other.bytes(row: row, column: column),
                key.elementsEqual(cell)
            else { return false }
        }
        return true
    }
}
