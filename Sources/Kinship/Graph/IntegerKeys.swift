// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Distinct integer keys in the order of their first appearance, found again by value.
///
/// Keys that lie close together, as generated ones do, are looked up in a plain table; others in a hash table with
/// linear probing, its hashes seeded per process, so that stored keys cannot be chosen to collide.
struct IntegerKeys: Sendable {
    private static let seeds = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max) | 1)

    private(set) var values: [Int64] = []
    private var table: [Int32] = []
    /// The smallest key of a plain table; nil for a hash table.
    private var base: Int64?
    private let seeds = Self.seeds

    init(
        _ rows: RowSet, column: Int, where isWanted: ((Int) -> Bool)?, numbers: inout [Int32]
    ) throws(CancellationError) {
        var cells = [Int64](repeating: 0, count: rows.count)
        var smallest = Int64.max
        var largest = Int64.min
        for row in 0..<rows.count {
            try checkCancellation(at: row)
            guard isWanted?(row) ?? true else { continue }
            guard let value = integerCell(rows, row: row, column: column) else { continue }
            cells[row] = value
            numbers[row] = 0
            smallest = min(smallest, value)
            largest = max(largest, value)
        }
        guard smallest <= largest else { return }
        let (range, overflow) = largest.subtractingReportingOverflow(smallest)
        if !overflow, range < Int64(rows.count) * 8 + 1024 {
            base = smallest
            table = [Int32](repeating: -1, count: Int(range) + 1)
        } else {
            var capacity = 16
            while capacity < rows.count * 2 { capacity *= 2 }
            table = [Int32](repeating: -1, count: capacity)
        }
        for row in 0..<rows.count {
            try checkCancellation(at: row)
            guard numbers[row] == 0 else { continue }
            numbers[row] = insert(cells[row])
        }
    }

    func find(_ rows: RowSet, column: Int, into found: inout [Int32]) throws(CancellationError) {
        guard !table.isEmpty else { return }
        for row in 0..<rows.count {
            try checkCancellation(at: row)
            if let value = integerCell(rows, row: row, column: column) {
                found[row] = number(of: value)
            }
        }
    }

    private mutating func insert(_ value: Int64) -> Int32 {
        let slot = self.slot(of: value)
        if table[slot] < 0 {
            table[slot] = Int32(truncatingIfNeeded: values.count)
            values.append(value)
        }
        return table[slot]
    }

    @inline(__always)
    private func number(of value: Int64) -> Int32 {
        if let base {
            let (offset, overflow) = value.subtractingReportingOverflow(base)
            guard !overflow, offset >= 0, offset < table.count else { return -1 }
            return table[Int(offset)]
        }
        return table[slot(of: value)]
    }

    /// The slot that holds the value, or the free one where it belongs.
    @inline(__always)
    private func slot(of value: Int64) -> Int {
        if let base { return Int(value &- base) }
        let mask = table.count - 1
        // Both halves of the full product: which keys collide depends on the seeds.
        let product = (UInt64(bitPattern: value) ^ seeds.0).multipliedFullWidth(by: seeds.1)
        var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
        while table[slot] >= 0, values[Int(table[slot])] != value { slot = (slot + 1) & mask }
        return slot
    }
}
