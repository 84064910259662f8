// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One message group of a flight: what was sent and is answered by one result.
struct Step {
    enum Kind {
        /// Closes a prepared statement that is no longer wanted.
        case close
        /// Transaction control that rides along with the statements.
        case prefix
        /// Prepares a statement under a name.
        case prepare
        /// Executes a statement, under its name when it has one.
        case run
        /// Ends the implicit transaction; its answer is the server's `ReadyForQuery`.
        case sync
    }

    var kind: Kind
    /// The position among the request's statements, or among the prefixes.
    var index = 0
    /// The prepared statement's name, nil for the unnamed one.
    var name: StatementName?
    /// What the server will say that it has done; nil for what was not looked at.
    var command: ExpectedCommand?
    /// Where the prepared statement is kept.
    var keptAt = 0
}
