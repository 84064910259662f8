// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
import RelationPlanner

/// A transaction, for as long as the body of ``Session/withTransaction(isolation:readOnly:deferrable:actor:fileID:line:_:)`` runs:
/// a ``Session`` whose operations all run in it.
///
/// ```swift
/// let (orders, total) = try await database.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
///     let page = try await transaction.find("Order", filter: ["order": "placedAt DESC", "limit": 20])
///     let total = try await transaction.count("Order").count
///     return (page, total)
/// }
/// ```
///
/// * What it sees of others is a matter of its isolation alone; ``TreeOptions/snapshot`` has no say in it.
/// * Several tasks may use it: their operations take turns, statement by statement. Its end waits for those under way.
/// * After its body every operation is ``PostgresError`` `MISUSE`, and so it is while a transaction inside of it is open, and
///   when one is to be begun inside of it while an operation is under way.
/// * When a statement fails PostgreSQL refuses all others (SQLSTATE 25P02) until the transaction is rolled back. Run what may
///   fail in a transaction inside, which is a savepoint.
public final class Transaction: Session {
    /// What the operations run with.
    public let context: SessionContext
    let held: HeldConnection

    init(_ context: SessionContext, _ held: HeldConnection) {
        self.context = context.with(held)
        self.held = held
    }

    private init(context: SessionContext, held: HeldConnection) {
        self.context = context
        self.held = held
    }

    /// The same session with another context; see ``Session/with(trees:)`` instead.
    public func with(_ context: SessionContext) -> Transaction { Transaction(context: context, held: held) }

    /// The transaction's connection, for statements of your own; not to be kept.
    ///
    /// ```swift
    /// try await database.withTransaction { transaction in
    ///     try await transaction.connection.execute("update account set balance = balance - \(5) where id = \(1)")
    ///     let account = try await transaction.findById("Account", id: 1)
    ///     print(account.count)
    /// }
    /// ```
    ///
    /// - Throws: ``PostgresError`` `MISUSE` after the transaction's end, and while a transaction inside of it is open;
    ///   ``PlannerError`` `UNSUPPORTED` where changes are only explained.
    public var connection: Connection {
        get throws {
            try requireRunning()
            held.noteChange()
            return try held.connection
        }
    }

    /// Runs one statement in the transaction.
    ///
    /// ```swift
    /// try await database.withTransaction { transaction in
    ///     try await transaction.execute("update account set balance = balance - \(5) where id = \(1)")
    /// }
    /// ```
    ///
    /// - Parameter sql: the statement; values written in it are bound.
    /// - Throws: as ``Connection/execute(_:timeout:limits:)``; `MISUSE` after the transaction's end.
    /// - Note: One statement and round trip.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> RowSet { try await execute(try sql.statement) }

    /// ``execute(_:)-(SQL)`` with a statement and its parameters.
    @discardableResult
    public func execute(_ statement: Statement) async throws -> RowSet {
        try requireRunning()
        held.noteChange()
        return try await held.use { try await held.connection.execute(statement) }
    }

    /// Nobody knows what a statement of the program's own changes, so it isn't sent where nothing is to be changed.
    private func requireRunning() throws(PlannerError) {
        guard context.isLooking else { return }
        throw PlannerError(
            .unsupported,
            "A statement of your own, or an import, can't be explained without running it; use analyze: .run, which rolls it back."
        )
    }
}
