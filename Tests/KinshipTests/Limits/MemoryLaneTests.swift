// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// What work in memory may take of a process.
@Suite(.timeLimit(.minutes(1))) struct MemoryLaneTests {
    private final class Gate: Sendable {
        private let isClosed = Locked(true)

        func open() { isClosed.withLock { $0 = false } }

        func wait() { BlockingPause.until { !isClosed.withLock { $0 } } }
    }

    private final class Log: Sendable {
        private let noted = Locked<[String]>([])

        var names: [String] { noted.withLock { $0 } }

        func note(_ name: String) { noted.withLock { $0.append(name) } }
    }

    /// Notes when it is its turn.
    private func note(
        _ name: String, _ holdsConnection: Bool, _ log: Log, _ lane: MemoryLane
    ) -> Task<Void, any Error> {
        Task {
            try await lane.run(
                MemoryLane.Place(bytes: 0, holdsConnection: holdsConnection), steps: nil, until: Monotonic.never
            ) { _ in log.note(name) }
        }
    }

    /// Works until it is let go.
    private func hold(_ lane: MemoryLane, _ place: MemoryLane.Place, _ gate: Gate) -> Task<Void, any Error> {
        Task {
            try await lane.run(place, steps: nil, until: Monotonic.never) { _ in gate.wait() }
        }
    }

    private func wait(for count: Int, in lane: MemoryLane) async throws {
        while lane.waitingCount < count { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func `Two requests may keep a connection meanwhile, and go first`() async throws {
        let lane = MemoryLane()
        let gate = Gate()
        let log = Log()
        let first = hold(lane, MemoryLane.Place(bytes: 0, holdsConnection: true), gate)
        try await Task.sleep(for: .milliseconds(20))
        let plain = note("plain", false, log, lane)
        try await wait(for: 1, in: lane)
        let second = note("with a connection", true, log, lane)
        try await wait(for: 2, in: lane)
        await #expect(throws: MemoryLane.Full.self) { try await note("refused", true, log, lane).value }
        gate.open()
        for task in [first, plain, second] { try await task.value }
        #expect(log.names == ["with a connection", "plain"])
        try await note("again", true, log, lane).value
    }

    @Test func `Those that wait are so many, and keep so many bytes`() async throws {
        let lane = MemoryLane()
        let gate = Gate()
        let place = MemoryLane.Place(bytes: 3 << 20, holdsConnection: false)
        var tasks = [hold(lane, place, gate)]
        try await Task.sleep(for: .milliseconds(20))
        await #expect(throws: MemoryLane.Full.self) {
            try await hold(lane, MemoryLane.Place(bytes: 254 << 20, holdsConnection: false), gate).value
        }
        for count in 1...64 {
            tasks.append(hold(lane, place, gate))
            try await wait(for: count, in: lane)
        }
        await #expect(throws: MemoryLane.Full.self) { try await hold(lane, place, gate).value }
        for task in tasks.dropFirst() { task.cancel() }
        for task in tasks.dropFirst() { await #expect(throws: CancellationError.self) { try await task.value } }
        gate.open()
        try await tasks[0].value
        // However much it keeps, a request alone is served.
        try await hold(lane, MemoryLane.Place(bytes: 1 << 30, holdsConnection: false), gate).value
    }

    @Test func `A request's steps on its own thread are counted over all of its includes`() throws {
        var work = MemoryWork(nil, timeout: nil)
        var spent = 0
        for _ in 0..<100 {
            var budget = work.begin()
            while (try? budget.spend(10_000)) != nil { spent += 10_000 }
            work.settle(budget)
        }
        #expect(spent >= MemoryWork.freeSteps - 10_000)
        #expect(spent <= MemoryWork.stepsOnThread)
        // What a request may do anyway it may do however busy the process is.
        var free = 0
        for _ in 0..<200 {
            var work = MemoryWork(nil, timeout: nil)
            var budget = work.begin()
            if (try? budget.spend(MemoryWork.freeSteps)) != nil { free += 1 }
            work.settle(budget)
        }
        #expect(free == 200)
    }

    @Test func `The process's own steps are limited, and what isn't needed comes back`() {
        let steps = ThreadSteps()
        let first = steps.take(upTo: 100_000_000)
        #expect(first >= 2_500_000)
        #expect(steps.take(upTo: 100_000_000) < 2_500_000)
        steps.giveBack(1_000_000)
        #expect(steps.take(upTo: 1_000_000) == 1_000_000)
    }
}
