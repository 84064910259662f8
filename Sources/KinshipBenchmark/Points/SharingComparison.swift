// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Libpq

/// Point requests of many callers, with and without several callers' statements on one connection.
struct SharingComparison {
    /// What one side took.
    struct Side {
        var samples = Samples()
        var latencies: [Int64] = []
    }

    /// Both, with so many callers.
    struct Result {
        var tasks: Int
        var onLoop: Bool
        var alone = Side()
        var shared = Side()

        /// The median of the runs' ratios of rates.
        var ratio: Double {
            let ratios = zip(alone.samples.all, shared.samples.all).map { $0.wall / $1.wall }
            return Samples.quantile(ofSorted: ratios.sorted(), 0.5)
        }
    }

    let connection: ConnectionConfiguration
    let models: String
    let runs: Int
    let requestsPerRun: Int

    /// Measures each number of callers, off the loop and on it.
    func callAsFunction(tasks: [Int], progress: ProgressBar) async throws -> [Result] {
        let alone = try await KinshipContestant(connection, models: models, pipelineDepth: 1)
        let shared = try await KinshipContestant(connection, models: models, pipelineDepth: 8)
        var results: [Result] = []
        for count in tasks {
            for onLoop in [false, true] where !onLoop || Readiness.executor != nil {
                var result = Result(tasks: count, onLoop: onLoop)
                for run in -2..<runs {
                    progress.show(max(run, 0), "\(count) tasks")
                    let ids = Benchmark.ids(requestsPerRun, seed: run + 3)
                    for isShared in run % 2 == 0 ? [false, true] : [true, false] {
                        let ((_, latencies), sample) = try await Sample.measure {
                            try await (isShared ? shared : alone).requests(
                                .g, .cells, ids: ids, tasks: count, onLoop: onLoop, keepsJSON: false)
                        }
                        guard run >= 0 else { continue }
                        if isShared {
                            result.shared.samples.append(sample)
                            result.shared.latencies += latencies
                        } else {
                            result.alone.samples.append(sample)
                            result.alone.latencies += latencies
                        }
                    }
                }
                results.append(result)
            }
        }
        await alone.close()
        await shared.close()
        return results
    }
}
