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
        guard configuration.targetSessionAttributes.isDefinite else {
            let request = Request([], timeout: timeout, expiry: .giveUp)
            try await run(request)
            if let failure = request.failure { throw failure }
            return
        }
        guard try await isWellPlaced(timeout: timeout) else {
            throw PostgresError(
                .connectionLost,
                "The server is no longer what target_session_attrs=\(configuration.targetSessionAttributes.rawValue) asks "
                    + "for.")
        }
    }

    /// Asks the server whether it is of the kind that the connection was made for.
    private func isWellPlaced(timeout: Duration) async throws -> Bool {
        let question = Statement(
            "SELECT pg_catalog.pg_is_in_recovery(), "
                + "pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.=) 'on'",
            preparation: .unnamed)
        let request = Request([question], timeout: timeout, expiry: .giveUp)
        try await run(request, isShielded: true)
        guard let (isStandby, isReadOnly) = try request.onlyRows().decode(Bool.self, Bool.self).first else {
            return false
        }
        let target = configuration.targetSessionAttributes
        // Where none is asked for, it is only doubted of a server that took changes.
        let isFit = target.isDefinite ? target.accepts(isStandby: isStandby, isReadOnly: isReadOnly) : !isReadOnly
        state.withLock { state in
            if state.fitness == .doubtful { state.fitness = isFit ? .good : .unfit }
        }
        return isFit
    }

    /// Brings the connection back to where the next user can start: outside a transaction.
    ///
    /// Sends ROLLBACK when the connection is in a transaction, and asks what kind of server this is when a statement made that
    /// doubtful; otherwise nothing. The task's cancellation leaves it alone.
    ///
    /// - Parameter timeout: how long it may take; after that the connection is closed.
    /// - Returns: whether the connection can be used again.
    package func recycle(timeout: Duration) async -> Bool {
        let isStopping = state.withLock { state in
            state.prefixes.removeAll()
            return state.current?.stop == .abandoned
        }
        // In line behind it.
        if isStopping, (try? await run(Request([], timeout: timeout, expiry: .giveUp), isShielded: true)) == nil {
            return false
        }
        let (status, fitness) = state.withLock { ($0.transactionStatus, $0.fitness) }
        switch status {
        case .idle:
            return await isStillFit(fitness, timeout: timeout)
        case .active, .unknown:
            return false
        case .inTransaction, .inFailedTransaction:
            let request = Request.control(["ROLLBACK"], timeout: timeout, expiry: .giveUp)
            guard (try? await run(request, isShielded: true)) != nil, request.firstError == nil else { return false }
            return transactionStatus == .idle ? await isStillFit(fitness, timeout: timeout) : false
        }
    }

    private func isStillFit(_ fitness: ConnectionState.Fitness, timeout: Duration) async -> Bool {
        switch fitness {
        case .good: true
        case .doubtful: (try? await isWellPlaced(timeout: timeout)) == true
        case .unfit: false
        }
    }
}
