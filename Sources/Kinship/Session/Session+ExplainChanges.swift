// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Explains changes, before they are made or as they are.
    ///
    /// ```swift
    /// let explanation = try await database.explain { session in
    ///     try await session.createRelated("Customer", id: 3, relation: "orders", ["total": 5])
    /// }
    /// print(explanation.tree.text())
    /// ```
    ///
    /// The body runs with a session that plans as this one does. By default nothing is sent that changes anything: what the body reads
    /// is read, and its first change ends it. The data are checked, and what is wrong with them is thrown as it else is. Transactions are
    /// read only and rolled back; statements of your own and imports are ``PlannerError`` `UNSUPPORTED`. Hooks of changes don't run.
    ///
    /// With `analyze: .run` the changes are made in a transaction that is rolled back at the end: all steps of a whole graph are told,
    /// with rows and times. Locks are held meanwhile, triggers fire, and sequences stay where they were taken to. Hooks run, and what they
    /// write is told as steps; `afterRollback` runs at the end, and what it does outside of the transaction stays.
    ///
    /// - Parameters:
    ///   - analyze: `.none`, or `.run`; `.server` is as good as that: the server would have to make each change twice to tell more.
    ///   - body: makes the changes, with the session that it gets.
    /// - Throws: what the body throws.
    /// - Note: What the body reads; with `.run` all it sends, and a transaction around it.
    public func explain(
        analyze: Explanation.Analysis = .none, isolation: isolated (any Actor)? = #isolation,
        _ body: (Self) async throws -> Void
    ) async throws -> ChangeExplanation {
        let recorder = ChangeRecorder(isRunning: analyze != .none)
        var goesOn = false
        if recorder.isRunning {
            do {
                try await withTransaction(actor: isolation) { transaction in
                    try await body(with(transaction.context.recording(recorder)))
                    throw ChangeRecorder.End()
                }
            } catch is ChangeRecorder.End {}
        } else {
            do {
                try await body(with(context.recording(recorder)))
            } catch is ChangeRecorder.End {
                goesOn = recorder.goesOn
            }
        }
        return ChangeExplanation(recorder.steps, goesOn: goesOn, context.planning)
    }
}

extension ChangeExplanation {
    init(_ recorded: [ChangeRecorder.Step], goesOn: Bool, _ planning: Planning) {
        let steps = recorded.map { Explanation($0, planning) }
        self.steps = steps
        self.goesOn = goesOn
        let rest = ExplainTree.Line.text(
            "what follows depends on what comes of this change; run it to see all, in a transaction that is rolled back"
        )
        if steps.count == 1 {
            var tree = steps[0].tree
            if goesOn { tree.lines.append(rest) }
            self.tree = tree
            return
        }
        let statements = steps.reduce(0) { $0 + $1.plan.statementCount }
        let trips = steps.reduce(0) { $0 + $1.plan.waves.count }
        var tree = ExplainTree("\(counted(statements, "statement")) in \(counted(trips, "round trip"))")
        tree.facts = [
            .init("statements", .number(String(statements))), .init("roundTrips", .number(String(trips))),
        ]
        if goesOn { tree.lines.append(rest) }
        var lane = 0
        for (number, step) in steps.enumerated() {
            tree.lanes += (0..<step.plan.waves.count).map { ExplainTree.Lane("round trip \(lane + $0 + 1)") }
            var below = step.tree.lanes(movedBy: lane)
            below.lanes = []
            below.title = "step \(number + 1): \(below.title)"
            tree.children.append(below)
            lane += step.plan.waves.count
        }
        self.tree = tree
    }
}

extension Explanation {
    fileprivate init(_ step: ChangeRecorder.Step, _ planning: Planning) {
        var notes = PlanNotes()
        notes.values = step.values.map(\.shown)
        notes.reason = step.note
        if let graph = step.graph { notes.add(graph, planning.schema) }
        let plan = step.graph?.plan ?? step.plan.plan
        self.init(
            plan: plan, tree: plan.explained(in: planning.schema, notes), advice: [],
            statistics: step.graph?.statistics, serverPlans: [:])
    }
}
