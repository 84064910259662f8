// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How long a task takes that goes on as it has gone so far.
struct TimeLeft {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init() { start = clock.now }

    /// `, 12 s left`; nothing while nobody can tell.
    func text(at fraction: Double?) -> String {
        Self.text(after: clock.now - start, at: fraction)
    }

    /// The same of a task that goes on for some time.
    static func text(after duration: Duration, at fraction: Double?) -> String {
        let elapsed = duration / .seconds(1)
        guard let fraction, fraction > 0.01, fraction < 1, elapsed > 1 else { return "" }
        return text(seconds: Int((elapsed / fraction - elapsed).rounded(.up)))
    }

    static func text(seconds: Int) -> String {
        switch seconds {
        case ..<90: ", \(seconds) s left"
        case ..<5400: ", \((seconds + 30) / 60) min left"
        default: ", \((seconds + 1800) / 3600) h left"
        }
    }
}
