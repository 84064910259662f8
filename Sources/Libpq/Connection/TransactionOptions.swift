// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a transaction sees of others (PostgreSQL documentation, "Transaction Isolation").
public enum IsolationLevel: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other; be ready to run one again after SQLSTATE 40001.
    case serializable = "SERIALIZABLE"
}

/// How a transaction begins.
struct TransactionOptions {
    var isolation: IsolationLevel?
    var readOnly: Bool
    var deferrable: Bool

    /// The statement that begins it.
    var begin: String {
        var text = "BEGIN"
        if let isolation { text += " ISOLATION LEVEL \(isolation.rawValue)" }
        if readOnly { text += " READ ONLY" }
        if deferrable { text += " DEFERRABLE" }
        return text
    }
}

/// A transaction or, inside one, a savepoint.
enum TransactionScope: Sendable, Hashable {
    case transaction
    case savepoint(String)
}
