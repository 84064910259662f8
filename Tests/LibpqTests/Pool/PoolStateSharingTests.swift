// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Testing

/// Who goes behind whom on a connection, in the pool's pure state.
@Suite struct PoolStateSharingTests {
    private static let texts = QuickTexts(7)

    /// A pool of so many connections, on all of which the text is prepared.
    private func pool(
        _ count: Int, depth: Int = 8, _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) throws -> PoolStateHarness {
        var pool = PoolStateHarness(maximum: count) {
            $0.pipelineDepth = depth
            change(&$0)
        }
        pool.fill(count)
        let leases = try (0..<count).map { try pool.acquireIdle($0) }
        for lease in leases { pool.release(lease, .clean, .prepared(Self.texts, roundTrip: 0)) }
        return pool
    }

    private func acquire(_ waiters: ClosedRange<Int>, _ kind: PlaceKind, of pool: inout PoolStateHarness) -> [PoolLease<
        Int
    >] {
        var leases: [PoolLease<Int>] = []
        for waiter in waiters {
            if let lease = pool.acquire(waiter, kind: kind) { leases.append(lease) }
            leases += pool.takeResumed().map(\.lease)
        }
        return leases
    }

    @Test func quickOnesAreSpreadOverTheConnectionsAndNoDeeperThanAllowed() throws {
        var pool = try pool(2, depth: 3)
        let leases = acquire(1...9, .quick(Self.texts), of: &pool)
        #expect(leases.count == 6)
        #expect(leases.allSatisfy { $0.isShared })
        #expect(Set(leases.prefix(2).map(\.resource)).count == 2)
        #expect(leases.filter { $0.resource == leases[0].resource }.count == 3)
        #expect(pool.state.status.waiting == 3)
        #expect(pool.state.status.leased == 2)
        // A place that gets free is the first waiter's.
        pool.release(leases[0])
        #expect(pool.takeResumed().map(\.waiter) == [7])
        #expect(pool.state.status.leased == 2)
    }

    @Test func nothingGoesBehindWhatIsNotKnownToBeQuickAndPrepared() throws {
        for kind in [PlaceKind.alone, .learning(Self.texts), .quick(QuickTexts(8)), .quick(QuickTexts(7, [8]))] {
            var pool = try pool(1)
            let first = acquire(1...1, kind, of: &pool)
            #expect(first.map(\.isShared) == [false], "\(kind)")
            #expect(acquire(2...2, .quick(Self.texts), of: &pool).isEmpty, "\(kind)")
            pool.release(first[0])
            #expect(pool.takeResumed().map(\.waiter) == [2])
        }
    }

    @Test func whoNeedsAConnectionAloneIsNotOvertakenAndGetsTheFirstThatIsFree() throws {
        var pool = try pool(2)
        let quick = acquire(1...6, .quick(Self.texts), of: &pool)
        #expect(quick.count == 6)
        #expect(acquire(7...7, .alone, of: &pool).isEmpty)
        #expect(acquire(8...20, .quick(Self.texts), of: &pool).isEmpty)
        let own = quick.filter { $0.resource == quick[0].resource }
        for lease in own.dropLast() {
            pool.release(lease)
            #expect(pool.takeResumed().isEmpty)
        }
        pool.release(own[own.count - 1])
        let resumed = pool.takeResumed()
        #expect(resumed.first?.waiter == 7)
        #expect(resumed.first?.lease.isShared == false)
        // Then those behind it, on the other one: it has three.
        #expect(resumed.dropFirst().map(\.waiter) == [8, 9, 10, 11, 12])
        #expect(resumed.dropFirst().allSatisfy { $0.lease.resource != quick[0].resource })
    }

    @Test func aConnectionIsMadeBeforeOneIsShared() throws {
        var pool = try pool(1)
        pool = PoolStateHarness(maximum: 2) { $0.pipelineDepth = 8 }
        pool.fill(1)
        pool.release(try pool.acquireIdle(0), .clean, .prepared(Self.texts, roundTrip: 0))
        #expect(acquire(1...1, .quick(Self.texts), of: &pool).count == 1)
        #expect(acquire(2...2, .quick(Self.texts), of: &pool).isEmpty)
        #expect(pool.takeConnects().count == 1)
        // For the next one there is none to be made.
        #expect(acquire(3...3, .quick(Self.texts), of: &pool).count == 1)
        #expect(pool.state.status.waiting == 1)
    }

    @Test func nothingGoesBehindAHeadThatHasRunForAMoment() throws {
        var pool = try pool(1)
        let first = acquire(1...1, .quick(Self.texts), of: &pool)
        pool.now = pool.now.advanced(by: 1_000_001)
        #expect(acquire(2...2, .quick(Self.texts), of: &pool).isEmpty)
        pool.release(first[0], .clean, .prepared(Self.texts, roundTrip: 5_000_000))
        #expect(pool.takeResumed().map(\.waiter) == [2])
        // Where an answer takes its time on the way, that isn't the head's.
        pool.now = pool.now.advanced(by: 5_500_000)
        #expect(acquire(3...3, .quick(Self.texts), of: &pool).count == 1)
    }

    @Test func thoseBehindALateHeadGoElsewhereInTheirOrderAndNothingFollows() throws {
        var pool = try pool(1)
        let leases = acquire(1...4, .quick(Self.texts), of: &pool)
        // The first look only notes who is the first: it may be this process that was held up.
        pool.pass(.seconds(1))
        #expect(pool.takeRecalled().isEmpty)
        pool.pass(.milliseconds(3))
        let recalled = pool.takeRecalled()
        #expect(recalled.map(\.waiter) == [4, 3, 2, 1])
        for (waiter, _) in recalled where waiter != 1 {
            _ = pool.state.enqueue(
                waiter, deadline: .distantFuture, site: PoolStateHarness.here, isFirst: true, now: pool.now,
                into: &pool.actions)
        }
        #expect(acquire(5...5, .quick(Self.texts), of: &pool).isEmpty)
        // Once only.
        pool.pass(.seconds(1))
        #expect(pool.takeRecalled().isEmpty)
        for lease in leases.dropLast() {
            pool.release(lease)
            #expect(pool.takeResumed().isEmpty)
        }
        pool.release(leases[3])
        #expect(pool.takeResumed().map(\.waiter) == [2])
        #expect(pool.state.status.waiting == 3)
    }

    @Test func aHeadThatChangesIsNotLate() throws {
        var pool = try pool(1)
        var leases = acquire(1...8, .quick(Self.texts), of: &pool)
        for _ in 0..<7 {
            pool.pass(.milliseconds(4))
            pool.release(leases.removeFirst())
        }
        #expect(pool.takeRecalled().isEmpty)
    }

    @Test func theWorstConditionThatAnybodyLeftCountsOnceTheLastHasGone() throws {
        var pool = try pool(1)
        let leases = acquire(1...3, .quick(Self.texts), of: &pool)
        pool.release(leases[1], .inTransaction)
        #expect(acquire(4...4, .quick(Self.texts), of: &pool).isEmpty)
        pool.release(leases[0])
        #expect(pool.takeResets().isEmpty)
        pool.release(leases[2])
        #expect(pool.takeResets().count == 1)
    }

    @Test func aConnectionThatRefusesIsShutUntilItIsFree() throws {
        var pool = try pool(1)
        let leases = acquire(1...2, .quick(Self.texts), of: &pool)
        pool.release(leases[1], .clean, .refused(Self.texts))
        #expect(acquire(3...3, .quick(Self.texts), of: &pool).isEmpty)
        pool.release(leases[0])
        // And what it doesn't know any more is alone on it.
        #expect(pool.takeResumed().map(\.lease.isShared) == [false])
    }

    @Test func placesAreGivenBackOnceAndAShutdownWaitsForAll() throws {
        var pool = try pool(1)
        let leases = acquire(1...2, .quick(Self.texts), of: &pool)
        pool.release(leases[0])
        pool.release(leases[0])
        #expect(pool.state.status.leased == 1)
        pool.state.shutdown(deadline: .distantFuture, now: pool.now, into: &pool.actions)
        #expect(pool.takeFinished() == 0)
        pool.release(leases[1])
        #expect(pool.takeFinished() == 1)
        #expect(pool.takeClosed().count == 1)
    }

    @Test func aSharedConnectionIsNoLeakThoughItIsNeverIdle() throws {
        var pool = try pool(1) { $0.leakThreshold = .milliseconds(10) }
        var leases = acquire(1...2, .quick(Self.texts), of: &pool)
        for waiter in 3...40 {
            pool.pass(.microseconds(500))
            pool.release(leases.removeFirst())
            leases += acquire(waiter...waiter, .quick(Self.texts), of: &pool)
        }
        #expect(pool.take { if case .reportLeak = $0 { true } else { nil } }.isEmpty)
        #expect(leases.count == 2)
    }

    @Test func offMeansOff() throws {
        var pool = try pool(1, depth: 1)
        #expect(acquire(1...3, .quick(Self.texts), of: &pool).map(\.isShared) == [false])
        // What each use has to leave as it was is one caller's.
        #expect(PoolStateHarness { ($0.resetPolicy, $0.pipelineDepth) = (.session, 8) }.state.limits.pipelineDepth == 1)
        #expect(PoolStateHarness().state.limits.pipelineDepth == 1)
    }
}
