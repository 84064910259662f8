// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Synchronization

/// Something with deadlines of its own.
protocol DeadlineHolder: AnyObject, Sendable {
    /// Acts on what is due at `now`.
    ///
    /// - Returns: the holder's next deadline, ``Monotonic/never`` when it has none.
    func deadlinesDue(_ now: UInt64) -> UInt64
}

/// One timer for the deadlines of all connections.
///
/// A request only compares its deadline with the instant the timer is armed for, which with equal timeouts is nearly
/// always earlier: no timer is touched per request. When the timer fires, all holders are asked, and it is armed for the
/// earliest deadline they answer.
final class Deadlines: Sendable {
    static let shared = Deadlines()

    private struct Holder {
        weak var holder: (any DeadlineHolder)?
    }

    private let armed = Atomic<UInt64>(Monotonic.never)
    private let holders = Locked<[ObjectIdentifier: Holder]>([:])
    /// Unsafe only by declaration: Dispatch's sources may be used from any thread.
    nonisolated(unsafe) private let timer: any DispatchSourceTimer

    private init() {
        // A serial queue gets a thread at once even while others block.
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "kinship.deadlines"))
        timer.setEventHandler { [unowned self] in fire() }
        timer.resume()
    }

    /// Asks `holder` whenever the timer fires.
    func add(_ holder: any DeadlineHolder) {
        holders.withLock { $0[ObjectIdentifier(holder)] = Holder(holder: holder) }
    }

    /// Asks a holder no longer; told by its identity so that its `deinit` can say so too.
    func remove(_ holder: ObjectIdentifier) {
        _ = holders.withLock { $0.removeValue(forKey: holder) }
    }

    /// Makes sure the timer fires by `deadline`, which the holder has already stored.
    @inline(__always)
    func note(_ deadline: UInt64) {
        if deadline < armed.load(ordering: .sequentiallyConsistent) { arm(deadline) }
    }

    private func arm(_ deadline: UInt64) {
        // The lock keeps the order of the two stores, the atomic and the timer's.
        holders.withLock { _ in
            guard deadline < armed.load(ordering: .sequentiallyConsistent) else { return }
            armed.store(deadline, ordering: .sequentiallyConsistent)
            timer.schedule(deadline: DispatchTime(uptimeNanoseconds: deadline), leeway: .milliseconds(1))
        }
    }

    private func fire() {
        // First: a deadline stored after its holder was asked below finds the timer unarmed and arms it.
        armed.store(Monotonic.never, ordering: .sequentiallyConsistent)
        let asked = holders.withLock { holders in
            let asked = holders.values.compactMap(\.holder)
            if asked.count < holders.count { holders = holders.filter { $0.value.holder != nil } }
            return asked
        }
        let now = Monotonic.now
        let next = asked.reduce(Monotonic.never) { min($0, $1.deadlinesDue(now)) }
        if next != Monotonic.never { note(next) }
    }
}
