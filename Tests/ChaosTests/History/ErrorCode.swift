// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner

/// Names for errors, by which they are counted and judged.
enum ErrorCode {
    static let cancelled = "CANCELLED"
    static let invalidated = PostgresError.Code.statementInvalidated.rawValue
    static let statementTimeout = PostgresError.Code.statementTimeout.rawValue
    static let statementCancelled = PostgresError.Code.statementCancelled.rawValue
    static let acquireTimeout = PostgresError.Code.acquireTimeout.rawValue
    static let tooLarge = PostgresError.Code.resultTooLarge.rawValue
    static let serialization = "SERVER_ERROR/40001"
    static let deadlock = "SERVER_ERROR/40P01"

    /// The code of a typed error, with the SQLSTATE where the server refused a statement; nil when the error is none of ours.
    static func of(_ error: any Error) -> String? {
        switch error {
        case is CancellationError: cancelled
        case let error as PostgresError where error.code == .server: "SERVER_ERROR/\(error.sqlState ?? "-----")"
        case let error as PostgresError: error.code.rawValue
        case let error as PlannerError: error.code.rawValue
        case is Deliberate: Deliberate.code
        default: nil
        }
    }
}

/// What the body of a transaction throws to have it rolled back.
struct Deliberate: Error {
    static let code = "DELIBERATE"
}
