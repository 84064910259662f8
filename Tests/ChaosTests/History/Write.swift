// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What one task asked to be written, and what it was told: all of it happens or nothing.
struct Write: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        /// No answer has come.
        case pending
        /// It is there, exactly once.
        case acknowledged
        /// It is not there.
        case refused
        /// Whether it is there nobody knows: at most once.
        case unknown
    }

    let worker: String
    /// All of one token.
    let rows: [LedgerRow]
    var outcome = Outcome.pending
    /// The error's code when it was not acknowledged.
    var reason: String?
}

extension Write.Outcome {
    /// What an error says of a write, as documented.
    ///
    /// A transaction has happened when COMMIT was acknowledged, and only `COMMIT_OUTCOME_UNKNOWN` leaves it open. A statement
    /// outside a transaction may have happened as well when its answer was lost, came too late or wasn't waited for.
    init(_ error: any Error, inTransaction: Bool) {
        guard let error = error as? PostgresError else {
            // A cancelled task.
            self = inTransaction ? .refused : .unknown
            return
        }
        switch error.code {
        case .commitOutcomeUnknown: self = .unknown
        case .connectionLost, .connectionClosed: self = inTransaction ? .refused : .unknown
        // The server's own word that it has stopped the statement is final.
        case .statementTimeout: self = inTransaction || error.server != nil ? .refused : .unknown
        default: self = .refused
        }
    }
}
