// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

extension RandomTests {
    /// Random trees of random relations: the library answers what a naive evaluator does, in either strategy and under either
    /// snapshot, with as few statements and round trips as it promises.
    ///
    /// `KINSHIP_INCLUDE_SEED` and `KINSHIP_INCLUDE_COUNT` choose the first world and how many there are; a report names the
    /// seed of its world, so that one alone can be tried again.
    @Suite struct TreeDifferentialTests {
        private static func number(_ name: String, _ standard: Int) -> Int {
            ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
        }

        /// What was tried.
        private struct Tally {
            var same = 0
            var empty = 0
            var refused = 0
            var different = 0
            var ways: [String: Int] = [:]

            mutating func add(_ other: Tally) {
                same += other.same
                empty += other.empty
                refused += other.refused
                different += other.different
                ways.merge(other.ways, uniquingKeysWith: +)
            }
        }

        private static let treesPerWorld = 60

        /// What plans can make use of; each has to come up.
        private static let ways = [
            "array", "unnest", "ordinality join", "lateral", "window", "distinct on", "parameter", "handed over",
            "known",
            "shared by relations", "joined", "two hops", "key only", "reused", "backwards", "lists",
            "related rows", "no related rows", "every related row",
            "ordered by a related row", "ordered by counts", "embedded",
            "below embedded", "functions", "total",
        ]

        @Test func `Random trees are what a naive evaluator makes of them`() async throws {
            let seed = Self.number("KINSHIP_INCLUDE_SEED", 1)
            let count = Self.number("KINSHIP_INCLUDE_COUNT", 40)
            let workers = 3
            var tally = Tally()
            try await withThrowingTaskGroup(of: Tally.self) { group in
                for worker in 0..<workers {
                    group.addTask(executorPreference: OwnThreads.shared) {
                        var tally = Tally()
                        for number in stride(from: seed + worker, to: seed + count, by: workers)
                        where tally.different < 3 {
                            tally.add(try await Self.tryWorld(number))
                        }
                        return tally
                    }
                }
                for try await part in group { tally.add(part) }
            }
            // Trees that are all refused or empty would prove nothing.
            #expect(tally.same > count * Self.treesPerWorld * 3 / 4)
            #expect(tally.empty < tally.same / 3)
            guard count >= 30 else { return }
            #expect(tally.refused > 0)
            for way in Self.ways { #expect(tally.ways[way, default: 0] > 3, "\(way) of \(tally.ways)") }
        }

        private static func tryWorld(_ seed: Int) async throws -> Tally {
            let test = try await TestDatabase.named("include_differential")
            var generator = WorldGenerator(seed: UInt64(seed), schema: "w\(seed)")
            let world = generator.world()
            try await test.runPlainly(world.sql)
            let contents = try await test.runPlainly(world.contents)
            let rows = try TreeRows(
                world, contents: JSONValue(parsing: contents.first?.first.flatMap { $0 } ?? ""))
            var databases: [Database] = []
            for strategy in Strategy.allCases {
                for snapshot in [TreeOptions.Snapshot.perStatement, .consistent] {
                    databases.append(
                        try await Database.open(
                            schema: Schema(definitions: world.definitions()),
                            connection: ConnectionConfiguration(url: test.url),
                            pool: PoolConfiguration(maximumConnections: 1),
                            trees: TreeOptions(strategy: strategy, snapshot: snapshot)))
                }
            }
            let comparison = TreeComparison(
                world: world, evaluator: TreeEvaluator(world, rows), test: test, databases: databases)
            var tally = Tally()
            var requests = RequestGenerator(world, seed: UInt64(seed) &* 31 &+ 7)
            for number in 0..<treesPerWorld where tally.different < 3 {
                let request = requests.request()
                // Each strategy under one of the snapshots.
                let chosen = [databases[number % 2], databases[2 + number / 2 % 2]]
                let outcome = try await comparison.outcome(request, on: chosen)
                switch outcome {
                case .same(let isEmpty, let ways):
                    tally.same += 1
                    tally.empty += isEmpty ? 1 : 0
                    for way in ways { tally.ways[way, default: 0] += 1 }
                case .refused: tally.refused += 1
                case .different(let kind, let details):
                    tally.different += 1
                    let small = try await comparison.smallest(request, kind)
                    let outcome = try await comparison.outcome(small, on: databases)
                    Issue.record(
                        """
                        seed \(seed), tree \(number), \(kind): \(small)
                        \(outcome)
                        as generated: \(request)
                        \(details)
                        \(world.models.filter { !$0.isMade }.map { world.text(of: $0) }.joined(separator: "\n"))
                        \(world.sql)
                        """)
                }
            }
            for database in databases { await database.close() }
            return tally
        }
    }
}
