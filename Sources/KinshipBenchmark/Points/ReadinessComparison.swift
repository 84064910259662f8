// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Libpq
internal import Logging

/// Point requests over bare connections, waiting for answers in each of the ways there are.
struct ReadinessComparison {
    /// A way of waiting.
    enum Way: String, CaseIterable {
        case loop = "event loop"
        case executor = "event loop, also the tasks' executor"
        case dispatch = "Dispatch sources"
        case lent = "the default, connections lent by the pool"
        case pool = "the default, statements through the pool"
    }

    /// What one way took.
    struct Result {
        var way: Way
        var samples = Samples()
        var latencies: [Int64] = []
    }

    let configuration: ConnectionConfiguration
    let runs: Int
    let requestsPerRun: Int

    /// Measures every way in turn, several times over.
    func callAsFunction(progress: ProgressBar) async throws -> [Result] {
        var results: [Result] = []
        var lanes: [(lanes: [Connection], executor: (any TaskExecutor)?)] = []
        let pool = ConnectionPool(
            configuration: PoolConfiguration(
                minimumConnections: Benchmark.connections, maximumConnections: Benchmark.connections),
            connection: configuration, logger: Logger(label: "kinship-bench"))
        try await pool.start()
        for way in Way.allCases {
            if way == .pool || way == .lent {
                results.append(Result(way: way))
                lanes.append(([], nil))
                continue
            }
            guard let source = Self.source(way) else { continue }
            var connections: [Connection] = []
            for _ in 0..<Benchmark.connections {
                connections.append(
                    try await Connection.connect(
                        configuration, logger: Logger(label: "kinship-bench"), source: source))
            }
            results.append(Result(way: way))
            lanes.append((connections, way == .executor ? source as? any TaskExecutor : nil))
        }
        for run in -1..<runs {
            for index in results.indices {
                progress.show(max(run, 0), results[index].way.rawValue)
                let ids = Benchmark.ids(requestsPerRun, seed: run + 2)
                let (connections, executor) = lanes[index]
                let way = results[index].way
                let (latencies, sample) = try await Sample.measure {
                    try await Self.serve(ids, executor) { task, statement in
                        switch way {
                        case .pool: try await pool.execute(statement)
                        case .lent: try await pool.withConnection { _ = try await $0.execute(statement) }
                        case .loop, .executor, .dispatch:
                            try await connections[task % connections.count].execute(statement)
                        }
                    }
                }
                guard run >= 0 else { continue }
                results[index].samples.append(sample)
                results[index].latencies += latencies
            }
        }
        for lane in lanes { for connection in lane.lanes { connection.close() } }
        await pool.shutdown(deadline: .seconds(5))
        return results
    }

    private static func source(_ way: Way) -> (any ReadinessSource)? {
        switch way {
        case .dispatch: return DispatchReadiness()
        case .pool, .lent: return nil
        case .loop, .executor:
            #if os(Linux)
            return EpollLoop()
            #else
            return nil
            #endif
        }
    }

    /// Sixteen callers take the ids in turn; `lend` runs the statement of each.
    private static func serve(
        _ ids: [Int32], _ executor: (any TaskExecutor)?,
        execute: @escaping @Sendable (Int, Statement) async throws -> Void
    ) async throws -> [Int64] {
        let next = Counter()
        return try await withThrowingTaskGroup(of: [Int64].self) { group in
            for task in 0..<Benchmark.tasks {
                group.addTask(executorPreference: executor) {
                    let clock = ContinuousClock()
                    var latencies: [Int64] = []
                    while let index = next.take(below: ids.count) {
                        let start = clock.now
                        var parameters = Parameters()
                        parameters.append(.int4) { bytes in
                            withUnsafeBytes(of: ids[index].bigEndian) { bytes.append(contentsOf: $0) }
                        }
                        let statement = Statement("SELECT * FROM orders WHERE id = $1", parameters)
                        try await execute(task, statement)
                        latencies.append(Int64((clock.now - start) / .nanoseconds(1)))
                    }
                    return latencies
                }
            }
            var all: [Int64] = []
            for try await latencies in group { all += latencies }
            return all
        }
    }
}
