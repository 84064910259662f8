// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

/// An instant of the monotonic clock in nanoseconds; `never` is later than all others.
///
/// A plain number because it is compared and stored for each request; jumps of the wall clock don't touch it.
package enum Monotonic {
    package static let never = UInt64.max

    package static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// The instant `duration` from now; a negative duration is now, one too long to count is never.
    package static func after(_ duration: Duration) -> UInt64 {
        now.later(by: duration.clampedNanoseconds)
    }
}

extension UInt64 {
    /// The instant so many nanoseconds later, held at ``Monotonic/never``.
    func later(by nanoseconds: UInt64) -> UInt64 {
        let (instant, overflow) = addingReportingOverflow(nanoseconds)
        return overflow ? Monotonic.never : instant
    }
}

extension Duration {
    /// Nanoseconds, held within 0 … `UInt64.max`.
    package var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return overflow || overflowOfSum ? .max : sum
    }
}
