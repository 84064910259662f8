// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText
import Tracing

/// The span of one statement or one pipeline, from sending it to its last answer.
///
/// | attribute | what |
/// |---|---|
/// | `db.system.name` | `postgresql` |
/// | `db.namespace` | the database |
/// | `db.query.text` | the text with its placeholders; a pipeline's texts are joined by `; ` |
/// | `db.operation.name` | the first word, for instance `SELECT`; for a pipeline `BATCH`, and `BATCH SELECT` if it is everywhere the same |
/// | `db.operation.batch.size` | how many statements, for a pipeline of several |
/// | `db.response.returned_rows` | the rows of all of them |
/// | `db.response.status_code` | the SQLSTATE of a refusal |
/// | `error.type` | the SQLSTATE, or ``PostgresError/Code``'s raw value, or `cancelled` |
/// | `server.address`, `server.port` | when the configuration names one server |
///
/// Bound values and the server's error texts, which may quote rows, are left out.
struct StatementSpan {
    private let span: any Span

    /// Part of `context`, whoever begins it; nil when there is no statement.
    init?(
        _ statements: [Statement], _ configuration: ConnectionConfiguration, by tracer: any Tracer,
        in context: ServiceContext
    ) {
        guard let first = statements.first else { return nil }
        let operations = statements.map { Self.operation($0.text) }
        var operation = operations[0]
        if statements.count > 1 {
            operation = operations.allSatisfy { $0 == operation } ? "BATCH \(operation)" : "BATCH"
        }
        let database = configuration.database ?? configuration.user
        let name = [operation, database ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        span = tracer.startAnySpan(
            name.isEmpty ? "postgresql" : name, context: context, ofKind: .client)
        guard span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes["db.system.name"] = "postgresql"
            attributes["db.namespace"] = database
            attributes["db.query.text"] =
                statements.count == 1 ? first.text : statements.map(\.text).joined(separator: "; ")
            attributes["db.operation.name"] = operation.isEmpty ? nil : operation
            if statements.count > 1 { attributes["db.operation.batch.size"] = statements.count }
            if configuration.hosts.count == 1, let host = configuration.hosts.first {
                attributes["server.address"] = host.name
                attributes["server.port"] = host.port ?? 5432
            }
        }
    }

    /// The statement has been answered, or given up.
    func end(_ report: RequestReport) {
        if let error = report.firstError {
            let state = error.sqlState.map { MessageText.name($0) }
            let type = report.isCancelled ? "cancelled" : state ?? error.code.rawValue
            span.attributes["db.response.status_code"] = state
            span.attributes["error.type"] = type
            span.setStatus(SpanStatus(code: .error, message: error.code.rawValue))
        } else if report.isCancelled {
            span.attributes["error.type"] = "cancelled"
            span.setStatus(SpanStatus(code: .error))
        } else {
            let rows = report.outcomes.reduce(0) { count, outcome in
                if case .rows(let rows) = outcome { count + rows } else { count }
            }
            span.attributes["db.response.returned_rows"] = rows
        }
        span.end()
    }

    /// The first word in capitals; a comment in front gives none.
    static func operation(_ text: String) -> String {
        let word = text.utf8.drop { $0 == 32 || (9...13).contains($0) || $0 == UInt8(ascii: "(") }
            .prefix { (65...90).contains($0 & 0xDF) }
        return word.count > 32 ? "" : String(Substring(word)).uppercased()
    }
}
