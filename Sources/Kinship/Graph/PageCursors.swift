// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The cursors of a page: what leads to the pages before and after it.
struct PageCursors: Sendable {
    private(set) var next: String?
    private(set) var previous: String?

    /// - Parameters:
    ///   - rows: those that have come, one more than are shown where there are more.
    ///   - shown: those that are shown.
    init(
        _ paging: Paging, of fetch: Fetch, in schema: Schema, _ rows: RowSet, shown: RowSet, _ seal: CursorSeal
    ) throws(PostgresError) {
        let hasMore = rows.count > shown.count
        guard shown.count > 0 else { return }
        let isBackwards = paging.side == .before
        // Who comes from the one side can go back there; what is on the other the row too many tells.
        let hasPrevious = isBackwards ? hasMore : paging.side == .after || paging.skips
        let hasNext = isBackwards || hasMore
        let model = schema[fetch.model].name
        if hasPrevious { previous = try Self.cursor(paging, fetch, model, shown, row: 0, seal) }
        if hasNext { next = try Self.cursor(paging, fetch, model, shown, row: shown.count - 1, seal) }
    }

    private static func cursor(
        _ paging: Paging, _ fetch: Fetch, _ model: String, _ rows: RowSet, row: Int, _ seal: CursorSeal
    ) throws(PostgresError) -> String {
        let values = try values(paging.columns, of: fetch, rows, row: row)
        return seal.seal(OpaqueCursor.payload(model: model, order: paging.order, values: values))
    }

    /// The exact values of some columns at a row, as JSON with commas between: what an ``OpaqueCursor`` holds.
    static func values(
        _ columns: [Int], of fetch: Fetch, _ rows: RowSet, row: Int
    ) throws(PostgresError) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 256, JSONOptions(microseconds: true))
        for (position, column) in columns.enumerated() {
            if position > 0 { buffer.append(UInt8(ascii: ",")) }
            guard let cell = rows.bytes(row: row, column: column) else {
                buffer.append("null")
                continue
            }
            let type = fetch.columns[column].type
            // JSON has a null of its own.
            let isDocument = type.category == .jsonb
            if isDocument { buffer.append(UInt8(ascii: "[")) }
            do {
                try CellWriter.write(cell, CellFormat(type, as: nil), to: &buffer)
            } catch {
                throw PostgresError(
                    .decodingFailed,
                    "A value that the rows are ordered by is not one of its type; "
                        + "open the database again if the table was changed.")
            }
            if isDocument { buffer.append(UInt8(ascii: "]")) }
        }
        return buffer.array
    }
}
