// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Testing

/// What outages, age, clock jumps and shutdowns do to a pool.
@Suite struct PoolStateTimeTests {
    // MARK: Outages

    @Test func oneProbeWithGrowingPausesWhileTheServerIsDown() {
        var pool = PoolStateHarness(minimum: 3, maximum: 10)
        for waiter in 0..<8 { #expect(pool.acquire(waiter, timeout: .seconds(3_600)) == nil) }
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        #expect(pool.takeConnects().isEmpty, "a second attempt without a pause")
        var attempts: [Int64] = []
        for _ in 0..<60_000 {
            pool.pass(.milliseconds(1))
            for slot in pool.takeConnects() {
                attempts.append(pool.now.nanoseconds / 1_000_000)
                #expect(pool.state.status.connecting == 1)
                pool.failConnect(slot)
            }
        }
        let pauses = zip(attempts.dropFirst(), attempts).map { $0 - $1 }
        #expect((50...100).contains(attempts[0]))
        #expect((100...200).contains(pauses[0]))
        #expect(pauses.suffix(3).allSatisfy { (2_500...5_000).contains($0) })
        #expect(attempts.count < 30)
        #expect(pool.takeFailed().isEmpty)
    }

    @Test func refillsAndServesEverybodyWhenTheServerIsBack() {
        var pool = PoolStateHarness(minimum: 4, maximum: 6)
        for waiter in 0..<6 { #expect(pool.acquire(waiter, timeout: .seconds(60)) == nil) }
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        pool.pass(.seconds(5))
        let probes = pool.takeConnects()
        #expect(probes.count == 1)
        pool.connect(probes[0])
        #expect(pool.state.status.connecting == 2, "careful growth: twice as many as before")
        pool.connectAll()
        #expect(pool.takeResumed().map(\.waiter) == [0, 1, 2, 3, 4, 5])
        #expect(pool.state.lastConnectError == nil)
    }

    @Test func refillsTheMinimumWithoutAnyCaller() {
        var pool = PoolStateHarness(minimum: 2, maximum: 2)
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        #expect(pool.takeStartFailed().map(\.code) == [.connectFailed])
        pool.pass(.seconds(1))
        pool.connectAll()
        #expect(pool.state.status.idle == 2)
    }

    @Test func theTimeoutCarriesTheLastConnectError() {
        var pool = PoolStateHarness(maximum: 2)
        #expect(pool.acquire(1, timeout: .seconds(1)) == nil)
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        pool.pass(.seconds(1))
        var message: String?
        if case .timeout(_, _, let error)? = pool.takeFailed().first?.failure { message = error?.message }
        #expect(message == "refused by the test")
    }

    @Test func connectionsThatWorkServeWaitersDuringAnOutage() throws {
        var pool = PoolStateHarness(maximum: 2)
        pool.fill(1)
        let lease = try pool.acquireIdle(0)
        #expect(pool.acquire(1) == nil)
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        pool.release(lease)
        #expect(pool.takeResumed().map(\.waiter) == [1])
    }

    @Test func aRefusedPasswordFailsWaitersAtOnceAndIsNotRetried() {
        var pool = PoolStateHarness(minimum: 1, maximum: 4)
        for waiter in 0..<3 { #expect(pool.acquire(waiter) == nil) }
        let slots = pool.takeConnects()
        for slot in slots { pool.failConnect(slot, .authenticationFailed) }
        #expect(pool.takeFailed().map(\.waiter) == [0, 1, 2])
        for _ in 0..<3_600 { pool.pass(.seconds(1)) }
        #expect(pool.takeConnects().isEmpty, "asked the server again although nobody wanted anything")
        #expect(pool.acquire(9) == nil)
        let probes = pool.takeConnects()
        #expect(probes.count == 1)
        pool.failConnect(probes[0], .authenticationFailed)
        #expect(pool.takeFailed().map(\.waiter) == [9])
        #expect(pool.acquire(10) == nil)
        #expect(pool.takeFailed().map(\.waiter) == [10])
        #expect(pool.takeConnects().isEmpty, "no pause between two probes")
    }

    @Test func aRefusedPasswordDoesNotFailWaitersThatLiveConnectionsCanServe() throws {
        var pool = PoolStateHarness(maximum: 2)
        pool.fill(1)
        let lease = try pool.acquireIdle(0)
        #expect(pool.acquire(1) == nil)
        for slot in pool.takeConnects() { pool.failConnect(slot, .authenticationFailed) }
        #expect(pool.takeFailed().isEmpty)
        pool.release(lease, .unusable)
        #expect(pool.takeFailed().map(\.waiter) == [1])
    }

    // MARK: Age

    @Test func idleConnectionsShrinkToTheMinimum() {
        var pool = PoolStateHarness(minimum: 2, maximum: 8)
        for waiter in 1...8 { #expect(pool.acquire(waiter) == nil) }
        pool.connectAll()
        for resumed in pool.takeResumed() { pool.release(resumed.lease) }
        pool.pass(.seconds(599))
        #expect(pool.takeClosed().isEmpty)
        for _ in 0..<20 { pool.pass(.seconds(1)) }
        #expect(pool.takeClosed().count == 6)
        #expect(pool.state.status.idle == 2)
    }

    @Test func lifetimesThatEndTogetherReplaceAQuarterAtATime() {
        var pool = PoolStateHarness(minimum: 8, maximum: 8) { $0.maximumConcurrentConnects = 8 }
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        pool.connectAll()
        pool.pass(.seconds(1_800))
        var rounds = 0
        while rounds < 40,
            pool.state.slots.contains(where: { $0.phase != .idle }) || rounds == 0 || !pool.actions.isEmpty
        {
            rounds += 1
            #expect(pool.takeClosed().count <= 2)
            #expect(pool.state.status.idle >= 6)
            pool.connectAll()
            pool.pass(.seconds(1))
        }
        #expect(pool.nextConnection == 17, "eight were to be replaced once each")
    }

    @Test func anAgedConnectionIsRetiredAtAcquireAndAtRelease() throws {
        var pool = PoolStateHarness(maximum: 4) {
            $0.lifetime = .seconds(60)
            $0.checkAfterIdle = .seconds(3_600)
        }
        pool.fill(1)
        let lease = try pool.acquireIdle(1)
        pool.pass(.seconds(61))
        pool.release(lease)
        #expect(pool.takeClosed() == [lease.resource])
        pool.fill(1)
        // The clock moves without a tick, as when the timer is late.
        pool.now = pool.now.advanced(by: 61_000_000_000)
        #expect(pool.acquire(2) == nil)
        #expect(pool.takeClosed() == [2])
        pool.connectAll()
        #expect(pool.takeResumed().map(\.waiter) == [2])
    }

    @Test func jitterIsDrawnOnceAndOnlyShortens() {
        var pool = PoolStateHarness(minimum: 0, maximum: 50, seed: 7) {
            $0.lifetimeJitter = 0.2
            $0.idleTimeout = .seconds(100_000)
            $0.maximumConcurrentConnects = 50
        }
        for waiter in 0..<50 { #expect(pool.acquire(waiter) == nil) }
        pool.connectAll()
        for resumed in pool.takeResumed() { pool.release(resumed.lease) }
        pool.pass(.seconds(1_439))
        #expect(pool.takeClosed().isEmpty)
        var retired: [Int: Int] = [:]
        for second in 1_440...1_802 {
            pool.pass(.seconds(1))
            retired[second] = pool.takeClosed().count
        }
        #expect(retired.values.reduce(0, +) == 50)
        #expect(retired.values.filter { $0 > 0 }.count > 20, "they ended together")
    }

    @Test func aClockJumpOfAnHourClosesFewAtOnce() {
        var pool = PoolStateHarness(minimum: 0, maximum: 16) { $0.maximumConcurrentConnects = 16 }
        for waiter in 0..<16 { #expect(pool.acquire(waiter) == nil) }
        pool.connectAll()
        for resumed in pool.takeResumed() { pool.release(resumed.lease) }
        pool.pass(.seconds(3_600))
        #expect(pool.takeClosed().count == 4)
    }

    @Test func agedConnectionsAreKeptWhileTheServerCannotBeReached() throws {
        var pool = PoolStateHarness(minimum: 0, maximum: 2) { $0.lifetime = .seconds(60) }
        pool.fill(1)
        let lease = try pool.acquireIdle(0)
        #expect(pool.acquire(1, timeout: .seconds(600)) == nil)
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        pool.now = pool.now.advanced(by: 61_000_000_000)
        pool.release(lease)
        #expect(pool.takeResumed().map(\.waiter) == [1])
    }

    // MARK: Start and shutdown

    @Test func startOpensTheMinimumAtLeastOne() {
        var pool = PoolStateHarness(minimum: 0, maximum: 4)
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        #expect(pool.takeStarted() == 0)
        pool.connectAll()
        #expect(pool.takeStarted() == 1)
        #expect(pool.state.status.idle == 1)
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        #expect(pool.takeStarted() == 1)
    }

    @Test func anAttemptFromBeforeStartDoesNotFailIt() {
        var pool = PoolStateHarness(minimum: 2, maximum: 4)
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        let first = pool.takeConnects()
        #expect(first.count == 2)
        pool.failConnect(first[0])
        #expect(pool.takeStartFailed().count == 1)
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        pool.failConnect(first[1])
        #expect(pool.takeStartFailed().isEmpty, "the server of the second start was not asked yet")
        pool.pass(.seconds(60))
        pool.connectAll()
        #expect(pool.takeStarted() == 1)
        #expect(pool.state.status.idle == 2)
    }

    @Test func startAfterARefusalAsksAgainThoughAnEarlierAttemptFailsMeanwhile() {
        var pool = PoolStateHarness(minimum: 2, maximum: 4)
        pool.state.start(failFast: false, now: pool.now, into: &pool.actions)
        let early = pool.takeConnects()
        pool.failConnect(early[0], .authenticationFailed)
        pool.pass(.seconds(3_600))
        #expect(pool.takeConnects().isEmpty, "nobody stands behind a second refusal")
        pool.actions.removeAll()
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        #expect(pool.takeConnects().isEmpty, "one attempt is under way")
        pool.failConnect(early[1])
        #expect(pool.takeStartFailed().isEmpty)
        pool.connectAll()
        #expect(pool.takeStarted() == 1)
    }

    @Test func aRefusalOfAnEarlierAttemptFailsStart() {
        var pool = PoolStateHarness(minimum: 2, maximum: 4)
        pool.state.start(failFast: false, now: pool.now, into: &pool.actions)
        let early = pool.takeConnects()
        pool.state.start(failFast: true, now: pool.now, into: &pool.actions)
        pool.failConnect(early[0], .authenticationFailed)
        #expect(pool.takeStartFailed().map(\.code) == [.authenticationFailed])
    }

    @Test func startInTheBackgroundReturnsAtOnce() {
        var pool = PoolStateHarness(minimum: 2, maximum: 4)
        pool.state.start(failFast: false, now: pool.now, into: &pool.actions)
        #expect(pool.takeStarted() == 1)
        #expect(pool.takeConnects().count == 2)
    }

    @Test func shutdownTurnsAwayWaitsForLeasesAndEndsAtItsDeadline() {
        var pool = PoolStateHarness(maximum: 3)
        for waiter in 1...4 { #expect(pool.acquire(waiter) == nil) }
        let connects = pool.takeConnects()
        pool.connect(connects[0])
        pool.connect(connects[1])
        let leases = pool.takeResumed().map(\.lease)
        let deadline = pool.now.advanced(by: 5_000_000_000)
        pool.state.shutdown(deadline: deadline, now: pool.now, into: &pool.actions)
        #expect(pool.takeFailed().map(\.waiter) == [3, 4])
        #expect(pool.state.status.size == 2)
        pool.connect(connects[2])
        #expect(pool.takeClosed() == [3], "a connection made too late stays open")
        #expect(pool.acquire(5) == nil)
        #expect(pool.takeFailed().map(\.waiter) == [5])
        pool.release(leases[0])
        #expect(pool.takeClosed() == [leases[0].resource])
        #expect(pool.takeFinished() == 0)
        pool.pass(.seconds(5))
        #expect(pool.takeAborted() == [leases[1].resource])
        #expect(pool.takeFinished() == 1)
        pool.release(leases[1])
        #expect(pool.state.status.size == 0)
        pool.state.shutdown(deadline: deadline, now: pool.now, into: &pool.actions)
        #expect(pool.takeFinished() == 1)
    }
}
