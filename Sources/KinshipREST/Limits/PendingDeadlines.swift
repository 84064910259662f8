// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// What is to be cancelled when its time is over, and who waits for that: one task that sleeps until the earliest deadline, for all.
///
/// A timer for each request would stay until its time is over, long after the answer: thousands of them are under way then, and
/// each wakes a thread to be set.
final class PendingDeadlines: Sendable {
    static let shared = PendingDeadlines()

    private struct Pending {
        let due: ContinuousClock.Instant
        let cancel: @Sendable () -> Void
    }

    private struct State {
        var pending: [UInt64: Pending] = [:]
        var last: UInt64 = 0
        /// When somebody wakes; nil while nobody sleeps. Who wakes at another time has been replaced.
        var wakes: ContinuousClock.Instant?
        var sleepers = 0
    }

    private let state = Mutex(State())

    /// How many deadlines there are, and how many tasks sleep for them.
    var counts: (deadlines: Int, sleepers: Int) { state.withLock { ($0.pending.count, $0.sleepers) } }

    /// Notes a deadline.
    ///
    /// - Parameter time: from now; less than what the clock can add to its own.
    /// - Returns: its number, for ``remove(_:)``.
    func add(after time: Duration, _ cancel: @escaping @Sendable () -> Void) -> UInt64 {
        let due = ContinuousClock.now + time
        let (number, isFirst) = state.withLock { state in
            state.last += 1
            state.pending[state.last] = Pending(due: due, cancel: cancel)
            let isFirst = state.wakes.map { due < $0 } ?? true
            if isFirst {
                state.wakes = due
                state.sleepers += 1
            }
            return (state.last, isFirst)
        }
        // What the caller has in its task's values, a span say, isn't that of the others.
        if isFirst { Task.detached { await self.sleep(until: due) } }
        return number
    }

    /// Forgets a deadline.
    ///
    /// - Returns: whether it was still to come.
    func remove(_ number: UInt64) -> Bool { state.withLock { $0.pending.removeValue(forKey: number) } != nil }

    private func sleep(until first: ContinuousClock.Instant) async {
        var due: ContinuousClock.Instant? = first
        while let time = due {
            // Nobody cancels this task.
            try? await Task.sleep(until: time, clock: .continuous)
            due = fire(at: time)
        }
    }

    /// Cancels what is due.
    ///
    /// - Returns: when the caller is to wake again; nil where nothing is to come, or another one wakes for it.
    private func fire(at time: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (due, next) = state.withLock { state in
            guard state.wakes == time else {
                state.sleepers -= 1
                return ([Pending](), ContinuousClock.Instant?.none)
            }
            let now = ContinuousClock.now
            let due = state.pending.filter { $0.value.due <= now }
            for number in due.keys { state.pending[number] = nil }
            state.wakes = state.pending.values.map(\.due).min()
            if state.wakes == nil { state.sleepers -= 1 }
            return (Array(due.values), state.wakes)
        }
        for pending in due { pending.cancel() }
        return next
    }
}
