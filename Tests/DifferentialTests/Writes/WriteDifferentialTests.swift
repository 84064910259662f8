// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

extension RandomTests {
    /// Random writes on random schemas: what they answer, and what the tables hold afterwards, is what a naive model makes of them
    /// that applies the rules in memory, one row at a time.
    ///
    /// `KINSHIP_WRITE_SEED` and `KINSHIP_WRITE_COUNT` choose the first world and how many there are; a report names the seed of
    /// its world, so that one alone can be tried again.
    @Suite struct WriteDifferentialTests {
        private static func number(_ name: String, _ standard: Int) -> Int {
            ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
        }

        private static let writesPerWorld = 60

        /// What was tried.
        private struct Tally {
            var done: [String: Int] = [:]
            var refused: [String: Int] = [:]
            var different = 0

            mutating func add(_ other: Tally) {
                done.merge(other.done, uniquingKeysWith: +)
                refused.merge(other.refused, uniquingKeysWith: +)
                different += other.different
            }
        }

        @Test func `Random writes leave what a naive model says`() async throws {
            let seed = Self.number("KINSHIP_WRITE_SEED", 1)
            let count = Self.number("KINSHIP_WRITE_COUNT", 24)
            let workers = 3
            var tally = Tally()
            try await withThrowingTaskGroup(of: Tally.self) { group in
                for worker in 0..<workers {
                    group.addTask(executorPreference: OwnThreads.shared) {
                        var tally = Tally()
                        for number in stride(from: seed + worker, to: seed + count, by: workers)
                        where tally.different < 5 {
                            tally.add(try await Self.tryWorld(number))
                        }
                        return tally
                    }
                }
                for try await part in group { tally.add(part) }
            }
            guard count >= 20 else { return }
            // Writes that all are refused would prove nothing.
            let done = tally.done.values.reduce(0, +)
            #expect(done > count * Self.writesPerWorld / 2, "\(tally)")
            #expect(tally.done.count == 23, "\(tally)")
            for code in ["MODEL_NOT_FOUND", "CONSTRAINT_VIOLATION", "VALIDATION_ERROR", "RELATION_EXISTS"] {
                #expect(tally.refused[code, default: 0] > 0, "\(tally)")
            }
        }

        @Test(
            "Worlds in which something else was found once",
            arguments: [
                // The rows come in another order where the database joins otherwise.
                5,
                // A graph changes the record that it copies from, by a way that leads back to it.
                1271,
            ])
        func found(_ seed: Int) async throws {
            #expect(try await Self.tryWorld(seed, in: "found").different == 0)
        }

        private static func tryWorld(_ seed: Int, in name: String = "differential") async throws -> Tally {
            let test = try await TestDatabase.named("write_\(name)")
            var generator = WriteWorldGenerator(seed: UInt64(seed), schema: "w\(seed)")
            let world = generator.world()
            try await test.runPlainly(world.sql)
            var databases: [Database] = []
            for strategy in Strategy.allCases {
                databases.append(
                    try await Database.open(
                        schema: Schema(definitions: world.definitions()),
                        connection: ConnectionConfiguration(url: test.url),
                        pool: PoolConfiguration(maximumConnections: 1), trees: TreeOptions(strategy: strategy)))
            }
            let look = try await Connection.connect(
                ConnectionConfiguration(url: test.url), logger: Logger(label: "kinship.tests"))
            let comparison = WriteComparison(world: world)
            var tables = NaiveTables(world)
            var writes = WriteGenerator(world, seed: UInt64(seed) &* 31 &+ 7)
            var tally = Tally()
            for number in 0..<writesPerWorld where tally.different == 0 {
                let operation = number < 12 ? writes.beginning(tables) : writes.operation(tables)
                let before = tables
                let expected = tables.run(operation)
                let database = databases[number % databases.count]
                let found = try await run(operation, comparison, database, inTransaction: number % 5 == 4)
                let contents = try JSONValue(
                    parsing: try await look.execute(Statement(world.contents)).decode(String.self, row: 0, column: 0))
                let difference = comparison.difference(&tables, contents)
                switch (found, expected) {
                case (.refused(let code), _): tally.refused[code, default: 0] += 1
                default: tally.done[operation.name, default: 0] += 1
                }
                guard difference != nil || !found.fits(expected, isGraph: operation.isGraph) else { continue }
                tally.different += 1
                Issue.record(
                    """
                    seed \(seed), write \(number), \(operation)
                    came to \(found)
                    not to  \(expected)
                    \(difference ?? "The tables are right.")
                    before:
                    \(before.description)
                    \(world.models.map { "\(world.json($0))" }.joined(separator: "\n"))
                    \(world.sql)
                    """)
            }
            for database in databases { await database.close() }
            look.close()
            return tally
        }

        private static func run(
            _ operation: WriteOperation, _ comparison: WriteComparison, _ database: Database, inTransaction: Bool
        ) async throws -> WriteOutcome {
            guard inTransaction else { return try await comparison.run(operation, on: database) }
            do {
                return try await database.withTransaction { transaction in
                    let outcome = try await comparison.run(operation, on: transaction)
                    if case .refused(let code) = outcome { throw WriteRefusal(code) }
                    return outcome
                }
            } catch let refusal as WriteRefusal {
                return .refused(refusal.code)
            }
        }
    }
}
