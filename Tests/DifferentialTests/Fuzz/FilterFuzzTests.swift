// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

extension RandomTests {
    /// Inputs of every kind give an answer or an error that says what is wrong; whatever is accepted the server takes as well.
    @Suite struct FilterFuzzTests {
        /// What became of the inputs.
        private struct Tally {
            var accepted = 0
            var refused = 0

            static func + (one: Tally, other: Tally) -> Tally {
                Tally(accepted: one.accepted + other.accepted, refused: one.refused + other.refused)
            }
        }

        @Test func `Mutated filters of the conformance corpus`() async throws {
            try await fuzz(FuzzTarget.corpus(), count: 40_000, salt: 1)
        }

        @Test func `Mutated filters of the generator`() async throws {
            try await fuzz(
                FuzzTarget.world(World.make("fuzz_world", seed: Effort.seed, connections: 4)), count: 30_000, salt: 2)
        }

        @Test func `Filters on columns of every type`() async throws {
            try await fuzz(FuzzTarget.kinds(), count: 30_000, salt: 3)
        }

        private func fuzz(_ target: FuzzTarget, count standard: Int, salt: UInt64) async throws {
            let count = Effort.count(standard)
            let workers = 3
            var tally = Tally()
            let (words, pieces) = (target.words, target.pieces)
            await withTaskGroup(of: Tally.self) { group in
                for worker in 0..<workers {
                    group.addTask(executorPreference: OwnThreads.shared) {
                        await run(target, words, pieces, salt, stride(from: worker, to: count, by: workers))
                    }
                }
                for await part in group { tally = tally + part }
            }
            await target.database.close()
            #expect(tally.accepted + tally.refused == count)
            #expect(tally.accepted > count / 20)
            #expect(tally.refused > count / 20)
        }

        private func run(
            _ target: FuzzTarget, _ words: [String], _ pieces: [JSONValue], _ salt: UInt64, _ indices: StrideTo<Int>
        ) async -> Tally {
            var tally = Tally()
            for index in indices {
                let random = SeededRandom(Effort.seed &+ UInt64(index) &* 0x1_0001 &+ salt << 40)
                var input = FuzzInput(target, words, pieces, random)
                let request = input.make(index)
                switch await FuzzOutcome(of: request, on: target.database) {
                case .accepted: tally.accepted += 1
                case .refused: tally.refused += 1
                case .failed(let failure):
                    tally.accepted += 1
                    let small = await request.smallest {
                        await FuzzOutcome(of: $0, on: target.database).failure == failure
                    }
                    let message = await FuzzOutcome(of: small, on: target.database)
                    Issue.record("seed \(Effort.seed), input \(index): \(small)\n\(message)\nas made: \(request)")
                }
            }
            return tally
        }
    }
}
