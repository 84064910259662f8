// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Synchronization

/// Hands out positions to tasks.
final class Counter: Sendable {
    private let next = Atomic<Int>(0)

    /// The next position, nil when all below `count` are taken.
    func take(below count: Int) -> Int? {
        let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return position < count ? position : nil
    }
}
