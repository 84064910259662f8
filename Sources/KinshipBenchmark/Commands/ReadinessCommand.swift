// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import Libpq

/// Compares the ways of waiting for the server's answers.
struct ReadinessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readiness",
        abstract: "Compares the ways of waiting for answers: an order by its id, 16 tasks on 8 connections.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Measured runs of each way.")
    var runs = 11

    @Option(help: "Requests in one run.")
    var requests = 5_000

    func run() async throws {
        try await server.withDatabase { place in
            let bar = ProgressBar("Measuring", total: runs)
            let results = try await ReadinessComparison(
                configuration: place.connection, runs: runs, requestsPerRun: requests)(progress: bar)
            bar.finish()
            var rows = [["", "", "req/s", "CPU µs", "p50 µs", "p99 µs"]]
            for result in results {
                let sorted = result.latencies.map { Double($0) / 1e3 }.sorted()
                rows.append([
                    result.way.rawValue, "", Report.number(Double(requests) / result.samples.medianWall, 0),
                    Report.number(result.samples.medianCPU * 1e6 / Double(requests), 1),
                    Report.number(Samples.quantile(ofSorted: sorted, 0.5), 0),
                    Report.number(Samples.quantile(ofSorted: sorted, 0.99), 0),
                ])
            }
            print(Report.table(rows))
        }
    }
}
