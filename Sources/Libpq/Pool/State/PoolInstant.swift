// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A moment on the pool's monotonic clock, in nanoseconds since an arbitrary start.
///
/// One machine word instead of `ContinuousClock.Instant`'s two: the pool's fast path compares instants only.
package struct PoolInstant: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static let zero = PoolInstant(nanoseconds: 0)
    /// Later than any deadline.
    package static let distantFuture = PoolInstant(nanoseconds: .max)

    package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// This moment plus `nanoseconds`, or ``distantFuture`` when that can't be represented.
    package func advanced(by nanoseconds: Int64) -> Self {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return overflow ? .distantFuture : PoolInstant(nanoseconds: sum)
    }

    /// The time from `earlier` to this moment, in nanoseconds; 0 when it is not earlier, because threads that took the
    /// time before waiting for the pool's lock can arrive out of order.
    package func since(_ earlier: Self) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? .max : max(0, difference)
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to what `Int64` holds (292 years).
    package var poolNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
