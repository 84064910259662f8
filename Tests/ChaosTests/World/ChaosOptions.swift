// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// How long a run takes, and what it does.
struct ChaosOptions: Sendable {
    /// What random choices begin with; when they are carried out depends on the machine.
    var seed: UInt64
    /// How long faults go on.
    var duration: Duration
    /// Times everything takes longer: sanitizers are slow.
    var patience: Int

    /// One run after the other, each with a seed of its own, a server of its own, and a verdict:
    /// `KINSHIP_CHAOS_SECONDS` altogether, from `KINSHIP_CHAOS_SEED` on.
    static var runs: [ChaosOptions] {
        let seed = UInt64(number("KINSHIP_CHAOS_SEED", 1))
        let seconds = number("KINSHIP_CHAOS_SECONDS", 20)
        let runs = max(1, seconds / 60)
        return (0..<runs).map { run in
            ChaosOptions(
                seed: seed &+ UInt64(run), duration: .seconds(seconds / runs),
                patience: number("KINSHIP_CHAOS_PATIENCE", 1))
        }
    }

    private static func number(_ name: String, _ standard: Int) -> Int {
        Int(ProcessInfo.processInfo.environment[name] ?? "").map { max(1, $0) } ?? standard
    }

    // MARK: The limits that connections and pools are given

    var connectTimeout: Duration { .milliseconds(1500) * patience }
    var statementTimeout: Duration { .seconds(3) * patience }
    var grace: Duration { .seconds(1) * patience }
    var closeTimeout: Duration { .seconds(1) * patience }
    var acquireTimeout: Duration { .seconds(3) * patience }
    var maximumBackoff: Duration { .milliseconds(500) }

    /// For how long after its end a fault may be felt: until what waited for it has come to its deadline.
    var aftermath: Duration { .seconds(3) * patience }

    /// How long a number of statements, one after the other, may take with the wait for a connection and a rollback.
    func limit(statements: Int) -> Duration {
        // A busy machine may be late itself.
        acquireTimeout + (statementTimeout + grace) * statements + closeTimeout + .seconds(10) * patience
    }

    /// How long after the last fault the pools may take to serve again: an attempt that hangs, and the pause before the next.
    var recovery: Duration { connectTimeout + maximumBackoff + .seconds(10) * patience }
}
