// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension Database {
    func run(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        let observer = observer(planning)
        // What nobody wants to know costs no more than this look.
        guard observer.isNeeded else { return try await answer(plan, values, planning) }
        return try await observer.observe(operation, plan) { try await answer(plan, values, planning) }
    }

    private func answer(_ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning) async throws -> Graph {
        if PlanRun.needsNoConnectionOfItsOwn(plan, trees) {
            return try await reading {
                var run = PlanRun(plan, values: values, trees)
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
        var run = PlanRun(plan, values: values, options)
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
            do {
                return try await body()
            } catch let error as PostgresError where error.code == .statementInvalidated {
                return try await body()
            }
        } catch {
            throw Self.fault(in: error)
        }
    }

    /// The filter's fault where an error of the server's is one: whether a regular expression is one only it can tell (D7).
    static func fault(in error: any Error) -> any Error {
        guard let error = error as? PostgresError, error.sqlState == "2201B" else { return error }
        return PlannerError(
            .invalidValue, "The filter holds a regular expression that PostgreSQL refuses: \(error.message)",
            operator: "regexp")
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
