// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization
import Testing

@testable import KinshipREST

@Suite struct DeadlineTests {
    private let late = RESTError(.requestTimeout, "Late.")

    @Test func whatTakesTooLongIsCancelledAndTold() async throws {
        let wasCancelled = Mutex(false)
        let error = await #expect(throws: RESTError.self) {
            try await Deadline.run(.milliseconds(20), late) {
                do { try await Task.sleep(for: .seconds(60)) } catch {
                    wasCancelled.withLock { $0 = true }
                    throw error
                }
            }
        }
        #expect(error?.code == .requestTimeout)
        #expect(wasCancelled.withLock { $0 })
    }

    /// What was committed before the time was over isn't told as late, nor is what else went wrong.
    @Test func whatHasComeOfItCounts() async throws {
        let value = try await Deadline.run(.milliseconds(10), late) {
            try? await Task.sleep(for: .seconds(60))
            return 7
        }
        #expect(value == 7)
        await #expect(throws: Wrong.self) {
            try await Deadline.run(.milliseconds(10), late) {
                try? await Task.sleep(for: .seconds(60))
                throw Wrong()
            }
        }
        await #expect(throws: Wrong.self) { try await Deadline.run(.seconds(60), late) { throw Wrong() } }
    }

    /// Who is cancelled itself is told so, not that it was late.
    @Test func theCallersOwnEndIsPassedOn() async throws {
        let task = Task { try await Deadline.run(.seconds(60), late) { try await Task.sleep(for: .seconds(60)) } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// Deadlines of all lengths, in any order, each at its own time.
    @Test func eachEndsAtItsOwnTime() async throws {
        let clock = ContinuousClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for milliseconds in [400, 30, 200, 30, 10, 300, 100, 1, 0] {
                group.addTask {
                    let begun = clock.now
                    await #expect(throws: RESTError.self) {
                        try await Deadline.run(.milliseconds(milliseconds), self.late) {
                            try await Task.sleep(for: .seconds(60))
                        }
                    }
                    let taken = clock.now - begun
                    #expect(taken >= .milliseconds(milliseconds) && taken < .seconds(30))
                }
            }
            try await group.waitForAll()
        }
    }

    /// Thousands of answers that come at once leave no deadline behind, and one that sleeps at most.
    @Test func answersLeaveNoTimersBehind() async throws {
        let deadlines = PendingDeadlines()
        for _ in 0..<10_000 {
            let number = deadlines.add(after: .seconds(30)) {}
            #expect(deadlines.remove(number))
        }
        #expect(deadlines.counts == (0, 1))
        let first = deadlines.add(after: .milliseconds(1)) {}
        #expect(deadlines.counts.deadlines == 1)
        while deadlines.counts.deadlines > 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(!deadlines.remove(first))
    }

    private struct Wrong: Error {}
}
