// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A connection pool's whole logic as a value: events and the time go in, actions come out.
///
/// It does no I/O, takes no lock and reads no clock, so that a test can replay any order of events. Its surroundings
/// (``PoolCore``) hold it behind a lock, perform the actions, and call ``tick(_:into:)`` at ``wakeAt``.
///
/// Invariant after each event: idle + leased + connecting + checking + resetting == size <= maximum. A place is free the
/// moment its connection is to be closed, before the (possibly slow) close.
package struct PoolState<Resource, Waiter> {
    package typealias Action = PoolAction<Resource, Waiter>

    package enum Phase: Sendable {
        case running
        /// No new callers; leases may end until the deadline.
        case draining(PoolInstant)
        case closed
    }

    package internal(set) var phase = Phase.running
    package internal(set) var slots: [PoolSlot<Resource, Waiter>] = []
    package internal(set) var waiters = WaiterQueue<Waiter>()
    package internal(set) var health = ServerHealth.healthy
    package internal(set) var lastConnectError: PostgresError?
    /// When ``tick(_:into:)`` is wanted; never later than the next thing to do, sometimes earlier.
    package internal(set) var wakeAt: PoolInstant?
    package let limits: PoolLimits

    /// The last is the most recently used.
    var idle: [Int] = []
    var free: [Int] = []
    var size = 0
    var leased = 0
    var connecting = 0
    var checking = 0
    var resetting = 0

    /// How many connects may run at once; falls to 1 after a failure and doubles with each success.
    var connectWindow: Int
    /// Idle connections not known to be alive since are pinged before use, whatever their age.
    var suspectBefore = PoolInstant.zero
    var retirementStart: PoolInstant?
    var retirementQuota = 1
    var retired = 0
    /// How many connections `start` waits for.
    var startTarget: Int?
    /// Until when `start` waits for a server that can't be reached yet; nil when it fails with the first attempt.
    var startDeadline: PoolInstant?
    /// The last attempt to connect before `start`: that one and those before it say nothing about what `start` met.
    var startGeneration: UInt64 = 0
    var generation: UInt64 = 0
    var random: SeededGenerator
    /// How many callers have gone behind others on a connection.
    package internal(set) var joined = 0

    package init(_ limits: PoolLimits, seed: UInt64) {
        self.limits = limits
        connectWindow = limits.concurrentConnects
        random = SeededGenerator(seed: seed)
    }

    package var status: PoolStatus {
        PoolStatus(
            size: size, maximum: limits.maximum, idle: idle.count, leased: leased, connecting: connecting,
            preparing: checking + resetting, waiting: waiters.count)
    }

    // MARK: Acquire

    /// The fast path: a connection that is idle, used a moment ago and not past its time, if nobody is waiting.
    ///
    /// - Parameters:
    ///   - kind: what it is wanted for.
    ///   - waiter: who hears when that has to go elsewhere.
    package mutating func acquireAtOnce(
        _ now: PoolInstant, site: LeaseSite, kind: PlaceKind = .alone, for waiter: Waiter? = nil
    ) -> PoolAnswer<Resource> {
        guard case .running = phase else { return .closed }
        guard waiters.isEmpty, let index = idle.last, !needsCheck(index, now), slots[index].expiresAt > now,
            let resource = slots[index].resource
        else { return .mustWait }
        idle.removeLast()
        return .leased(lease(index, resource, site, now, kind, waiter))
    }

    /// Joins the queue. The answer is among the actions, perhaps already now.
    ///
    /// - Parameters:
    ///   - kind: what a connection is wanted for.
    ///   - isFirst: whether it goes ahead of all others, for it has waited its time before.
    ///   - asked: since when it waits, if that isn't now.
    /// - Returns: what to call ``cancel(_:)`` with; nil when it was answered at once without joining.
    package mutating func enqueue(
        _ waiter: Waiter, deadline: PoolInstant, site: LeaseSite, kind: PlaceKind = .alone, isFirst: Bool = false,
        now: PoolInstant, asked: PoolInstant? = nil, into actions: inout [Action]
    ) -> UInt64? {
        guard case .running = phase else {
            actions.append(.fail(waiter, .closed))
            return nil
        }
        if case .refusing(_, let nextProbe, let error) = health, now < nextProbe, !hasLiveConnections {
            actions.append(.fail(waiter, .refused(error)))
            return nil
        }
        if let error = lastConnectError, isOutageKnown(now), !hasLiveConnections {
            actions.append(.fail(waiter, .refused(error)))
            return nil
        }
        let entry = WaiterQueue<Waiter>.Entry(
            waiter: waiter, enqueuedAt: asked ?? now, deadline: deadline, site: site, kind: kind)
        let identifier = isFirst ? waiters.prepend(entry) : waiters.append(entry)
        wake(at: deadline)
        supply(now, mayProbeRefusal: true, into: &actions)
        return identifier
    }

    /// Leaves the queue; nil when the waiter has been answered already and keeps that answer.
    ///
    /// Who stood behind somebody that needed a connection for itself may be next: ``shareConnections(_:into:)``.
    package mutating func cancel(_ identifier: UInt64) -> Waiter? {
        waiters.remove(identifier)?.waiter
    }

    // MARK: Release

    /// A lease ends.
    package mutating func release(
        _ lease: PoolLease<Resource>, _ outcome: ReleaseOutcome, _ news: ReleaseNews = .nothing, now: PoolInstant,
        into actions: inout [Action]
    ) {
        let (id, resource) = (lease.slot, lease.resource)
        guard isHeld(lease) else { return }
        note(news, id.index)
        var outcome = outcome
        if lease.isShared {
            guard let worst = leave(lease, outcome, now, into: &actions) else { return }
            outcome = worst
        }
        let slot = slots[id.index]
        if slot.leakReported { actions.append(.reportReturn(resource, slot.site, held: now.since(slot.leasedAt))) }
        guard case .running = phase else {
            vacate(id.index)
            actions.append(.close(resource))
            finishIfDrained(into: &actions)
            return
        }
        switch outcome {
        case _ where slot.isBroken, .unusable:
            discard(id.index, resource, now, into: &actions)
        case .clean where !limits.resetsSession:
            makeAvailable(id.index, resource, now, into: &actions)
        case .clean, .inTransaction, .doubtful, .stopping:
            leased -= 1
            resetting += 1
            slots[id.index].phase = .resetting
            actions.append(.reset(resource, id, outcome))
        }
    }

    /// Since when a lease has been held; nil when it has ended.
    package func leasedSince(_ lease: PoolLease<Resource>) -> PoolInstant? {
        guard isHeld(lease) else { return nil }
        let slot = slots[lease.slot.index]
        return lease.isShared ? slot.places.first { $0.number == lease.number }?.since : slot.leasedAt
    }

    private func isHeld(_ lease: PoolLease<Resource>) -> Bool {
        guard resource(of: lease.slot, in: .leased) != nil else { return false }
        let slot = slots[lease.slot.index]
        return lease.isShared ? slot.places.contains { $0.number == lease.number } : slot.leaseNumber == lease.number
    }

    /// The work of ``PoolAction/reset(_:_:_:)`` is done.
    package mutating func wasReset(
        _ id: PoolSlotID, reusable: Bool, now: PoolInstant, into actions: inout [Action]
    ) {
        guard let resource = resource(of: id, in: .resetting) else { return }
        if reusable && !slots[id.index].isBroken {
            makeAvailable(id.index, resource, now, into: &actions)
        } else {
            // The others probably have the same server.
            suspectBefore = max(suspectBefore, now)
            discard(id.index, resource, now, into: &actions)
        }
    }

    // MARK: Places

    /// Whether some connection exists that may yet serve a waiter.
    var hasLiveConnections: Bool { size > connecting }

    func needsCheck(_ index: Int, _ now: PoolInstant) -> Bool {
        let alive = slots[index].lastAlive
        return now.since(alive) > limits.checkAfterIdle || alive < suspectBefore
    }

    func resource(of id: PoolSlotID, in phase: PoolSlot<Resource, Waiter>.Phase) -> Resource? {
        guard slots.indices.contains(id.index), slots[id.index].generation == id.generation,
            slots[id.index].phase == phase
        else { return nil }
        return slots[id.index].resource
    }

    func identifier(_ index: Int) -> PoolSlotID { PoolSlotID(index: index, generation: slots[index].generation) }

    /// Takes a place that belongs to no count any more to a caller.
    mutating func lease(
        _ index: Int, _ resource: Resource, _ site: LeaseSite, _ now: PoolInstant, _ kind: PlaceKind = .alone,
        _ waiter: Waiter? = nil
    ) -> PoolLease<Resource> {
        leased += 1
        slots[index].phase = .leased
        slots[index].leasedAt = now
        slots[index].site = site
        slots[index].leakReported = false
        slots[index].leaseNumber += 1
        if let threshold = limits.leakThreshold { wake(at: now.advanced(by: threshold)) }
        let isShared = begin(index, kind, waiter, now)
        return PoolLease(
            resource: resource, slot: identifier(index), number: slots[index].leaseNumber, isShared: isShared)
    }

    /// A working connection that was leased, being reset, checked or made goes to the first waiter, or lies idle.
    mutating func makeAvailable(
        _ index: Int, _ resource: Resource, _ now: PoolInstant, into actions: inout [Action]
    ) {
        if slots[index].expiresAt <= now, mayRetire(now) {
            retired += 1
            discard(index, resource, now, into: &actions)
            return
        }
        leavePhase(index)
        slots[index].lastAlive = now
        if let entry = waiters.popFirst() {
            actions.append(
                .resume(entry.waiter, lease(index, resource, entry.site, now, entry.kind, entry.waiter)))
            shareConnections(now, into: &actions)
        } else {
            slots[index].phase = .idle
            slots[index].idleSince = now
            idle.append(index)
            // A connection kept although past its time, for others are being replaced, is looked at again after a pause.
            let expiresAt = slots[index].expiresAt
            let expiry = expiresAt > now ? expiresAt : now.advanced(by: PoolLimits.retirementPause)
            wake(at: min(expiry, now.advanced(by: limits.idleTimeout)))
        }
    }

    /// Gives up a place and closes its connection, then sees to what is missing.
    mutating func discard(
        _ index: Int, _ resource: Resource, _ now: PoolInstant, into actions: inout [Action]
    ) {
        vacate(index)
        actions.append(.close(resource))
        supply(now, mayProbeRefusal: false, into: &actions)
    }

    /// Frees a place, whatever it was used for.
    mutating func vacate(_ index: Int) {
        leavePhase(index)
        slots[index] = PoolSlot()
        free.append(index)
        size -= 1
    }

    /// Takes a place out of the count of its phase.
    mutating func leavePhase(_ index: Int) {
        switch slots[index].phase {
        case .free: break
        case .connecting: connecting -= 1
        case .idle: idle.removeAll { $0 == index }
        case .checking: checking -= 1
        case .leased: leased -= 1
        case .resetting: resetting -= 1
        }
    }

    mutating func wake(at instant: PoolInstant) {
        if let wakeAt, wakeAt <= instant { return }
        wakeAt = instant
    }
}
