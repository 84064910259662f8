// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// A pool state with a clock moved by hand; connections and waiters are numbers, answers are collected.
struct PoolStateHarness {
    typealias State = PoolState<Int, Int>

    var state: State
    var now = PoolInstant.zero
    /// Everything asked for and not yet taken by the test.
    var actions: [State.Action] = []
    var nextConnection = 1

    init(
        minimum: Int = 0, maximum: Int = 10, seed: UInt64 = 1,
        _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) {
        var configuration = PoolConfiguration(minimumConnections: minimum, maximumConnections: maximum)
        configuration.lifetimeJitter = 0
        // Callers wait until their own time is up, unless a test is about those who are turned away.
        configuration.outagePatience = .seconds(86_400)
        change(&configuration)
        state = State(PoolLimits(configuration), seed: seed)
    }

    static let here = LeaseSite(fileID: "Tests/Here.swift", line: 7)

    // MARK: Time

    mutating func pass(_ duration: Duration) {
        now = now.advanced(by: duration.poolNanoseconds)
        state.tick(now, into: &actions)
    }

    // MARK: Events

    /// Acquires as the shell does; nil when it has to wait.
    mutating func acquire(
        _ waiter: Int, timeout: Duration = .seconds(30), kind: PlaceKind = .alone
    ) -> PoolLease<Int>? {
        switch state.acquireAtOnce(now, site: Self.here, kind: kind, for: waiter) {
        case .leased(let lease): return lease
        case .mustWait, .closed:
            let deadline = now.advanced(by: timeout.poolNanoseconds)
            _ = state.enqueue(waiter, deadline: deadline, site: Self.here, kind: kind, now: now, into: &actions)
            return nil
        }
    }

    struct NothingIdle: Error {}

    /// Acquires a connection that must lie ready.
    mutating func acquireIdle(_ waiter: Int) throws -> PoolLease<Int> {
        guard let lease = acquire(waiter) else { throw NothingIdle() }
        return lease
    }

    mutating func release(
        _ lease: PoolLease<Int>, _ outcome: ReleaseOutcome = .clean, _ news: ReleaseNews = .nothing
    ) {
        state.release(lease, outcome, news, now: now, into: &actions)
    }

    /// Lets every connect that was asked for succeed, those asked for meanwhile included.
    mutating func connectAll() {
        while let slot = takeConnect() { connect(slot) }
    }

    mutating func connect(_ slot: PoolSlotID) {
        state.connected(slot, nextConnection, now: now, into: &actions)
        nextConnection += 1
    }

    mutating func failConnect(
        _ slot: PoolSlotID, _ code: PostgresError.Code = .connectFailed, _ message: String = "refused by the test"
    ) {
        state.connectFailed(slot, PostgresError(code, message), now: now, into: &actions)
    }

    /// A pool with `count` idle connections.
    mutating func fill(_ count: Int) {
        var leases: [PoolLease<Int>] = []
        for waiter in 0..<count {
            if let lease = acquire(-waiter - 1) { leases.append(lease) }
            connectAll()
        }
        leases += takeResumed().map(\.lease)
        for lease in leases { release(lease) }
    }

    // MARK: Actions

    mutating func take<Value>(_ match: (State.Action) -> Value?) -> [Value] {
        var taken: [Value] = []
        actions.removeAll { action in
            guard let value = match(action) else { return false }
            taken.append(value)
            return true
        }
        return taken
    }

    mutating func takeConnects() -> [PoolSlotID] {
        take { if case .connect(let slot) = $0 { slot } else { nil } }
    }

    mutating func takeConnect() -> PoolSlotID? {
        for (index, action) in actions.enumerated() {
            guard case .connect(let slot) = action else { continue }
            actions.remove(at: index)
            return slot
        }
        return nil
    }

    mutating func takeChecks() -> [(resource: Int, slot: PoolSlotID)] {
        take { if case .check(let resource, let slot) = $0 { (resource, slot) } else { nil } }
    }

    mutating func takeResets() -> [(resource: Int, slot: PoolSlotID)] {
        take { if case .reset(let resource, let slot, _) = $0 { (resource, slot) } else { nil } }
    }

    mutating func takeClosed() -> [Int] {
        take { if case .close(let resource) = $0 { resource } else { nil } }
    }

    mutating func takeAborted() -> [Int] {
        take { if case .abort(let resource) = $0 { resource } else { nil } }
    }

    mutating func takeResumed() -> [(waiter: Int, lease: PoolLease<Int>)] {
        take { if case .resume(let waiter, let lease) = $0 { (waiter, lease) } else { nil } }
    }

    mutating func takeRecalled() -> [(waiter: Int, lease: PoolLease<Int>)] {
        take { if case .recall(let waiter, let lease) = $0 { (waiter, lease) } else { nil } }
    }

    mutating func takeFailed() -> [(waiter: Int, failure: PoolFailure)] {
        take { if case .fail(let waiter, let failure) = $0 { (waiter, failure) } else { nil } }
    }

    mutating func takeStarted() -> Int {
        take { if case .started = $0 { true } else { nil } }.count
    }

    mutating func takeStartFailed() -> [PostgresError] {
        take { if case .startFailed(let error) = $0 { error } else { nil } }
    }

    mutating func takeFinished() -> Int {
        take { if case .finished = $0 { true } else { nil } }.count
    }
}

extension PoolState {
    /// What is wrong with the state, seen from outside; empty when nothing is.
    func violations(at now: PoolInstant) -> [String] {
        var problems: [String] = []
        let status = status
        if status.idle + status.leased + status.connecting + status.preparing != status.size {
            problems.append("the parts don't add up to the size: \(status)")
        }
        if status.size > status.maximum { problems.append("larger than its maximum: \(status)") }
        if slots.count > status.maximum { problems.append("more places than the maximum") }
        func count(_ phases: [PoolSlot<Resource, Waiter>.Phase]) -> Int { slots.count { phases.contains($0.phase) } }
        if count([.idle]) != status.idle || count([.leased]) != status.leased
            || count([.connecting]) != status.connecting || count([.checking, .resetting]) != status.preparing
        {
            problems.append("the counts are not those of the places: \(status)")
        }
        if case .running = phase {
            if !waiters.isEmpty {
                if wakeAt == nil { problems.append("somebody waits and no wake-up is planned") }
                if let earliest = waiters.earliestDeadline, let wakeAt, wakeAt > earliest {
                    problems.append("the wake-up is later than the earliest deadline")
                }
                if status.idle > 0, waiters.count > status.preparing {
                    problems.append("somebody waits and a connection lies idle")
                }
                if case .healthy = health, status.size < status.maximum, status.connecting == 0,
                    waiters.count > status.preparing
                {
                    problems.append("somebody waits, there is room, and nobody connects")
                }
                if case .refusing = health, status.size == 0 { problems.append("somebody waits for a refusing server") }
            }
            if let since = health.outOfReachSince {
                if status.connecting == 0, status.size < max(limits.minimum, 1), wakeAt == nil {
                    problems.append("there are too few connections and no probe is planned")
                }
                let end = since.advanced(by: limits.outagePatience)
                if status.size == status.connecting, !waiters.isEmpty {
                    if end <= now { problems.append("somebody waits for a server that is known to be out of reach") }
                    if let wakeAt, wakeAt > end { problems.append("the wake-up is later than the end of patience") }
                }
            }
            if case .healthy = health, status.size < limits.minimum, status.connecting == 0 {
                problems.append("the minimum is missing and nobody connects")
            }
        } else if status.size != status.leased || !waiters.isEmpty {
            problems.append("closing, and still more than leases: \(status)")
        }
        return problems
    }
}
