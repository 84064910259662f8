// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which pools the current task, or the tasks it was started from, hold connections of.
///
/// Only for the hint in an acquire timeout: an unstructured task inherits it too, although nobody waits for that one.
final class HeldLease: Sendable {
    @TaskLocal static var current: HeldLease?

    private let pool: ObjectIdentifier
    private let outer: HeldLease?

    init(pool: ObjectIdentifier, outer: HeldLease?) {
        self.pool = pool
        self.outer = outer
    }

    /// How many connections of `pool` are held.
    static func count(of pool: ObjectIdentifier) -> Int {
        var (count, lease) = (0, current)
        while let held = lease {
            if held.pool == pool { count += 1 }
            lease = held.outer
        }
        return count
    }
}
