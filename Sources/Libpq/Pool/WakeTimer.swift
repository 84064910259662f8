// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

/// One Dispatch timer, set again and again to the next moment something is due.
///
/// `@unchecked Sendable`: a dispatch source may be used from any thread (dispatch_source_set_timer is thread-safe); it is
/// only not marked so on Linux. The pool calls ``fire(in:)`` under its lock, which keeps the order.
final class WakeTimer: @unchecked Sendable {
    private let source: any DispatchSourceTimer

    init() { source = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "kinship.pool.timer")) }

    /// Must be called once: a source that was never activated can't be released.
    func activate(_ handler: @escaping @Sendable () -> Void) {
        source.setEventHandler(handler: handler)
        source.activate()
    }

    func fire(in nanoseconds: Int64) {
        source.schedule(deadline: .now() + .nanoseconds(Int(nanoseconds)), leeway: .milliseconds(1))
    }

    func cancel() { source.cancel() }
}
