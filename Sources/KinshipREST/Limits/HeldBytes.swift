// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Counts the memory of rows that wait for their readers.
final class HeldBytes: Sendable {
    /// Some of it; it is given back when nothing holds this any more.
    final class Share: Sendable {
        private let held: HeldBytes
        private let count: Int

        fileprivate init(_ held: HeldBytes, _ count: Int) { (self.held, self.count) = (held, count) }

        deinit { held.count.subtract(count, ordering: .relaxed) }
    }

    private let count = Atomic(0)
    private let maximum: Int

    init(_ maximum: Int) { self.maximum = maximum }

    /// How many bytes are held.
    var current: Int { count.load(ordering: .relaxed) }

    /// A share for an answer; one answer alone may always have what its limits of rows let it.
    ///
    /// - Throws: ``RESTError`` `OVERLOADED` where the others leave no room.
    func take(_ bytes: Int) throws(RESTError) -> Share {
        let (before, now) = count.add(bytes, ordering: .relaxed)
        guard before == 0 || now <= maximum else {
            count.subtract(bytes, ordering: .relaxed)
            throw RESTError(
                .overloaded, "Long answers hold as much memory as they may; ask again in a moment.",
                retryAfter: .seconds(1))
        }
        return Share(self, bytes)
    }
}
