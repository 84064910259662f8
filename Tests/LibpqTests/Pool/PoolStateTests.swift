// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Testing

/// The pool's rules one by one, with a clock moved by hand.
@Suite struct PoolStateTests {
    // MARK: Growing and handing out

    @Test func growsOnDemandAndHandsOutTheLastUsedFirst() {
        var pool = PoolStateHarness(maximum: 2)
        #expect(pool.acquire(1) == nil)
        #expect(pool.acquire(2) == nil)
        #expect(pool.acquire(3) == nil)
        #expect(pool.state.status.connecting == 2)
        pool.connectAll()
        let resumed = pool.takeResumed()
        #expect(resumed.map(\.waiter) == [1, 2])
        pool.release(resumed[0].lease)
        let third = pool.takeResumed()
        #expect(third.map(\.waiter) == [3])
        #expect(third.first?.lease.resource == resumed[0].lease.resource)
        pool.release(resumed[1].lease)
        pool.release(third[0].lease)
        #expect(pool.acquire(4)?.resource == third[0].lease.resource)
        #expect(
            pool.state.status.description
                == "2 of 2 connections: 1 idle, 1 leased, 0 connecting, 0 being checked; 0 waiting")
    }

    @Test func servesWaitersInTheOrderTheyCame() throws {
        var pool = PoolStateHarness(maximum: 1)
        pool.fill(1)
        let held = try pool.acquireIdle(0)
        for waiter in 1...5 { #expect(pool.acquire(waiter) == nil) }
        var served: [Int] = []
        var lease = held
        for _ in 1...5 {
            pool.release(lease)
            for resumed in pool.takeResumed() {
                served.append(resumed.waiter)
                lease = resumed.lease
            }
        }
        #expect(served == [1, 2, 3, 4, 5])
    }

    @Test func newcomersDontOvertakeWaiters() {
        var pool = PoolStateHarness(maximum: 1)
        pool.fill(1)
        pool.pass(.seconds(5))
        #expect(pool.acquire(1) == nil)
        let check = pool.takeChecks()[0]
        #expect(pool.acquire(2) == nil)
        pool.state.checked(check.slot, alive: true, now: pool.now, into: &pool.actions)
        #expect(pool.takeResumed().map(\.waiter) == [1])
        #expect(pool.state.status.waiting == 1)
    }

    @Test func connectsAFewAtATime() {
        var pool = PoolStateHarness(maximum: 20) { $0.maximumConcurrentConnects = 3 }
        for waiter in 0..<10 { #expect(pool.acquire(waiter) == nil) }
        var connects = pool.takeConnects()
        #expect(connects.count == 3)
        pool.connect(connects.removeFirst())
        #expect(pool.takeConnects().count == 1)
        #expect(pool.state.status.connecting == 3)
    }

    // MARK: Waiting

    @Test func aWaiterHearsAtItsDeadlineHowThePoolStood() {
        var pool = PoolStateHarness(maximum: 1)
        pool.fill(1)
        let held = pool.acquire(0)
        #expect(pool.acquire(1, timeout: .seconds(2)) == nil)
        #expect(pool.acquire(2, timeout: .seconds(3)) == nil)
        pool.pass(.milliseconds(1_999))
        #expect(pool.takeFailed().isEmpty)
        pool.pass(.milliseconds(1))
        let failed = pool.takeFailed()
        #expect(failed.map(\.waiter) == [1])
        if case .timeout(let waited, let status, let error) = failed[0].failure {
            #expect(waited == 2_000_000_000)
            #expect((status.leased, status.size, status.waiting) == (1, 1, 2))
            #expect(error == nil)
        } else {
            Issue.record("not a timeout: \(failed[0].failure)")
        }
        if let held { pool.release(held) }
        #expect(pool.takeResumed().map(\.waiter) == [2])
    }

    @Test func aCancelledWaiterLeavesAndOneAlreadyServedDoesNot() throws {
        var pool = PoolStateHarness(maximum: 1)
        pool.fill(1)
        let held = try pool.acquireIdle(0)
        let deadline = PoolInstant(nanoseconds: .max)
        let first = pool.state.enqueue(
            1, deadline: deadline, site: PoolStateHarness.here, now: pool.now, into: &pool.actions)
        let second = pool.state.enqueue(
            2, deadline: deadline, site: PoolStateHarness.here, now: pool.now, into: &pool.actions)
        #expect(pool.state.cancel(first ?? 0) == 1)
        pool.release(held)
        #expect(pool.takeResumed().map(\.waiter) == [2])
        #expect(pool.state.cancel(second ?? 0) == nil)
        #expect(pool.state.cancel(0) == nil)
        #expect(pool.state.status.waiting == 0)
    }

    // MARK: Checks

    @Test func pingsOnlyWhatLayIdleForOverASecond() throws {
        var pool = PoolStateHarness(maximum: 2)
        pool.fill(1)
        pool.pass(.seconds(1))
        let lease = try pool.acquireIdle(1)
        pool.release(lease)
        pool.pass(.milliseconds(1_001))
        #expect(pool.acquire(2) == nil)
        #expect(pool.takeChecks().count == 1)
        #expect(pool.state.status.preparing == 1)
    }

    @Test func aFailedPingReplacesAndChecksTheOthersAtOnce() {
        var pool = PoolStateHarness(maximum: 3)
        for waiter in 1...3 { #expect(pool.acquire(waiter) == nil) }
        pool.connectAll()
        for resumed in pool.takeResumed() { pool.release(resumed.lease) }
        pool.pass(.seconds(2))
        #expect(pool.acquire(4) == nil)
        let check = pool.takeChecks()[0]
        pool.state.checked(check.slot, alive: false, now: pool.now, into: &pool.actions)
        #expect(pool.takeClosed() == [check.resource])
        let others = pool.takeChecks()
        #expect(others.count == 2)
        pool.state.checked(others[0].slot, alive: true, now: pool.now, into: &pool.actions)
        #expect(pool.takeResumed().map(\.waiter) == [4])
    }

    @Test func anIdleConnectionsDeathIsAnEventAndMakesTheOthersSuspect() {
        var pool = PoolStateHarness(minimum: 2, maximum: 3)
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        let slots = pool.takeConnects()
        for slot in slots { pool.connect(slot) }
        #expect(pool.takeStarted() == 1)
        pool.pass(.milliseconds(10))
        pool.state.terminated(slots[0], now: pool.now, into: &pool.actions)
        #expect(pool.takeClosed() == [1])
        #expect(pool.takeConnects().count == 1, "the minimum is not refilled")
        #expect(pool.acquire(9) == nil, "handed out without a ping")
        #expect(pool.takeChecks().map(\.resource) == [2])
    }

    // MARK: Giving back

    @Test func aBrokenOrBusyConnectionIsNeverHandedOn() throws {
        var pool = PoolStateHarness(maximum: 1)
        pool.fill(1)
        let lease = try pool.acquireIdle(1)
        pool.state.terminated(lease.slot, now: pool.now, into: &pool.actions)
        pool.release(lease)
        #expect(pool.takeClosed() == [lease.resource])
        #expect(pool.state.status.size == 0)
        #expect(pool.acquire(2) == nil)
        pool.connectAll()
        let next = pool.takeResumed()[0].lease
        pool.release(next, .unusable)
        #expect(pool.takeClosed() == [next.resource])
        pool.release(next)
        #expect(pool.state.status.size == 0, "a second release of the same lease counted")
    }

    @Test func aTransactionLeftOpenIsResetBeforeTheNextCaller() throws {
        var pool = PoolStateHarness(maximum: 1)
        pool.fill(1)
        let lease = try pool.acquireIdle(1)
        #expect(pool.acquire(2) == nil)
        pool.release(lease, .inTransaction)
        #expect(pool.takeResumed().isEmpty)
        let reset = pool.takeResets()[0]
        pool.state.wasReset(reset.slot, reusable: true, now: pool.now, into: &pool.actions)
        let resumed = pool.takeResumed()
        #expect(resumed.map(\.waiter) == [2])
        pool.release(resumed[0].lease, .inTransaction)
        pool.state.wasReset(pool.takeResets()[0].slot, reusable: false, now: pool.now, into: &pool.actions)
        #expect(pool.takeClosed() == [lease.resource])
    }

    @Test func theSessionPolicyResetsAfterEachUse() {
        var pool = PoolStateHarness(maximum: 1) { $0.resetPolicy = .session }
        #expect(pool.acquire(1) == nil)
        pool.connectAll()
        pool.release(pool.takeResumed()[0].lease)
        #expect(pool.takeResets().count == 1)
        #expect(pool.state.status.idle == 0)
    }

    // MARK: Leaks

    @Test func aLeakIsReportedOnceAndItsReturnToo() throws {
        var pool = PoolStateHarness(maximum: 1) { $0.leakThreshold = .seconds(10) }
        pool.fill(1)
        let lease = try pool.acquireIdle(1)
        func leaks(_ pool: inout PoolStateHarness) -> [String] {
            pool.take {
                switch $0 {
                case .reportLeak(_, let site, _): "held \(site)"
                case .reportReturn(_, let site, let held): "returned \(site) after \(held / 1_000_000_000)"
                default: nil
                }
            }
        }
        pool.pass(.seconds(9))
        #expect(leaks(&pool).isEmpty)
        pool.pass(.seconds(1))
        #expect(leaks(&pool) == ["held Tests/Here.swift:7"])
        pool.pass(.seconds(30))
        #expect(leaks(&pool).isEmpty)
        pool.release(lease)
        #expect(leaks(&pool) == ["returned Tests/Here.swift:7 after 40"])
    }
}
