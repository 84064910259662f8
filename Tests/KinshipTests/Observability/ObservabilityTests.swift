// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import InMemoryTracing
import Kinship
import Logging
import MetricsTestKit
import TestSupport
import Testing
import Tracing

/// What an operator sees of a database: statements in the log of the request, spans, numbers.
@Suite struct ObservabilityTests {
    private func open(
        metrics: TestMetrics? = nil, trees: TreeOptions = TreeOptions(strategy: .byLevel), logger: Logger? = nil
    ) async throws -> Database {
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        var pool = PoolConfiguration(maximumConnections: 2)
        pool.name = "shop"
        pool.metricsFactory = metrics
        return try await Database.open(
            schema: schema, connection: try ConnectionConfiguration(url: try await TestDatabase.shop().url), pool: pool,
            trees: trees, logger: logger ?? Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
    }

    private static let tree: JSONValue = ["limit": 2, "include": ["orders", "reviews"]]

    // MARK: Logs

    @Test func `Each statement is logged with its time to the logger of the request`() async throws {
        let (own, requests) = (RecordingLog(), RecordingLog())
        let database = try await open(logger: own.logger(.info))
        var logger = requests.logger(.trace)
        logger[metadataKey: "request"] = "r-1"
        let graph = try await database.with(logger: logger).find("Customer", filter: Self.tree)
        #expect(graph.statistics.statements == 3)
        let lines = requests.lines
        #expect(lines.count == 3, "\(lines)")
        #expect(lines.allSatisfy { $0.hasPrefix("trace A statement was run.") && $0.contains("request=r-1") })
        #expect(lines.allSatisfy { $0.contains(" ms") && $0.contains("connection=") && $0.contains("sql=SELECT") })
        #expect(lines[0].contains("rows=2"))
        #expect(lines.filter { $0.contains("statement=1 of 2") || $0.contains("statement=2 of 2") }.count == 2)
        // Through the pool as well as on a lent connection, in scopes, relations and streams.
        let request = database.with(logger: logger)
        _ = try await request.unscoped.count("Customer")
        _ = try await request.related("Customer", id: 1, relation: "orders", filter: ["limit": 1])
        #expect(requests.lines.count > 4)
        let before = requests.lines.count
        for try await _ in try request.stream("Customer", filter: ["limit": 1]) {}
        #expect(requests.lines.count > before)
        #expect(own.lines.allSatisfy { !$0.hasPrefix("trace") })
        await database.close()
    }

    @Test func `Without a logger of the request the database's decides, and one that is silent stays so`() async throws
    {
        let (own, requests) = (RecordingLog(), RecordingLog())
        let database = try await open(logger: own.logger(.trace))
        let opened = own.lines.count
        _ = try await database.find("Customer", filter: ["limit": 1])
        #expect(own.lines.count == opened + 1)
        _ = try await database.with(logger: requests.logger(.info)).find("Customer", filter: ["limit": 1])
        #expect(own.lines.count == opened + 1)
        #expect(requests.lines.isEmpty)
        await database.close()
    }

    @Test func `A statement that fails is logged with its code, and no value is`() async throws {
        let log = RecordingLog()
        let database = try await open(logger: log.logger(.trace))
        _ = try? await database.pool.execute("select \("secret") || 1 / \(0)")
        let line = log.lines.last { $0.contains("error=") } ?? ""
        #expect(line.contains("error=SERVER_ERROR 22012"), "\(line)")
        #expect(!log.lines.contains { $0.contains("secret") })
        await database.close()
    }

    // MARK: Metrics

    @Test func `Operations are timed by kind and outcome, and caches of plans are counted`() async throws {
        let metrics = TestMetrics()
        let database = try await open(metrics: metrics)
        func timed(_ operation: String, _ outcome: String = "ok") throws -> Int {
            try metrics.expectTimer(
                "kinship.operation.duration",
                [("db.client.connection.pool.name", "shop"), ("operation", operation), ("outcome", outcome)]
            ).values.count
        }
        for id in 1...3 {
            _ = try await database.find("Customer", filter: ["where": ["id": id]])
            _ = try await database.findById("Order", id: id, filter: ["include": "items"])
        }
        _ = try await database.count("Customer")
        _ = try await database.exists("Customer", id: 1)
        _ = try await database.related("Customer", id: 1, relation: "orders")
        _ = try? await database.with(logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
            .find("Customer", filter: ["where": ["name": ["regexp": "(?<x"]]])
        #expect(try timed("find") == 3)
        #expect(try timed("findById") == 3)
        #expect(try timed("count") == 1)
        #expect(try timed("exists") == 1)
        #expect(try timed("related") == 1)
        func cache(_ name: String) -> [(String, String)] {
            [("db.client.connection.pool.name", "shop"), ("cache", name)]
        }
        #expect(try metrics.expectCounter("kinship.plan_cache.hits", cache("lookups")).totalValue == 2)
        #expect(try metrics.expectCounter("kinship.plan_cache.misses", cache("lookups")).totalValue == 1)
        // The second find with another value shows which of the plan's it is; the third needs to look no further.
        #expect(try metrics.expectCounter("kinship.plan_cache.hits", cache("requests")).totalValue == 1)
        #expect(try metrics.expectCounter("kinship.plan_cache.hits", cache("plans")).totalValue == 1)
        #expect(try metrics.expectMeter("kinship.plan_cache.size", cache("plans")).lastValue ?? 0 >= 3)
        try await database.refreshCatalog()
        #expect(try metrics.expectMeter("kinship.plan_cache.size", cache("plans")).lastValue == 0)
        await database.close()
        _ = try? await database.count("Customer")
        #expect(try timed("count", "POOL_CLOSED") == 1)
    }

    // MARK: Spans

    @Test func `A tree is one span with the model, and its statements are children`() async throws {
        let tracer = InMemoryTracer()
        try await withTracer(tracer) {
            let database = try await open()
            tracer.clearAll(includingActive: true)
            _ = try await database.find("Customer", filter: Self.tree)
            let spans = tracer.popFinishedSpans()
            let whole = try #require(spans.first { $0.operationName == "find Customer" })
            #expect(whole.kind == .internal)
            #expect(whole.attributes["kinship.model"]?.toSpanAttribute() == "Customer")
            #expect(whole.attributes["kinship.operation"]?.toSpanAttribute() == "find")
            #expect(whole.attributes["kinship.statements"]?.toSpanAttribute() == 3)
            #expect(whole.attributes["kinship.round_trips"]?.toSpanAttribute() == 2)
            #expect(whole.attributes["kinship.records"]?.toSpanAttribute() == 2)
            let statements = spans.filter { $0.attributes["db.query.text"] != nil }
            #expect(statements.count == 2, "one for each round trip")
            #expect(spans.filter { $0.spanID != whole.spanID }.allSatisfy { $0.parentSpanID == whole.spanID })

            _ = try await database.findById("Customer", id: 1)
            #expect(tracer.popFinishedSpans().map(\.operationName).contains("findById Customer"))
            _ = try await database.count("Customer")
            _ = try await database.aggregate("Order", ["max": "total"])
            let numbers = tracer.popFinishedSpans().map(\.operationName)
            #expect(numbers.contains("count Customer") && numbers.contains("aggregate Order"))
            for try await _ in try database.stream("Order", filter: ["limit": 1]) {}
            #expect(tracer.popFinishedSpans().map(\.operationName).contains("stream Order"))

            await database.close()
            tracer.clearAll(includingActive: true)
            _ = try? await database.find("Customer")
            let failed = try #require(tracer.finishedSpans.first { $0.operationName == "find Customer" })
            #expect(failed.attributes["error.type"]?.toSpanAttribute() == "POOL_CLOSED")
            #expect(failed.status?.code == .error)
            #expect(failed.errors.isEmpty, "the error may quote rows")
        }
    }
}
