// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import Synchronization

/// How many values there were up to each of some bounds, and their sum. Of a timer these are seconds.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    private struct Counts {
        /// Those in each bucket alone; the last one has no bound.
        var buckets: [UInt64]
        var sum = 0.0
    }

    /// The bounds that OpenTelemetry has for requests of HTTP, with some below: those of a database are shorter.
    static let seconds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    /// For what nobody knows the unit of.
    static let numbers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000.0]

    private let bounds: [Double]
    private let counts: Mutex<Counts>

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts.withLock { counts in
            counts.buckets[bucket] += 1
            counts.sum += value
        }
    }

    func write(_ name: String, _ labels: MetricLabels, to text: inout String) {
        let counts = counts.withLock { $0 }
        var total: UInt64 = 0
        for (count, bound) in zip(counts.buckets, bounds + [.infinity]) {
            total += count
            text += "\(name)_bucket\(labels.braced("le=\"\(MetricNumber.text(bound))\"")) \(total)\n"
        }
        text += "\(name)_sum\(labels.braced()) \(MetricNumber.text(counts.sum))\n"
        text += "\(name)_count\(labels.braced()) \(total)\n"
    }
}
