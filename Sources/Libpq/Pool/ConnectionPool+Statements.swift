// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ConnectionPool {
    /// Runs one statement on whichever connection is free first.
    ///
    /// ```swift
    /// let rows = try await pool.execute(Statement("select name from customer order by id"))
    /// ```
    ///
    /// What ``withConnection(timeout:isolation:fileID:line:_:)`` with ``Connection/execute(_:timeout:limits:)`` does, and quicker
    /// where callers wait: the connection that comes back is sent the next caller's statement at once, before any task is
    /// resumed. One round trip.
    ///
    /// - Parameters:
    ///   - statement: the statement, a transaction of its own; BEGIN without an end is rolled back when it comes back.
    ///   - timeout: the statement's deadline once it has a connection, instead of
    ///     ``ConnectionConfiguration/statementTimeout``.
    ///   - limits: how much the result may hold, instead of ``ConnectionConfiguration/resultLimits``.
    ///   - fileID: leave it out; the log names it when the connection doesn't come back.
    ///   - line: likewise.
    /// - Throws: what both throw.
    @discardableResult
    public func execute(
        _ statement: Statement, timeout: Duration? = nil, limits: ResultLimits? = nil, fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> RowSet {
        try await executor(fileID, line).rows(of: statement, timeout, limits)
    }

    /// Runs one statement whose values are written in its text, on whichever connection is free first.
    ///
    /// ```swift
    /// let rows = try await pool.execute("select name from customer where id = \(7)")
    /// ```
    ///
    /// The text is a ``SQL``: `\(7)` is bound as `$1`. Else as ``execute(_:timeout:limits:fileID:line:)-(Statement,_,_,_,_)``.
    @discardableResult
    public func execute(
        _ sql: SQL, timeout: Duration? = nil, limits: ResultLimits? = nil, fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> RowSet {
        try await execute(try sql.statement, timeout: timeout, limits: limits, fileID: fileID, line: line)
    }

    /// Runs several statements in one round trip on whichever connection is free first: all happen or none.
    ///
    /// ```swift
    /// let results = try await pool.pipeline([
    ///     Statement("select count(*) from customer"), Statement("select count(*) from orders"),
    /// ])
    /// ```
    ///
    /// - Parameters:
    ///   - statements: as ``Connection/pipeline(_:timeout:limits:)`` has them; none means nothing is sent.
    ///   - timeout: the deadline for all of them once they have a connection.
    ///   - limits: how much their results may hold together, instead of ``ConnectionConfiguration/resultLimits``.
    ///   - fileID: leave it out; the log names it when the connection doesn't come back.
    ///   - line: likewise.
    /// - Returns: their rows, in order.
    /// - Throws: as ``execute(_:timeout:limits:fileID:line:)-(Statement,_,_,_,_)``, and of the first statement that failed.
    public func pipeline(
        _ statements: [Statement], timeout: Duration? = nil, limits: ResultLimits? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [RowSet] {
        try await executor(fileID, line).rows(of: statements, timeout, limits).results
    }

    /// ``pipeline(_:timeout:limits:fileID:line:)``, with the time it took once there was a connection.
    package func timedPipeline(
        _ statements: [Statement], limits: ResultLimits? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> (results: [RowSet], duration: Duration) {
        try await executor(fileID, line).rows(of: statements, nil, limits)
    }

    private func executor(_ fileID: StaticString, _ line: UInt) -> PooledExecutor {
        PooledExecutor(core: core, site: LeaseSite(fileID: fileID, line: line))
    }
}

/// Runs statements on whichever connection of a pool is free first.
struct PooledExecutor: StatementExecutor {
    let core: PoolCore<Connection>
    let site: LeaseSite

    func run(
        _ statements: [Statement], timeout: Duration?, limits: ResultLimits?
    ) async throws -> (request: Request, duration: Duration) {
        // Before they wait for a connection.
        try RequestLimits.postgres.check(statements)
        return try await PooledRequest(statements, timeout: timeout, limits: limits, through: core, site: site).run()
    }
}
