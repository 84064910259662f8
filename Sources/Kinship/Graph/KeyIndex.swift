// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The distinct keys in a row set: each row's key as a number, and the way back from a key to its number.
///
/// Keys with a part that is NULL have no number. Integers of different widths are the same key when they are equal; other
/// keys are equal when their bytes are (the planner numbers keys on the server for which that is not so).
struct KeyIndex: Sendable {
    /// The number of each row's key, -1 for none.
    let numbers: [Int32]
    /// How many distinct keys there are.
    let count: Int
    private let lookup: Lookup

    private enum Lookup: Sendable {
        case integers(IntegerKeys)
        case bytes(ByteKeys)
    }

    /// - Parameters:
    ///   - columns: the parts of the key.
    ///   - types: their types.
    ///   - isWanted: whether a row takes part; nil for all.
    /// - Throws: where the task was cancelled.
    init(
        _ rows: RowSet, columns: [Int], types: [ColumnType], where isWanted: ((Int) -> Bool)? = nil
    ) throws(CancellationError) {
        var numbers = [Int32](repeating: -1, count: rows.count)
        if columns.count == 1, types[0].isIntegerKey {
            let keys = try IntegerKeys(rows, column: columns[0], where: isWanted, numbers: &numbers)
            (lookup, count) = (.integers(keys), keys.values.count)
        } else {
            let keys = try ByteKeys(rows, columns: columns, where: isWanted, numbers: &numbers)
            (lookup, count) = (.bytes(keys), keys.firstRows.count)
        }
        self.numbers = numbers
    }

    /// The numbers of the keys in columns of other rows; -1 where the key is NULL or none of these.
    func find(_ rows: RowSet, columns: [Int]) throws(CancellationError) -> [Int32] {
        var found = [Int32](repeating: -1, count: rows.count)
        switch lookup {
        case .integers(let keys): try keys.find(rows, column: columns[0], into: &found)
        case .bytes(let keys): try keys.find(rows, columns: columns, into: &found)
        }
        return found
    }

    /// One part of the distinct keys as elements of a binary array.
    func appendElements(part: Int, of element: ColumnType, to bytes: inout [UInt8]) {
        switch lookup {
        case .integers(let keys):
            let size = element.category == .int8 ? 8 : element.category == .int4 ? 4 : 2
            bytes.reserveCapacity(bytes.count + keys.values.count * (4 + size))
            for value in keys.values {
                bytes.append(bigEndian: Int32(size))
                withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0.suffix(size)) }
            }
        case .bytes(let keys):
            for row in keys.firstRows {
                guard let cell = keys.rows.bytes(row: Int(row), column: keys.columns[part]) else { continue }
                bytes.append(bigEndian: Int32(truncatingIfNeeded: cell.count))
                bytes.append(contentsOf: cell)
            }
        }
    }
}

extension ColumnType {
    var isIntegerKey: Bool { category == .int4 || category == .int8 || category == .int2 }
}

/// An integer cell of any width, nil for NULL and for bytes that are none.
@inline(__always)
func integerCell(_ rows: RowSet, row: Int, column: Int) -> Int64? {
    guard let cell = rows.bytes(row: row, column: column) else { return nil }
    switch cell.count {
    case 4: return Int64(Int32(bigEndian: cell.loadUnaligned(as: Int32.self)))
    case 8: return Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
    case 2: return Int64(Int16(bigEndian: cell.loadUnaligned(as: Int16.self)))
    default: return nil
    }
}
