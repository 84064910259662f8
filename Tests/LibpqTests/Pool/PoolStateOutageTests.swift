// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Testing

/// Who asks for a connection while the server can't be reached, and who waits for it to come up.
@Suite struct PoolStateOutageTests {
    private func messages(_ failed: [(waiter: Int, failure: PoolFailure)]) -> [String] {
        failed.map { if case .refused(let error) = $0.failure { error.message } else { "\($0.failure)" } }
    }

    // MARK: Callers

    @Test func waitersAreTurnedAwayWithTheLastErrorOncePatienceIsOver() {
        var pool = PoolStateHarness(maximum: 4) { $0.outagePatience = .seconds(1) }
        #expect(pool.acquire(1) == nil)
        pool.failConnect(pool.takeConnects()[0], .connectFailed, "first")
        #expect(pool.acquire(2) == nil)
        #expect(pool.takeFailed().isEmpty, "the server may be back in a moment")
        for _ in 0..<999 {
            pool.pass(.milliseconds(1))
            for slot in pool.takeConnects() { pool.failConnect(slot, .connectFailed, "later") }
        }
        #expect(pool.takeFailed().isEmpty)
        pool.pass(.milliseconds(1))
        let failed = pool.takeFailed()
        #expect(failed.map(\.waiter) == [1, 2])
        #expect(messages(failed) == ["later", "later"])
    }

    @Test func newcomersHearAtOnceWhileAttemptsGoOnInTheBackground() {
        var pool = PoolStateHarness(minimum: 0, maximum: 4) { $0.outagePatience = .seconds(1) }
        #expect(pool.acquire(1) == nil)
        pool.failConnect(pool.takeConnects()[0])
        pool.pass(.seconds(2))
        #expect(pool.takeFailed().map(\.waiter) == [1])
        var attempts = 0
        for waiter in 2..<600 {
            for slot in pool.takeConnects() {
                attempts += 1
                pool.failConnect(slot)
            }
            #expect(pool.acquire(waiter) == nil)
            #expect(pool.takeFailed().map(\.waiter) == [waiter], "a caller waits for a server that is known to be down")
            pool.pass(.milliseconds(100))
        }
        #expect((12...30).contains(attempts), "\(attempts) attempts in a minute")
    }

    @Test func theFirstCallerAfterTheServerIsBackIsServedAtOnce() {
        var pool = PoolStateHarness(minimum: 0, maximum: 4) { $0.outagePatience = .zero }
        #expect(pool.acquire(1) == nil)
        pool.failConnect(pool.takeConnects()[0])
        #expect(pool.takeFailed().map(\.waiter) == [1])
        pool.pass(.seconds(60))
        let probes = pool.takeConnects()
        #expect(probes.count == 1, "nobody asks the server although nobody waits")
        pool.connect(probes[0])
        #expect(pool.acquire(2) != nil)
        #expect(pool.takeFailed().isEmpty)
    }

    @Test func anAttemptThatHungCountsFromItsBeginning() {
        var pool = PoolStateHarness(maximum: 4) { $0.outagePatience = .seconds(5) }
        #expect(pool.acquire(1) == nil)
        let slot = pool.takeConnects()[0]
        pool.pass(.seconds(10))
        #expect(pool.takeFailed().isEmpty, "nothing is known before the attempt has ended")
        pool.failConnect(slot, .connectTimeout, "no answer")
        #expect(messages(pool.takeFailed()) == ["no answer"])
        pool.pass(.seconds(5))
        #expect(pool.takeConnects().count == 1)
        #expect(pool.acquire(2) == nil)
        #expect(messages(pool.takeFailed()) == ["no answer"], "waits for a probe that hangs")
    }

    @Test func nobodyIsTurnedAwayWhileAConnectionLives() throws {
        var pool = PoolStateHarness(maximum: 2) { $0.outagePatience = .zero }
        pool.fill(1)
        let lease = try pool.acquireIdle(0)
        #expect(pool.acquire(1) == nil)
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        #expect(pool.acquire(2) == nil)
        #expect(pool.takeFailed().isEmpty)
        pool.release(lease)
        let served = pool.takeResumed()
        #expect(served.map(\.waiter) == [1])
        pool.release(served[0].lease, .unusable)
        #expect(pool.takeFailed().map(\.waiter) == [2], "the last connection is gone")
    }

    @Test func anOutageThatIsOverIsForgotten() {
        var pool = PoolStateHarness(maximum: 1) { $0.outagePatience = .seconds(1) }
        #expect(pool.acquire(1) == nil)
        pool.failConnect(pool.takeConnects()[0])
        pool.pass(.milliseconds(900))
        pool.connectAll()
        let lease = pool.takeResumed()[0].lease
        pool.pass(.seconds(60))
        pool.release(lease, .unusable)
        pool.pass(.seconds(1))
        #expect(pool.acquire(2) == nil)
        for slot in pool.takeConnects() { pool.failConnect(slot) }
        #expect(pool.takeFailed().isEmpty, "the patience of the outage before is counted")
        pool.pass(.seconds(1))
        #expect(pool.takeFailed().map(\.waiter) == [2])
    }

    @Test func aCallersOwnTimeStillCounts() {
        var pool = PoolStateHarness(maximum: 1) { $0.outagePatience = .seconds(1) }
        #expect(pool.acquire(1, timeout: .milliseconds(300)) == nil)
        pool.failConnect(pool.takeConnects()[0])
        pool.pass(.milliseconds(300))
        let failed = pool.takeFailed()
        #expect(failed.map(\.waiter) == [1])
        if case .timeout = failed.first?.failure {} else { Issue.record("\(failed)") }
    }

    // MARK: Start

    @Test func startWaitsForAServerThatComesUp() {
        var pool = PoolStateHarness(minimum: 1, maximum: 4)
        let deadline = pool.now.advanced(by: 30_000_000_000)
        pool.state.start(failFast: true, until: deadline, now: pool.now, into: &pool.actions)
        var attempts: [Int64] = []
        for _ in 0..<20_000 {
            pool.pass(.milliseconds(1))
            for slot in pool.takeConnects() {
                attempts.append(pool.now.nanoseconds / 1_000_000)
                pool.failConnect(slot)
            }
        }
        #expect(zip(attempts.dropFirst(), attempts).allSatisfy { $0 - $1 <= 1_001 }, "pauses grow beyond a second")
        #expect(pool.takeStartFailed().isEmpty)
        pool.pass(.seconds(1))
        pool.connectAll()
        #expect(pool.takeStarted() == 1)
    }

    @Test func startGivesUpAtItsDeadlineWithTheLastError() {
        var pool = PoolStateHarness(minimum: 1, maximum: 4)
        let deadline = pool.now.advanced(by: 3_000_000_000)
        pool.state.start(failFast: true, until: deadline, now: pool.now, into: &pool.actions)
        for _ in 0..<2_999 {
            for slot in pool.takeConnects() { pool.failConnect(slot, .connectFailed, "not yet") }
            pool.pass(.milliseconds(1))
        }
        #expect(pool.takeStartFailed().isEmpty)
        pool.pass(.milliseconds(1))
        #expect(pool.takeStartFailed().map(\.message) == ["not yet"])
        pool.pass(.seconds(60))
        #expect(pool.takeStartFailed().isEmpty)
    }

    @Test func startGivesUpAtItsDeadlineAlsoWhileAnAttemptHangs() {
        var pool = PoolStateHarness(minimum: 1, maximum: 4)
        let deadline = pool.now.advanced(by: 3_000_000_000)
        pool.state.start(failFast: true, until: deadline, now: pool.now, into: &pool.actions)
        pool.pass(.seconds(3))
        #expect(pool.takeStartFailed().map(\.code) == [.connectTimeout])
    }

    @Test func startDoesNotWaitForAWrongPassword() {
        for code in [PostgresError.Code.authenticationFailed, .invalidConfiguration] {
            var pool = PoolStateHarness(minimum: 1, maximum: 4)
            let deadline = pool.now.advanced(by: 30_000_000_000)
            pool.state.start(failFast: true, until: deadline, now: pool.now, into: &pool.actions)
            pool.failConnect(pool.takeConnects()[0])
            pool.pass(.seconds(1))
            pool.failConnect(pool.takeConnects()[0], code)
            #expect(pool.takeStartFailed().map(\.code) == [code])
        }
    }

    @Test func aShutdownEndsAStartThatWaits() {
        var pool = PoolStateHarness(minimum: 1, maximum: 4)
        let deadline = pool.now.advanced(by: 30_000_000_000)
        pool.state.start(failFast: true, until: deadline, now: pool.now, into: &pool.actions)
        pool.failConnect(pool.takeConnects()[0])
        pool.state.shutdown(deadline: pool.now, now: pool.now, into: &pool.actions)
        #expect(pool.takeStartFailed().map(\.code) == [.poolClosed])
        pool.pass(.seconds(60))
        #expect(pool.actions.allSatisfy { if case .startFailed = $0 { false } else { true } })
    }
}
