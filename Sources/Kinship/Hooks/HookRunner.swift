// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner

/// Runs an operation on records of a model with hooks: all of it in one transaction.
struct HookRunner: Sendable {
    /// How often an operation is tried that loses against another one.
    private static let mostAttempts = 4

    let registry: HookRegistry
    let hooks: ModelHooks
    let context: SessionContext
    let model: Model
    let operation: Operation
    var parent: HookedChange.Parent?
    /// The model of embedded records that the operation is about, whose validators are run.
    var embedded: Model?

    /// Runs the operation in the caller's transaction, or in one of its own: that is run again when it loses against another one.
    ///
    /// - Parameters:
    ///   - findsWhatIsMade: whether what another one has made meanwhile is found when it is tried again.
    ///   - readsAll: whether the rows that it answers with are read with all properties.
    func transact<R: Sendable>(
        findsWhatIsMade: Bool = false, readsAll: Bool, _ body: (HookedTransaction) async throws -> R
    ) async throws -> R {
        _ = try registry.enter(model.name)
        var run = context.hooksRun ?? HooksRun()
        if readsAll { run.readsAll = true }
        run.models.insert(model.name)
        if let embedded { run.models.insert(embedded.name) }
        func lead(_ transaction: Transaction) async throws -> R {
            try await body(
                HookedTransaction(
                    hooks: transaction.with(transaction.context.forHooks()),
                    own: transaction.with(transaction.context.running(run))))
        }
        if case .transaction(let held, _) = context.source {
            let changes = held.changes
            do {
                return try await lead(Transaction(context, held))
            } catch {
                if error is HookRace { HookDepth.race?.note() }
                let error = (error as? HookRace)?.error ?? error
                if held.changes != changes {
                    held.fail(
                        "An operation on \(model.name) failed when some of it had been done, so the transaction can only be rolled back; run what may fail in a transaction inside of it."
                    )
                }
                throw error
            }
        }
        var pause = Duration.milliseconds(2)
        for attempt in 1...Self.mostAttempts {
            let race = HookDepth.Race()
            func isWorthRepeating(_ error: any Error) -> Bool {
                guard attempt < Self.mostAttempts else { return false }
                // Also one of an operation inside of it, which only all of it can repeat.
                if error is HookRace || (race.isNoted && (error as? PlannerError)?.code == .conflict) { return true }
                if findsWhatIsMade, let violation = error as? ConstraintViolation { return violation.kind == .unique }
                return context.isWorthRepeating(error)
            }
            var (isDone, isRepeated) = (false, false)
            do {
                return try await HookSession(context).transact(
                    isolation: .readCommitted,
                    repeatedAfter: { error in
                        // Who is cancelled in the pause isn't run again, and is told of the end.
                        guard isWorthRepeating(error) else { return false }
                        isRepeated = (try? await Task.sleep(for: pause * Double.random(in: 0.5..<1.5))) != nil
                        return isRepeated
                    }
                ) { transaction in
                    let result = try await HookDepth.$race.withValue(race) { try await lead(transaction) }
                    isDone = true
                    return result
                }
            } catch {
                guard isWorthRepeating(error) else {
                    throw isDone ? ofCommit(error) : (error as? HookRace)?.error ?? error
                }
                guard isRepeated else { throw CancellationError() }
            }
            pause = min(pause * 2, .milliseconds(100))
        }
        throw CancellationError()
    }

    /// What COMMIT refuses, told as the operation itself tells it.
    private func ofCommit(_ error: any Error) -> any Error {
        (error as? PostgresError).flatMap {
            ConstraintViolation($0, in: context.state.planning.schema, writing: model)
        } ?? error
    }

    /// A change of a record, or of many.
    func change(
        _ kind: HookedChange.Kind, data: JSONValue = .object([]), key: JSONValue? = nil, old: JSONValue? = nil,
        condition: JSONValue? = nil
    ) -> HookedChange {
        HookedChange(
            model.name, operation.rawValue, kind, data: data, key: key, old: old, condition: condition, parent: parent)
    }

    /// Runs hooks for changes, one after the other.
    func run(
        _ entries: [ModelHooks.Entry<ModelHooks.Change>], _ changes: inout [HookedChange],
        _ transaction: HookedTransaction
    ) async throws {
        guard !entries.isEmpty else { return }
        let depth = try registry.enter(model.name)
        for index in changes.indices {
            var context = HookContext(transaction.hooks, changes[index])
            for entry in entries {
                try Task.checkCancellation()
                try await HookDepth.$current.withValue(depth) { try await entry.body(&context) }
            }
            changes[index] = context.change
        }
    }

    // MARK: The end of the transaction

    /// What is told when the transaction has ended: what it came to by then.
    final class Log: Sendable {
        private struct State {
            var changes: [HookedChange]
            var isDone = false
        }

        private let state: Locked<State>

        init(_ changes: [HookedChange]) { state = Locked(State(changes: changes)) }

        var changes: [HookedChange] { state.withLock { $0.changes } }
        var isDone: Bool { state.withLock { $0.isDone } }

        func note(_ changes: [HookedChange], isDone: Bool = false) {
            state.withLock { $0 = State(changes: changes, isDone: isDone) }
        }
    }

    /// Sees to it that hooks behind the transaction are run.
    ///
    /// - Returns: where to note what becomes of the changes; nil where nobody wants to know.
    func log(_ changes: [HookedChange], _ transaction: HookedTransaction) throws -> Log? {
        let hooks = hooks
        guard !hooks.afterCommit.isEmpty || !hooks.afterRollback.isEmpty else { return nil }
        guard let ends = transaction.own.held.ends else {
            throw PlannerError(
                .unsupported,
                "\(model.name) has hooks behind the transaction, which a loaded hook can't wait for: it is for reading.",
                model: model.name)
        }
        let log = Log(changes)
        let outside = context.forHooks(isOutside: true)
        let (model, logger) = (model.name, context.logger ?? context.state.planning.logger)
        let depth = try registry.enter(model)
        ends.add { outcome in
            let (entries, error, kind): ([ModelHooks.Entry<ModelHooks.End>], (any Error)?, String)
            switch outcome {
            case .committed:
                guard log.isDone else { return }
                (entries, error, kind) = (hooks.afterCommit, nil, "after commit")
            case .rolledBack(let reason):
                (entries, error, kind) = (
                    hooks.afterRollback, (reason as? HookRace)?.error ?? reason, "after rollback"
                )
            }
            for change in log.changes {
                let context = CommitContext(change, HookSession(outside), error)
                for entry in entries {
                    do {
                        try await HookDepth.$current.withValue(depth) { try await entry.body(context) }
                    } catch {
                        let report = ErrorReport(error)
                        logger.error(
                            "A hook \(kind) failed; what the transaction did stays",
                            metadata: [
                                "model": "\(model)", "code": "\(report.code)", "error": "\(report.message)",
                            ])
                    }
                }
            }
        }
        return log
    }
}

extension SessionContext {
    /// What runs the hooks of an operation that changes records of a model; nil where there are none, or somebody runs them already.
    @inline(__always)
    func hooked(_ name: String, as operation: Operation, parent: HookedChange.Parent? = nil) -> HookRunner? {
        // What is only looked at runs none.
        guard let hooks, recorder?.isRunning != false else { return nil }
        return hookRunner(hooks, name, operation, parent)
    }

    /// The same for records of a model that are kept in the records of another one: its hooks, and their validators.
    func hooked(
        embedded target: Model, in source: Model, as operation: Operation, parent: HookedChange.Parent
    ) -> HookRunner? {
        guard recorder?.isRunning != false, let registry = hooks as? HookRegistry else { return nil }
        let names = [source.name, target.name]
        guard hooksRun.map({ !$0.models.contains(target.name) }) ?? true, names.contains(where: registry.takesPart)
        else {
            return nil
        }
        return HookRunner(
            registry: registry, hooks: registry[source.name] ?? ModelHooks(), context: self, model: source,
            operation: operation, parent: parent, embedded: target)
    }

    private func hookRunner(
        _ hooks: any SessionHooks, _ name: String, _ operation: Operation, _ parent: HookedChange.Parent?
    ) -> HookRunner? {
        guard hooks.takesPart(in: name), hooksRun?.models.contains(name) != true,
            let registry = hooks as? HookRegistry, let own = registry[name],
            let model = try? state.planning.heldModel(name)
        else { return nil }
        // Who asks for links by name is refused, by the operation itself; who follows a relation to them has named their records.
        if parent == nil, hooksRun == nil, (try? planning.model(name)) == nil { return nil }
        return HookRunner(
            registry: registry, hooks: own, context: self, model: model, operation: operation, parent: parent)
    }

    /// The same for what a relation leads to.
    ///
    /// - Parameter type: the model of the record, of a belongsTo to several models.
    func hooked(
        relation: String, of name: String, id: JSONValue, type: Model? = nil, as operation: Operation
    ) -> HookRunner? {
        guard let hooks, recorder?.isRunning != false else { return nil }
        let schema = state.planning.schema
        guard let source = try? state.planning.heldModel(name), let relation = source.relation(relation),
            relation.embedded == nil, let target = relation.target ?? type?.id
        else { return nil }
        return hookRunner(
            hooks, schema[target].name, operation, .init(model: name, id: id, relation: relation.name))
    }
}
