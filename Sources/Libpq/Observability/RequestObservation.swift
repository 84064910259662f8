// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import Tracing

/// Who records a request, taken from the task that makes it: others may take its steps.
///
/// An object, for whoever passes it on as a value copies logger and context.
final class RequestRecorder: Sendable {
    let tracer: (any Tracer)?
    let context: ServiceContext
    let log: Logger?

    /// Nil when nobody records anything.
    init?(else logger: Logger) {
        tracer = DatabaseTracing.tracer
        log = RequestLog.taker(else: logger)
        guard tracer != nil || log != nil else { return nil }
        context = .current ?? .topLevel
    }
}

/// The record of one request, from sending it to its end: a span, and lines in the log.
struct RequestObservation {
    private let span: StatementSpan?
    private let log: Logger?
    private let connection: Int
    private let begun = Monotonic.now
    private var ended: UInt64?

    /// The request is sent on a connection.
    init(
        _ statements: [Statement], _ configuration: ConnectionConfiguration, connection: Int,
        by recorder: RequestRecorder
    ) {
        span = recorder.tracer.flatMap { StatementSpan(statements, configuration, by: $0, in: recorder.context) }
        log = recorder.log
        self.connection = connection
    }

    /// The request has been answered: on the thread that met it, where nothing may block.
    mutating func answered(_ report: @autoclosure () -> RequestReport) {
        ended = Monotonic.now
        if let span { span.end(report()) }
    }

    /// Writes it to the log, which may block.
    func write(_ report: @autoclosure () -> RequestReport) {
        guard let log else { return }
        RequestLog.write(
            report(), nanoseconds: (ended ?? Monotonic.now) - begun, connection: connection, to: log)
    }

    /// The request has been answered, and may be written.
    mutating func end(_ report: RequestReport) {
        answered(report)
        write(report)
    }
}
