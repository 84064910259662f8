// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension PlanRun {
    /// Asks the server, after the plan was run, how it runs each statement that was sent: with the same values and keys, and
    /// in the same transaction, where the settings that hold keys still are.
    ///
    /// - Returns: the server's plans. The settings are empty then.
    mutating func explain(_ graph: Graph, on connection: Connection) async throws -> [Fetch.ID: ServerPlan] {
        var fetches: [Fetch.ID] = []
        var statements: [Statement] = []
        for fetch in graph.plan.fetches where graph.statistics.fetches[fetch.id.index].wasSent {
            guard var statement = try statement(for: fetch) else { continue }
            statement.text = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) \(statement.text)"
            statement.preparation = .unnamed
            fetches.append(fetch.id)
            statements.append(statement)
        }
        statements += prepared.clearings.compactMap(\.self)
        var plans: [Fetch.ID: ServerPlan] = [:]
        for (fetch, rows) in zip(fetches, try await connection.pipeline(statements)) {
            guard rows.count == 1, let cell = rows.bytes(row: 0, column: 0) else { continue }
            plans[fetch] = ServerPlan(try JSONValue(parsing: Array(cell)))
        }
        return plans
    }
}
