// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Writes outside transactions: one row, several in one pipeline.
struct Writer: Worker {
    let client: Client

    func step(_ random: inout SeededRandom) async {
        let rows = client.newRows(random.once(in: 2) ? 1 : random.number(2...5))
        let delay = client.cancellation(once: 6, &random)
        let timeout: Duration? = random.once(in: 10) ? .milliseconds(random.number(1...10)) : nil
        let ownCauses: Set<String> = timeout == nil ? [] : [ErrorCode.statementTimeout]
        if rows.count == 1 {
            await client.write(
                "insert", rows, inTransaction: false, statements: 1, cancelledAfter: delay, ownCauses: ownCauses
            ) {
                look(at: [try await client.pool.execute(try rows[0].insert(), timeout: timeout)], of: rows)
            }
        } else {
            await client.write(
                "inserts", rows, inTransaction: false, statements: 1, cancelledAfter: delay, ownCauses: ownCauses
            ) {
                look(at: try await client.pool.pipeline(try rows.map { try $0.insert() }, timeout: timeout), of: rows)
            }
        }
    }

    private func look(at results: [RowSet], of rows: [LedgerRow]) {
        let tokens = results.map { try? $0.decode(Int64.self, row: 0, column: 0) }
        client.history.saw(
            tokens == rows.map(\.token)
                ? nil : Finding(.swapped, "inserts of \(rows.first?.token ?? 0) returned \(tokens)"))
    }
}
