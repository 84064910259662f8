// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport

/// Somebody who uses the library, step by step, and looks at what comes back.
protocol Worker: Sendable {
    func step(_ random: inout SeededRandom) async
}

extension Worker {
    /// Works until it is told to stop.
    func run(seed: UInt64, until stop: StopSign) async {
        var random = SeededRandom(seed)
        while !stop.isSet {
            await step(&random)
            // So that not all processors are busy all the time, and moments differ.
            try? await Task.sleep(for: .microseconds(random.number(0...12_000)))
        }
    }
}
