// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Which rows of a node belong to which rows of its parent, as flat arrays.
///
/// A parent row has a key number; a key number has a run of child rows. Nothing is stored per record but these integers.
/// A class, so that looking something up copies no arrays.
final class Adjacency: Sendable {
    /// The key number of each parent row, -1 for none.
    private let numbers: [Int32]
    /// Where each key's run begins; one more entry than keys.
    private let offsets: [Int32]
    /// Child rows by key, in the order they came; empty when they came grouped by key.
    private let rows: [Int32]

    /// Groups child rows by their key number, keeping their order.
    ///
    /// - Parameters:
    ///   - numbers: the key number of each parent row, -1 for none.
    ///   - children: the key number of each child row, or of each of `rows`; -1 for those that belong to nobody.
    ///   - rows: the child rows, where they aren't simply all in their order.
    /// - Throws: where the task was cancelled, as all that go through rows here.
    init(
        parents numbers: [Int32], keyCount: Int, children: [Int32], rows childRows: [Int32]? = nil
    ) throws(CancellationError) {
        self.numbers = numbers
        var offsets = [Int32](repeating: 0, count: keyCount + 2)
        var isGrouped = childRows == nil
        var previous: Int32 = 0
        for (place, key) in children.enumerated() {
            try checkCancellation(at: place)
            guard key >= 0 else {
                isGrouped = false
                continue
            }
            offsets[Int(key) + 2] += 1
            if key < previous { isGrouped = false }
            previous = key
        }
        for key in 1..<offsets.count { offsets[key] += offsets[key - 1] }
        if isGrouped {
            rows = []
            offsets.removeFirst()
        } else {
            var rows = [Int32](repeating: 0, count: Int(offsets[keyCount + 1]))
            for (place, key) in children.enumerated() {
                try checkCancellation(at: place)
                guard key >= 0 else { continue }
                rows[Int(offsets[Int(key) + 1])] = childRows?[place] ?? Int32(truncatingIfNeeded: place)
                offsets[Int(key) + 1] += 1
            }
            self.rows = rows
            offsets.removeLast()
        }
        self.offsets = offsets
    }

    /// Groups targets by their parents when links lie between: each target once for each of its links (K8), the targets in
    /// their order, the links of one target in theirs.
    ///
    /// - Parameters:
    ///   - links: for each link the key number of its parent.
    ///   - targets: for each link the key number of its target.
    ///   - targetCount: how many keys of targets there are.
    ///   - found: for each row of a target its key number.
    convenience init(
        parents numbers: [Int32], keyCount: Int, links: [Int32], targets: [Int32], targetCount: Int, found: [Int32]
    ) throws(CancellationError) {
        let ofTarget = try Adjacency(parents: found, keyCount: targetCount, children: targets)
        var children: [Int32] = []
        var rows: [Int32] = []
        children.reserveCapacity(links.count)
        rows.reserveCapacity(links.count)
        for target in found.indices {
            for position in ofTarget.range(ofParentRow: target) {
                try checkCancellation(at: rows.count)
                children.append(links[ofTarget.childRow(at: position)])
                rows.append(Int32(truncatingIfNeeded: target))
            }
        }
        try self.init(parents: numbers, keyCount: keyCount, children: children, rows: rows)
    }

    /// Each row's own record that was joined in, where none of the columns is NULL.
    init(joinedIn rows: RowSet, presence: [Int]) throws(CancellationError) {
        numbers = try (0..<rows.count).map { row throws(CancellationError) in
            try checkCancellation(at: row)
            return presence.allSatisfy { rows.bytes(row: row, column: $0) != nil } ? Int32(truncatingIfNeeded: row) : -1
        }
        offsets = (0...rows.count).map { Int32(truncatingIfNeeded: $0) }
        self.rows = []
    }

    /// The bytes that the arrays take, by their capacity.
    var memorySize: Int {
        (numbers.capacity + offsets.capacity + rows.capacity) * MemoryLayout<Int32>.stride
    }

    /// Rows that know the number of their parent's row.
    convenience init(parentCount: Int, children: [Int32], rows: [Int32]? = nil) throws(CancellationError) {
        try self.init(
            parents: (0..<parentCount).map { Int32(truncatingIfNeeded: $0) }, keyCount: parentCount,
            children: children, rows: rows)
    }

    /// The same, with a part of each parent's rows only.
    func limited(skip: Int, limit: Int?, takesLast: Bool) throws(CancellationError) -> Adjacency {
        var children: [Int32] = []
        var kept: [Int32] = []
        for number in 0..<offsets.count - 1 {
            try checkCancellation(at: number)
            let all = Int(offsets[number])..<Int(offsets[number + 1])
            // The places left out are those at the end when the limit counts from there.
            let part = takesLast ? all.dropLast(skip).suffix(limit ?? .max) : all.dropFirst(skip).prefix(limit ?? .max)
            for position in part {
                children.append(Int32(truncatingIfNeeded: number))
                kept.append(Int32(truncatingIfNeeded: childRow(at: position)))
            }
        }
        return try Adjacency(parents: numbers, keyCount: offsets.count - 1, children: children, rows: kept)
    }

    /// The child rows of a parent row, as positions to give to ``childRow(at:)``.
    @inline(__always)
    func range(ofParentRow row: Int) -> Range<Int> {
        let number = Int(numbers[row])
        guard number >= 0 else { return 0..<0 }
        return Int(offsets[number])..<Int(offsets[number + 1])
    }

    /// Whether several parent rows may have the same key, and so the same child rows.
    var isShared: Bool { numbers.count > offsets.count - 1 }

    /// The number of a parent row's key, -1 for none.
    @inline(__always)
    func number(ofParentRow row: Int) -> Int { Int(numbers[row]) }

    /// How many keys there are.
    var keyCount: Int { offsets.count - 1 }

    /// Whether the child rows of a key follow each other.
    var isGrouped: Bool { rows.isEmpty }

    /// The child row at a position.
    @inline(__always)
    func childRow(at position: Int) -> Int {
        rows.isEmpty ? position : Int(rows[position])
    }
}
