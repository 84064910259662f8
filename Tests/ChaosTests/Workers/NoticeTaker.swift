// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Calls what raises notices, few or thousands.
struct NoticeTaker: Worker {
    let client: Client

    func step(_ random: inout SeededRandom) async {
        let tag = client.history.newToken()
        let many = Int32(random.once(in: 10) ? 5_000 : random.number(0...150))
        let client = client
        _ = await client.perform("notices", statements: 1, cancelledAfter: client.cancellation(once: 6, &random)) {
            let rows = try await client.pool.execute("select noisy(\(tag), \(many))")
            let found = try rows.decode(Int64.self, row: 0, column: 0)
            client.history.saw(found == tag ? nil : Finding(.swapped, "notices of \(tag) were answered \(found)"))
        }
    }
}
