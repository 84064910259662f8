// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import HTTPTypes
import Libpq
import Logging
import MessageText
import Synchronization
import Tracing

/// Sees to it that a request is in a span, is measured, and has a line in the log.
///
/// | metric | kind | what |
/// |---|---|---|
/// | `http.server.request.duration` | timer | until the answer begins; dimensions `http.request.method`, `http.route`, `http.response.status_code` |
///
/// The span's name is method and route, its kind is server, and its attributes are the metric's dimensions and the id that a proxy gave
/// the request.
final class RequestObserver: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let logger: Logger
    private let base: String
    private let hasSpans: Bool
    private let factory: (any MetricsFactory)?
    private let timers = Mutex<[Key: CoreMetrics.Timer]>([:])
    private let number = Atomic<UInt64>(0)

    init(_ options: RESTOptions) {
        logger = options.logger
        base = options.basePath
        hasSpans = options.hasSpans
        let factory = options.metricsFactory ?? MetricsSystem.factory
        self.factory = factory is NOOPMetricsHandler ? nil : factory
    }

    /// The logger of a request: with its id, which may come from a proxy.
    func logger(of request: HTTPRequest) -> Logger {
        var logger = logger
        let id = Self.id(of: request) ?? String(number.add(1, ordering: .relaxed).newValue)
        logger[metadataKey: "request"] = "\(id)"
        return logger
    }

    /// The id that a proxy gave a request.
    private static func id(of request: HTTPRequest) -> String? {
        let given = HTTPField.Name.requestID.flatMap { request.headerFields[$0] }
        // What others write is not to make lines of its own, nor long ones.
        return given.map { MessageText.name(String($0.prefix(64))) }
    }

    /// Answers a request, and looks on.
    func observe(
        _ request: HTTPRequest, _ route: Route?, _ respond: @Sendable () async -> RESTResponse
    ) async -> RESTResponse {
        let begun = ContinuousClock.now
        let path = route.map { base + $0.path } ?? "none"
        let response = await trace(request, path, respond)
        let duration = ContinuousClock.now - begun
        record(Key(method: request.method.known, route: path, status: response.head.status.code), duration)
        logger.debug(
            "\(request.method.rawValue) \(path): \(response.head.status.code)",
            metadata: ["duration": "\(duration)"])
        return response
    }

    private func record(_ key: Key, _ duration: Duration) {
        guard let factory else { return }
        let timer = timers.withLock { timers in
            if let known = timers[key] { return known }
            let timer = CoreMetrics.Timer(
                label: "http.server.request.duration",
                dimensions: [
                    ("http.request.method", key.method), ("http.route", key.route),
                    ("http.response.status_code", String(key.status)),
                ],
                preferredDisplayUnit: .milliseconds, factory: factory)
            timers[key] = timer
            return timer
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func trace(
        _ request: HTTPRequest, _ path: String, _ respond: @Sendable () async -> RESTResponse
    ) async -> RESTResponse {
        guard hasSpans, let tracer = DatabaseTracing.tracer else { return await respond() }
        var context = ServiceContext.current ?? .topLevel
        tracer.extract(request.headerFields, into: &context, using: FieldsExtractor())
        let span = tracer.startAnySpan("\(request.method.known) \(path)", context: context, ofKind: .server)
        defer { span.end() }
        span.attributes["http.request.method"] = request.method.known
        span.attributes["http.route"] = path
        if let id = Self.id(of: request) { span.attributes["http.request.header.x-request-id"] = [id] }
        let response = await ServiceContext.$current.withValue(span.context) { await respond() }
        let status = response.head.status.code
        span.attributes["http.response.status_code"] = status
        if status >= 500 {
            span.attributes["error.type"] = String(status)
            span.setStatus(SpanStatus(code: .error, message: String(status)))
        }
        return response
    }
}

/// Reads a trace's headers.
private struct FieldsExtractor: Extractor {
    func extract(key: String, from fields: HTTPFields) -> String? { HTTPField.Name(key).flatMap { fields[$0] } }
}

extension HTTPRequest.Method {
    /// The method, or that it is none of those that there are: what strangers make up is no name for a metric.
    fileprivate var known: String {
        ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"].contains(rawValue) ? rawValue : "_OTHER"
    }
}

extension HTTPField.Name {
    /// The id that a proxy gave a request.
    fileprivate static let requestID = HTTPField.Name("X-Request-ID")
}
