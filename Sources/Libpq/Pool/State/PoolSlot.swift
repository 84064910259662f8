// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Names one use of one place in the pool; an event about a place that has been given up since is recognised as stale.
package struct PoolSlotID: Hashable, Sendable {
    package var index: Int
    package var generation: UInt64
}

/// One of the pool's places.
package struct PoolSlot<Resource, Waiter> {
    /// What the place is used for.
    package enum Phase: Sendable {
        case free
        /// A connection is being made.
        case connecting
        /// A connection lies ready.
        case idle
        /// An idle connection is being pinged before it is handed out.
        case checking
        /// A caller has the connection.
        case leased
        /// The connection came back in a transaction, or the reset policy asks for work.
        case resetting
    }

    package internal(set) var phase = Phase.free
    var generation: UInt64 = 0
    var resource: Resource?
    /// Whether the connection broke while it was in use, so that it is not to be kept.
    var isBroken = false
    var leakReported = false
    var leaseNumber: UInt64 = 0
    /// Whether this attempt to connect is the one probe of a server that refused the last one.
    var isProbe = false
    /// When the attempt to connect began.
    var connectingSince = PoolInstant.zero
    /// When the connection has lived long enough; fixed, with its jitter, when it was made.
    var expiresAt = PoolInstant.distantFuture
    var idleSince = PoolInstant.zero
    /// When the connection last proved that it works.
    var lastAlive = PoolInstant.zero
    package internal(set) var leasedAt = PoolInstant.zero
    package internal(set) var site = LeaseSite(fileID: "", line: 0)

    // Several callers' statements on one connection.
    /// The callers whose statements are under way, in the order in which they got their places; empty while one caller has the
    /// connection for itself.
    package internal(set) var places: [SharedPlace<Waiter>] = []
    /// Since when the first of them has been the first.
    var headSince = PoolInstant.zero
    /// The first of them when time was last looked at, and when that was.
    var seenHead: (number: UInt64, at: PoolInstant)?
    /// Whether nothing more goes behind them.
    package internal(set) var isShut = false
    /// The worst condition that one of them left the connection in.
    var outcome = ReleaseOutcome.clean
    /// The texts whose statements are prepared on the connection for certain.
    var known: Set<Int> = []
    /// How long an answer is under way at least, in nanoseconds.
    var roundTrip: Int64 = 0

    /// Whether another quick statement may go behind those that are under way.
    func isOpen(_ limits: PoolLimits, _ now: PoolInstant) -> Bool {
        phase == .leased && !places.isEmpty && places.count < limits.pipelineDepth && !isShut && !isBroken
            && expiresAt > now
            && now.since(headSince) <= limits.patience + roundTrip
    }

    /// Whether statements are prepared on the connection.
    func knows(_ texts: QuickTexts) -> Bool {
        known.contains(texts.first) && texts.others.allSatisfy(known.contains)
    }
}

/// A caller's place among those whose statements are under way on one connection.
package struct SharedPlace<Waiter> {
    /// That of its lease.
    package var number: UInt64
    var since: PoolInstant
    /// Who has it; nil once it was told to go elsewhere.
    var waiter: Waiter?
}

extension PoolSlot: Sendable where Resource: Sendable, Waiter: Sendable {}
extension SharedPlace: Sendable where Waiter: Sendable {}

/// A connection a caller may use until it gives it back.
package struct PoolLease<Resource> {
    package var resource: Resource
    package var slot: PoolSlotID
    /// Tells this use of the connection from the next, so that giving it back twice takes it from nobody.
    package var number: UInt64
    /// Whether others may have a place on the connection, ahead of this one and behind it.
    package var isShared = false
}

extension PoolLease: Sendable where Resource: Sendable {}
