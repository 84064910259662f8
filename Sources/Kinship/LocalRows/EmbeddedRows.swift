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
    /// - Throws: ``PostgresError`` `DECODING_FAILED` for a parent that holds no records, `OUT_OF_MEMORY`; what the budget throws.
    /// - Complexity: linear in the bytes of the column, the filter aside; one parent's records are held at a time. No statements.
    init(_ request: Request, budget: inout StepBudget) throws {
        var making = try Making(request)
        for parent in 0..<request.parents.count { try making.add(parent, &budget) }
        self = making.finish()
    }

    /// The same on the thread of a task, which others get to use in between.
    ///
    /// - Throws: `StepBudget.Exhausted` as well, for what is too much for that.
    static func make(_ request: Request, budget: inout StepBudget) async throws -> EmbeddedRows {
        var making = try Making(request)
        var bytes = 0
        var steps = budget.remaining
        for parent in 0..<request.parents.count {
            bytes += try making.add(parent, &budget)
            guard bytes > MemoryWork.bytesBetweenYields || steps - budget.remaining > MemoryWork.stepsBetweenYields
            else { continue }
            (bytes, steps) = (0, budget.remaining)
            await Task.yield()
        }
        return making.finish()
    }

    private init(rows: RowSet, totals: [Int]) {
        self.rows = rows
        self.totals = totals
    }

    /// What is asked for.
    struct Request: Sendable {
        /// The rows that hold the records.
        let parents: RowSet
        let column: EmbeddedColumn
        /// Which records, and which of their own members are shown.
        let filter: EmbeddedFilter
        /// The order of their texts; nil where it is that of their bytes.
        var ranks: TextRanks?
        /// What is not shown of records that these hold in turn.
        var concealment: Concealment?
        /// The members that other rows are joined by.
        var keys: [Key] = []
    }

    /// The rows while they are made, parent by parent.
    private struct Making: ~Copyable {
        let request: Request
        private var builder: RowSetBuilder
        private var totals: [Int] = []
        private var bytes: [UInt8] = []
        private var visible: [UInt8] = []

        init(_ request: Request) throws(PostgresError) {
            self.request = request
            var columns = [RowSetBuilder.Column("item", .jsonb)]
            columns += request.keys.map { RowSetBuilder.Column($0.name, TypeID(rawValue: $0.type.oid)) }
            columns += [RowSetBuilder.Column("position", .int4), RowSetBuilder.Column("parent", .int4)]
            builder = try RowSetBuilder(columns: columns)
            totals.reserveCapacity(request.parents.count)
        }

        /// - Returns: how many bytes the parent's cell has.
        @discardableResult
        mutating func add(_ parent: Int, _ budget: inout StepBudget) throws -> Int {
            let keys = request.keys
            let items = try request.column.items(of: request.parents, row: parent, budget: &budget)
            let selection = try request.filter.select(items, request.ranks, budget: &budget)
            totals.append(selection.total)
            for position in selection.positions {
                try builder.addRow()
                write(request.filter.shown(items[position]))
                try budget.pass(bytes.count / 16 + 1)
                try builder.set(bytes[...], column: 0)
                try builder.set(keys.map { StoredKey.value(of: $0.name, as: $0.type, in: items[position]) }, from: 1)
                try builder.set(Int32(clamping: position), column: EmbeddedRows.position(keys: keys.count))
                try builder.set(Int32(clamping: parent), column: EmbeddedRows.parent(keys: keys.count))
            }
            return request.parents.bytes(row: parent, column: request.column.position)?.count ?? 0
        }

        /// A record in jsonb's binary form, without what is not shown.
        private mutating func write(_ record: JSONValue) {
            bytes.removeAll(keepingCapacity: true)
            bytes.append(1)
            guard let concealment = request.concealment else { return record.write(into: &bytes) }
            visible.removeAll(keepingCapacity: true)
            record.write(into: &visible)
            let isJSON = visible.withUnsafeBytes { whole in concealment.copyVisible(of: whole) { bytes += $0 } }
            // It was written just now, so it is; if not, nothing of it is shown.
            if !isJSON { bytes = [1] + Array("{}".utf8) }
        }

        consuming func finish() -> EmbeddedRows { EmbeddedRows(rows: builder.finish(), totals: totals) }
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
