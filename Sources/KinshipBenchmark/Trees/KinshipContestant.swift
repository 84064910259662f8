// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import Logging
internal import RelationPlanner

/// The library, used as an application uses it.
final class KinshipContestant: Contestant {
    let database: Database
    private let filters: [Workload: JSONValue]

    /// Connects; all connections are opened before anything is measured.
    ///
    /// - Parameter pipelineDepth: how many callers share a connection, instead of the default.
    init(
        _ connection: ConnectionConfiguration, models: String, strategy: Strategy? = nil, pipelineDepth: Int? = nil
    ) async throws {
        var pool = PoolConfiguration(
            minimumConnections: Benchmark.connections, maximumConnections: Benchmark.connections)
        pool.pipelineDepth = pipelineDepth ?? pool.pipelineDepth
        database = try await Database.open(
            schema: SchemaLoader.load(directory: models), connection: connection,
            pool: pool, trees: TreeOptions(strategy: strategy), logger: Logger(label: "kinship-bench"))
        filters = try Dictionary(
            uniqueKeysWithValues: Workload.allCases.map { ($0, try JSONValue(parsing: $0.filter)) })
    }

    func close() async { await database.close() }

    // MARK: Trees

    func tree(_ workload: Workload, _ form: Form, keepsJSON: Bool) async throws -> Outcome {
        let graph = try await database.find(workload.model, filter: filters[workload])
        return try Self.walk(graph, form, keepsJSON: keepsJSON)
    }

    // MARK: Point requests

    func requests(
        _ workload: Workload, _ form: Form, ids: [Int32], tasks: Int, onLoop: Bool, keepsJSON: Bool
    ) async throws -> (Outcome, [Int64]) {
        let next = Counter()
        let executor = onLoop ? Readiness.executor : nil
        let database = database
        let filter = filters[workload]
        return try await withThrowingTaskGroup(of: (Outcome, [(Int, Int64)]).self) { group in
            for _ in 0..<tasks {
                group.addTask(executorPreference: executor) {
                    let clock = ContinuousClock()
                    var sum = Outcome()
                    var latencies: [(Int, Int64)] = []
                    while let index = next.take(below: ids.count) {
                        let start = clock.now
                        let graph = try await database.findById(
                            workload.model, id: ids[index], filter: filter)
                        let outcome = try Self.walk(graph, form, keepsJSON: keepsJSON)
                        latencies.append((index, Int64((clock.now - start) / .nanoseconds(1))))
                        sum.add(outcome)
                    }
                    return (sum, latencies)
                }
            }
            var sum = Outcome()
            var nanoseconds = [Int64](repeating: 0, count: ids.count)
            for try await (outcome, latencies) in group {
                sum.add(outcome)
                for (index, latency) in latencies { nanoseconds[index] = latency }
            }
            return (sum, nanoseconds)
        }
    }

    // MARK: The walk

    private static func walk(_ graph: Graph, _ form: Form, keepsJSON: Bool) throws -> Outcome {
        var outcome = Outcome()
        outcome.statements = graph.statistics.statements
        outcome.roundTrips = graph.statistics.roundTrips
        outcome.rows = graph.statistics.fetches.reduce(0) { $0 + $1.rows }
        switch form {
        case .cells: outcome.checksum = CellWalk(graph).checksum
        case .json:
            let json = try graph.json()
            outcome.checksum = UInt64(json.count)
            if keepsJSON { outcome.json = json }
        }
        return outcome
    }
}
