// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser

/// Compares point requests on connections that several callers share with those on connections that each has for itself.
struct SharingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sharing",
        abstract: "Compares workload g with and without several callers' statements on one connection.",
        discussion: """
            All run in turn, on 8 connections each: the C floor, where a connection is one caller's at a time, the library in \
            the same way, and with up to 8 callers' statements on a connection. A ratio is the median of the runs' ratios of \
            requests per second, or of what 99 of 100 requests took at most. Beside a statement of a second, one after the \
            other, the floor doesn't run.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: "How many callers there are, separated by commas.")
    var tasks = "16,64,256"

    @Option(help: "Measured runs of each side.")
    var runs = 15

    @Option(help: "Requests in one run.")
    var requests = 10_000

    func validate() throws {
        if runs < 1 || requests < 1 { throw ValidationError("--runs and --requests must be at least 1.") }
        if counts.isEmpty || counts.contains(where: { $0 < 1 }) {
            throw ValidationError("--tasks must be numbers from 1 on, separated by commas.")
        }
    }

    private var counts: [Int] { tasks.split(separator: ",").map { Int($0) ?? 0 } }

    func run() async throws {
        try await server.withDatabase { place in
            let bar = ProgressBar("Measuring", total: runs)
            let results = try await SharingComparison(
                connection: place.connection, models: BenchmarkData(directory: server.data).models, runs: runs,
                requestsPerRun: requests)(tasks: counts, progress: bar)
            bar.finish()
            var rows = [
                ["", ""] + ["floor", "alone", "shared"].flatMap { ["\($0) req/s", "p50 µs", "p99 µs", "CPU µs"] }
                    + ["shared : alone", ": floor", "p99 : alone"]
            ]
            for result in results {
                rows.append(
                    ["\(result.tasks) tasks", result.onLoop ? "on the loop" : result.besideSlow ? "1 s beside" : ""]
                        + SharingComparison.Contender.allCases.flatMap { side(result.sides[$0]) }
                        + [result.rate(.shared, to: .alone), result.rate(.shared, to: .floor), result.p99].map {
                            $0.isNaN ? "" : Report.number($0, 2)
                        })
            }
            print(Report.table(rows))
        }
    }

    private func side(_ side: SharingComparison.Side?) -> [String] {
        guard let side else { return ["", "", "", ""] }
        let sorted = side.latencies.map { Double($0) / 1e3 }.sorted()
        return [
            Report.number(Double(requests) / side.samples.medianWall, 0),
            Report.number(Samples.quantile(ofSorted: sorted, 0.5), 0),
            Report.number(Samples.quantile(ofSorted: sorted, 0.99), 0),
            Report.number(side.samples.medianCPU * 1e6 / Double(requests), 1),
        ]
    }
}
