// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Counts the requests that are under way, answers that are still being sent included.
final class InFlight: Sendable {
    /// One of them; it is over when nothing holds it any more.
    final class Place: Sendable {
        private let requests: InFlight
        private let client: String?
        private let isOver = Atomic(false)

        fileprivate init(_ requests: InFlight, _ client: String?) {
            self.requests = requests
            self.client = client
        }

        /// It is over, whoever holds it.
        func end() {
            if !isOver.exchange(true, ordering: .relaxed) { requests.leave(client) }
        }

        deinit { end() }
    }

    private let count = Atomic(0)
    private let maximum: Int
    private let perClient: Int
    private let clients = Mutex<[String: Int]>([:])

    /// - Parameter perClient: how many of them one client may have; nil for all.
    init(_ maximum: Int, perClient: Int? = nil) {
        self.maximum = maximum
        self.perClient = perClient ?? .max
    }

    /// How many there are.
    var current: Int { count.load(ordering: .relaxed) }

    /// A place for another one.
    ///
    /// - Parameter client: whose it is, where clients may not have all of them.
    /// - Throws: ``RESTError`` `OVERLOADED` where there are as many as there may be.
    func enter(_ client: String? = nil) throws(RESTError) -> Place {
        let isRoom = client.map { client in
            clients.withLock { counts in
                guard counts[client, default: 0] < perClient else { return false }
                counts[client, default: 0] += 1
                return true
            }
        }
        guard isRoom != false else { throw Self.full }
        guard count.add(1, ordering: .relaxed).newValue <= maximum else {
            leave(client)
            throw Self.full
        }
        return Place(self, client)
    }

    private static var full: RESTError {
        RESTError(
            .overloaded, "There are as many requests under way as there may be; ask again in a moment.",
            retryAfter: .seconds(1))
    }

    private func leave(_ client: String?) {
        count.subtract(1, ordering: .relaxed)
        guard let client else { return }
        clients.withLock { counts in
            let rest = counts[client, default: 1] - 1
            counts[client] = rest == 0 ? nil : rest
        }
    }
}
