// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Making connections, checking them, and what is known about the server from that.
extension PoolState {
    /// Starts whatever waiters and the minimum need and the server's health allows.
    ///
    /// - Parameter mayProbeRefusal: whether a caller stands behind this, so that a server that refused the password may
    ///   be asked once more when its pause is over.
    mutating func supply(_ now: PoolInstant, mayProbeRefusal: Bool, into actions: inout [Action]) {
        guard case .running = phase else { return }
        // A connect under way does not keep an idle connection from being tried: it takes longer, and it may fail.
        while waiters.count > checking + resetting, let index = idle.last, let resource = slots[index].resource {
            if slots[index].expiresAt <= now, mayRetire(now) {
                retired += 1
                vacate(index)
                actions.append(.close(resource))
            } else if needsCheck(index, now) {
                startCheck(index, resource, into: &actions)
            } else if let entry = waiters.popFirst() {
                idle.removeLast()
                actions.append(
                    .resume(entry.waiter, lease(index, resource, entry.site, now, entry.kind, entry.waiter)))
            }
        }
        while waiters.count > connecting + checking + resetting, size < limits.maximum,
            mayConnect(now, mayProbeRefusal: mayProbeRefusal)
        {
            startConnect(now, into: &actions)
        }
        while size < wantedSize, mayConnect(now, mayProbeRefusal: mayProbeRefusal) {
            startConnect(now, into: &actions)
        }
        if case .refusing(_, _, let error) = health, size == 0 {
            for entry in waiters.removeAll() { actions.append(.fail(entry.waiter, .refused(error))) }
        }
        turnAway(now, into: &actions)
        shareConnections(now, into: &actions)
        if case .failing(_, _, let nextProbe) = health, connecting == 0, wantsMore { wake(at: nextProbe) }
    }

    /// A server that can't be reached is asked again and again, also when nobody waits: callers are turned away meanwhile,
    /// and the first one after it is back is to find a connection.
    var wantedSize: Int { max(limits.minimum, startTarget ?? 0, health.outOfReachSince == nil ? 0 : 1) }

    /// Whether the server has been out of reach for longer than callers are to wait for it.
    func isOutageKnown(_ now: PoolInstant) -> Bool {
        health.outOfReachSince.map { $0.advanced(by: limits.outagePatience) <= now } ?? false
    }

    /// Answers those who wait for a server that can't be reached, once that is known for long enough and no connection is
    /// left that could serve them.
    private mutating func turnAway(_ now: PoolInstant, into actions: inout [Action]) {
        guard let since = health.outOfReachSince, let error = lastConnectError, !waiters.isEmpty, !hasLiveConnections
        else { return }
        guard isOutageKnown(now) else { return wake(at: since.advanced(by: limits.outagePatience)) }
        for entry in waiters.removeAll() { actions.append(.fail(entry.waiter, .refused(error))) }
    }

    /// Whether a connection would be made if the server let us.
    var wantsMore: Bool {
        size < wantedSize || (size < limits.maximum && waiters.count > connecting + checking + resetting)
    }

    private func mayConnect(_ now: PoolInstant, mayProbeRefusal: Bool) -> Bool {
        switch health {
        case .healthy: connecting < connectWindow
        case .failing(_, _, let nextProbe): connecting == 0 && now >= nextProbe
        case .refusing(_, let nextProbe, _): mayProbeRefusal && connecting == 0 && now >= nextProbe
        }
    }

    private mutating func startConnect(_ now: PoolInstant, into actions: inout [Action]) {
        let index: Int
        if let reused = free.popLast() {
            index = reused
        } else {
            index = slots.count
            slots.append(PoolSlot())
        }
        generation += 1
        slots[index].generation = generation
        slots[index].phase = .connecting
        slots[index].isProbe = !health.isHealthy
        slots[index].connectingSince = now
        size += 1
        connecting += 1
        actions.append(.connect(identifier(index)))
    }

    /// A connection has been made. One that nobody waits for any more is closed.
    package mutating func connected(
        _ id: PoolSlotID, _ resource: Resource, now: PoolInstant, into actions: inout [Action]
    ) {
        guard isConnecting(id) else {
            actions.append(.close(resource))
            return
        }
        health = .healthy
        lastConnectError = nil
        connectWindow = min(limits.concurrentConnects, connectWindow * 2)
        let shorter = Double(limits.lifetime) * limits.lifetimeJitter * random.fraction()
        slots[id.index].expiresAt = now.advanced(by: limits.lifetime - Int64(shorter))
        slots[id.index].resource = resource
        makeAvailable(id.index, resource, now, into: &actions)
        if let target = startTarget, size - connecting >= target { endStart(.started, into: &actions) }
        supply(now, mayProbeRefusal: false, into: &actions)
    }

    /// An attempt to connect has failed.
    package mutating func connectFailed(
        _ id: PoolSlotID, _ error: PostgresError, now: PoolInstant, into actions: inout [Action]
    ) {
        guard isConnecting(id) else { return }
        let (wasProbe, began) = (slots[id.index].isProbe, slots[id.index].connectingSince)
        vacate(id.index)
        lastConnectError = error
        connectWindow = 1
        // Attempts that were under way when another one failed say nothing new: only the first one and probes count.
        switch health {
        case .healthy:
            health = unhealthy(afterAttempts: 1, since: began, error, now)
        case .failing(let attempts, let since, _):
            if wasProbe || error.isRefusal { health = unhealthy(afterAttempts: attempts + 1, since: since, error, now) }
        case .refusing(let attempts, _, _):
            if wasProbe || error.isRefusal { health = unhealthy(afterAttempts: attempts + 1, since: began, error, now) }
        }
        // An attempt from before `start` has met the server of then: the next probe decides. After a refusal there is none.
        if startTarget != nil, error.isRefusal || (id.generation > startGeneration && !waitsForStart(now)) {
            endStart(.startFailed(error), into: &actions)
        }
        // Whoever still waits in `start` stands behind the next attempt, also at a server that refused the password before.
        supply(now, mayProbeRefusal: startTarget != nil, into: &actions)
    }

    /// Whether a connection is still being made for this use of a place.
    package func isConnecting(_ id: PoolSlotID) -> Bool {
        slots.indices.contains(id.index) && slots[id.index].generation == id.generation
            && slots[id.index].phase == .connecting
    }

    private mutating func unhealthy(
        afterAttempts attempts: Int, since: PoolInstant, _ error: PostgresError, _ now: PoolInstant
    ) -> ServerHealth {
        let refused = error.isRefusal
        let grown = limits.maximumBackoff.multipliedReportingOverflow(by: PoolLimits.refusalFactor)
        let longest = refused ? (grown.overflow ? .max : grown.partialValue) : limits.maximumBackoff
        var pause = refused ? limits.maximumBackoff : limits.initialBackoff
        var remaining = attempts - 1
        while remaining > 0, pause < longest {
            remaining -= 1
            let (doubled, overflow) = pause.multipliedReportingOverflow(by: 2)
            pause = overflow ? longest : doubled
        }
        pause = min(pause, longest)
        if !refused, waitsForStart(now) { pause = min(pause, PoolLimits.startupBackoff) }
        // Half fixed, half drawn, so that processes that lost the same server don't come back in step.
        let drawn = pause / 2 + Int64(Double(pause / 2) * random.fraction())
        let nextProbe = now.advanced(by: drawn)
        return refused
            ? .refusing(attempts: attempts, nextProbe: nextProbe, error: error)
            : .failing(attempts: attempts, since: since, nextProbe: nextProbe)
    }

    /// Whether somebody in `start` goes on waiting for a server that can't be reached.
    private func waitsForStart(_ now: PoolInstant) -> Bool {
        startTarget != nil && (startDeadline.map { now < $0 } ?? false)
    }

    // MARK: Checks

    private mutating func startCheck(_ index: Int, _ resource: Resource, into actions: inout [Action]) {
        leavePhase(index)
        slots[index].phase = .checking
        checking += 1
        actions.append(.check(resource, identifier(index)))
    }

    /// The ping of ``PoolAction/check(_:_:)`` was answered, or not.
    package mutating func checked(
        _ id: PoolSlotID, alive: Bool, now: PoolInstant, into actions: inout [Action]
    ) {
        guard let resource = resource(of: id, in: .checking) else { return }
        if alive && !slots[id.index].isBroken {
            makeAvailable(id.index, resource, now, into: &actions)
            return
        }
        // The others probably died of the same cause. Asking them all at once costs one ping timeout instead of one each.
        suspectBefore = max(suspectBefore, now)
        for index in idle where needsCheck(index, now) {
            if let resource = slots[index].resource { startCheck(index, resource, into: &actions) }
        }
        discard(id.index, resource, now, into: &actions)
    }

    /// A connection broke by itself.
    package mutating func terminated(_ id: PoolSlotID, now: PoolInstant, into actions: inout [Action]) {
        guard slots.indices.contains(id.index), slots[id.index].generation == id.generation,
            let resource = slots[id.index].resource
        else { return }
        suspectBefore = max(suspectBefore, now)
        if slots[id.index].phase == .idle {
            discard(id.index, resource, now, into: &actions)
        } else {
            slots[id.index].isBroken = true
        }
    }
}
