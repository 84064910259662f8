// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What a graph has looked for and not found, and makes therefore: somebody else may make it meanwhile.
final class GraphLooks: Sendable {
    private let missed = Locked(false)

    /// Whether something was looked for that wasn't there.
    var haveMissed: Bool { missed.withLock { $0 } }

    func noteMissing() { missed.withLock { $0 = true } }
}

extension Session {
    /// How often a graph is tried that loses against another one.
    private static var mostGraphAttempts: Int { 4 }

    /// Writes a whole graph in the caller's transaction, or in one of its own: that is run again when it loses against another one,
    /// and finds what that one has made.
    func writingGraph<R: Sendable>(
        _ body: (Transaction, GraphLooks) async throws -> R
    ) async throws -> R {
        let context = context
        if case .transaction = context.source {
            return try await withTransaction { try await body($0, GraphLooks()) }
        }
        var pause = Duration.milliseconds(5)
        for attempt in 1...Self.mostGraphAttempts {
            let (looks, race) = (GraphLooks(), HookDepth.Race())
            func isWorthRepeating(_ error: any Error) -> Bool {
                guard attempt < Self.mostGraphAttempts else { return false }
                if looks.haveMissed, (error as? ConstraintViolation)?.kind == .unique { return true }
                // An operation with hooks that lost inside of it, which only all of it can repeat.
                if race.isNoted, (error as? PlannerError)?.code == .conflict { return true }
                return context.isWorthRepeating(error)
            }
            var isRepeated = false
            do {
                return try await transact(
                    isolation: .readCommitted,
                    repeatedAfter: { error in
                        // Who is cancelled in the pause isn't run again, and is told of the end.
                        guard isWorthRepeating(error) else { return false }
                        isRepeated = (try? await Task.sleep(for: pause * Double.random(in: 0.5..<1.5))) != nil
                        return isRepeated
                    }
                ) { transaction in
                    try await HookDepth.$race.withValue(race) { try await body(transaction, looks) }
                }
            } catch {
                guard isWorthRepeating(error) else { throw error }
                guard isRepeated else { throw CancellationError() }
            }
            pause = min(pause * 2, .milliseconds(500))
        }
        throw CancellationError()
    }
}
