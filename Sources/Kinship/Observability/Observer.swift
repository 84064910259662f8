// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import RelationPlanner
import Tracing

/// Sees to it that an operation is in a span, is measured, and that its statements go to the logger of the request.
///
/// The span's name is the operation and the model, as `find Order`; its kind is internal.
///
/// | attribute | what |
/// |---|---|
/// | `db.system.name` | `postgresql` |
/// | `kinship.operation`, `kinship.model` | what is done, with which model's records |
/// | `kinship.statements`, `kinship.round_trips` | what it took |
/// | `kinship.records` | how many records of the model came |
/// | `error.type` | the code of the error, or `cancelled` |
struct Observer: Sendable {
    /// The request's own logger.
    let logger: Logger?
    let metrics: OperationMetrics?

    /// Whether anybody wants to know.
    var isNeeded: Bool { logger != nil || metrics != nil || DatabaseTracing.tracer != nil }

    /// Runs an operation.
    func observe(
        _ operation: Operation, of model: String, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Graph
    ) async throws -> Graph {
        let tracer = DatabaseTracing.tracer
        guard let logger else { return try await measure(operation, model, tracer, isolation, body) }
        return try await RequestLog.$logger.withValue(
            RequestLog.joined(logger), operation: { try await measure(operation, model, tracer, isolation, body) },
            isolation: isolation)
    }

    private func measure(
        _ operation: Operation, _ model: String, _ tracer: (any Tracer)?, _ isolation: isolated (any Actor)?,
        _ body: () async throws -> Graph
    ) async throws -> Graph {
        guard metrics != nil || tracer != nil else { return try await body() }
        let clock = ContinuousClock()
        let begun = clock.now
        do {
            let graph = try await trace(operation, model, tracer, isolation, body)
            metrics?.record(operation, outcome: "ok", clock.now - begun)
            return graph
        } catch {
            metrics?.record(operation, outcome: Self.outcome(error), clock.now - begun)
            throw error
        }
    }

    private func trace(
        _ operation: Operation, _ model: String, _ tracer: (any Tracer)?, _ isolation: isolated (any Actor)?,
        _ body: () async throws -> Graph
    ) async throws -> Graph {
        guard let tracer else { return try await body() }
        let span = tracer.startAnySpan(
            "\(operation.rawValue) \(model)", context: ServiceContext.current ?? .topLevel, ofKind: .internal)
        defer { span.end() }
        span.attributes["db.system.name"] = "postgresql"
        span.attributes["kinship.operation"] = operation.rawValue
        span.attributes["kinship.model"] = model
        do {
            let graph = try await ServiceContext.$current.withValue(
                span.context, operation: body, isolation: isolation)
            span.attributes["kinship.statements"] = graph.statistics.statements
            span.attributes["kinship.round_trips"] = graph.statistics.roundTrips
            span.attributes["kinship.records"] = graph.count
            return graph
        } catch {
            // The error itself may quote rows.
            let type = Self.outcome(error)
            span.attributes["error.type"] = type
            span.setStatus(SpanStatus(code: .error, message: type))
            throw error
        }
    }

    /// The code of an error, as metrics and spans show it.
    private static func outcome(_ error: any Error) -> String {
        switch error {
        case let error as PostgresError: error.code.rawValue
        case let error as PlannerError: error.code.rawValue
        case is CancellationError: "cancelled"
        default: "\(type(of: error))"
        }
    }
}
