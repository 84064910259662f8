// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// Every operation comes through here.
extension SessionContext {
    /// Answers with what is known of the database, and once more with what is known then when the type of a column has
    /// become another one: of a type that was dropped and made anew under its name only the name is still the same.
    ///
    /// In a transaction, which may have failed and may have made the change itself, the error stays; the catalog is read again
    /// before the next one begins.
    ///
    /// - Note: Where it comes to that, the statements that read the catalog and those of the request again.
    // Each function that can wait costs two looks at where it is to run: those that every request comes through are one.
    @inline(__always)
    func answering<R: Sendable>(_ body: (Planning) async throws -> R) async throws -> R {
        do {
            return try await body(planning)
        } catch {
            return try await answering(after: error, body)
        }
    }

    private func answering<R: Sendable>(
        after first: any Error, _ body: (Planning) async throws -> R
    ) async throws -> R {
        var error = first
        if let missing = error as? PlannerError, AccessConditions.missing(missing) != nil {
            do {
                return try await decidingAccess(missing, body)
            } catch let next {
                error = next
            }
        }
        guard StaleType.isReason(for: error) else {
            // Outside of a transaction it was sent again.
            if case .transaction = source, (error as? PostgresError)?.code == .statementInvalidated {
                state.noteStale()
            }
            throw error
        }
        guard case .pool = source else {
            state.noteStale()
            throw error
        }
        do { try await state.refresh() } catch is SchemaError { throw error }
        do {
            return try await body(planning)
        } catch let missing as PlannerError where AccessConditions.missing(missing) != nil {
            return try await decidingAccess(missing, body)
        }
    }

    /// Answers when the program has decided which records may be reached, of one model after the other as the request comes to them:
    /// nothing has been sent before all are known.
    private func decidingAccess<R: Sendable>(
        _ error: PlannerError, _ body: (Planning) async throws -> R
    ) async throws -> R {
        var planning = planning
        var error = error
        while true {
            guard let hooks, let model = AccessConditions.missing(error), planning.accessed.contains(model) else {
                throw error
            }
            let condition: JSONValue?
            if let known = decisions?[model] {
                condition = known
            } else {
                condition = try await hooks.access(to: model, in: self)
                decisions?.keep(condition, of: model)
            }
            planning = Planning(
                planning, trees: trees, scoped: try planning.scoped.knowing(condition, of: model))
            do {
                return try await body(planning)
            } catch let next as PlannerError where AccessConditions.missing(next) != nil {
                error = next
            }
        }
    }

    /// Runs a plan, and lets the program look at what is shown.
    func run(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        guard let hooks, hooks.looks(at: plan.plan, in: planning.schema) else {
            return try await ask(plan, values, planning, as: operation)
        }
        return try await hooks.shown(try await ask(plan, values, planning, as: operation), in: self)
    }

    /// Runs a plan.
    func ask(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        if let recorder { return try await record(plan, values, planning, as: operation, recorder) }
        let observer = observer(planning)
        // What nobody wants to know costs no more than this look.
        guard observer.isNeeded else { return try await answer(plan, values, planning) }
        return try await observer.observe(operation, of: plan.modelName) {
            try await answer(plan, values, planning)
        }
    }

    /// Takes down what is read.
    private func record(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation,
        _ recorder: ChangeRecorder
    ) async throws -> Graph {
        let number = try recorder.begin(plan, values, as: operation, isChange: false)
        let graph = try await answer(plan, values, planning)
        recorder.finish(number, graph)
        return graph
    }

    private func answer(_ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning) async throws -> Graph {
        try await judging(plan, values) {
            try await handingOver(plan, planning) { try await send($0, values, $1) }
        }
    }

    /// Runs what asks with values that only the server can read; its error about one of them is the filter's fault.
    @inline(__always)
    func judging<R>(_ plan: PreparedPlan, _ values: [BoundValue], _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            let source = source
            throw await ValueFault(plan: plan, values: values).explain(error) { try await source.probe($0) }
        }
    }

    /// Runs a plan; level by level, and all later ones too, when it turns out that keys can't be handed over on the server:
    /// the catalog is read again then, for it may be another one than it was.
    @inline(__always)
    func handingOver<R: Sendable>(
        _ plan: PreparedPlan, _ planning: Planning, _ body: (PreparedPlan, Planning) async throws -> R
    ) async throws -> R {
        do {
            return try await body(plan, planning)
        } catch let error as PostgresError where error.sqlState == "42704" && HandOver.isLost(error.message) {
            guard let key = plan.key else { throw error }
            state.stopHandingOver()
            guard case .pool = source else {
                // The transaction has failed with it.
                state.noteStale()
                throw PostgresError(
                    .statementInvalidated,
                    "Keys that a statement left on the server were not there for the next one; repeat the transaction, in which trees are read level by level.",
                    server: error.server, sql: error.sql, statementIndex: error.statementIndex)
            }
            if planning.plans === self.planning.plans { try await state.refresh() }
            let planning = self.planning
            return try await body(planning.plan(key.byLevel), planning)
        }
    }

    private func send(_ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning) async throws -> Graph {
        let trees = trees
        func read(_ carrier: Carrier) async throws -> Graph {
            try await TreeDriver(carrier: carrier, planning: planning, options: trees).run(plan, values)
        }
        if case .transaction(let held, _) = source {
            return try await held.use { try await read(.transaction(held)) }
        }
        warnOfWaiting()
        switch trees.need(plan) {
        case .nothing: return try await twice { try await read(.pool(state.pool)) }
        case .connection: return try await onConnection { try await read(.connection($0)) }
        case .snapshot: return try await onConnection { try await read(.snapshot($0)) }
        case .transaction:
            return try await onConnection { connection in
                try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) {
                    try await read(.connection($0))
                }
            }
        }
    }

    /// Runs what needs to be in a transaction of its own where all statements see the same: in a caller's transaction one
    /// inside of it, whose isolation is the caller's.
    func inSnapshot<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R {
        if case .transaction(let held, _) = source {
            return try await held.nest { try await $0.withTransaction { try await body($0) } }
        }
        warnOfWaiting()
        return try await onConnection { connection in
            try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) { try await body($0) }
        }
    }

    /// Reads on a connection of the pool.
    private func onConnection<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R {
        try await state.pool.withConnection { connection in
            try await twice { try await body(connection) }
        }
    }

    /// Runs what reads, and once more when a table was changed since a statement was prepared: nothing has happened then.
    @inline(__always)
    private func twice<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as PostgresError where error.code == .statementInvalidated {
            return try await body()
        }
    }

    /// The count under a condition that is resolved.
    func count(
        _ condition: Condition, of model: Model, _ planning: Planning, as operation: Operation = .count
    ) async throws -> CountResult {
        let (plan, values) = try planning.prepareCount(condition, of: model)
        return try await count(plan, values, planning, as: operation)
    }

    /// What a plan counts.
    func count(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation = .count
    ) async throws -> CountResult {
        let graph = try await run(plan, values, planning, as: operation)
        guard let rows = graph.rowSets.first.flatMap({ $0 }) else {
            return CountResult(count: 0, statistics: graph.statistics)
        }
        return CountResult(
            count: try rows.decode(Int64.self, row: 0, column: 0), statistics: graph.statistics)
    }
}
