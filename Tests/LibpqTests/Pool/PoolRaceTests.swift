// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization
import TestSupport
import Testing

/// Cancellations, hand-offs and shutdowns that meet each other: no place may be lost, nobody may wait for ever.
@Suite struct PoolRaceTests {
    @Test func halfOfAThousandWaitersCancelled() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 4)
        let tally = Tally()
        let gate = Gate()
        let holders = (0..<4).map { _ in Task { try await pool.withMember { _ in await gate.wait() } } }
        #expect(await eventually { pool.status.leased == 4 })
        let waiters = (0..<1_000).map { number in
            Task {
                do {
                    try await pool.withMember { _ in tally.served(number) }
                } catch is CancellationError {
                    tally.cancelled(number)
                }
            }
        }
        #expect(await eventually { pool.status.waiting == 1_000 })
        var random = SeededGenerator(seed: 23)
        let chosen = Set((0..<1_000).shuffled(using: &random).prefix(500))
        for number in chosen { waiters[number].cancel() }
        #expect(await eventually { pool.status.waiting == 500 })
        gate.open()
        for task in holders { try await task.value }
        for task in waiters { try await task.value }
        #expect(tally.allCancelled == chosen)
        #expect(tally.allServed.count == 500)
        #expect(pool.status.idle == 4)
        #expect(pool.status.size == 4)
        #expect(pool.status.waiting == 0)
    }

    @Test func aHundredThousandCancellationsAtTheHandOff() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 2)
        let tally = Counters()
        let rounds = 12_500
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<rounds {
                        let attempt = Task {
                            try await pool.withMember { member in
                                if !member.use() { tally.sharedUse.add(1, ordering: .relaxed) }
                                if member.id % 2 == 0 { await Task.yield() }
                                member.endUse()
                            }
                        }
                        for _ in 0..<Int(random.next() % 4) { await Task.yield() }
                        attempt.cancel()
                        do {
                            try await attempt.value
                            tally.served.add(1, ordering: .relaxed)
                        } catch is CancellationError {
                            tally.cancelled.add(1, ordering: .relaxed)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let (served, cancelled) = (tally.served.load(ordering: .relaxed), tally.cancelled.load(ordering: .relaxed))
        #expect(served + cancelled == 8 * rounds)
        #expect(served > 100 && cancelled > 100, "\(served) served, \(cancelled) cancelled: the race was not run")
        #expect(tally.sharedUse.load(ordering: .relaxed) == 0)
        #expect(await eventually { pool.status.leased == 0 && pool.status.connecting == 0 })
        #expect(pool.status.idle == pool.status.size)
        #expect(pool.status.waiting == 0)
        #expect(server.state.withLock { $0.mostOpen } <= 2)
    }

    @Test func timeoutsCancellationsAndBreakdownsTogether() async throws {
        let server = MockServer()
        let pool = server.pool(maximum: 3) { $0.checkAfterIdle = .zero }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker) + 100)
                    for _ in 0..<400 {
                        let (dice, nanoseconds) = (random.next() % 20, Int64(random.next() % 200_000))
                        let attempt = Task {
                            try await pool.withMember(timeout: .microseconds(Int64(dice) * 50 + 1)) { member in
                                if !member.use() { Issue.record("two callers use one connection") }
                                if dice == 1 { member.breakDown() }
                                if dice == 2 { member.state.withLock { $0.outcome = .inTransaction } }
                                await Task.yield()
                                member.endUse()
                                if dice == 3 { throw PostgresError(.misuse, "the body's own") }
                            }
                        }
                        if dice == 4 {
                            try? await Task.sleep(for: .nanoseconds(nanoseconds))
                            attempt.cancel()
                        }
                        switch await attempt.result {
                        case .success: break
                        case .failure(let error as PostgresError):
                            #expect([.acquireTimeout, .misuse].contains(error.code))
                        case .failure(let error): #expect(error is CancellationError)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await eventually { pool.status.idle == pool.status.size && pool.status.waiting == 0 })
        await pool.shutdown(deadline: .seconds(5))
        #expect(pool.status.size == 0)
        #expect(await eventually { server.open == 0 })
    }

    @Test func aCancelledTaskAsksForNothing() async throws {
        let server = MockServer()
        let pool = server.pool()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await pool.withMember { _ in Issue.record("the body ran") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.attempts == 0)
    }

    @Test func shutdownsRaceWithEverything() async throws {
        for round in 0..<60 {
            let server = MockServer()
            let pool = server.pool(maximum: 3)
            server.state.withLock { $0.delay = .microseconds(Int64(round % 5) * 100) }
            let tasks = (0..<30).map { _ in
                Task { try await pool.withMember { _ in try await Task.sleep(for: .microseconds(200)) } }
            }
            try await Task.sleep(for: .microseconds(Int64(round) * 30))
            async let first: Void = pool.shutdown(deadline: .seconds(5))
            async let second: Void = pool.shutdown(deadline: .seconds(5))
            _ = await (first, second)
            for task in tasks {
                if case .failure(let error) = await task.result {
                    #expect((error as? PostgresError)?.code == .poolClosed, "\(error)")
                }
            }
            #expect(pool.status.size == 0)
            #expect(await eventually { server.open == 0 })
            await #expect(throws: PostgresError.self) { try await pool.start() }
        }
    }
}

/// Holds tasks back until it is opened.
final class Gate: Sendable {
    private let state = Locked<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
        // The thread sanitizer sees the order of locks, but none of a continuation that was resumed before it was awaited.
        state.withLock { _ in }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

private final class Tally: Sendable {
    private let numbers = Locked<(served: Set<Int>, cancelled: Set<Int>)>(([], []))

    func served(_ number: Int) { numbers.withLock { _ = $0.served.insert(number) } }
    func cancelled(_ number: Int) { numbers.withLock { _ = $0.cancelled.insert(number) } }
    var allServed: Set<Int> { numbers.withLock { $0.served } }
    var allCancelled: Set<Int> { numbers.withLock { $0.cancelled } }
}

private final class Counters: Sendable {
    let served = Atomic<Int>(0)
    let cancelled = Atomic<Int>(0)
    let sharedUse = Atomic<Int>(0)
}
