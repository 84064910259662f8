// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What became of a request, for those who record it.
struct RequestReport {
    /// What became of one statement.
    enum Outcome {
        /// So many rows came back.
        case rows(Int)
        case failed(PostgresError)
        /// A statement before it failed.
        case skipped
    }

    var statements: [Statement]
    /// One for each statement, in order, as far as the answers have come.
    var outcomes: [Outcome]
    /// An error that belongs to no single statement.
    var failure: PostgresError?
    /// Whether its task was cancelled.
    var isCancelled: Bool

    /// The first thing that went wrong.
    var firstError: PostgresError? {
        if let failure { return failure }
        for outcome in outcomes { if case .failed(let error) = outcome { return error } }
        return nil
    }
}
