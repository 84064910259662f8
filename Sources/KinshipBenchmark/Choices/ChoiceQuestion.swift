// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import Logging
internal import RelationPlanner

/// One question and the ways to ask it; the first is the planner's choice.
struct ChoiceQuestion {
    /// A way to ask; gives how many rows came.
    struct Way {
        let name: String
        let run: () async throws -> Int
    }

    let name: String
    let ways: [Way]
    /// Databases that were opened for it.
    var databases: [Database] = []
    /// The network they are reached over, when it is none of this machine's.
    var network: SlowNetwork?

    func close() async {
        for database in databases { await database.close() }
        network?.close()
    }

    /// The median seconds of each way, which run in turn so that all meet the same noise.
    func medians(runs: Int) async throws -> [(name: String, median: Double)] {
        var rows: [Int] = []
        // PostgreSQL settles on a plan for a prepared statement at its sixth run.
        for way in ways {
            var count = 0
            for _ in 0..<6 { count = try await way.run() }
            rows.append(count)
        }
        guard let first = rows.first, rows.allSatisfy({ $0 == first }) else {
            throw BenchmarkError("\(name): the ways give \(rows) rows")
        }
        var samples = ways.map { _ in Samples() }
        for _ in 0..<runs {
            for (index, way) in ways.enumerated() {
                let (_, sample) = try await Sample.measure { try await way.run() }
                samples[index].append(sample)
            }
        }
        return zip(ways, samples).map { ($0.name, $1.medianWall) }
    }

    /// A tree by what the library chooses, and by each strategy.
    ///
    /// - Parameter distance: the time of a round trip to the server, beside what it takes on this machine.
    static func trees(
        _ name: String, _ model: String, _ filter: JSONValue, _ schema: Schema, _ connection: ConnectionConfiguration,
        distance: Duration = .zero
    ) async throws -> ChoiceQuestion {
        let network = distance > .zero ? try SlowNetwork(to: connection, roundTrip: distance) : nil
        let connection = network?.configuration ?? connection
        var ways: [Way] = []
        var databases: [Database] = []
        for strategy in [nil] + Strategy.allCases.map(Optional.some) {
            let database = try await Database.open(
                schema: schema, connection: connection, pool: PoolConfiguration(maximumConnections: 1),
                trees: TreeOptions(strategy: strategy), logger: Logger(label: "kinship-bench"))
            databases.append(database)
            let chosen = try database.plan(model, filter: filter).strategy.rawValue
            ways.append(
                Way(name: chosen) {
                    try await database.find(model, filter: filter).statistics.fetches.reduce(0) { $0 + $1.rows }
                })
        }
        return ChoiceQuestion(name: name, ways: ways, databases: databases, network: network)
    }
}
