// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The embedded records of all parents as rows, so that they are shown, decoded and joined as those of a table.
///
/// The columns are the record as `jsonb`, the keys that were asked for, then two `int4`: the position among
/// the parent's records and the parent's row, both from 0. The rows come parent by parent, each parent's in the order that was asked for.
struct EmbeddedRows {
    /// A member of the records that other rows are joined by.
    struct Key: Sendable {
        /// The property's name.
        let name: String
        /// The type of the column: that of the key it is joined with.
        let type: ColumnType
    }

    /// The rows.
    let rows: RowSet
    /// For each parent how many of its records meet the filter's condition, whatever its limits.
    let totals: [Int]

    /// The column of the first key.
    static let firstKey = 1
    /// The column of the position in the list.
    static func position(keys: Int) -> Int { firstKey + keys }
    /// The column of the parent's row.
    static func parent(keys: Int) -> Int { firstKey + keys + 1 }

    /// Reads the records of every parent, filters and orders them, and makes rows of them.
    ///
    /// - Parameters:
    ///   - filter: which records, and which of their own members are shown.
    ///   - ranks: the order of their texts; nil where it is that of their bytes.
    ///   - concealment: what is not shown of records that these hold in turn.
    ///   - keys: the members that other rows are joined by.
    /// - Throws: ``PostgresError`` `DECODING_FAILED` for a parent that holds no records, `OUT_OF_MEMORY`.
    /// - Complexity: linear in the bytes of the column; one parent's records are held at a time. No statements.
    init(
        of parents: RowSet, in column: EmbeddedColumn, filter: EmbeddedFilter, ranks: TextRanks? = nil,
        concealment: Concealment? = nil, keys: [Key] = []
    ) throws(PostgresError) {
        var columns = [RowSetBuilder.Column("item", .jsonb)]
        columns += keys.map { RowSetBuilder.Column($0.name, TypeID(rawValue: $0.type.oid)) }
        columns += [RowSetBuilder.Column("position", .int4), RowSetBuilder.Column("parent", .int4)]
        var builder = try RowSetBuilder(columns: columns)
        var totals: [Int] = []
        totals.reserveCapacity(parents.count)
        var bytes: [UInt8] = []
        for parent in 0..<parents.count {
            let items = try column.items(of: parents, row: parent)
            let selection = filter.select(items, ranks)
            totals.append(selection.total)
            for position in selection.positions {
                try builder.addRow()
                bytes.removeAll(keepingCapacity: true)
                bytes.append(1)
                let shown = filter.shown(items[position])
                (concealment?.visible(shown) ?? shown).write(into: &bytes)
                try builder.set(bytes[...], column: 0)
                try builder.set(keys.map { StoredKey.value(of: $0.name, as: $0.type, in: items[position]) }, from: 1)
                try builder.set(Int32(clamping: position), column: Self.position(keys: keys.count))
                try builder.set(Int32(clamping: parent), column: Self.parent(keys: keys.count))
            }
        }
        rows = builder.finish()
        self.totals = totals
    }
}

extension EmbeddedRows {
    /// The numbers of records as rows: the parent's row, how many.
    static func counts(_ totals: [Int]) throws(PostgresError) -> RowSet {
        var builder = try RowSetBuilder(columns: [.init("parent", .int4), .init("count", .int8)])
        for (parent, total) in totals.enumerated() {
            try builder.addRow()
            try builder.set(Int32(clamping: parent), column: 0)
            try builder.set([BoundValue(.int8, .integer(Int64(total)))], from: 1)
        }
        return builder.finish()
    }
}

extension RowSetBuilder {
    /// Sets cells of the last row to values in the binary form of their types; nil is NULL.
    mutating func set(_ values: [BoundValue?], from column: Int) throws(PostgresError) {
        guard !values.isEmpty else { return }
        var parameters = Parameters()
        for value in values {
            do {
                if let value { try parameters.append(value) } else { parameters.appendNull(.unspecified) }
            } catch let error as PostgresError {
                throw error
            } catch {
                throw PostgresError(.invalidParameter, "A key can't be encoded.", underlying: String(describing: error))
            }
        }
        for (position, slot) in parameters.slots.enumerated() where slot.length >= 0 {
            try set(parameters.bytes[slot.offset..<slot.offset + slot.length], column: column + position)
        }
    }

    /// Sets an `int4` cell of the last row.
    mutating func set(_ value: Int32, column: Int) throws(PostgresError) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: value)
        try set(bytes[...], column: column)
    }
}
