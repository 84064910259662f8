// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
import Logging

extension Session {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// ```swift
    /// try await database.withTransaction { transaction in
    ///     try await transaction.execute("insert into orders (id, customer_id) values (\(1), \(7))")
    ///     let customer = try await transaction.findById("Customer", id: 7, filter: ["include": "orders"])
    ///     print(customer.count)
    /// }
    /// ```
    ///
    /// All that the body does through the transaction it is given is part of it. What it does through the database is not: that
    /// takes another connection, sees nothing that isn't committed, and stays when the transaction is rolled back. Where the pool
    /// has no other one it waits for itself until ``PoolConfiguration/acquireTimeout``, and a warning says so.
    ///
    /// Inside a transaction it is a savepoint, whose options are those of the outermost one, but that `readOnly` holds there too (a round
    /// trip). Cancelling the task rolls back; a
    /// COMMIT that was sent is waited for.
    ///
    /// - Parameters:
    ///   - isolation: what it sees of others; nil is the session's default, which is `READ COMMITTED` unless the server is set
    ///     otherwise: each statement sees what was committed before it.
    ///   - readOnly: whether changes are refused.
    ///   - deferrable: whether a serializable read-only transaction waits for a safe snapshot.
    ///   - actor: leave it out; the body runs where the caller does.
    ///   - fileID: leave it out; the log names it when a transaction holds its connection for long.
    ///   - line: likewise.
    ///   - body: what happens in it; it must not keep the transaction.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; as ``ConnectionPool/withConnection(timeout:isolation:fileID:line:_:)`` and
    ///   ``Connection/withTransaction(isolation:readOnly:deferrable:actor:_:)``; of COMMIT `COMMIT_OUTCOME_UNKNOWN` when the
    ///   connection breaks before its answer, and `MISUSE` when the body went on after the error of a statement. Inside a
    ///   transaction `MISUSE` when another one is open there, or an operation is under way.
    /// - Note: BEGIN rides along with the first statement; one round trip for COMMIT or ROLLBACK, and none at all when nothing
    ///   was sent. A savepoint and its release ride along; undoing one takes a round trip.
    @discardableResult
    public func withTransaction<R>(
        isolation: IsolationLevel? = nil, readOnly: Bool = false, deferrable: Bool = false,
        actor: isolated (any Actor)? = #isolation, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: (Transaction) async throws -> R
    ) async throws -> R {
        try await transact(
            isolation: isolation, readOnly: readOnly, deferrable: deferrable, actor: actor, fileID: fileID, line: line,
            repeatedAfter: { _ in false }, body)
    }

    /// The same.
    ///
    /// What only looks at changes has a transaction that is read only, and is rolled back.
    ///
    /// - Parameter repeatedAfter: whether it is run again after an error, so that this attempt has not been the last word; it may wait
    ///   before it says so.
    func transact<R>(
        isolation: IsolationLevel?, readOnly: Bool = false, deferrable: Bool = false,
        actor: isolated (any Actor)? = #isolation, fileID: StaticString = #fileID, line: UInt = #line,
        repeatedAfter: (any Error) async -> Bool, _ body: (Transaction) async throws -> R
    ) async throws -> R {
        let context = context
        let ends: TransactionEnds? = context.hooks == nil ? nil : TransactionEnds()
        let isLooking = context.isLooking
        let readOnly = readOnly || isLooking
        func run(_ connection: Connection, isInside: Bool) async throws -> R {
            guard isLooking else { return try await write(connection, isInside: isInside, then: nil) }
            var result: R?
            do {
                return try await write(connection, isInside: isInside) { result = $0 }
            } catch is ChangeRecorder.Undone {
                if let result { return result }
                throw CancellationError()
            }
        }
        func write(_ connection: Connection, isInside: Bool, then keep: ((R) -> Void)?) async throws -> R {
            try await connection.withTransaction(
                isolation: isolation, readOnly: readOnly, deferrable: deferrable, actor: actor
            ) { connection in
                // Of a savepoint nothing but this can be said; it ends with it.
                if isInside, readOnly {
                    try await connection.execute(Statement("SET TRANSACTION READ ONLY", preparation: .unnamed))
                }
                let held = HeldConnection(connection, ends: ends)
                let result: R
                do {
                    result = try await body(Transaction(context, held))
                } catch {
                    await held.end()
                    throw error
                }
                await held.end()
                try held.requireWhole()
                if let keep {
                    keep(result)
                    throw ChangeRecorder.Undone()
                }
                return result
            }
        }
        return try await context.logging(actor) {
            switch context.source {
            case .transaction(let held, _):
                guard let ends else {
                    return try await held.nest(isolation: actor) { try await run($0, isInside: true) }
                }
                do {
                    let result = try await held.nest(isolation: actor) { try await run($0, isInside: true) }
                    held.ends?.take(ends, undoneBy: nil)
                    return result
                } catch {
                    held.ends?.take(ends, undoneBy: error)
                    throw error
                }
            case .pool:
                try await context.refreshIfStale()
                context.warnOfWaiting()
                let result: R
                do {
                    result = try await context.state.pool.withConnection(isolation: actor, fileID: fileID, line: line) {
                        try await run($0, isInside: false)
                    }
                } catch {
                    let isRepeated = await repeatedAfter(error)
                    if let ends, !isRepeated { await context.tell(ends, of: error) }
                    throw error
                }
                await ends?.run(.committed)
                return result
            }
        }
    }

    /// Runs `body` in a transaction, and again when it loses against another one.
    ///
    /// ```swift
    /// try await database.withRetryingTransaction(isolation: .serializable) { transaction in
    ///     let open = try await transaction.count("Order", where: ["status": "open"]).count
    ///     guard open < 10 else { return }
    ///     try await transaction.execute("insert into orders (id, status) values (\(1), 'open')")
    /// }
    /// ```
    ///
    /// Repeated are serialization failures (SQLSTATE 40001), deadlocks (40P01), `STATEMENT_INVALIDATED`, and what a changed
    /// catalog gives rise to, which is read again first; after a pause that doubles each time and is partly random. So `body`
    /// must do nothing but work in the transaction.
    ///
    /// - Parameters:
    ///   - maxAttempts: how often it is tried altogether.
    ///   - isolation: what it sees of others; nil is the session's default.
    ///   - readOnly: whether changes are refused.
    ///   - deferrable: whether a serializable read-only transaction waits for a safe snapshot.
    ///   - actor: leave it out; the body runs where the caller does.
    ///   - fileID: leave it out.
    ///   - line: likewise.
    ///   - body: what happens in it.
    /// - Returns: what `body` returns.
    /// - Throws: the last error, as ``withTransaction(isolation:readOnly:deferrable:actor:fileID:line:_:)``; `MISUSE` inside
    ///   another transaction, where only all of it can be repeated.
    @discardableResult
    public func withRetryingTransaction<R>(
        maxAttempts: Int = 3, isolation: IsolationLevel? = nil, readOnly: Bool = false, deferrable: Bool = false,
        actor: isolated (any Actor)? = #isolation, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: (Transaction) async throws -> R
    ) async throws -> R {
        if case .transaction = context.source {
            throw PostgresError(
                .misuse, "A transaction inside another one can't be repeated alone; repeat the outermost one.")
        }
        var pause = Duration.milliseconds(5)
        for _ in 1..<max(1, maxAttempts) {
            var isRepeated = false
            do {
                return try await transact(
                    isolation: isolation, readOnly: readOnly, deferrable: deferrable, actor: actor, fileID: fileID,
                    line: line,
                    repeatedAfter: { error in
                        // Who is cancelled in the pause isn't run again, and is told of the end.
                        guard context.isWorthRepeating(error) else { return false }
                        isRepeated = (try? await Task.sleep(for: pause * Double.random(in: 0.5..<1.5))) != nil
                        return isRepeated
                    }, body)
            } catch  where context.isWorthRepeating(error) {
                guard isRepeated else { throw CancellationError() }
                pause = min(pause * 2, .milliseconds(500))
            }
        }
        return try await withTransaction(
            isolation: isolation, readOnly: readOnly, deferrable: deferrable, actor: actor, fileID: fileID, line: line,
            body)
    }
}

extension SessionContext {
    /// Runs what sends statements of its own; they go to the request's logger.
    fileprivate func logging<R>(
        _ isolation: isolated (any Actor)?, _ body: () async throws -> R
    ) async throws -> R {
        guard let logger else { return try await body() }
        return try await RequestLog.$logger.withValue(
            RequestLog.joined(logger), operation: body, isolation: isolation)
    }

    /// Reads the catalog again where a transaction came upon what is no longer so.
    fileprivate func refreshIfStale() async throws {
        guard state.isStale else { return }
        do { try await state.refresh() } catch is SchemaError {}
    }

    /// Tells those who wait for the end of a transaction that it was rolled back, if it was.
    fileprivate func tell(_ ends: TransactionEnds, of error: any Error) async {
        guard let error = error as? PostgresError, error.code == .commitOutcomeUnknown else {
            await ends.run(.rolledBack(error))
            return
        }
        let count = await ends.run(nil)
        guard count > 0 else { return }
        (logger ?? state.planning.logger).error(
            "Nobody knows whether a transaction was committed: neither its after commit nor its after rollback hooks have run",
            metadata: ["error": "\(error.code.rawValue)", "changes": "\(count)"])
    }

    /// Whether a transaction that ended so may succeed when it is run again.
    func isWorthRepeating(_ error: any Error) -> Bool {
        if let error = error as? PostgresError, error.isWorthRepeating { return true }
        return state.isStale && StaleType.isReason(for: error)
    }
}
