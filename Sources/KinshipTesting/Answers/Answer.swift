// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// What a statement was asked with.
struct Question: Hashable, Sendable, Codable {
    /// The text.
    var sql: String
    /// The bound values in their binary form; nil for NULL.
    var values: [Data?] = []
    /// Whether rows come as text.
    var asText: Bool?

    /// What a server says when it has begun, ended or divided a transaction, and nothing stands against it; nil for other statements.
    var transactionTag: String? {
        let words = sql.prefix(40).uppercased().split { !$0.isLetter }
        return switch words.first {
        case "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE": words.first.map(String.init)
        case "START" where words.dropFirst().first == "TRANSACTION": "START TRANSACTION"
        default: nil
        }
    }
}

/// What a server answered to a statement, in the protocol's own form.
struct Answer: Hashable, Sendable, Codable {
    /// The body of RowDescription; nil where there are no rows.
    var columns: Data?
    /// The bodies of DataRow.
    var rows: [Data] = []
    /// What CommandComplete says; nil for an empty statement.
    var tag: String?
    /// The fields of ErrorResponse by their letters, where it failed.
    var error: [String: String]?

    /// Whether it was refused for nothing but an earlier error in its transaction.
    var isAfterFailure: Bool { error?["C"] == "25P02" }
}

/// All answers to a question, in the order in which they came.
struct RecordedQuestion: Sendable, Codable {
    var question: Question
    var answers: [Answer]
}
