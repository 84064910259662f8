// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// Tells tasks to come to an end.
final class StopSign: Sendable {
    private let isRaised = Locked(false)

    var isSet: Bool { isRaised.withLock { $0 } }

    func set() { isRaised.withLock { $0 = true } }

    /// Waits for so long, or until the sign is set.
    func wait(_ duration: Duration) async {
        let end = ContinuousClock.now + duration
        while !isSet, ContinuousClock.now < end {
            try? await Task.sleep(for: min(.milliseconds(50), max(.zero, end - .now)))
        }
    }
}
