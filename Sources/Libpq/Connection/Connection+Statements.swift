// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Connection {
    /// Runs one statement.
    ///
    /// ```swift
    /// var parameters = Parameters()
    /// parameters.appendNull(.int8)
    /// let rows = try await connection.execute(Statement("select $1 is null", parameters))
    /// ```
    ///
    /// One round trip, also when the statement is prepared for the first time. Values travel in binary, both ways; a result
    /// with a column whose type has no binary form (`aclitem`) comes as text, after a second round trip the first time.
    /// A statement that was prepared and has become stale, because a table was changed, is prepared anew and sent again
    /// when that is safe, outside a transaction; inside it is ``PostgresError/Code/statementInvalidated``. An empty text
    /// gives no rows and no columns.
    ///
    /// - Parameters:
    ///   - statement: the statement; one only, PostgreSQL refuses several in one text (SQLSTATE 42601).
    ///   - timeout: the deadline, instead of ``ConnectionConfiguration/statementTimeout``.
    ///   - limits: how much the result may hold, instead of ``ConnectionConfiguration/resultLimits``.
    /// - Throws: ``PostgresError``, ``PostgresError/Code/resultTooLarge`` among them; `CancellationError` when the task is
    ///   cancelled.
    @discardableResult
    public func execute(
        _ statement: Statement, timeout: Duration? = nil, limits: ResultLimits? = nil
    ) async throws -> RowSet {
        try await rows(of: statement, timeout, limits)
    }

    /// Runs one statement whose values are written in its text.
    ///
    /// ```swift
    /// let rows = try await connection.execute("select name from customer where id = \(7)")
    /// ```
    ///
    /// The text is a ``SQL``: `\(7)` is bound as `$1`. Else as ``execute(_:timeout:limits:)-(Statement,_,_)``: one round trip.
    ///
    /// - Parameters:
    ///   - sql: the statement.
    ///   - timeout: the deadline, instead of ``ConnectionConfiguration/statementTimeout``.
    ///   - limits: how much the result may hold, instead of ``ConnectionConfiguration/resultLimits``.
    /// - Throws: ``PostgresError``; `CancellationError` when the task is cancelled.
    @discardableResult
    public func execute(_ sql: SQL, timeout: Duration? = nil, limits: ResultLimits? = nil) async throws -> RowSet {
        try await execute(try sql.statement, timeout: timeout, limits: limits)
    }

    /// Runs several statements in one round trip.
    ///
    /// ```swift
    /// let results = try await connection.pipeline([
    ///     Statement("select count(*) from customer"), Statement("select count(*) from orders"),
    /// ])
    /// ```
    ///
    /// Outside a transaction they are one: either all happen or none. None of them may end a transaction.
    ///
    /// - Parameters:
    ///   - statements: the statements, run in order; none means nothing is sent.
    ///   - timeout: the deadline for all of them, instead of ``ConnectionConfiguration/statementTimeout``.
    ///   - limits: how much their results may hold together, instead of ``ConnectionConfiguration/resultLimits``.
    /// - Returns: their rows, in order.
    /// - Throws: ``PostgresError`` of the first statement that failed, with its ``PostgresError/statementIndex``; those after it
    ///   were not run.
    public func pipeline(
        _ statements: [Statement], timeout: Duration? = nil, limits: ResultLimits? = nil
    ) async throws -> [RowSet] {
        try await rows(of: statements, timeout, limits).results
    }

    /// Runs several statements in one round trip and says of each what became of it.
    ///
    /// ```swift
    /// for outcome in try await connection.pipelineOutcomes([first, second]) {
    ///     switch outcome {
    ///     case .success(let rows): print(rows.count)
    ///     case .failure(let error): print(error.message)
    ///     }
    /// }
    /// ```
    ///
    /// A success before a failure means that the rows arrived, not that a change has happened: outside a transaction all of
    /// them are one, which the failure has rolled back.
    ///
    /// - Returns: one outcome per statement, in order. Statements after the failed one are failures too, and were not run.
    /// - Throws: only what concerns all of them: ``PostgresError/Code/invalidParameter``, `CancellationError`.
    public func pipelineOutcomes(
        _ statements: [Statement], timeout: Duration? = nil, limits: ResultLimits? = nil
    ) async throws -> [Result<RowSet, PostgresError>] {
        guard !statements.isEmpty else { return [] }
        return try await run(statements, timeout: timeout, limits: limits).request.outcomes()
    }

    /// A request with what the configuration says where the caller doesn't.
    func request(_ statements: [Statement], _ timeout: Duration?, _ limits: ResultLimits?) -> Request {
        Request(
            statements, timeout: timeout ?? configuration.statementTimeout, limits: limits ?? configuration.resultLimits
        )
    }
}

extension Connection: StatementExecutor {
    func run(
        _ statements: [Statement], timeout: Duration?, limits: ResultLimits?
    ) async throws -> (request: Request, duration: Duration) {
        let request = request(statements, timeout, limits)
        try await run(request)
        // Only a pool, in which statements wait for a connection, has to say how long they took without that.
        return (request, .zero)
    }
}
