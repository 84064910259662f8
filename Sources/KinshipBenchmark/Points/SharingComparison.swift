// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq

/// Point requests of many callers, with and without several callers' statements on one connection, beside the floor.
struct SharingComparison {
    /// Who answers the requests.
    enum Contender: CaseIterable { case floor, alone, shared }

    /// What one side took.
    struct Side {
        var samples = Samples()
        var latencies: [Int64] = []
        /// What 99 of 100 requests took at most, in each run, in microseconds.
        var p99: [Double] = []
    }

    /// All, with so many callers.
    struct Result {
        var tasks: Int
        var onLoop: Bool
        /// Whether one connection was in a statement of a second all the time.
        var besideSlow: Bool
        var sides: [Contender: Side] = [:]

        /// The median of the runs' ratios of one side's rates to another's.
        func rate(_ one: Contender, to other: Contender) -> Double {
            Self.median(walls(other), walls(one))
        }

        /// The median of the runs' ratios of what 99 of 100 requests took at most.
        var p99: Double { Self.median(sides[.shared]?.p99 ?? [], sides[.alone]?.p99 ?? []) }

        private func walls(_ side: Contender) -> [Double] { sides[side]?.samples.all.map(\.wall) ?? [] }

        private static func median(_ above: [Double], _ below: [Double]) -> Double {
            Samples.quantile(ofSorted: zip(above, below).map { $0 / $1 }.sorted(), 0.5)
        }
    }

    let connection: ConnectionConfiguration
    let models: String
    let runs: Int
    let requestsPerRun: Int

    /// Measures each number of callers, off the loop, on it, and beside a slow statement.
    func callAsFunction(tasks: [Int], progress: ProgressBar) async throws -> [Result] {
        let alone = try await KinshipContestant(connection, models: models, pipelineDepth: 1)
        let shared = try await KinshipContestant(connection, models: models, pipelineDepth: 8)
        let floor = FloorContestant(
            keywords: try connection.keywords(), connections: Benchmark.connections, plan: alone.floorPlan)
        var results: [Result] = []
        for count in tasks {
            for (onLoop, besideSlow) in [(false, false), (true, false), (false, true)]
            where !onLoop || Readiness.executor != nil {
                var result = Result(tasks: count, onLoop: onLoop, besideSlow: besideSlow)
                for run in -2..<runs {
                    progress.show(max(run, 0), "\(count) tasks")
                    let ids = Benchmark.ids(requestsPerRun, seed: run + 3)
                    let order = run % 2 == 0 ? Contender.allCases : Contender.allCases.reversed()
                    for contender in order where contender != .floor || !besideSlow {
                        let library: KinshipContestant? =
                            switch contender {
                            case .floor: nil
                            case .alone: alone
                            case .shared: shared
                            }
                        let slow = besideSlow ? library.map { Self.keepBusy($0) } : nil
                        if slow != nil { try await Task.sleep(for: .milliseconds(20)) }
                        let contestant: any Contestant = library ?? floor
                        let ((_, latencies), sample) = try await Sample.measure {
                            try await contestant.requests(
                                .g, .cells, ids: ids, tasks: count, onLoop: onLoop, keepsJSON: false)
                        }
                        slow?.cancel()
                        await slow?.value
                        guard run >= 0 else { continue }
                        var side = result.sides[contender] ?? Side()
                        side.samples.append(sample)
                        side.latencies += latencies
                        side.p99.append(Samples.quantile(ofSorted: latencies.map { Double($0) / 1e3 }.sorted(), 0.99))
                        result.sides[contender] = side
                    }
                }
                results.append(result)
            }
        }
        await alone.close()
        await shared.close()
        return results
    }

    /// Has one connection be in a statement of a second until the task is cancelled.
    private static func keepBusy(_ library: KinshipContestant) -> Task<Void, Never> {
        let pool = library.database.pool
        return Task {
            while !Task.isCancelled { _ = try? await pool.execute("select pg_sleep(1)") }
        }
    }
}
