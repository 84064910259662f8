// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// How many passwords wait to be hashed.
final class WaitingPasswords: Sendable {
    /// At some 50 ms for each, two at a time, the last one waits for less than two seconds.
    private static let most = 64
    private let count = Mutex(0)

    /// Whether there is room for one more.
    func enter() -> Bool {
        count.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
