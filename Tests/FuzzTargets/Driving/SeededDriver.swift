// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport

/// Drives a target with seeds and random changes of them, the same each time.
package struct SeededDriver {
    /// What became of the inputs.
    package struct Tally: Sendable {
        package var accepted = 0
        package var refused = 0
        /// The first inputs for which something does not hold, with what.
        package var findings: [(input: [UInt8], what: String)] = []
    }

    /// The processor time that one input of up to 4 KB may take. Generous: builds for debugging are slow.
    static let budget = 2.0
    static let longest = 4_096

    private let target: FuzzTarget
    private var random: SeededRandom

    package init(_ target: FuzzTarget, seed: UInt64) {
        self.target = target
        random = SeededRandom(seed)
    }

    /// Tries so many inputs: the seeds as they are, then changed ones.
    package mutating func run(_ count: Int) -> Tally {
        var tally = Tally()
        for index in 0..<max(count, target.seeds.count) {
            let input = index < target.seeds.count ? target.seeds[index] : mutated()
            do {
                if try Self.judge(target, input) { tally.accepted += 1 } else { tally.refused += 1 }
            } catch {
                if tally.findings.count < 20 { tally.findings.append((input, "\(error)")) }
            }
        }
        return tally
    }

    /// One input with its budget.
    package static func judge(_ target: FuzzTarget, _ input: [UInt8]) throws -> Bool {
        let start = processorTime()
        let accepted = try target.run(input)
        let used = processorTime() - start
        guard used <= budget else { throw Finding("\(input.count) bytes take \(used) s") }
        return accepted
    }

    /// A seed with one to six changes, perhaps crossed with another seed.
    private mutating func mutated() -> [UInt8] {
        var bytes = random.pick(target.seeds, [])
        if random.once(in: 8) {
            let other = random.pick(target.seeds, [])
            bytes = Array(bytes.prefix(random.number(0...bytes.count)) + other.suffix(random.number(0...other.count)))
        }
        for _ in 0..<random.pick([1, 1, 1, 2, 3], 1) { bytes = random.mutated(bytes, words: target.words) }
        return Array(bytes.prefix(Self.longest))
    }

    /// Seconds that this thread has computed.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
