// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Logging

extension Connection {
    /// Connects to a server.
    ///
    /// ```swift
    /// let configuration = try ConnectionConfiguration(url: "postgres://postgres@localhost/shop")
    /// let connection = try await Connection.connect(configuration, logger: Logger(label: "shop"))
    /// ```
    ///
    /// Name look-up, TLS and authentication run on a thread of their own. With several hosts they are tried in order.
    /// The session speaks UTF8, its time zone is UTC, and dates, intervals, numbers and bytes are written as PostgreSQL does by
    /// default, unless the configuration's `options` say otherwise (with
    /// ``ConnectionConfiguration/StatementCache/unnamed`` that is the server's affair: poolers refuse `options`). Setting
    /// this up costs no round trip.
    ///
    /// - Parameters:
    ///   - configuration: where and how.
    ///   - logger: gets the server's notices.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/connectFailed``, ``PostgresError/Code/authenticationFailed``,
    ///   ``PostgresError/Code/connectTimeout`` after ``ConnectionConfiguration/connectTimeout``, or
    ///   ``PostgresError/Code/invalidConfiguration``; `CancellationError` when the task is cancelled.
    public static func connect(_ configuration: ConnectionConfiguration, logger: Logger) async throws -> Connection {
        try await connect(configuration, logger: logger, source: Readiness.source)
    }

    /// Connects, and waits for answers with `source`.
    package static func connect(
        _ configuration: ConnectionConfiguration, logger: Logger, source: any ReadinessSource
    ) async throws -> Connection {
        try Task.checkCancellation()
        let attempt = try ConnectAttempt(configuration, logger, source)
        defer { attempt.settle() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { attempt.start($0) }
        } onCancel: {
            attempt.cancel()
        }
    }
}
