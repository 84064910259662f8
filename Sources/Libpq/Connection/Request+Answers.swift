// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Request {
    /// Whether a COMMIT was sent and its answer never came: more important than a cancellation.
    var hasUnknownOutcome: Bool {
        if failure?.code == .commitOutcomeUnknown { return true }
        if case .failed(let error)? = answers.last { return error.code == .commitOutcomeUnknown }
        return false
    }

    /// Whether its last statement was a COMMIT that the server answered: it has happened, whatever comes after it.
    var hasCommitted: Bool {
        guard failure == nil, answers.count == statements.count, let statement = statements.last,
            case .rows? = answers.last
        else { return false }
        return StatementKind.of(statement.text) == .commit && !wasRolledBack
    }

    /// Whether its last statement was answered as a failed transaction's COMMIT is: with ROLLBACK, and no error.
    var wasRolledBack: Bool {
        guard case .rows(let rows)? = answers.last else { return false }
        return rows.commandTag == "ROLLBACK"
    }

    /// Whether its task hears nothing but that it was cancelled.
    var isCancelled: Bool { stop == .taskCancelled && !hasUnknownOutcome && !hasCommitted }

    /// The first thing that went wrong.
    var firstError: PostgresError? {
        if let failure { return failure }
        for answer in answers { if case .failed(let error) = answer { return error } }
        // Skipped for something that went out ahead of the statements.
        return answers.contains { if case .skipped = $0 { true } else { false } } ? Self.skipped : nil
    }

    private static let skipped = PostgresError(
        .server, "The statement was not run, because one before it in the same pipeline failed.")

    /// The rows of all statements.
    func allRows() throws -> [RowSet] {
        if let firstError { throw firstError }
        return answers.compactMap { answer in
            if case .rows(let rows) = answer { rows } else { nil }
        }
    }

    /// The rows of the only statement.
    func onlyRows() throws -> RowSet {
        if failure == nil, case .rows(let rows)? = answers.first { return rows }
        throw firstError
            ?? PostgresError(.misuse, "The server has not answered the statement.", sql: statements.first?.text)
    }

    /// What became of each statement.
    func outcomes() -> [Result<RowSet, PostgresError>] {
        return statements.indices.map { index in
            if index < answers.count {
                if case .failed(let error) = answers[index] { return .failure(error) }
                if failure == nil, case .rows(let rows) = answers[index] { return .success(rows) }
            }
            var error = failure ?? Self.skipped
            error.sql = error.sql ?? statements[index].text
            error.statementIndex = index
            return .failure(error)
        }
    }

    /// For those who record it.
    var report: RequestReport {
        var report = RequestReport(
            statements: statements, outcomes: [], failure: failure, isCancelled: stop == .taskCancelled)
        if case .exchange(let exchange) = kind {
            report.statements = [exchange.statement]
            if let rows = exchange.rows { report.outcomes = [.rows(rows)] }
        }
        for answer in answers {
            switch answer {
            case .rows(let rows): report.outcomes.append(.rows(rows.count))
            case .failed(let error): report.outcomes.append(.failed(error))
            case .skipped: report.outcomes.append(.skipped)
            }
        }
        return report
    }
}
