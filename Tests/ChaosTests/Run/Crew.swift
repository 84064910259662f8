// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Tasks that work until a sign, and that may be waited for without waiting for ever.
final class Crew: Sendable {
    let stop = StopSign()
    private let tasks = Locked<[Task<Void, Never>]>([])
    private let atWork = Locked(0)

    func add(_ work: @escaping @Sendable (StopSign) async -> Void) {
        atWork.withLock { $0 += 1 }
        let task = Task {
            await work(stop)
            atWork.withLock { $0 -= 1 }
        }
        tasks.withLock { $0.append(task) }
    }

    /// Tells them to stop and waits.
    ///
    /// - Returns: whether all have come to their end in time; the others are cancelled.
    func finish(within limit: Duration) async -> Bool {
        stop.set()
        let end = ContinuousClock.now + limit
        while atWork.withLock({ $0 }) > 0 {
            guard ContinuousClock.now < end else {
                for task in tasks.withLock({ $0 }) { task.cancel() }
                return false
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }
}
