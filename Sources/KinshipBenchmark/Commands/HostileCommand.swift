// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser

/// Measures point requests while others send the costliest filters there are.
struct HostileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile",
        abstract: "Workload h: an order by its id, alone and beside a stream of hostile filters over embedded records.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Measured runs, each alone and beside.")
    var runs = 11

    @Option(help: "Point requests in one run.")
    var requests = 20_000

    @Option(help: "Tasks that send hostile filters, one after another.")
    var attackers = 4

    @Flag(help: "A few short runs.")
    var quick = false

    func run() async throws {
        try await server.withDatabase { place in
            let (runs, requests) = quick ? (3, 4_000) : (max(1, runs), max(1, requests))
            let bar = ProgressBar("Measuring", total: runs)
            let result = try await HostileComparison(
                connection: place.connection, models: BenchmarkData(directory: server.data).models, runs: runs,
                requestsPerRun: requests,
                attackers: attackers)(progress: bar)
            bar.finish()
            func row(_ name: String, _ side: HostileComparison.Side) -> [String] {
                let sorted = side.latencies.map { Double($0) / 1e3 }.sorted()
                return [
                    name, "", Report.number(Double(requests) / side.samples.medianWall, 0),
                    Report.number(Samples.quantile(ofSorted: sorted, 0.5), 0),
                    Report.number(Samples.quantile(ofSorted: sorted, 0.99), 0),
                ]
            }
            print(
                Report.table([
                    ["", "", "req/s", "p50 µs", "p99 µs"], row("alone", result.alone), row("beside", result.beside),
                ]))
            let ratio = result.alone.samples.medianWall / result.beside.samples.medianWall
            print(
                "beside / alone: \(Report.number(ratio, 2))\(ratio < 0.9 ? " !" : ""); hostile filters that were refused meanwhile: \(result.refused)"
            )
            // Far below the aim of nine tenths, for a few short runs on a shared machine.
            if quick, ratio < 0.6 { throw ExitCode.failure }
        }
    }
}
