// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

extension ConnectionState {
    /// Ends the connection: everybody who waits is answered, nothing touches the socket any more.
    ///
    /// - Parameters:
    ///   - error: why, nil when it was closed in good order.
    ///   - stopsServer: whether to ask the server to stop what it is running.
    mutating func terminate(_ error: PostgresError?, stopsServer: Bool = false, _ effects: inout Effects) {
        guard let link else { return }
        let isCancelled: Bool = if case .none = cancelling { false } else { true }
        let cancel = stopsServer && current != nil && !isCancelled ? CancelRequest(link) : nil
        if let token { source.unregister(token, link.descriptor) }
        token = nil
        self.link = nil
        termination = (error, ())
        prefixes = []
        taken = Taken()
        phase = .none
        doubtAt = Monotonic.never
        if let request = current {
            answerRest(request, error ?? closedError)
            current = nil
            stopWaitingForCancel()
            effects.finish(request)
        }
        unwantedDue = Monotonic.never
        endFollowers(error ?? closedError, wasClosed: error == nil, &effects)
        for request in waiting {
            var failure = error ?? closedError
            failure.sql = request.sql
            failure.message += " The statement had not been sent."
            request.isUnsent = true
            request.failure = failure
            effects.finish(request)
        }
        waiting = []
        effects.termination = Effects.Termination(
            error: error, handlers: terminationHandlers, link: link, cancel: cancel)
        terminationHandlers = []
    }

    /// Closes a connection whose server keeps libpq busy with its settings. It is not asked to stop: it would keep a thread with that.
    mutating func endFlooded(_ effects: inout Effects) {
        terminate(
            PostgresError(
                .connectionLost,
                "The connection was closed: the server reports thousands of different settings, as no PostgreSQL does. Check "
                    + "that it is the right server."), &effects)
    }

    /// Answers what the server has not.
    private func answerRest(_ request: Request, _ error: PostgresError) {
        var error = error
        let unanswered = request.answers.count..<max(request.answers.count, request.statements.count)
        // A final word of the server about an earlier statement says that a later COMMIT was never reached.
        let reached =
            error.server != nil && position < steps.count && steps[position].kind != .sync
            ? unanswered.prefix { $0 <= steps[position].index } : unanswered
        let isUnknown = reached.contains { index in
            StatementKind.of(request.statements[index].text) == .commit && !endsNothing(request, at: index)
        }
        if !isAnswered, isUnknown {
            error.code = .commitOutcomeUnknown
            error.message =
                "The connection broke after COMMIT was sent and before it was answered, so the transaction may or may not "
                + "have happened; look before trying again. (\(error.message))"
        } else if request.stop == .deadline {
            error.code = .statementTimeout
            error.message = "The statement's deadline passed and its connection was given up. (\(error.message))"
        }
        for index in unanswered {
            error.sql = request.statements[index].text
            error.statementIndex = request.statements.count > 1 ? index : nil
            request.answers.append(.failed(error))
        }
        // Without a statement to blame (or all answered, but not the end of their transaction): the request as a whole.
        if unanswered.isEmpty, !isAnswered, request.failure == nil, request.stop != .tooLarge, !request.hasCommitted {
            error.sql = request.sql
            request.failure = error
        }
    }

    // MARK: Errors

    /// The error for a statement the server refused.
    func error(
        _ fields: PostgresError.ServerFields, sql: String?, index: Int?, _ request: Request
    ) -> PostgresError {
        var error = PostgresError(
            .server, "\(fields.message) (SQLSTATE \(fields.sqlState))", server: fields, sql: sql,
            statementIndex: request.statements.count > 1 ? index : nil)
        if fields.sqlState == "57014" {
            if request.stop == .deadline {
                error.code = .statementTimeout
                error.message = "The statement's deadline passed; the server has cancelled it."
            } else if fields.message.contains("timeout") {
                error.code = .statementTimeout
            } else {
                error.code = .statementCancelled
            }
        }
        return error
    }

    /// The error for a connection that broke.
    func lostError(_ reason: String) -> PostgresError {
        if let fatal = notices.fatal { return lostError(fatal) }
        let reason = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        return PostgresError(.connectionLost, "The connection to the server was lost: \(reason).")
    }

    /// The error for a connection the server ended.
    func lostError(_ fields: PostgresError.ServerFields) -> PostgresError {
        PostgresError(
            .connectionLost, "The server ended the connection: \(fields.message) (SQLSTATE \(fields.sqlState)).",
            server: fields)
    }

    /// The error for whoever uses a connection that is no more.
    var closedError: PostgresError {
        guard let error = termination?.error else {
            return PostgresError(.connectionClosed, "The connection is closed.")
        }
        return PostgresError(
            .connectionLost, "The connection broke earlier, and nothing was sent. \(error.message)",
            server: error.server)
    }
}
