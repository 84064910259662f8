// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// Every change comes through here.
extension SessionContext {
    /// How often a change is tried that loses against another one.
    private static let mostAttempts = 4

    /// Makes a change, whole or not at all, and gives the rows it was about.
    ///
    /// Outside of a caller's transaction it is one of its own: one statement, or several in one round trip, or where related
    /// records are read behind it several. Whoever looks at answers does so unless it `isShown` to nobody. It sees what others have committed before each statement (READ COMMITTED), for a lock
    /// is of no use to who looks at what was there before it. What loses against another change is made again: nothing of it has
    /// happened then.
    ///
    /// - Parameter trusted: the keys of each row that are those of records which have been looked at.
    func change(
        _ change: Change, of model: Model, answering shape: Filter = Filter(), _ planning: Planning,
        as operation: Operation, isShown: Bool = true, trusting trusted: [[TrustedKey]] = []
    ) async throws -> Graph {
        try await requireReachableSources(of: change, trusting: trusted, planning)
        try await requireTenantTargets(of: change, planning)
        let partly = try partlyReferred(by: change, planning)
        guard partly.isEmpty else {
            return try await lookingBehind(partly, planning) {
                try await $0.changeOnce(change, of: model, answering: shape, planning, as: operation, isShown: isShown)
            }
        }
        return try await changeOnce(change, of: model, answering: shape, planning, as: operation, isShown: isShown)
    }

    /// The same, when it is known that what is referred to may be.
    private func changeOnce(
        _ change: Change, of model: Model, answering shape: Filter, _ planning: Planning, as operation: Operation,
        isShown: Bool
    ) async throws -> Graph {
        var (change, shape) = (change, shape)
        if readsAll { shape.readsAll = true }
        if let hooks, recorder?.isRunning != false {
            try attend(&shape, for: change, hooks, planning)
            if let hooksRun { change = try hooksRun.narrowed(change, planning) }
        }
        let (plan, values) = try planning.prepare(change, showing: shape, of: model)
        // What has been changed can't be begun again when it turns out what its records lead to.
        if plan.hasDeferred { try planning.scoped.access?.require(plan.plan, in: planning.schema) }
        let number = try recorder?.begin(
            plan, values, as: operation, isChange: true, note: note(of: plan))
        let (findsWhatIsMade, isChange, tellsAll) = (change.findsWhatIsMade, !change.written.isEmpty, change.tellsAll)
        let graph = try await observed(plan, planning, of: model, as: operation) {
            try await send(
                plan, values, planning, findsWhatIsMade: findsWhatIsMade, isChange: isChange, tellsAll: tellsAll,
                isShown: isShown)
        }
        if let number { recorder?.finish(number, graph) }
        return graph
    }

    /// Whether nobody takes part in what it does, or looks at it: then nothing is asked of a change but that it is made.
    var isPlain: Bool { hooks == nil && recorder == nil && !readsAll }

    /// Makes new records by a plan that is known, where the context ``isPlain``.
    func make(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, as operation: Operation
    ) async throws -> Graph {
        try await observed(plan, planning, of: planning.schema[plan.model], as: operation) {
            try await send(
                plan, values, planning, findsWhatIsMade: false, isChange: true, tellsAll: true, isShown: true)
        }
    }

    /// Watches what sends a change; what the server says of its data is told as theirs.
    private func observed(
        _ plan: PreparedPlan, _ planning: Planning, of model: @autoclosure () -> Model, as operation: Operation,
        _ send: () async throws -> Graph
    ) async throws -> Graph {
        try await observer(planning).observe(operation, of: plan.modelName) {
            do {
                return try await send()
            } catch let error as PostgresError {
                let model = model()
                if let violation = ConstraintViolation(error, in: planning.schema, writing: model) { throw violation }
                throw error.asFault(of: model) ?? error
            }
        }
    }

    /// What is around the statements of a change.
    private func note(of plan: PreparedPlan) -> String {
        if case .transaction = source { return "in the caller's transaction" }
        if !plan.isOneStatement {
            return "in a transaction: BEGIN goes out with the first statement, COMMIT in a round trip of its own"
        }
        return plan.plan.fetches[0].ahead.isEmpty && plan.plan.fetches[0].behind.isEmpty
            ? "a statement by itself is whole or not at all"
            : "in a transaction, whose BEGIN and COMMIT go out with the statements"
    }

    /// Sees to it that no change passes hooks over that nobody runs, and that who runs them sees whole rows.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a change that hooks of a model know nothing of.
    private func attend(
        _ shape: inout Filter, for change: Change, _ hooks: any SessionHooks, _ planning: Planning
    ) throws(PlannerError) {
        for id in change.written {
            let name = planning.schema[id].name
            guard hooks.takesPart(in: name), hooksRun?.models.contains(name) != true else { continue }
            throw PlannerError(
                .unsupported,
                "\(name) has hooks, which this operation would pass over; change its records by operations on \(name) itself.",
                model: name)
        }
        if hooksRun?.readsAll == true { shape.readsAll = true }
    }

    private func send(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, findsWhatIsMade: Bool, isChange: Bool,
        tellsAll: Bool, isShown: Bool
    ) async throws -> Graph {
        if case .transaction(let held, _) = source {
            let graph = try await held.use { try await run(plan, values, planning, .transaction(held)) }
            guard let hooks, isChange || isShown else { return graph }
            if isChange, !tellsAll || graph.rowSets[0].map({ max($0.affectedRows ?? 0, $0.count) }) != 0 {
                held.noteChange()
            }
            guard isShown, hooks.looks(at: plan.plan, in: planning.schema) else { return graph }
            do {
                return try await hooks.shown(graph, in: self)
            } catch {
                held.fail(
                    "A hook refused to show what an operation had changed, so the transaction can only be rolled back; run what may fail in a transaction inside of it."
                )
                throw error
            }
        }
        warnOfWaiting()
        var pause = Duration.milliseconds(2)
        for _ in 1..<Self.mostAttempts {
            do {
                return try await sendOnce(plan, values, planning, isShown)
            } catch let error as PostgresError
                where error.isWorthRepeating || (findsWhatIsMade && error.sqlState == "23505")
            {
                try await Task.sleep(for: pause * Double.random(in: 0.5..<1.5))
                pause = min(pause * 2, .milliseconds(100))
            }
        }
        return try await sendOnce(plan, values, planning, isShown)
    }

    private func sendOnce(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, _ isShown: Bool
    ) async throws -> Graph {
        if isShown, let hooks, hooks.looks(at: plan.plan, in: planning.schema) {
            // They may refuse what has been done.
            return try await state.pool.withConnection { connection in
                try await connection.withTransaction(isolation: .readCommitted) { connection in
                    let held = HeldConnection(connection)
                    let graph = try await run(plan, values, planning, .transaction(held))
                    let shown: Graph
                    do {
                        shown = try await hooks.shown(graph, in: with(held))
                    } catch {
                        await held.end()
                        throw error
                    }
                    await held.end()
                    try held.requireWhole()
                    return shown
                }
            }
        }
        let isAlone = plan.isOneStatement
        if isAlone, plan.plan.fetches[0].ahead.isEmpty, plan.plan.fetches[0].behind.isEmpty {
            return try await run(plan, values, planning, .pool(state.pool))
        }
        return try await state.pool.withConnection { connection in
            guard !isAlone else { return try await run(plan, values, planning, .change(connection)) }
            return try await connection.withTransaction(isolation: .readCommitted) {
                try await run(plan, values, planning, .connection($0))
            }
        }
    }

    private func run(
        _ plan: PreparedPlan, _ values: [BoundValue], _ planning: Planning, _ carrier: Carrier
    ) async throws -> Graph {
        var options = trees
        // The rows that were changed come back, however many they are: they have been changed.
        if plan.isOneStatement { (options.maximumRows, options.maximumBytes) = (nil, nil) }
        return try await TreeDriver(carrier: carrier, planning: planning, options: options).run(plan, values)
    }

    /// No records of a model, without asking for any.
    func nothing(of model: Model, _ planning: Planning) throws -> Graph {
        let (plan, values) = try planning.prepare(Filter(), for: model)
        var run = try PlanRun(plan, values: values, trees)
        return try run.graphAtOnce()
    }

    /// Makes a change, and tells how many rows it was about.
    func count(
        _ change: Change, of model: Model, _ planning: Planning, as operation: Operation
    ) async throws -> CountResult {
        let graph = try await self.change(change, of: model, planning, as: operation, isShown: false)
        guard let rows = graph.rowSets[0] else { return CountResult(count: 0, statistics: graph.statistics) }
        // Where something is done behind the change it counts by itself.
        let count =
            graph.plan.fetches[0].behind.isEmpty
            ? Int64(rows.affectedRows ?? 0) : try rows.decode(Int64.self, row: 0, column: 0)
        return CountResult(count: count, statistics: graph.statistics)
    }
}

extension PreparedPlan {
    /// Whether there is nothing to read behind the change.
    fileprivate var isOneStatement: Bool {
        plan.fetches.allSatisfy { $0.id == Fetch.root || $0.local != nil } && !plan.hasDeferred
    }
}

extension PostgresError {
    /// What a server says of a value that it can't take (SQLSTATE class 22), as a fault of the data; nil for all else.
    fileprivate func asFault(of model: Model) -> PlannerError? {
        guard let sqlState, sqlState.hasPrefix("22"), let server else { return nil }
        let column = server.columnName.flatMap { name in model.properties.first { $0.column == name } }
        return PlannerError(
            .invalidValue, "The database can't take a value of \(model.name): \(server.message)", model: model.name,
            property: column?.name)
    }
}
