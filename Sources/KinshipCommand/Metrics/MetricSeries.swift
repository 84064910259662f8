// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One line, or one group of lines, of what Prometheus reads: a metric with its labels.
protocol MetricSeries: AnyObject, Sendable {
    /// What it has come to, as lines.
    func write(_ name: String, _ labels: MetricLabels, to text: inout String)
}
