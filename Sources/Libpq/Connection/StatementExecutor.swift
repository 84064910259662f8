// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Runs statements in one round trip: a connection itself, or a pool on whichever connection is free first.
///
/// What an answered flight means to a caller is said here once for both.
protocol StatementExecutor: Sendable {
    /// Runs statements to their end.
    ///
    /// - Parameters:
    ///   - timeout: their deadline, instead of the connection's.
    ///   - limits: how much their results may hold together, instead of the connection's.
    /// - Returns: the request with its answers, and how long they took once they had a connection.
    /// - Throws: what concerns all of them: that there is no connection, a statement that can't be sent, `CancellationError`.
    func run(
        _ statements: [Statement], timeout: Duration?, limits: ResultLimits?
    ) async throws -> (request: Request, duration: Duration)
}

extension StatementExecutor {
    /// The rows of one statement.
    func rows(of statement: Statement, _ timeout: Duration?, _ limits: ResultLimits?) async throws -> RowSet {
        try await run([statement], timeout: timeout, limits: limits).request.onlyRows()
    }

    /// The rows of several, and how long they took; none means nothing is sent.
    func rows(
        of statements: [Statement], _ timeout: Duration?, _ limits: ResultLimits?
    ) async throws -> (results: [RowSet], duration: Duration) {
        guard !statements.isEmpty else { return ([], .zero) }
        let (request, duration) = try await run(statements, timeout: timeout, limits: limits)
        return (try request.allRows(), duration)
    }
}
