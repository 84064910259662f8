// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import Synchronization

/// Keeps what a process measures with swift-metrics, and shows it in Prometheus's text format.
///
/// Names are those of OpenTelemetry as Prometheus writes them: `http.server.request.duration` is
/// `http_server_request_duration_seconds`, `kinship.plan_cache.hits` is `kinship_plan_cache_hits_total`.
final class MetricsRegistry: MetricsFactory {
    /// How many series there may be: one that is asked for beyond is measured for nobody.
    static let mostSeries = 5_000
    /// What its text is.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private enum Kind: String {
        case counter, gauge, histogram
    }

    /// All series of one name.
    private struct Family {
        let kind: Kind
        var series: [MetricLabels: any MetricSeries] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var count = 0
        var leftOut = 0
    }

    private let state = Mutex(State())

    /// What there is, ordered by names and labels.
    var text: String {
        let (families, leftOut) = state.withLock { ($0.families, $0.leftOut) }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
                series.write(name, labels, to: &text)
            }
        }
        let name = "kinship_metrics_series_left_out"
        return text + "# TYPE \(name) gauge\n\(name) \(leftOut)\n"
    }

    // MARK: Making

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(Self.name(label, "_total"), .counter, dimensions) { CounterSeries() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { gauge(label, dimensions) }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) }
        return series(Self.name(label), .histogram, dimensions) { HistogramSeries(HistogramSeries.numbers) }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(Self.name(label, "_seconds"), .histogram, dimensions) { HistogramSeries(HistogramSeries.seconds) }
    }

    func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    // MARK: Parts

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        series(Self.name(label), .gauge, dimensions) { GaugeSeries() }
    }

    /// The series of a name with some labels: the one that is there, or a new one. One that is there as something else, and one too
    /// many, are shown nowhere.
    private func series<Series: MetricSeries>(
        _ name: String, _ kind: Kind, _ dimensions: [(String, String)], make: () -> Series
    ) -> Series {
        let labels = MetricLabels(dimensions)
        let made = make()
        let known = state.withLock { state -> (any MetricSeries)? in
            var family = state.families[name] ?? Family(kind: kind)
            if family.kind == kind, let known = family.series[labels] { return known }
            guard family.kind == kind, state.count < Self.mostSeries else {
                state.leftOut += 1
                return nil
            }
            family.series[labels] = made
            state.families[name] = family
            state.count += 1
            return nil
        }
        return (known as? Series) ?? made
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                state.families[name]?.series[labels] = nil
                state.count -= 1
                if state.families[name]?.series.isEmpty == true { state.families[name] = nil }
                return
            }
        }
    }

    private static func name(_ label: String, _ unit: String = "") -> String {
        let name = MetricLabels.name(label)
        return name.hasSuffix(unit) ? name : name + unit
    }
}
