// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import Tracing

/// Spans for what is asked of a database, with OpenTelemetry's attributes.
///
/// https://opentelemetry.io/docs/specs/semconv/database/database-spans/
/// Statement texts hold placeholders only, so that they may be recorded; bound values never are.
package enum DatabaseTracing {
    /// The tracer to record with; nil when none is bootstrapped, which costs a lock and a type check.
    package static var tracer: (any Tracer)? {
        let instrument = InstrumentationSystem.instrument
        if instrument is NoOpInstrument || instrument is NoOpTracer { return nil }
        return InstrumentationSystem.tracer
    }

    /// Begins the span of waiting for a connection of a pool.
    static func startAcquiring(from pool: String, by tracer: any Tracer) -> any Span {
        let span = tracer.startAnySpan("acquire connection", ofKind: .internal)
        describe(pool, in: span)
        return span
    }

    private static func describe(_ pool: String, in span: any Span) {
        span.attributes["db.system.name"] = "postgresql"
        span.attributes["db.client.connection.pool.name"] = pool
    }

    /// Records waiting for a connection of a pool.
    static func acquiring<Value>(
        from pool: String, isolation: isolated (any Actor)?, _ operation: () async throws -> Value
    ) async throws -> Value {
        guard let tracer else { return try await operation() }
        return try await tracer.withAnySpan(
            "acquire connection", ofKind: .internal, isolation: isolation, function: #function, file: #fileID,
            line: #line
        ) { span in
            describe(pool, in: span)
            return try await operation()
        }
    }
}
