// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// Waiting on threads of a test's own, which may block.
public enum BlockingPause {
    /// Waits so long.
    public static func milliseconds(_ count: Int) { Thread.sleep(forTimeInterval: Double(count) / 1_000) }

    /// Waits until `condition` holds, for at most a minute.
    public static func until(_ condition: () -> Bool) {
        for _ in 0..<30_000 where !condition() { milliseconds(2) }
    }
}
