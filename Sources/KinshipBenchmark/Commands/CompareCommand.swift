// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import Libpq
internal import RelationPlanner

/// Compares library and floor.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares library and floor in time, CPU and memory.",
        discussion: """
            Both run in turn and must give equal answers first. The floor sends the library's statements, level by \
            level. A ratio that misses its bound is marked with an exclamation mark.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: "The workloads, separated by commas: a, b and c are trees, g is point requests.")
    var workloads = Workload.allCases.map(\.rawValue).joined(separator: ",")

    @Option(help: "byLevel or oneTrip; default: what the library chooses.")
    var strategy: String?

    @Option(help: "Measured runs of each side; default: 31, or 3 with --quick.")
    var runs: Int?

    @Flag(help: "A few short runs, to see that both sides give equal answers.")
    var quick = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let runs, runs < 1 { throw ValidationError("--runs must be at least 1.") }
        if let strategy, Strategy(rawValue: strategy) == nil {
            throw ValidationError("There is no strategy \"\(strategy)\"; there are byLevel and oneTrip.")
        }
        _ = try chosen()
    }

    private func chosen() throws -> [Workload] {
        try workloads.split(separator: ",").map { name in
            guard let workload = Workload(rawValue: String(name)) else {
                throw ValidationError("There is no workload \"\(name)\"; there are a, b, c and g.")
            }
            return workload
        }
    }

    func run() async throws {
        let chosen = try chosen()
        try await server.withDatabase { place in
            let connection = place.connection
            let library = try await KinshipContestant(
                connection, models: BenchmarkData(directory: server.data).models,
                strategy: strategy.flatMap { Strategy(rawValue: $0) })
            let floor = FloorContestant(
                keywords: try connection.keywords(), connections: Benchmark.connections, plan: library.floorPlan)
            let runs = self.runs ?? (quick ? 3 : 31)
            let benchmark = Benchmark(
                library: library, floor: floor, runs: runs, requestsPerRun: quick ? 200 : 2_000)
            let bar = ProgressBar("Measuring", total: runs)
            var comparisons: [Comparison] = []
            for workload in chosen {
                comparisons += try await benchmark.compare(workload, progress: bar)
            }
            if !quick {
                bar.show(runs, "memory")
                for index in comparisons.indices {
                    guard let workload = Workload(rawValue: comparisons[index].workload) else { continue }
                    let form = comparisons[index].form
                    comparisons[index].library.peakMegabytes = PeakCommand.megabytes(
                        workload, form, .library, url: place.url, data: server.data)
                    comparisons[index].floor.peakMegabytes = PeakCommand.megabytes(
                        workload, form, .floor, url: place.url, data: server.data)
                }
            }
            bar.finish()
            await library.close()
            try show(comparisons)
        }
    }

    private func show(_ comparisons: [Comparison]) throws {
        if json { return print(try Report.json(comparisons)) }
        let trees = Report.trees(comparisons.filter { $0.library.requestsPerSecond == nil })
        let requests = Report.requests(comparisons.filter { $0.library.requestsPerSecond != nil })
        print([trees, requests].compactMap { $0 }.joined(separator: "\n\n"))
    }
}
