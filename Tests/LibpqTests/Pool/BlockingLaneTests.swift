// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

@testable import Libpq

/// Threads for what may block are few, however much there is to do.
@Suite(.timeLimit(.minutes(2))) struct BlockingLaneTests {
    @Test func noMoreThanItsWidthRunAtOnceAndAllRun() async throws {
        let lane = BlockingLane("test", width: 4, most: 4)
        let done = Locked<[Int]>([])
        for number in 0..<600 {
            lane.run {
                usleep(500)
                done.withLock { $0.append(number) }
            }
        }
        #expect(await eventually { done.withLock { $0.count } == 600 })
        #expect(Set(done.withLock { $0 }).count == 600)
        #expect(lane.usage.mostRunning == 4)
        #expect(await eventually { lane.usage.running == 0 && lane.usage.waiting == 0 })
    }

    @Test func whatHangsDoesNotStopTheOthers() async throws {
        let lane = BlockingLane("test", width: 2, most: 6, patience: 10)
        let gate = DispatchSemaphore(value: 0)
        for _ in 0..<4 { lane.run { gate.wait() } }
        let done = Locked(0)
        for _ in 0..<50 { lane.run { done.withLock { $0 += 1 } } }
        #expect(await eventually { done.withLock { $0 } == 50 })
        #expect(lane.usage.mostRunning <= 6)
        for _ in 0..<4 { gate.signal() }
        #expect(await eventually { lane.usage.running == 0 })
        // The threads that stood in are gone: the width holds again.
        for _ in 0..<20 { lane.run { usleep(1_000) } }
        #expect(await eventually { lane.usage.waiting == 0 && lane.usage.running == 0 })
    }

    @Test func whenAllHangNoMoreThreadsAreTaken() async throws {
        let lane = BlockingLane("test", width: 2, most: 5, patience: 5)
        let gate = DispatchSemaphore(value: 0)
        for _ in 0..<40 { lane.run { gate.wait() } }
        #expect(await eventually { lane.usage.running == 5 })
        try await Task.sleep(for: .milliseconds(100))
        #expect(lane.usage.running == 5 && lane.usage.waiting == 35)
        for _ in 0..<40 { gate.signal() }
        #expect(await eventually { lane.usage.running == 0 && lane.usage.waiting == 0 })
    }

    /// Refused as by a system that has no thread left: all of it runs when there are some again, and nobody waits before.
    @Test(arguments: [(2, 2), (2, 4)]) func withoutThreadsWorkWaits(_ width: Int, _ most: Int) async throws {
        let refusals = Locked(Int.max)
        let lane = BlockingLane("test", width: width, most: most, patience: 5) { name, body in
            let isRefused = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            return !isRefused && OwnThread.run(name, body)
        }
        let done = Locked<[Int]>([])
        for number in 0..<20 { lane.run { done.withLock { $0.append(number) } } }
        #expect(lane.usage.running == 0 && lane.usage.waiting == 20 && done.withLock { $0.isEmpty })
        refusals.withLock { $0 = 3 }
        #expect(await eventually { done.withLock { $0.count } == 20 })
        #expect(Set(done.withLock { $0 }).count == 20)
        #expect(await eventually { lane.usage.running == 0 && lane.usage.waiting == 0 })
        // One that is busy takes what another one was to be had for.
        let gate = DispatchSemaphore(value: 0)
        lane.run { gate.wait() }
        refusals.withLock { $0 = .max }
        lane.run { done.withLock { $0.append(20) } }
        gate.signal()
        #expect(await eventually { done.withLock { $0.last } == 20 })
        #expect(await eventually { lane.usage.running == 0 && lane.usage.waiting == 0 })
    }
}
