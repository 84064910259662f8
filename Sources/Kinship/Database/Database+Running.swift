// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension Database {
    /// Runs a plan; level by level, and all later ones too, when it turns out that keys can't be handed over on the server:
    /// the catalog is read again then, for it may be another one than it was.
    func handingOver<R: Sendable>(
        _ plan: PreparedPlan, _ planning: Planning, _ body: (PreparedPlan, Planning) async throws -> R
    ) async throws -> R {
        do {
            return try await body(plan, planning)
        } catch let error as PostgresError where error.sqlState == "42704" && HandOver.isLost(error.message) {
            guard let key = plan.key else { throw error }
            if planning.plans === self.planning.plans { try await stopHandingOver() }
            let planning = self.planning
            return try await body(planning.plan(key.byLevel), planning)
        }
    }

    func run(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        let observer = observer(planning)
        // What nobody wants to know costs no more than this look.
        guard observer.isNeeded else { return try await answer(plan, values, planning) }
        return try await observer.observe(operation, plan) { try await answer(plan, values, planning) }
    }

    private func answer(_ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning) async throws -> Graph {
        try await judging(plan, values) {
            try await handingOver(plan, planning) { try await send($0, values, $1) }
        }
    }

    /// Runs what asks with values that only the server can read; its error about one of them is the filter's fault.
    func judging<R>(_ plan: PreparedPlan, _ values: [BoundValue], _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            throw await ValueFault(plan: plan, values: values).explain(error) { try await pool.execute($0) }
        }
    }

    /// Answers with what is known of the database, and once more with what is known then when the type of a column has
    /// become another one: of a type that was dropped and made anew under its name only the name is still the same.
    ///
    /// - Note: Where it comes to that, the statements of ``refreshCatalog()`` and those of the request again.
    func answering<R: Sendable>(_ body: (Planning) async throws -> R) async throws -> R {
        do {
            return try await body(planning)
        } catch  where StaleType.isReason(for: error) {
            do { try await refreshCatalog() } catch is SchemaError { throw error }
            return try await body(planning)
        }
    }

    private func send(_ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning) async throws -> Graph {
        if PlanRun.needsNoConnectionOfItsOwn(plan, trees) {
            return try await reading {
                var run = PlanRun(plan, values: values, trees, timeout: planning.timeout)
                let graph = try await run(through: pool)
                try planning.checkTypes(of: graph, trees)
                return graph
            }
        }
        return try await read { connection in
            guard plan.plan.hasDeferred, trees.snapshot == .consistent else {
                return try await run(plan, values, trees, planning, on: connection)
            }
            var options = trees
            options.snapshot = .perStatement
            let inTransaction = options
            return try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) { connection in
                try await run(plan, values, inTransaction, planning, on: connection)
            }
        }
    }

    private func run(
        _ plan: PreparedPlan, _ values: [BoundValue], _ options: TreeOptions, _ planning: Planning,
        on connection: Connection
    ) async throws -> Graph {
        var run = PlanRun(plan, values: values, options, timeout: planning.timeout)
        let graph = try await run(on: connection)
        return try await DeferredIncludes(planning: planning, trees: options).complete(graph, on: connection)
    }

    /// Reads on a connection of the pool.
    func read<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R {
        try await pool.withConnection { connection in
            try await reading { try await body(connection) }
        }
    }

    /// Runs what reads, and once more when a table was changed since a statement was prepared: nothing has happened then.
    private func reading<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as PostgresError where error.code == .statementInvalidated {
            return try await body()
        }
    }

    func count(
        _ condition: Condition, of model: Model, _ planning: Planning, as operation: Operation = .count
    ) async throws -> CountResult {
        let (plan, values) = try planning.prepareCount(condition, of: model)
        let graph = try await run(plan, values, planning, as: operation)
        guard let rows = graph.rowSets.first.flatMap({ $0 }) else {
            return CountResult(count: 0, statistics: graph.statistics)
        }
        return CountResult(
            count: try rows.decode(Int64.self, row: 0, column: 0), statistics: graph.statistics)
    }
}
