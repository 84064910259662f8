// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Anything that goes wrong between this process and PostgreSQL.
///
/// ```swift
/// do {
///     try await connection.execute("insert into customer (id) values (1)")
/// } catch let error as PostgresError where error.sqlState == "23505" {
///     print(error.server?.constraintName ?? "")
/// }
/// ```
public struct PostgresError: Error, Sendable {
    /// What went wrong; the raw value is stable and meant for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The server refused the statement; see ``PostgresError/server``.
        case server = "SERVER_ERROR"
        /// No connection could be made.
        case connectFailed = "CONNECT_FAILED"
        /// The server refused the user or the password.
        case authenticationFailed = "AUTHENTICATION_FAILED"
        /// The connection broke. What had been sent outside a transaction may have happened, a transaction has not.
        case connectionLost = "CONNECTION_LOST"
        /// The connection broke after COMMIT was sent and before its answer: it may or may not have happened.
        case commitOutcomeUnknown = "COMMIT_OUTCOME_UNKNOWN"
        /// The connection's own deadline for connecting passed.
        case connectTimeout = "CONNECT_TIMEOUT"
        /// Several attempts that were given up hang inside libpq or the name service: none is made until one comes back.
        case connectsStuck = "CONNECTS_STUCK"
        /// The statement's deadline (ours or the server's `statement_timeout`) passed.
        case statementTimeout = "STATEMENT_TIMEOUT"
        /// Another session, not this task, cancelled the statement (SQLSTATE 57014 without our asking).
        case statementCancelled = "STATEMENT_CANCELLED"
        /// No connection became free in time.
        case acquireTimeout = "ACQUIRE_TIMEOUT"
        /// The pool is closed or closing.
        case poolClosed = "POOL_CLOSED"
        /// The connection is closed.
        case connectionClosed = "CONNECTION_CLOSED"
        /// An address, an environment variable, a service file or a setting can't be used.
        case invalidConfiguration = "INVALID_CONFIGURATION"
        /// A value can't be sent: too large, too many, or not of the declared type.
        case invalidParameter = "INVALID_PARAMETER"
        /// A cell is not what was asked for.
        case decodingFailed = "DECODING_FAILED"
        /// There is no memory for a result.
        case outOfMemory = "OUT_OF_MEMORY"
        /// The rows are more than ``ResultLimits`` allow.
        case resultTooLarge = "RESULT_TOO_LARGE"
        /// A prepared statement is stale and the transaction must be retried.
        case statementInvalidated = "STATEMENT_INVALIDATED"
        /// The task was cancelled in a function that throws nothing but this type; others throw `CancellationError`.
        case cancelled = "CANCELLED"
        /// A method was called where it can't be (for instance a commit outside a transaction).
        case misuse = "MISUSE"
    }

    /// The fields of an `ErrorResponse`, as in the PostgreSQL documentation, "Error and Notice Message Fields".
    public struct ServerFields: Sendable {
        /// ERROR, FATAL or PANIC; of notices also WARNING, NOTICE, DEBUG, INFO or LOG. Never translated.
        public var severity: String
        /// The SQLSTATE, five characters.
        public var sqlState: String
        /// The primary message, in the language the server is set to.
        public var message: String
        /// More about it. May hold the row's values: not for strangers.
        public var detail: String?
        /// What to do about it.
        public var hint: String?
        /// Where in the statement, in characters from 1.
        public var position: Int?
        /// The text of the statement inside a function that failed.
        public var internalQuery: String?
        /// The calls of functions in which it happened.
        public var context: String?
        /// The schema it is about.
        public var schemaName: String?
        /// The table it is about.
        public var tableName: String?
        /// The column it is about.
        public var columnName: String?
        /// The type it is about.
        public var dataTypeName: String?
        /// The constraint that was violated.
        public var constraintName: String?
    }

    /// What went wrong.
    public var code: Code
    /// One sentence: what, where, and the remedy when there is one. Never holds a password; a bound value only where the
    /// server's primary message quotes it.
    public var message: String
    /// What the server said, when it did.
    public var server: ServerFields?
    /// The statement's text, without its values.
    public var sql: String?
    /// The position of the failed statement in its pipeline, from 0.
    public var statementIndex: Int?
    /// What happened before or while cleaning up, in words.
    public var underlying: String?
    /// What only the part that made the error knows the type of; it has a name for it there.
    package var particulars: (any Sendable)?

    /// The five-character SQLSTATE, when the server sent one.
    public var sqlState: String? { server?.sqlState }

    /// An error. What a terminal or a log would obey is escaped in the message, and names of any length are shortened in it.
    public init(
        _ code: Code, _ message: String, server: ServerFields? = nil, sql: String? = nil, statementIndex: Int? = nil,
        underlying: String? = nil
    ) {
        self.code = code
        self.message = MessageText.message(message)
        self.server = server
        self.sql = sql
        self.statementIndex = statementIndex
        self.underlying = underlying
    }
}

extension PostgresError {
    /// The error for rows that libpq has no memory for.
    static let noMemoryForRows = PostgresError(
        .outOfMemory, "libpq has no memory for the rows. Ask for fewer at once.")
}
