// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Takes all connections of a pool and keeps them for a while.
struct ExhaustingNemesis: Nemesis {
    let client: Client
    let faults: FaultLog

    var pause: ClosedRange<Int> { 2_000...6_000 }

    func strike(_ random: inout SeededRandom) async {
        let client = client
        // Sometimes longer than others wait.
        let longest = client.world.options.acquireTimeout / .milliseconds(1) * 1.2
        let duration: Duration = .milliseconds(random.number(100...Int(longest)))
        await faults.during(.exhaustion, on: [client.lane]) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<client.pool.configuration.maximumConnections {
                    group.addTask {
                        _ = await client.perform("holding", statements: 2, cancelledAfter: nil) {
                            try await client.pool.withConnection { _ in try await Task.sleep(for: duration) }
                        }
                    }
                }
            }
        }
    }
}
