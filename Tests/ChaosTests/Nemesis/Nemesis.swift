// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport

/// Somebody who does harm, and undoes what would last.
protocol Nemesis: Sendable {
    /// One harm.
    func strike(_ random: inout SeededRandom) async
    /// How long it waits between two.
    var pause: ClosedRange<Int> { get }
}

extension Nemesis {
    /// Strikes until it is told to stop.
    func run(seed: UInt64, until stop: StopSign) async {
        var random = SeededRandom(seed)
        while !stop.isSet {
            await stop.wait(.milliseconds(random.number(pause)))
            if !stop.isSet { await strike(&random) }
        }
    }
}
