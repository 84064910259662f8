// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import ArgumentParser

/// Compares what is answered over HTTP with what the library gives by itself.
struct HTTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http", abstract: "Compares requests over HTTP with the library's own calls; wrk asks.",
        discussion: """
            Point requests (g) and a tree (b), as JSON, of three processes in turn: the library alone, whose own tasks ask; \
            the library behind a bare socket; and KinshipREST on Hummingbird. The last two are asked by wrk (Debian's package \
            wrk), which shares the cores with them and with the database. What misses its bound is marked with an \
            exclamation mark.
            """)

    /// What HTTP may add to a point request, in microseconds of CPU.
    private static let addedCPU = 30.0
    /// The part of the bare server's rate that the tree has to reach over HTTP.
    private static let treeRate = 0.85
    /// By how much the process's memory may grow.
    private static let growth = 1.2

    @OptionGroup var server: ServerOptions

    @Option(help: "Measured runs of each side; default: 5, or 1 with --quick.")
    var runs: Int?

    @Option(help: "Seconds of a run; default: 5, or 1 with --quick.")
    var seconds: Int?

    @Option(help: "Connections, and tasks of the library alone.")
    var connections = 64

    @Flag(help: "One short run, to see that all sides answer alike.")
    var quick = false

    func validate() throws {
        let numbers: [(String, Int?)] = [("runs", runs), ("seconds", seconds), ("connections", connections)]
        for (name, value) in numbers {
            if let value, value < 1 { throw ValidationError("--\(name) must be at least 1.") }
        }
    }

    func run() async throws {
        let generator = try LoadGenerator()
        let runs = self.runs ?? (quick ? 1 : 5)
        try await server.withDatabase { place in
            let bar = ProgressBar("Measuring", total: runs)
            let result = try HTTPComparison(
                url: place.url, data: server.data, runs: runs, seconds: seconds ?? (quick ? 1 : 5),
                connections: connections)(generator, progress: bar)
            bar.finish()
            print(Report.table(table(result)))
            print("")
            for line in Self.verdicts(result) { print(line) }
        }
    }

    private func table(_ result: HTTPComparison.Result) -> [[String]] {
        var rows = [["", "", "req/s", "p50 ms", "p99 ms", "CPU µs", "MB before", "MB after"]]
        for workload in ServedRequests.workloads {
            for side in ServingSide.allCases {
                guard let measured = result.sides[workload]?[side] else { continue }
                let memory = result.memory[side]
                rows.append([
                    workload.rawValue, side.rawValue, Report.number(result.median(measured.rates), 0),
                    Report.number(result.median(measured.p50) / 1e3, 2),
                    Report.number(result.median(measured.p99) / 1e3, 2),
                    Report.number(result.median(measured.cpu), 1),
                    Report.number((memory?.start ?? .nan) / 1_048_576, 0),
                    Report.number((memory?.end ?? .nan) / 1_048_576, 0),
                ])
            }
        }
        return rows
    }

    /// What the bounds are held against.
    private static func verdicts(_ result: HTTPComparison.Result) -> [String] {
        func mark(_ isMet: Bool) -> String { isMet ? "" : " !" }
        let (added, rate, growth) = (result.addedCPU, result.treeRate(to: .bare), result.growth)
        return [
            "HTTP adds \(Report.number(added, 1)) µs of CPU to a point request; at most \(Report.number(addedCPU, 0))\(mark(added <= addedCPU))",
            "Tree b over HTTP has \(Report.number(rate, 2)) of the rate behind a bare socket; at least \(Report.number(treeRate, 2))\(mark(rate >= treeRate)). Of the library's own, where no client takes its part of the cores: \(Report.number(result.treeRate(to: .library), 2))",
            "The memory of the process that serves HTTP has become \(Report.number(growth, 2)) times what it was; at most \(Report.number(Self.growth, 1))\(mark(growth <= Self.growth))",
        ]
    }
}
#endif
