// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The numbers that made values differ by: counted for each model, from a beginning that a test's name gives.
final class TestNumbers: Sendable {
    /// Those of the test that the task runs; outside of tests those of the process.
    @TaskLocal static var current = TestNumbers(seed: "")

    /// What values that have to be unique begin behind.
    private let base: Int
    private let counts = Locked<[String: Int]>([:])

    init(seed: String) {
        // FNV-1a: the same in every process, unlike `Hasher`.
        let hash = seed.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        base = Int(hash % 2_000_000_000)
    }

    /// The next one of a model.
    func next(of model: String) -> TestNumber {
        counts.withLock { counts in
            counts[model, default: 0] += 1
            return TestNumber(count: counts[model, default: 1], base: base)
        }
    }
}

/// What tells one record that was made from another.
struct TestNumber: Sendable {
    /// Which of its model it is, from 1.
    var count: Int
    var base: Int

    /// One that records of other tests don't have.
    var unique: Int { base + count }

    /// The same as a short word of letters and digits, whose last ones differ first.
    var word: String { String(unique, radix: 36) }
}
