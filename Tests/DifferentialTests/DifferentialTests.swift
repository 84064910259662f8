// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

extension RandomTests {
    /// Random filters on a random database: what the server answers is what the rules say.
    @Suite struct DifferentialTests {
        @Test func `Random filters are answered as the evaluator answers them`() async throws {
            let world = try await World.make("differential", seed: Effort.seed)
            let count = Effort.count(10_000)
            let workers = 3
            var tally = Tally()
            try await withThrowingTaskGroup(of: Tally.self) { group in
                for worker in 0..<workers {
                    group.addTask(executorPreference: OwnThreads.shared) {
                        try await run(world, stride(from: worker, to: count, by: workers))
                    }
                }
                for try await part in group { tally.add(part) }
            }
            await world.database.close()
            // Filters that all are refused, or all give nothing, would prove nothing.
            #expect(tally.answered > count / 2)
            #expect(tally.nonEmpty > count / 4)
            #expect(tally.refused > count / 50)
        }

        private struct Tally {
            var answered = 0
            var refused = 0
            var nonEmpty = 0

            mutating func add(_ other: Tally) {
                answered += other.answered
                refused += other.refused
                nonEmpty += other.nonEmpty
            }
        }

        private func run(_ world: World, _ indices: StrideTo<Int>) async throws -> Tally {
            var tally = Tally()
            for index in indices {
                var generator = FilterGenerator(world, seed: Effort.seed &+ UInt64(index) &* 0x1_0001)
                let (model, filter) = generator.filter()
                let comparison = Comparison(world: world, model: model)
                let counting = index % 3 == 0
                switch try await comparison.outcome(filter, counting: counting) {
                case .same(let isEmpty):
                    tally.answered += 1
                    if !isEmpty { tally.nonEmpty += 1 }
                case .bothRefuse: tally.refused += 1
                case .different(let kind, _):
                    let small = try await Shrinking.smallest(filter) {
                        try await comparison.outcome($0, counting: counting).difference == kind
                    }
                    Issue.record(
                        """
                        seed \(Effort.seed), filter \(index): \(model) \(small)
                        \(try await comparison.outcome(small, counting: counting))
                        as generated: \(filter)
                        """)
                }
            }
            return tally
        }
    }
}
