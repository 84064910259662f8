// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging

extension Connection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// ```swift
    /// try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) { connection in
    ///     let customers = try await connection.execute(Statement("select count(*) from customer"))
    ///     let orders = try await connection.execute(Statement("select count(*) from orders"))
    ///     print(customers.count, orders.count)
    /// }
    /// ```
    ///
    /// BEGIN rides along with the first statement, so a transaction costs one round trip more than its statements, COMMIT,
    /// and none at all when `body` sends nothing. Inside another transaction it is a savepoint, whose options are those of
    /// the outermost one. Cancelling the task rolls back; a COMMIT that was sent is waited for. The transaction is the
    /// connection's, not the task's: what other tasks send through the same connection meanwhile is part of it.
    ///
    /// - Parameters:
    ///   - isolation: what it sees of others; nil is the session's default.
    ///   - readOnly: whether changes are refused.
    ///   - deferrable: whether a serializable read-only transaction waits for a safe snapshot.
    ///   - body: what happens in it.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws (when the rollback fails as well, ``PostgresError/underlying`` says so and the connection
    ///   is closed); ``PostgresError`` of COMMIT, with ``PostgresError/Code/commitOutcomeUnknown`` when the connection breaks
    ///   before its answer; ``PostgresError/Code/misuse`` when `body` caught the error of a statement and went on: PostgreSQL
    ///   lets such a transaction only be rolled back.
    public func withTransaction<R>(
        isolation: IsolationLevel? = nil, readOnly: Bool = false, deferrable: Bool = false,
        actor: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let options = TransactionOptions(isolation: isolation, readOnly: readOnly, deferrable: deferrable)
        let scope = try await enter(options)
        let result: R
        do {
            result = try await body(self)
            try Task.checkCancellation()
        } catch {
            throw await rollBack(scope, after: error)
        }
        try await commit(scope)
        return result
    }

    /// Runs `body` in a transaction, and again when it loses against another one.
    ///
    /// ```swift
    /// try await connection.withRetryingTransaction(isolation: .serializable) { connection in
    ///     try await connection.execute(Statement("update account set balance = balance - 1 where id = 1"))
    /// }
    /// ```
    ///
    /// Repeated are serialization failures (SQLSTATE 40001), deadlocks (40P01) and ``PostgresError/Code/statementInvalidated``,
    /// after a pause that doubles each time and is partly random. So `body` must do nothing but work in the database.
    ///
    /// - Parameters:
    ///   - maxAttempts: how often it is tried altogether.
    ///   - isolation: what it sees of others; nil is the session's default.
    ///   - readOnly: whether changes are refused.
    ///   - deferrable: whether a serializable read-only transaction waits for a safe snapshot.
    ///   - body: what happens in it.
    /// - Returns: what `body` returns.
    /// - Throws: the last error; ``PostgresError/Code/misuse`` inside another transaction, where only all of it can be repeated.
    public func withRetryingTransaction<R>(
        maxAttempts: Int = 3, isolation: IsolationLevel? = nil, readOnly: Bool = false, deferrable: Bool = false,
        actor: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let isNested = state.withLock { state in
            !state.prefixes.isEmpty || [.inTransaction, .inFailedTransaction].contains(state.transactionStatus)
        }
        guard !isNested else {
            throw PostgresError(
                .misuse, "A transaction inside another one can't be repeated alone; repeat the outermost one.")
        }
        var pause = Duration.milliseconds(5)
        for _ in 1..<max(1, maxAttempts) {
            do {
                return try await withTransaction(
                    isolation: isolation, readOnly: readOnly, deferrable: deferrable, actor: actor, body)
            } catch let error as PostgresError where error.isWorthRepeating {
                try await Task.sleep(for: pause * Double.random(in: 0.5..<1.5))
                pause = min(pause * 2, .milliseconds(500))
            }
        }
        return try await withTransaction(
            isolation: isolation, readOnly: readOnly, deferrable: deferrable, actor: actor, body)
    }

    /// Runs several statements in one round trip, in a transaction of their own whose beginning and end travel with them.
    ///
    /// ```swift
    /// let results = try await connection.pipeline(
    ///     [Statement("select count(*) from customer"), Statement("select count(*) from orders")],
    ///     isolation: .repeatableRead, readOnly: true)
    /// ```
    ///
    /// One round trip; a second one for ROLLBACK when a statement fails. A task that is cancelled gets `CancellationError` when
    /// the transaction has not happened, and the rows when it has. After ``PostgresError/Code/resultTooLarge`` it may have
    /// happened: COMMIT was on its way. Inside another transaction they are part of that one, and its options hold.
    ///
    /// - Returns: the rows of the statements, in order.
    /// - Throws: as ``pipeline(_:timeout:limits:)`` and, for COMMIT, ``withTransaction(isolation:readOnly:deferrable:actor:_:)``.
    public func pipeline(
        _ statements: [Statement], isolation: IsolationLevel, readOnly: Bool = false, timeout: Duration? = nil,
        limits: ResultLimits? = nil
    ) async throws -> [RowSet] {
        guard !statements.isEmpty else { return [] }
        let scope = try await enter(TransactionOptions(isolation: isolation, readOnly: readOnly, deferrable: false))
        guard scope == .transaction else {
            // The savepoint hasn't been sent, and nothing here needs one.
            _ = state.withLock { $0.rollBack(scope) }
            return try await pipeline(statements, timeout: timeout, limits: limits)
        }
        do {
            let commit = Statement("COMMIT", preparation: .unnamed)
            let request = request(statements + [commit], timeout, limits)
            try await run(request)
            let rows = try request.allRows()
            if request.wasRolledBack { throw Self.rolledBack(nil) }
            return Array(rows.prefix(statements.count))
        } catch {
            throw await rollBack(scope, after: error)
        }
    }

    private func enter(_ options: TransactionOptions) async throws -> TransactionScope {
        // In line with the other requests: whether there is a transaction is known after those before it.
        let request = Request(.begin(options), timeout: configuration.statementTimeout)
        try await run(request)
        if let failure = request.failure { throw failure }
        return request.scope ?? .transaction
    }

    private func commit(_ scope: TransactionScope) async throws {
        await settle()
        switch state.withLock({ $0.commit(scope) }) {
        case .nothingToSend:
            break
        case .send(let texts):
            let request = Request.control(texts, timeout: configuration.statementTimeout, expiry: .cancel)
            try await run(request, isShielded: true)
            if let error = request.firstError { throw await rollBack(scope, after: error) }
            // What another task sent has failed while COMMIT was waiting for its turn.
            if request.wasRolledBack { throw Self.rolledBack(nil) }
        case .failed(let texts):
            throw Self.rolledBack(await sendRollback(texts))
        case .endedByBody:
            logger.warning(
                "A transaction was ended by a statement in its body", metadata: ["connection": "\(id)"])
        case .connectionGone:
            throw state.withLock { $0.closedError }
        }
    }

    /// Waits for what is being stopped, such as the rest of a COPY: where the transaction stands is known afterwards.
    private func settle() async {
        guard state.withLock({ $0.current?.stop == .abandoned }) else { return }
        try? await run(Request(.turn, timeout: nil), isShielded: true)
    }

    /// Rolls back because of `error`.
    ///
    /// - Returns: the error to throw.
    private func rollBack(_ scope: TransactionScope, after error: any Error) async -> any Error {
        await settle()
        guard case .send(let texts) = state.withLock({ $0.rollBack(scope) }) else { return error }
        guard let failure = await sendRollback(texts) else { return error }
        guard var error = error as? PostgresError else { return error }
        error.underlying = [error.underlying, failure].compactMap(\.self).joined(separator: " ")
        return error
    }

    /// - Returns: why it failed; the connection is closed then, for nobody can tell where it stands.
    private func sendRollback(_ texts: [String]) async -> String? {
        guard !texts.isEmpty else { return nil }
        let request = Request.control(texts, timeout: configuration.closeTimeout, expiry: .giveUp)
        try? await run(request, isShielded: true)
        guard let error = request.firstError else { return nil }
        close()
        logger.warning("A rollback failed: \(error.message)", metadata: ["connection": "\(id)"])
        return "The rollback failed: \(error.message)"
    }

    /// The error for a transaction that could only be rolled back.
    private static func rolledBack(_ failure: String?) -> PostgresError {
        PostgresError(
            .misuse,
            "A statement in the transaction failed and its error was caught, so it was rolled back; let the error through "
                + "or run the statement in a transaction of its own inside.",
            underlying: failure)
    }
}

extension PostgresError {
    /// Whether the transaction it ended may succeed when it is run again.
    package var isWorthRepeating: Bool {
        code == .statementInvalidated || sqlState == "40001" || sqlState == "40P01"
    }
}
