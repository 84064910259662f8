// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Looks at the pools' numbers all the time.
struct PoolWatch {
    let world: World
    let history: History

    func run(until stop: StopSign) async {
        while !stop.isSet {
            for lane in Lane.allCases {
                let status = world.pool(lane).status
                let sum = status.idle + status.leased + status.connecting + status.preparing
                if sum != status.size || status.size > status.maximum {
                    history.found(Finding(.permits, "\(lane): \(status)"))
                }
            }
            try? await Task.sleep(for: .milliseconds(3))
        }
    }

    /// Everything is given back: nobody waits, nothing is leased, no session is in a transaction.
    func rest() async throws {
        let world = world
        for lane in Lane.allCases {
            let isAtRest = await eventually {
                let status = world.pool(lane).status
                return status.idle == status.size && status.waiting == 0
            }
            if !isAtRest { history.found(Finding(.kept, "\(lane): \(world.pool(lane).status)")) }
        }
        let isIdle = try await eventually { try await world.sessions("state <> 'idle'") == 0 }
        if !isIdle {
            let inTransaction = try await world.sessions("state LIKE 'idle in transaction%'")
            history.found(
                Finding(
                    .kept,
                    "\(try await world.sessions("state <> 'idle'")) sessions not idle, \(inTransaction) in transactions"
                ))
        }
    }

    /// After the pools were closed no session is left.
    func end() async throws {
        let world = world
        for lane in Lane.allCases where world.pool(lane).status.size > 0 {
            history.found(Finding(.kept, "closed, \(lane): \(world.pool(lane).status)"))
        }
        if try await !eventually({ try await world.sessions() == 0 }) {
            history.found(Finding(.kept, "\(try await world.sessions()) sessions after the pools were closed"))
        }
    }
}
