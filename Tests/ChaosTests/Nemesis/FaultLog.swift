// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What was done, when, and to whom.
final class FaultLog: Sendable {
    struct Event: Sendable {
        let kind: Fault
        let lanes: Set<Lane>
        let began: ContinuousClock.Instant
        /// Nil while it lasts.
        var ended: ContinuousClock.Instant?
    }

    private let log = Locked<[Event]>([])

    var events: [Event] { log.withLock { $0 } }

    /// How often each was done.
    var counts: [Fault: Int] { events.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 } }

    /// Runs `body`, which does the fault and undoes it.
    func during<R>(_ kind: Fault, on lanes: Set<Lane>, _ body: () async throws -> R) async rethrows -> R {
        let index = log.withLock { log in
            log.append(Event(kind: kind, lanes: lanes, began: .now))
            return log.count - 1
        }
        defer { log.withLock { $0[index].ended = .now } }
        return try await body()
    }
}
