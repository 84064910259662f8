// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What time does to a pool: deadlines, leaks, connections past their time, the next probe.
extension PoolState {
    /// Does everything that is due. Calling it early, late or for nothing does no harm.
    package mutating func tick(_ now: PoolInstant, into actions: inout [Action]) {
        guard let due = wakeAt, due <= now else { return }
        wakeAt = nil
        switch phase {
        case .closed:
            return
        case .draining(let deadline):
            if deadline <= now { abortLeases(into: &actions) } else { wake(at: deadline) }
        case .running:
            expireWaiters(now, into: &actions)
            recallOverdue(now, into: &actions)
            expireStart(now, into: &actions)
            reportLeaks(now, into: &actions)
            retireIdle(now, into: &actions)
            supply(now, mayProbeRefusal: false, into: &actions)
            scheduleNextWake(now)
        }
    }

    private mutating func expireWaiters(_ now: PoolInstant, into actions: inout [Action]) {
        // The error's numbers are those the callers saw while waiting, themselves included.
        let status = status
        for entry in waiters.removeExpired(at: now) {
            let waited = now.since(entry.enqueuedAt)
            actions.append(
                .fail(entry.waiter, .timeout(waited: waited, status: status, lastConnectError: lastConnectError)))
        }
    }

    private mutating func reportLeaks(_ now: PoolInstant, into actions: inout [Action]) {
        guard let threshold = limits.leakThreshold else { return }
        for index in slots.indices where slots[index].phase == .leased && !slots[index].leakReported {
            let held = now.since(slots[index].leasedAt)
            guard held >= threshold, let resource = slots[index].resource else { continue }
            slots[index].leakReported = true
            actions.append(.reportLeak(resource, slots[index].site, held: held))
        }
    }

    /// Closes idle connections that lived or lay long enough, those unused longest first.
    private mutating func retireIdle(_ now: PoolInstant, into actions: inout [Action]) {
        for index in idle {
            guard retirementDue(index) <= now, let resource = slots[index].resource else { continue }
            guard mayRetire(now) else { return }
            retired += 1
            vacate(index)
            actions.append(.close(resource))
        }
    }

    /// When an idle connection is to be closed.
    private func retirementDue(_ index: Int) -> PoolInstant {
        let unused = slots[index].idleSince.advanced(by: limits.idleTimeout)
        return size > limits.minimum ? min(slots[index].expiresAt, unused) : slots[index].expiresAt
    }

    /// Whether one more connection may be retired for its age: at most a quarter of the pool in each
    /// ``PoolLimits/retirementPause``, none while as many are being made, and none while the server can't be reached,
    /// because then the old ones are all there is.
    mutating func mayRetire(_ now: PoolInstant) -> Bool {
        guard health.isHealthy else { return false }
        let isOver = retirementStart.map { now.since($0) >= PoolLimits.retirementPause } ?? true
        if isOver {
            retirementStart = now
            retirementQuota = max(1, size / 4)
            retired = 0
        }
        return retired < retirementQuota && connecting < retirementQuota
    }

    private mutating func scheduleNextWake(_ now: PoolInstant) {
        if let deadline = waiters.earliestDeadline { wake(at: deadline) }
        if let startDeadline { wake(at: startDeadline) }
        if case .failing(_, _, let nextProbe) = health, connecting == 0, wantsMore { wake(at: nextProbe) }
        if let since = health.outOfReachSince, !waiters.isEmpty, !hasLiveConnections {
            wake(at: since.advanced(by: limits.outagePatience))
        }
        for index in slots.indices {
            switch slots[index].phase {
            case .idle:
                let due = retirementDue(index)
                wake(at: due > now ? due : now.advanced(by: PoolLimits.retirementPause))
            case .leased:
                if let threshold = limits.leakThreshold, !slots[index].leakReported {
                    wake(at: slots[index].leasedAt.advanced(by: threshold))
                }
                if slots[index].isToBeWatched { wake(at: now.advanced(by: limits.overdue)) }
            case .free, .connecting, .checking, .resetting: break
            }
        }
    }

    // MARK: Start and shutdown

    /// Opens the minimum, at least one. Answered by `started` or `startFailed`.
    ///
    /// - Parameters:
    ///   - failFast: whether it is answered only when the connections are there, or can't be had.
    ///   - deadline: until when a server that can't be reached is waited for; nil when the first failure is the answer.
    package mutating func start(
        failFast: Bool, until deadline: PoolInstant? = nil, now: PoolInstant, into actions: inout [Action]
    ) {
        guard case .running = phase else {
            actions.append(.startFailed(.poolClosed))
            return
        }
        if failFast {
            let target = max(1, limits.minimum)
            if case .refusing(_, let nextProbe, let error) = health, now < nextProbe, size - connecting < target {
                actions.append(.startFailed(error))
                return
            }
            if startTarget == nil { startGeneration = generation }
            startTarget = target
            if let deadline {
                startDeadline = max(startDeadline ?? deadline, deadline)
                wake(at: deadline)
            }
        }
        supply(now, mayProbeRefusal: true, into: &actions)
        if size - connecting >= (startTarget ?? 0) { endStart(.started, into: &actions) }
    }

    /// Answers those who wait in `start`.
    mutating func endStart(_ answer: Action, into actions: inout [Action]) {
        startTarget = nil
        startDeadline = nil
        actions.append(answer)
    }

    /// Gives up on a server that was waited for long enough.
    private mutating func expireStart(_ now: PoolInstant, into actions: inout [Action]) {
        guard let deadline = startDeadline, deadline <= now else { return }
        endStart(.startFailed(lastConnectError ?? .notReady), into: &actions)
    }

    /// Turns callers away, closes what nobody holds, and waits for leases until `deadline`. A second call can only
    /// bring the deadline forward.
    package mutating func shutdown(deadline: PoolInstant, now: PoolInstant, into actions: inout [Action]) {
        switch phase {
        case .closed:
            actions.append(.finished)
            return
        case .draining(let earlier):
            phase = .draining(min(earlier, deadline))
        case .running:
            phase = .draining(deadline)
            for entry in waiters.removeAll() { actions.append(.fail(entry.waiter, .closed)) }
            if startTarget != nil { endStart(.startFailed(.poolClosed), into: &actions) }
            for index in slots.indices {
                switch slots[index].phase {
                case .free, .leased: continue
                case .connecting: actions.append(.cancelConnect(identifier(index)))
                case .idle, .checking, .resetting:
                    if let resource = slots[index].resource { actions.append(.close(resource)) }
                }
                vacate(index)
            }
        }
        if deadline <= now { abortLeases(into: &actions) } else { wake(at: deadline) }
        finishIfDrained(into: &actions)
    }

    private mutating func abortLeases(into actions: inout [Action]) {
        for index in slots.indices where slots[index].phase == .leased {
            if let resource = slots[index].resource { actions.append(.abort(resource)) }
            vacate(index)
        }
        finishIfDrained(into: &actions)
    }

    mutating func finishIfDrained(into actions: inout [Action]) {
        guard case .draining = phase, leased == 0 else { return }
        phase = .closed
        wakeAt = nil
        actions.append(.finished)
    }
}
