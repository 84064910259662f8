// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a pool needs between two uses of a connection.
extension Connection {
    /// Asks the server for a sign of life; one round trip, no statement.
    ///
    /// - Parameter timeout: how long it may take; after that the connection is closed.
    /// - Throws: ``PostgresError``: the connection is of no use.
    package func ping(timeout: Duration) async throws {
        // A sync alone: the server's main loop answers it, and nothing is parsed.
        let request = Request([], timeout: timeout, expiry: .giveUp)
        try await run(request)
        if let failure = request.failure { throw failure }
    }

    /// Brings the connection back to where the next user can start: outside a transaction.
    ///
    /// Sends ROLLBACK when the connection is in a transaction, otherwise nothing. The task's cancellation leaves it alone.
    ///
    /// - Parameter timeout: how long it may take; after that the connection is closed.
    /// - Returns: whether the connection can be used again.
    package func recycle(timeout: Duration) async -> Bool {
        let status = state.withLock { state in
            state.prefixes.removeAll()
            return state.transactionStatus
        }
        switch status {
        case .idle:
            return true
        case .active, .unknown:
            return false
        case .inTransaction, .inFailedTransaction:
            let request = Request(
                [Statement("ROLLBACK", preparation: .unnamed)], timeout: timeout, expiry: .giveUp)
            guard (try? await run(request, isShielded: true)) != nil, request.firstError == nil else { return false }
            return transactionStatus == .idle
        }
    }
}
