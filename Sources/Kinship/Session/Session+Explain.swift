// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Session {
    /// How a filter is answered: the statements, the reasons for them, and the indexes they lack; what running them took,
    /// and how the server ran them, when that is asked for.
    ///
    /// ```swift
    /// let explanation = try await database.explain(
    ///     "Customer", filter: ["include": ["relation": "orders", "scope": ["limit": 3]]], analyze: .server)
    /// print(explanation.tree.text())
    /// ```
    ///
    /// Includes whose scopes are functions of their parents are planned when these have come: once the filter was answered,
    /// the groups they were loaded in are told, with the statements of the first five, which the server is not asked about.
    ///
    /// With ``Explanation/Analysis/server`` all happens in one `REPEATABLE READ READ ONLY` transaction, so that keys that
    /// one statement hands over are there for the next one; in a transaction in a savepoint of it. The filter's values, and the server's times and numbers of
    /// rows, are part of what is shown: it is for who may read the data.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - filter: a LoopBack filter; nil for all records in the order of their primary key.
    ///   - analyze: how much is found out.
    /// - Throws: ``PlannerError`` for a filter that can't be answered, before anything is sent, `RESULT_TOO_LARGE` as when it
    ///   is answered; ``PostgresError``; `CancellationError`.
    /// - Note: Nothing is sent with ``Explanation/Analysis/none``. With ``Explanation/Analysis/run`` the statements and round
    ///   trips of ``find(_:filter:)-(String,JSONValue?)``. With ``Explanation/Analysis/server`` each statement twice, the
    ///   second time under `EXPLAIN`, all of these in one more round trip; and one for `COMMIT`. `BEGIN` rides along.
    public func explain(
        _ model: String, filter: JSONValue? = nil, analyze: Explanation.Analysis = .none
    ) async throws -> Explanation {
        try await context.answering { planning in
            let target = try planning.model(model)
            let resolved = planning.limited(try planning.resolve(target, filter: filter, unscoped: context.isUnscoped))
            let (prepared, values) = try planning.prepare(resolved, for: target)
            var notes = PlanNotes()
            notes.values = values.map(\.shown)
            notes.advice =
                try planning.planner.catalog.map {
                    try IndexAdvisor(schema: planning.schema, catalog: $0).advice(for: resolved, of: target.id)
                } ?? []
            var graph: Graph?
            var serverPlans: [Fetch.ID: ServerPlan] = [:]
            switch analyze {
            case .none: break
            case .run: graph = try await context.run(prepared, values, planning, as: .explain)
            case .server:
                (graph, serverPlans) = try await context.judging(prepared, values) {
                    try await context.runExplained(prepared, values, planning)
                }
            }
            // Another one than was meant to be, where keys could not be handed over.
            let plan = graph?.plan ?? prepared.plan
            let isPoint = resolved.parameterized().shape.asksForOne(of: target)
            notes.reason = trees.reason(
                for: plan, roundTrip: roundTrip, isPoint: isPoint, catalog: context.planning.planner.catalog)
            if let note = trees.snapshotNote(for: plan) { notes.whole.lines.append(.text(note)) }
            if let graph { notes.add(graph, planning.schema) }
            for (fetch, server) in serverPlans { notes.add(server, of: fetch) }
            return Explanation(
                plan: plan, tree: plan.explained(in: planning.schema, notes), advice: notes.advice,
                statistics: graph?.statistics, serverPlans: serverPlans)
        }
    }

    /// ``explain(_:filter:analyze:)-(String,JSONValue?,_)`` with the filter as JSON text.
    ///
    /// ```swift
    /// let explanation = try await database.explain("Customer", filter: #"{"include": "orders"}"#)
    /// ```
    public func explain(
        _ model: String, filter: String, analyze: Explanation.Analysis = .none
    ) async throws -> Explanation {
        try await explain(model, filter: JSONValue(parsing: filter), analyze: analyze)
    }
}

extension SessionContext {
    fileprivate func runExplained(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning
    ) async throws -> (Graph, [Fetch.ID: ServerPlan]) {
        let trees = trees
        return try await handingOver(plan, planning) { plan, planning in
            try await inSnapshot { connection in
                var run = try PlanRun(plan, values: values, trees)
                let driver = TreeDriver(carrier: .connection(connection), planning: planning, options: trees)
                let graph = try await driver.run(&run)
                return (graph, try await run.explain(graph, on: connection))
            }
        }
    }
}
