// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Whether the database answers, found out by one caller at a time and known for a second, however many ask.
actor Readiness {
    private let pool: ConnectionPool
    private var running: Task<Bool, Never>?
    private var known: (isReady: Bool, until: ContinuousClock.Instant)?

    init(_ pool: ConnectionPool) { self.pool = pool }

    /// Whether it does: one statement without a table, within two seconds.
    var isReady: Bool {
        get async {
            // Without a connection it is known to be another.
            if let known, ContinuousClock.now < known.until, !known.isReady || pool.status.size > 0 {
                return known.isReady
            }
            if let running { return await running.value }
            let task = Task { [pool] in await Self.ask(pool) }
            running = task
            let isReady = await task.value
            running = nil
            known = (isReady, ContinuousClock.now + .seconds(1))
            return isReady
        }
    }

    private static func ask(_ pool: ConnectionPool) async -> Bool {
        do {
            try await Deadline.run(.seconds(2), RESTError(.requestTimeout, "The database doesn't answer.")) {
                _ = try await pool.execute(Statement("select 1"))
            }
            return true
        } catch {
            return false
        }
    }
}
