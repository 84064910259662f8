// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import Logging
import MessageText

/// Statements in the log, at trace level: each with its text, how long it took, and how many rows came back.
///
/// | metadata | what |
/// |---|---|
/// | `sql` | the text with its placeholders; bound values are never logged |
/// | `duration` | milliseconds, from sending to the last answer; statements of a pipeline share it |
/// | `rows` | how many came back |
/// | `error` | the code, and the SQLSTATE, of a statement that failed |
/// | `statement` | `2 of 3`, in a pipeline |
/// | `connection` | the connection's number |
package enum RequestLog {
    /// The logger of the request that the task answers; nil for that of the pool or connection.
    @TaskLocal package static var logger: Logger?

    /// Who hears of the task's statements whatever logger its requests have: what counts them.
    @TaskLocal package static var witness: Logger?

    /// The logger of a request, and the witness beside it where there is one.
    package static func joined(_ logger: Logger) -> Logger {
        guard let witness else { return logger }
        return Logger(label: logger.label) { _ in MultiplexLogHandler([logger.handler, witness.handler]) }
    }

    /// Who takes statements; nil when nobody wants them.
    static func taker(else own: Logger) -> Logger? {
        if let logger { return logger.logLevel <= .trace ? logger : nil }
        return own.logLevel <= .trace ? own : nil
    }

    /// Writes what became of each statement of a request.
    static func write(_ report: RequestReport, nanoseconds: UInt64, connection: Int?, to logger: Logger) {
        let duration = Self.milliseconds(nanoseconds)
        for (index, statement) in report.statements.enumerated() {
            var metadata: Logger.Metadata = [
                "sql": "\(MessageText.escaped(statement.text))", "duration": "\(duration)",
            ]
            if let connection { metadata["connection"] = "\(connection)" }
            if report.statements.count > 1 { metadata["statement"] = "\(index + 1) of \(report.statements.count)" }
            var error = report.failure
            if index < report.outcomes.count {
                switch report.outcomes[index] {
                case .rows(let count): metadata["rows"] = "\(count)"
                case .failed(let failure): error = failure
                case .skipped: metadata["error"] = "not run, for one before it failed"
                }
            }
            if let error {
                let state = error.sqlState.map { " " + MessageText.name($0) } ?? ""
                metadata["error"] = "\(error.code.rawValue)\(state)"
            } else if report.isCancelled {
                metadata["error"] = "cancelled"
            }
            logger.trace("A statement was run.", metadata: metadata)
        }
    }

    /// Milliseconds with three digits behind the point.
    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let microseconds = nanoseconds / 1000
        let fraction = String(1000 + microseconds % 1000).dropFirst()
        return "\(microseconds / 1000).\(fraction) ms"
    }
}
