// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Counts the requests that are under way, answers that are still being sent included.
final class InFlight: Sendable {
    /// One of them; it is over when nothing holds it any more.
    final class Place: Sendable {
        private let requests: InFlight
        private let isOver = Atomic(false)

        fileprivate init(_ requests: InFlight) { self.requests = requests }

        /// It is over, whoever holds it.
        func end() {
            if !isOver.exchange(true, ordering: .relaxed) { requests.leave() }
        }

        deinit { end() }
    }

    private let count = Atomic(0)
    private let maximum: Int

    init(_ maximum: Int) { self.maximum = maximum }

    /// How many there are.
    var current: Int { count.load(ordering: .relaxed) }

    /// A place for another one.
    ///
    /// - Throws: ``RESTError`` `OVERLOADED` where there are as many as there may be.
    func enter() throws(RESTError) -> Place {
        guard count.add(1, ordering: .relaxed).newValue <= maximum else {
            leave()
            throw RESTError(
                .overloaded, "There are as many requests under way as there may be; ask again in a moment.",
                retryAfter: .seconds(1))
        }
        return Place(self)
    }

    private func leave() { count.subtract(1, ordering: .relaxed) }
}
