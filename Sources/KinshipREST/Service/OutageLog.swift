// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Synchronization

/// Says which errors have a line in the log: what all requests meet alike while something can't be reached has one in a minute for each code, and the
/// next one says how many there were.
final class OutageLog: Sendable {
    private struct Told {
        let at: ContinuousClock.Instant
        /// How many there were since then.
        var untold = 0
    }

    private static let pause = Duration.seconds(60)
    /// A program's own errors may have any codes.
    private static let mostCodes = 100

    private let known = Mutex<[String: Told]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// How many like it had no line since the last one that had; nil where it is to have none.
    func untold(_ report: ErrorReport) -> Int? {
        guard report.status == 503, report.fault == .connection else { return 0 }
        let now = now()
        return known.withLock { known -> Int? in
            let last = known[report.code]
            if let last, last.at.duration(to: now) < Self.pause {
                known[report.code]?.untold += 1
                return nil
            }
            if known.count >= Self.mostCodes { known = [:] }
            known[report.code] = Told(at: now)
            return last?.untold ?? 0
        }
    }
}
