// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Synchronization

/// Looks at who waits for a lock while it keeps others from writing one of some tables.
final class LockLooks: Sendable {
    private let statement: Statement
    private let state = Mutex((count: 0, found: Set<String>(), isOver: false))

    init(of tables: [String]) {
        let names = tables.map { "'\($0)'::regclass" }.joined(separator: ", ")
        statement = Statement(
            """
            SELECT DISTINCT h.relation::regclass || ' ' || h.mode || ' while waiting for ' || w.relation::regclass
            FROM pg_locks w JOIN pg_locks h ON h.pid = w.pid
            WHERE NOT w.granted AND w.locktype = 'relation' AND h.granted AND h.relation IN (\(names))
                AND h.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            """, preparation: .unnamed)
    }

    /// How many times it has looked.
    var count: Int { state.withLock { $0.count } }

    /// What it has seen.
    var found: Set<String> { state.withLock { $0.found } }

    /// Looks again and again, until `body` is done.
    func watching(_ world: MigrationWorld, _ body: () async throws -> Void) async throws {
        let connection = try await world.connection()
        defer { connection.close() }
        async let looking: Void = look(connection)
        defer { state.withLock { $0.isOver = true } }
        try await body()
        state.withLock { $0.isOver = true }
        try await looking
    }

    private func look(_ connection: Connection) async throws {
        while !state.withLock({ $0.isOver }) {
            let found = try await connection.execute(statement).decodeColumn(String.self, at: 0)
            state.withLock { state in
                state.count += 1
                state.found.formUnion(found)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
