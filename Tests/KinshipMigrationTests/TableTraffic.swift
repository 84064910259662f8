// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization
import TestSupport
import Testing

/// Sessions that write some tables without a pause to speak of, and remember what the server has acknowledged and how long each write took.
///
/// The tables have the columns `code`, `name`, `branchid` and `hits`, and the rows 1 to 16, of which each session updates one.
final class TableTraffic: Sendable {
    /// What was written.
    struct Tally: Sendable {
        var inserts: [String: Int] = [:]
        var updates: [String: Int] = [:]
        var longest: Duration = .zero
        /// What took that long.
        var statement = ""
    }

    static let writers = 16

    private let tables: [String]
    private let state = Mutex((tally: Tally(), isOver: false))

    private init(_ tables: [String]) { self.tables = tables }

    /// What has been written so far.
    var tally: Tally { state.withLock { $0.tally } }

    /// Runs `body` beside 16 writers, and gives what they have written in all.
    static func beside(
        _ world: MigrationWorld, writing tables: [String], _ body: (TableTraffic) async throws -> Void
    ) async throws -> Tally {
        let traffic = TableTraffic(tables)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<writers {
                group.addTask { try await traffic.write(number, in: world) }
            }
            do {
                defer { traffic.end() }
                // They are at it.
                try #require(
                    await eventually { tables.allSatisfy { traffic.tally.inserts[$0, default: 0] >= writers / 4 } })
                try await body(traffic)
            }
            try await group.waitForAll()
            return traffic.tally
        }
    }

    private func end() { state.withLock { $0.isOver = true } }

    private func write(_ number: Int, in world: MigrationWorld) async throws {
        let connection = try await world.connection()
        defer { connection.close() }
        let clock = ContinuousClock()
        var turn = number
        while !state.withLock({ $0.isOver }) {
            let table = tables[turn % tables.count]
            let isInsert = (turn / tables.count) % 2 == 0
            let sql =
                isInsert
                ? "INSERT INTO \(table) (code, name, branchid, hits) VALUES (gen_random_uuid()::text, 'new', 1, 0)"
                : "UPDATE \(table) SET hits = hits + 1 WHERE id = \(number + 1)"
            let start = clock.now
            try await connection.execute(Statement(sql, preparation: .unnamed))
            let duration = clock.now - start
            state.withLock { state in
                if isInsert {
                    state.tally.inserts[table, default: 0] += 1
                } else {
                    state.tally.updates[table, default: 0] += 1
                }
                if duration > state.tally.longest {
                    (state.tally.longest, state.tally.statement) = (duration, sql)
                }
            }
            turn += 1
            try await Task.sleep(for: .milliseconds(25))
        }
    }
}
