// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipREST

/// Turns are bounded by the time of who waits for them.
@Suite(.timeLimit(.minutes(1))) struct TurnTests {
    /// Whose time is over while others have their turn waits no longer, and takes none.
    @Test func waitingEndsWithItsDeadline() async throws {
        let turns = Turns(1)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await turns.run {
                begin.finish()
                for await _ in released {}
                return 1
            }
        }
        for await _ in begun {}
        let error = await #expect(throws: RESTError.self) {
            try await Deadline.run(.milliseconds(20), RESTError(.requestTimeout, "Late.")) {
                try await turns.run { 2 }
            }
        }
        #expect(error?.code == .requestTimeout)
        let cancelled = Task { try await turns.run { 3 } }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let next = Task { try await turns.run { 4 } }
        release.finish()
        #expect(try await first.value == 1)
        #expect(try await next.value == 4)
        #expect(try await turns.run { 5 } == 5)
    }
}
