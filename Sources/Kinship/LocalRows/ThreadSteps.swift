// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// How much work in memory the process does for requests on the threads of its tasks, beyond what each may do anyway: a tenth of
/// one thread. What is more goes to ``MemoryLane``.
///
/// Requests whose work is little never ask. Those whose work is much, but not so much that one of them matters, would otherwise
/// take all threads by their number.
final class ThreadSteps: Sendable {
    static let shared = ThreadSteps()

    /// In steps for a second, of which a thread makes about a hundred million.
    private static let rate: UInt64 = 10_000_000
    private static let capacity = 2_500_000

    private struct State {
        var steps = ThreadSteps.capacity
        var filledAt: UInt64 = Monotonic.now
    }

    private let state = Locked(State())

    /// Takes as many steps as there are, up to a number.
    func take(upTo most: Int) -> Int {
        guard most > 0 else { return 0 }
        return state.withLock { state in
            let now = Monotonic.now
            let passed = min(now - min(now, state.filledAt), 1_000_000_000)
            state.filledAt = now
            state.steps = min(Self.capacity, state.steps + Int(passed * Self.rate / 1_000_000_000))
            let taken = min(most, state.steps)
            state.steps -= taken
            return taken
        }
    }

    /// Gives back what was not needed.
    func giveBack(_ steps: Int) {
        guard steps > 0 else { return }
        state.withLock { $0.steps = min(Self.capacity, $0.steps + steps) }
    }
}
