// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Database {
    /// The changes of a model's records, whoever makes them, as they are committed.
    ///
    /// ```swift
    /// for try await event in database.changes(of: "Order") {
    ///     switch event {
    ///     case .change(let change): print(change.kind, change.key)
    ///     case .gap: print("read anew what is kept of orders")
    ///     }
    /// }
    /// ```
    ///
    /// Triggers tell of them, which ``installChangeTriggers(of:)`` makes. The first event is a gap, once changes are told; further ones say
    /// where some may be missing. Changes are of the table: scopes and hooks have no say in them, and two models of one table have the same
    /// ones; of a model with a `tenant` they are those of the session's tenant. A transaction that is rolled back has none; several updates
    /// of a record in one transaction may be one.
    ///
    /// - Throws: see ``ChangeSequence/Failure``; nothing before the first event is asked for.
    /// - Note: One statement for each sequence that is begun, and each minute one for each table that is listened to. All share one
    ///   connection besides the pool's, which is there only while somebody listens; it has to lead to the server itself, for poolers that switch between
    ///   transactions deliver nothing.
    public func changes(of model: String) -> ChangeSequence { ChangeSequence(self, model) }

    /// ``changes(of:)-(String)`` of a typed model.
    ///
    /// ```swift
    /// for try await event in database.changes(of: Order.self) { print(event) }
    /// ```
    public func changes<M: TypedModel>(of model: M.Type) -> ChangeSequence { ChangeSequence(self, M.definition.name) }

    /// Makes the triggers that tell of changes, or brings them to what they should be; those that are right stay untouched.
    ///
    /// ```swift
    /// for table in try await database.installChangeTriggers(of: ["Order"]) { print("installed:", table) }
    /// ```
    ///
    /// - Parameter models: the models' names; nil for all that have a table with a key; views are left out, and models whose key or `tenant`
    ///   is hidden or whose key is a token, for what is notified is heard by all who are connected to the database.
    /// - Returns: the tables whose triggers were made, each with its schema: `public.orders`.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` and `UNSUPPORTED`; ``PostgresError``, 42501 for who doesn't own a table, 55P03 where
    ///   one is locked for longer than 5 s. All are made, or none.
    /// - Note: One statement for each table in one round trip, and a transaction of six for each that isn't right yet.
    @discardableResult
    public func installChangeTriggers(of models: [String]? = nil) async throws -> [String] {
        let open = try await changeTriggerStates(of: models).filter { !$0.state.isCurrent }
        try await change(open.flatMap { $0.trigger.installation })
        return open.map { $0.state.table }
    }

    /// Takes the triggers that tell of changes away.
    ///
    /// ```swift
    /// try await database.removeChangeTriggers(of: ["Order"])
    /// ```
    ///
    /// - Parameter models: the models' names; nil for all. Other models of the same tables hear no more either.
    /// - Returns: the tables that had some.
    /// - Throws: as ``installChangeTriggers(of:)``.
    /// - Note: One statement for each table in one round trip, and a transaction of five for each that has some.
    @discardableResult
    public func removeChangeTriggers(of models: [String]? = nil) async throws -> [String] {
        let open = try await changeTriggerStates(of: models, takesSecrets: true).filter { $0.state.isThere }
        try await change(open.flatMap { $0.trigger.removal })
        return open.map { $0.state.table }
    }

    /// Which tables have the triggers that tell of changes.
    ///
    /// ```swift
    /// for table in try await database.changeTriggers() where !table.isCurrent { print(table.table) }
    /// ```
    ///
    /// - Parameter models: the models' names; nil for all that have a table with a key.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` and `UNSUPPORTED`.
    /// - Note: One statement for each table, in one round trip.
    public func changeTriggers(of models: [String]? = nil) async throws -> [ChangeTriggerState] {
        try await changeTriggerStates(of: models).map { $0.state }
    }

    /// How often it is looked, while somebody listens, whether the triggers are still there: a minute, unless this says otherwise.
    package func lookAtChangeTriggers(every pause: Duration) { context.state.changes.pause = pause }

    private func changeTriggerStates(
        of models: [String]?, takesSecrets: Bool = false
    ) async throws -> [(trigger: ChangeTrigger, state: ChangeTriggerState)] {
        let triggers = try ChangeSource.triggers(schema, models, takesSecrets: takesSecrets)
        let looks = try await pool.pipeline(
            try triggers.map { try ChangeLook.statement(.init(schema: $0.schema, name: $0.table)) })
        let states = try zip(triggers, looks).compactMap { trigger, rows -> (ChangeTrigger, ChangeTriggerState)? in
            let look = try ChangeLook(rows)
            if look.isTable { return (trigger, ChangeTriggerState(trigger, look)) }
            guard models != nil else { return nil }
            throw PlannerError(
                .unsupported,
                "\(trigger.schema).\(trigger.table) is no table, so that no trigger can tell of its changes.")
        }
        return states.map { (trigger: $0, state: $1) }
    }

    /// All of it, or nothing; who waits for a lock is in the way of everybody behind.
    private func change(_ statements: [String]) async throws {
        guard !statements.isEmpty else { return }
        let all = ["SET LOCAL lock_timeout = '5s'"] + statements
        try await pool.withConnection { connection in
            try await connection.withTransaction { connection in
                _ = try await connection.pipeline(all.map { Statement($0, preparation: .unnamed) })
            }
        }
    }
}

extension Schema {
    /// The statements that make the triggers that tell of changes, or take them away: a pure function of the models.
    ///
    /// ```swift
    /// for statement in try schema.changeTriggerStatements() { print(statement + ";") }
    /// ```
    ///
    /// - Parameters:
    ///   - models: the models' names; nil for all that have a table with a key.
    ///   - isRemoval: whether they are to go.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` and `UNSUPPORTED`.
    public func changeTriggerStatements(
        of models: [String]? = nil, removing isRemoval: Bool = false
    ) throws(PlannerError) -> [String] {
        try ChangeSource.triggers(self, models, takesSecrets: isRemoval).flatMap {
            isRemoval ? $0.removal : $0.installation
        }
    }
}
