// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Commits over a connection that breaks around its COMMIT: before it has arrived, or before its answer has.
struct CommitCutter: Worker {
    let client: Client
    let faults: FaultLog
    /// Set when there shall be no more faults.
    let quiet: StopSign

    func step(_ random: inout SeededRandom) async {
        let rows = client.newRows(random.number(1...3))
        // COMMIT and its answer have about a hundred bytes; nil lets it pass.
        let cut: Int? = random.once(in: 4) || quiet.isSet ? nil : random.number(0...110)
        let direction = random.pick(TCPProxy.Direction.allCases, .toClient)
        let client = client
        let proxy = client.world.commitProxy
        let delay = client.cancellation(once: 10, &random)
        @Sendable func commit() async {
            await client.write(
                "commit", rows, inTransaction: true, statements: rows.count + 1, cancelledAfter: delay
            ) {
                try await client.pool.withConnection { connection in
                    try await connection.withTransaction { connection in
                        for row in rows { try await connection.execute(try row.insert()) }
                        if let cut { proxy.cut(after: cut, direction) }
                    }
                }
            }
        }
        if cut == nil { await commit() } else { await faults.during(.cutLater, on: [.commit], commit) }
    }
}
