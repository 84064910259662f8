// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser

/// Measures writes against the floor.
struct WritesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "writes",
        abstract: "Workload w: single inserts, many rows, a graph, and a COPY of a million, against the C floor.",
        discussion: "Both sides write the same rows in turn; the tables have to hold the same afterwards.")

    @OptionGroup var server: ServerOptions

    @Option(help: "The workloads, separated by commas: singles, many, graph, copy.")
    var workloads = WriteWorkload.allCases.map(\.rawValue).joined(separator: ",")

    @Option(help: "Measured runs of each side; default: 7, or 2 with --quick.")
    var runs: Int?

    @Flag(help: "Little is written a few times, to see that both sides store the same.")
    var quick = false

    func run() async throws {
        let chosen = try workloads.split(separator: ",").map { name in
            guard let workload = WriteWorkload(rawValue: String(name)) else {
                throw ValidationError("There is no workload \"\(name)\"; there are singles, many, graph and copy.")
            }
            return workload
        }
        try await server.withDatabase { place in
            let size = quick ? WriteComparison.Size.quick : WriteComparison.Size()
            let runs = max(1, self.runs ?? (quick ? 2 : 7))
            let bar = ProgressBar("Measuring", total: runs)
            let results = try await WriteComparison(connection: place.connection, size: size, runs: runs)(
                chosen, progress: bar)
            bar.finish()
            var rows = [
                ["", "", "library ms", "min", "CPU ms", "floor ms", "min", "CPU ms", "ratio", "of minima", "bound"]
            ]
            for result in results {
                let (library, floor) = (result.library, result.floor)
                let sides = [library, floor].flatMap {
                    [$0.medianWall * 1e3, $0.minimumWall * 1e3, $0.medianCPU * 1e3].map { Report.number($0, 1) }
                }
                let isRate = result.workload == .singles
                func shown(_ ratio: Double) -> String { Report.number(isRate ? 1 / ratio : ratio, 2) }
                rows.append(
                    [result.workload.rawValue, result.workload.summary(size)] + sides + [
                        shown(result.ratio) + (result.workload.isMet(result.ratio) ? "" : "!"),
                        shown(library.minimumWall / floor.minimumWall),
                        (isRate ? "at least " : "at most ") + Report.number(result.workload.bound, 1),
                    ])
            }
            print(Report.table(rows))
        }
    }
}
