// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
/// The same requests of the library alone, behind a bare server, and over HTTP, in turn.
struct HTTPComparison {
    /// What one side took, run by run.
    struct Side {
        /// Requests per second.
        var rates: [Double] = []
        /// CPU of the process for a request, in microseconds.
        var cpu: [Double] = []
        /// What the client waited, in microseconds; none of the library alone.
        var p50: [Double] = []
        var p99: [Double] = []
    }

    /// Memory of a process, in bytes.
    struct Memory {
        /// Once it has answered each kind of request for a while.
        var start = Double.nan
        var end = Double.nan
    }

    /// All that was measured.
    struct Result {
        var sides: [Workload: [ServingSide: Side]] = [:]
        var memory: [ServingSide: Memory] = [:]

        /// How much more CPU a point request takes over HTTP, in microseconds.
        var addedCPU: Double {
            let (http, library) = (sides[.g]?[.http]?.cpu ?? [], sides[.g]?[.library]?.cpu ?? [])
            return median(zip(http, library).map { $0 - $1 })
        }

        /// The rate of the tree over HTTP, as a part of another side's.
        func treeRate(to side: ServingSide) -> Double {
            median(zip(sides[.b]?[.http]?.rates ?? [], sides[.b]?[side]?.rates ?? []).map { $0 / $1 })
        }

        /// How much the memory of the process has grown over HTTP.
        var growth: Double { memory[.http].map { $0.end / $0.start } ?? .nan }

        func median(_ values: [Double]) -> Double { Samples.quantile(ofSorted: values.sorted(), 0.5) }
    }

    let url: String
    let data: String
    let runs: Int
    let seconds: Int
    let connections: Int

    /// Measures all sides in turn, several times over; a round that comes first isn't counted.
    func callAsFunction(_ generator: LoadGenerator, progress: ProgressBar) throws -> Result {
        var processes: [ServingSide: ServingProcess] = [:]
        defer { for process in processes.values { process.close() } }
        for side in ServingSide.allCases {
            processes[side] = try ServingProcess(side, url: url, data: data, connections: connections)
        }
        var result = Result()
        for run in -1..<runs {
            let order = run % 2 == 0 ? ServingSide.allCases : ServingSide.allCases.reversed()
            for workload in ServedRequests.workloads {
                for side in order {
                    guard let process = processes[side] else { continue }
                    progress.show(max(run, 0), "\(workload.rawValue), \(side.rawValue)")
                    let measured = try measure(workload, side, process, generator)
                    if run >= 0 { result.sides[workload, default: [:]][side, default: Side()].add(measured) }
                }
            }
            for (side, process) in processes {
                let resident = try process.usage().resident
                if run < 0 { result.memory[side, default: Memory()].start = resident }
                result.memory[side, default: Memory()].end = resident
            }
        }
        return result
    }

    private func measure(
        _ workload: Workload, _ side: ServingSide, _ process: ServingProcess, _ generator: LoadGenerator
    ) throws -> Side {
        let before = try process.usage().cpu
        var measured = Side()
        let requests: Int
        let time: Double
        if side == .library {
            let driven = try process.drive(workload, tasks: connections, seconds: Double(seconds))
            requests = driven.requests
            time = driven.seconds
        } else {
            let outcome = try generator.run(
                workload, port: process.port, connections: connections, seconds: seconds)
            requests = outcome.requests
            time = outcome.seconds
            (measured.p50, measured.p99) = ([outcome.p50], [outcome.p99])
        }
        measured.rates = [Double(requests) / time]
        measured.cpu = [(try process.usage().cpu - before) * 1e6 / Double(requests)]
        return measured
    }
}

extension HTTPComparison.Side {
    fileprivate mutating func add(_ other: Self) {
        rates += other.rates
        cpu += other.cpu
        p50 += other.p50
        p99 += other.p99
    }
}
#endif
