// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigration
import KinshipMigrator
import TestSupport
import Testing

/// Models are changed at random, a step at a time, and their tables after each step, beside rows: what no step takes away by name stays,
/// the tables are what an empty database would get, and a migration that is killed comes to the same end when it is run again.
/// Each fifth step an empty database gets them, whose catalog has to be the same; `CatalogShape.pair` says what may differ.
///
/// `KINSHIP_MIGRATION_SEED` and `KINSHIP_MIGRATION_COUNT` choose other walks, and longer ones; a report names the seed and the step.
@Suite(.timeLimit(.minutes(30))) struct MigrationWalkTests {
    private static func number(_ name: String, _ fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
    }

    @Test(arguments: 0..<2) func aWalk(of number: Int) async throws {
        let seed = UInt64(Self.number("KINSHIP_MIGRATION_SEED", 1) + number)
        var walk = try await WalkedDatabase("migration_walk\(number)", seed: seed)
        let steps = Self.number("KINSHIP_MIGRATION_COUNT", 30)
        for _ in 0..<steps { try await walk.step() }
        // What was tried is what is meant.
        #expect(walk.done > steps / 2, "\(walk.counts)")
        if steps >= 30 { #expect(walk.killed > 0, "\(walk.counts)") }
        if steps >= 300 {
            #expect(walk.kinds == Set(ModelWalk.Kind.allCases), "\(walk.kinds.map(\.rawValue).sorted())")
            #expect(walk.changedKinds > 10, "\(walk.counts)")
        }
    }
}
