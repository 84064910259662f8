// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Prints what was measured.
struct Report {
    /// Columns of text, numbers aligned to the right.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.compactMap { $0.count > column ? $0[column].count : nil }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + padding : padding + cell
            }.joined(separator: "  ").trimmingSuffix()
        }.joined(separator: "\n")
    }

    static func trees(_ comparisons: [Comparison]) -> String? {
        guard !comparisons.isEmpty else { return nil }
        var rows = [
            [
                "", "", "library ms", "min", "CPU ms", "MB", "floor ms", "min", "CPU ms", "MB", "ratio", "CPU ratio",
                "at most", "statements", "round trips", "rows",
            ]
        ]
        for comparison in comparisons {
            rows.append(
                [comparison.workload, comparison.form.rawValue] + side(comparison.library) + side(comparison.floor) + [
                    number(comparison.ratio, 2) + mark(comparison), number(comparison.cpuRatio, 2),
                    number(comparison.target, 1), String(comparison.statements), String(comparison.roundTrips),
                    String(comparison.rows),
                ])
        }
        return table(rows)
    }

    static func requests(_ comparisons: [Comparison]) -> String? {
        guard !comparisons.isEmpty else { return nil }
        var rows = [
            [
                "", "", "library req/s", "p50 µs", "p99 µs", "CPU µs", "MB", "floor req/s", "p50 µs", "p99 µs",
                "CPU µs",
                "MB", "ratio", "at least", "statements", "round trips",
            ]
        ]
        for comparison in comparisons {
            rows.append(
                [comparison.workload, comparison.form.rawValue + (comparison.onLoop ? ", on the loop" : "")]
                    + rate(comparison.library) + rate(comparison.floor) + [
                        number(comparison.ratio, 2) + mark(comparison), number(comparison.target, 1),
                        String(comparison.statements), String(comparison.roundTrips),
                    ])
        }
        return table(rows)
    }

    static func json(_ comparisons: [Comparison]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(comparisons), as: UTF8.self)
    }

    private static func mark(_ comparison: Comparison) -> String { comparison.meetsTarget ? " " : "!" }

    private static func side(_ side: Comparison.Side) -> [String] {
        [
            number(side.medianMilliseconds, 2), number(side.minimumMilliseconds, 2), number(side.cpuMilliseconds, 2),
            side.peakMegabytes.map { number($0, 0) } ?? "–",
        ]
    }

    private static func rate(_ side: Comparison.Side) -> [String] {
        let rate = side.requestsPerSecond ?? .nan
        let requests = rate * side.medianMilliseconds / 1e3
        return [
            number(rate, 0), number(side.p50Microseconds ?? .nan, 0), number(side.p99Microseconds ?? .nan, 0),
            number(side.cpuMilliseconds * 1e3 / requests, 1), side.peakMegabytes.map { number($0, 0) } ?? "–",
        ]
    }

    /// A number with so many decimals.
    static func number(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value * scale).rounded())
        let whole = String(scaled.magnitude / UInt(scale))
        guard decimals > 0 else { return (scaled < 0 ? "-" : "") + whole }
        let fraction = String(scaled.magnitude % UInt(scale))
        return (scaled < 0 ? "-" : "") + whole + "." + String(repeating: "0", count: decimals - fraction.count)
            + fraction
    }
}

extension String {
    /// Without blanks at the end.
    fileprivate func trimmingSuffix() -> String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
