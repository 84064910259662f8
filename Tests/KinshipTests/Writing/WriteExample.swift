// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Testing

/// One operation on the small shop: what it comes to, and a look at the tables afterwards.
///
/// Keys of customers and groups are numbers here, whatever they are in the tables: `k(1)`, and their last character in rows.
struct WriteExample: Sendable {
    typealias Run = @Sendable (Database, WritingWorld.Key) async throws -> ExecutionStatistics

    let name: String
    let run: Run
    /// `ok`, or the code of its error.
    let outcome: String
    /// A query, and its rows.
    let sql: String
    let rows: String
    /// How many statements it may take: one, with a lock ahead two.
    let most: Int

    init(
        _ name: String, _ outcome: String, _ look: (sql: String, rows: String), most: Int = 1,
        _ run: @escaping Run
    ) {
        self.name = name
        self.run = run
        self.outcome = outcome
        (sql, rows) = look
        self.most = most
    }

    /// One that is done.
    init(_ name: String, _ look: (sql: String, rows: String), most: Int = 1, _ run: @escaping Run) {
        self.init(name, "ok", look, most: most, run)
    }

    /// Runs all on a shop, each as it was in the beginning.
    static func check(_ examples: [[WriteExample]], in world: WritingWorld) async throws {
        let before = try await world.everything()
        for example in examples.joined() { try await example.check(in: world, before) }
    }

    private func check(in world: WritingWorld, _ before: String) async throws {
        try await world.reset()
        var statistics: ExecutionStatistics?
        let found = await told {
            statistics = try await run(world.database, world.key)
            return "ok"
        }
        #expect(found == outcome, "\(name), keys of \(world.key.rawValue)")
        #expect(try await world.rows(sql) == rows, "\(name), keys of \(world.key.rawValue)")
        if outcome != "ok" { #expect(try await world.everything() == before, "\(name): something is left") }
        if let statistics {
            #expect(statistics.roundTrips == 1, "\(name)")
            #expect(statistics.statements <= most, "\(name)")
        }
    }
}
