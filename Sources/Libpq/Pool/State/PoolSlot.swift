// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Names one use of one place in the pool; an event about a place that has been given up since is recognised as stale.
package struct PoolSlotID: Hashable, Sendable {
    package var index: Int
    package var generation: UInt64
}

/// One of the pool's places.
package struct PoolSlot<Resource> {
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
}

/// A connection a caller may use until it gives it back.
package struct PoolLease<Resource> {
    package var resource: Resource
    package var slot: PoolSlotID
    /// Tells this use of the connection from the next, so that giving it back twice takes it from nobody.
    package var number: UInt64
}

extension PoolLease: Sendable where Resource: Sendable {}
