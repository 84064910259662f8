// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import InMemoryTracing
import Kinship
import KinshipREST
import Logging
import MetricsTestKit
import TestSupport
import Testing
import Tracing

/// What an operator sees of requests: their time, their spans, their lines in the log.
@Suite struct ObservedRequestTests {
    private static let label = "http.server.request.duration"

    private static func dimensions(_ method: String, _ route: String, _ status: Int) -> [(String, String)] {
        [("http.request.method", method), ("http.route", route), ("http.response.status_code", String(status))]
    }

    // MARK: Metrics

    @Test func requestsAreTimedByMethodRouteAndStatus() async throws {
        let metrics = TestMetrics()
        try await RESTWorld.withService("timed") { options in
            options.metricsFactory = metrics
        } _: { service, _, _ in
            for id in 1...3 { #expect(try await service.ask(.get, "/api/Things/\(id)").status == 200) }
            #expect(try await service.ask(.get, "/api/things/9999").status == 404)
            #expect(try await service.ask(.get, "/api/Things/1/pieces?filter[limit]=1").status == 200)
            #expect(try await service.ask(.post, "/api/Pieces", [:], ["name": "x"]).status == 200)
            func times(_ method: String, _ route: String, _ status: Int) throws -> [Int64] {
                try metrics.expectTimer(Self.label, Self.dimensions(method, route, status)).values
            }
            let known = try times("GET", "/api/Things/:id", 200)
            #expect(known.count == 3)
            // Nanoseconds: more than nothing, and less than a minute.
            #expect(known.allSatisfy { $0 > 1_000 && $0 < 60_000_000_000 })
            #expect(try times("GET", "/api/Things/:id", 404).count == 1)
            #expect(try times("GET", "/api/Things/:id/pieces", 200).count == 1)
            #expect(try times("POST", "/api/Pieces", 200).count == 1)
        }
    }

    /// Strangers make no new series, whatever they ask for.
    @Test func pathsAndMethodsThatNobodyKnowsAreOne() async throws {
        let metrics = TestMetrics()
        try await RESTWorld.withService("series") { options in
            options.metricsFactory = metrics
        } _: { service, _, _ in
            for number in 0..<50 {
                _ = try await service.ask(.get, "/api/nothing\(number)")
                _ = try await service.ask(.get, "/api/Things/\(number + 5_000)?a=\(number)")
                let method = try #require(HTTPRequest.Method("MADE\(number)"))
                _ = try await service.ask(method, "/api/Things")
            }
            #expect(try metrics.expectTimer(Self.label, Self.dimensions("GET", "none", 404)).values.count == 50)
            #expect(try metrics.expectTimer(Self.label, Self.dimensions("_OTHER", "none", 404)).values.count == 50)
            #expect(metrics.timers.filter { $0.label == Self.label }.count == 3)
        }
    }

    // MARK: Spans

    @Test func statementsAreBelowTheSpanOfTheirRequest() async throws {
        let tracer = InMemoryTracer()
        try await withTracer(tracer) {
            try await RESTWorld.withService("spans") { service, _, _ in
                tracer.clearAll(includingActive: true)
                let path = "/api/Things/1?filter[include]=pieces"
                let name = try #require(HTTPField.Name("X-Request-ID"))
                let (trace, parent) = (InMemoryTracer.traceIDKey, InMemoryTracer.spanIDKey)
                let fields: HTTPFields = [
                    name: "r-17", try #require(HTTPField.Name(trace)): "trace-of-the-caller",
                    try #require(HTTPField.Name(parent)): "span-of-the-caller",
                ]
                #expect(try await service.ask(.get, path, fields).status == 200)
                let spans = tracer.popFinishedSpans()
                let request = try #require(spans.first { $0.kind == .server })
                #expect(request.operationName == "GET /api/Things/:id")
                #expect(request.attributes["http.request.method"]?.toSpanAttribute() == "GET")
                #expect(request.attributes["http.route"]?.toSpanAttribute() == "/api/Things/:id")
                #expect(request.attributes["http.response.status_code"]?.toSpanAttribute() == 200)
                #expect(
                    request.attributes["http.request.header.x-request-id"]?.toSpanAttribute() == .stringArray(["r-17"]))
                #expect(request.attributes["error.type"] == nil && request.status == nil)
                // It goes on with the trace of who asks.
                #expect(spans.allSatisfy { $0.traceID == "trace-of-the-caller" })
                #expect(request.parentSpanID == "span-of-the-caller")
                let operation = try #require(spans.first { $0.operationName == "findById Thing" })
                #expect(operation.parentSpanID == request.spanID)
                let statements = spans.filter { $0.attributes["db.query.text"] != nil }
                #expect(!statements.isEmpty)
                #expect(statements.allSatisfy { $0.parentSpanID == operation.spanID })
            }
        }
    }

    @Test func whatGoesWrongIsMarked() async throws {
        let tracer = InMemoryTracer()
        try await withTracer(tracer) {
            try await RESTWorld.withService("wrong-spans") { service, _, made in
                tracer.clearAll(includingActive: true)
                #expect(try await service.ask(.get, "/api/nothing/17").status == 404)
                let unknown = try #require(tracer.popFinishedSpans().first { $0.kind == .server })
                #expect(unknown.operationName == "GET none")
                // The caller's fault is none of the service.
                #expect(unknown.status == nil && unknown.attributes["error.type"] == nil)
                try await made.run("alter table thing drop column name cascade")
                #expect(try await service.ask(.get, "/api/Things?filter[limit]=1").status == 500)
                let failed = try #require(tracer.popFinishedSpans().first { $0.kind == .server })
                #expect(failed.status?.code == .error)
                #expect(failed.attributes["error.type"]?.toSpanAttribute() == "500")
            }
            try await RESTWorld.withService("no-spans") { options in
                options.hasSpans = false
            } _: { service, _, _ in
                tracer.clearAll(includingActive: true)
                let status = try await service.ask(.get, "/api/Things/1").status
                #expect(status == 200)
                let spans = tracer.popFinishedSpans()
                #expect(!spans.contains { $0.kind == .server } && !spans.isEmpty)
            }
        }
    }

    // MARK: Lines

    /// The id that a proxy gave a request is in all that is logged of it.
    @Test func theIdOfARequestIsInItsLines() async throws {
        let log = RecordingLog()
        try await RESTWorld.withService("ids") { options in
            options.logger = log.logger
        } _: { service, _, _ in
            let name = try #require(HTTPField.Name("X-Request-ID"))
            let begun = log.lines.count
            _ = try await service.ask(.get, "/api/Things/1?filter[include]=pieces", [name: "r-17"])
            let statements = log.lines.dropFirst(begun).filter { $0.contains("A statement was run.") }
            #expect(!statements.isEmpty)
            #expect(statements.allSatisfy { $0.contains("request=r-17") }, "\(statements)")
            // Others' ids make no lines of their own, nor long ones.
            let other = log.lines.count
            _ = try await service.ask(
                .get, "/api/Things/1", [name: "x\u{7F}" + String(repeating: "y", count: 5_000)])
            let lines = log.lines.dropFirst(other)
            #expect(lines.contains { $0.contains("request=x") })
            #expect(lines.allSatisfy { !$0.contains(String(repeating: "y", count: 65)) && !$0.contains("\u{7F}") })
            // Without one they are counted.
            let counted = log.lines.count
            for _ in 0..<2 { _ = try await service.ask(.get, "/api/Things/1") }
            let ids = Set(
                log.lines.dropFirst(counted).compactMap {
                    $0.firstMatch(of: #/request=(\d+)/#).map { String($0.output.1) }
                })
            #expect(ids.count == 2)
        }
    }
}
