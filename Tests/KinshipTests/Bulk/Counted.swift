// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// A number that several tasks count on.
final class Counted: Sendable {
    private let number = Atomic(0)

    /// The number, and so much more the next time.
    @discardableResult
    func take(_ more: Int = 1) -> Int { number.add(more, ordering: .relaxed).oldValue }

    /// How far it is.
    var value: Int { number.load(ordering: .relaxed) }
}
