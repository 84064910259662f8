// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    /// At the greatest number it stays.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        var known = value.load(ordering: .relaxed)
        while true {
            let (sum, overflows) = known.addingReportingOverflow(amount)
            let (exchanged, original) = value.weakCompareExchange(
                expected: known, desired: overflows ? .max : sum, ordering: .relaxed)
            if exchanged { return }
            known = original
        }
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.braced()) \(value.load(ordering: .relaxed))\n"
    }
}
