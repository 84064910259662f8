// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One line on a terminal's standard error that says how far a long task is; nothing in a pipe.
actor Progress {
    private let isShown = Terminal.Stream.standardError.isTerminal
    private let clock = ContinuousClock()
    private var lastShown: ContinuousClock.Instant?

    /// Shows where the work is; at most twenty times a second, so that a fast task isn't slowed by its own news.
    ///
    /// - Parameters:
    ///   - task: what is being done.
    ///   - fraction: how much of it is done, 0 to 1; nil when nobody knows.
    func show(_ task: String, fraction: Double? = nil) async {
        guard isShown else { return }
        let now = clock.now
        if let lastShown, fraction != nil, now - lastShown < .milliseconds(50) { return }
        lastShown = now
        var line = task
        if let fraction {
            let bar = 24
            let done = Int(min(max(fraction, 0), 1) * Double(bar))
            line += "  [" + String(repeating: "#", count: done) + String(repeating: ".", count: bar - done) + "]"
            line += " \(Int(min(max(fraction, 0), 1) * 100))%"
        }
        let width = Terminal.Stream.standardError.width
        try? await StandardOutput.errors.write("\r\u{1B}[K" + line.prefix(max(width - 1, 20)))
    }

    /// Writes a line that stays, also into a pipe, in the place of the one that tells how far it is.
    func say(_ text: String) async {
        let clearing = lastShown == nil ? "" : "\r\u{1B}[K"
        lastShown = nil
        try? await StandardOutput.errors.write(clearing + text + "\n")
    }

    /// Takes the line away.
    func clear() async {
        guard isShown, lastShown != nil else { return }
        lastShown = nil
        try? await StandardOutput.errors.write("\r\u{1B}[K")
    }
}
