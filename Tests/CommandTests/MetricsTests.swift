// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import KinshipCommand

/// What is measured, as Prometheus reads it.
@Suite struct MetricsTests {
    // MARK: The text

    @Test func eachKindHasItsForm() {
        let registry = MetricsRegistry()
        let hits = Counter(label: "a.hits", dimensions: [("cache", "plans")], factory: registry)
        hits.increment(by: 2)
        hits.increment()
        let size = Meter(label: "b.size", dimensions: [], factory: registry)
        size.set(7.5)
        size.decrement(by: 0.5)
        let time = CoreMetrics.Timer(label: "c.time", dimensions: [("http.route", "/a/:id")], factory: registry)
        time.recordNanoseconds(2_000_000)
        time.recordNanoseconds(40_000_000_000)
        let lines = registry.text.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(5) == [
                "# TYPE a_hits_total counter", #"a_hits_total{cache="plans"} 3"#, "# TYPE b_size gauge", "b_size 7",
                "# TYPE c_time_seconds histogram",
            ])
        #expect(lines.contains(#"c_time_seconds_bucket{http_route="/a/:id",le="0.001"} 0"#))
        #expect(lines.contains(#"c_time_seconds_bucket{http_route="/a/:id",le="0.0025"} 1"#))
        #expect(lines.contains(#"c_time_seconds_bucket{http_route="/a/:id",le="10"} 1"#))
        #expect(lines.contains(#"c_time_seconds_bucket{http_route="/a/:id",le="+Inf"} 2"#))
        #expect(lines.contains(#"c_time_seconds_sum{http_route="/a/:id"} 40.002"#))
        #expect(lines.contains(#"c_time_seconds_count{http_route="/a/:id"} 2"#))
        #expect(lines.last == "kinship_metrics_series_left_out 0")
    }

    /// One name and its labels are one series, whoever asks for it; one that goes is gone.
    @Test func aSeriesIsThereOnce() {
        let registry = MetricsRegistry()
        let one = Counter(label: "n", dimensions: [("a", "1")], factory: registry)
        let same = Counter(label: "n", dimensions: [("a", "1")], factory: registry)
        let other = Counter(label: "n", dimensions: [("a", "2")], factory: registry)
        for counter in [one, same, other] { counter.increment() }
        #expect(registry.text.contains("n_total{a=\"1\"} 2\n") && registry.text.contains("n_total{a=\"2\"} 1\n"))
        #expect(registry.text.ranges(of: "# TYPE n_total").count == 1)
        other.destroy()
        #expect(!registry.text.contains("a=\"2\"") && registry.text.contains("a=\"1\""))
        // A name that is taken by another kind is measured for nobody, and breaks nothing.
        let odd = CoreMetrics.Timer(label: "n.total", factory: registry)
        let taken = Meter(label: "n_total", factory: registry)
        odd.recordNanoseconds(1)
        taken.set(5)
        #expect(registry.text.contains("kinship_metrics_series_left_out 1\n"))
        #expect(!registry.text.contains("n_total 5"))
    }

    @Test func namesAndValuesAreWhatPrometheusTakes() {
        let registry = MetricsRegistry()
        let counter = Counter(
            label: "1 wild.näme", dimensions: [("a-b.c", "quote \" back \\ line\nend ü")], factory: registry)
        counter.increment(by: Int64.max)
        counter.increment(by: 5)
        #expect(
            registry.text.contains(
                #"_1_wild_n_me_total{a_b_c="quote \" back \\ line\nend ü"} 9223372036854775807"# + "\n"))
        let gauge = Meter(label: "g", factory: registry)
        gauge.set(Double.infinity)
        #expect(registry.text.contains("g +Inf\n"))
    }

    @Test func thereIsAnEndOfSeries() {
        let registry = MetricsRegistry()
        for number in 0..<(MetricsRegistry.mostSeries + 20) {
            Counter(label: "many", dimensions: [("number", String(number))], factory: registry).increment()
        }
        let text = registry.text
        #expect(text.split(separator: "\n").count { $0.hasPrefix("many_total{") } == MetricsRegistry.mostSeries)
        #expect(text.contains("kinship_metrics_series_left_out 20\n"))
    }

    // MARK: The server

    #if Hummingbird
    @Test func servingShowsThemToThisMachineAlone() async throws {
        let running = try await SmallShop.shared().tool.start([
            "serve", "--port", "0", "--metrics", "--metrics-port", "0",
        ])
        try #require(await running.waitForErrors("Ctrl-C ends it"))
        try #require(await running.waitForErrors("metrics are at"))
        let said = running.errorsSoFar
        let port = try #require(said.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\/api/#)?.output.1)
        let own = try #require(said.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\/metrics/#)?.output.1)
        let client = RawHTTP(port: try #require(Int(port)))
        let collector = RawHTTP(port: try #require(Int(own)))
        for id in 1...2 { #expect(try await client.send("GET", "/api/Customers/\(id)").status == 200) }
        _ = try await client.send("GET", "/api/never-heard-of")
        let metrics = try await collector.send("GET", "/metrics")
        #expect(metrics.status == 200)
        #expect(metrics.fields["content-type"] == ["text/plain; version=0.0.4; charset=utf-8"])
        let labels = #"http_request_method="GET",http_route="/api/Customers/:id",http_response_status_code="200""#
        #expect(metrics.text.contains("http_server_request_duration_seconds_count{\(labels)} 2\n"))
        #expect(metrics.text.contains("# TYPE kinship_operation_duration_seconds histogram"))
        #expect(metrics.text.contains("# TYPE db_client_connection_count gauge"))
        #expect(!metrics.text.contains("never-heard-of") && !metrics.text.contains("Customers/1"))
        // The service's own port never shows them, and theirs shows nothing else.
        #expect(try await client.send("GET", "/metrics").status == 404)
        #expect(try await collector.send("GET", "/api/Customers").status == 404)
        #expect(try await collector.send("POST", "/metrics").status == 405)
        running.send(SIGTERM)
        #expect(await running.outcome().status == 143)
    }

    @Test func theyAreOffUnlessAskedFor() async throws {
        let tool = try await SmallShop.shared().tool
        for arguments in [
            ["--metrics-port", "9999"], ["--metrics-host", "0.0.0.0"], ["--metrics", "--metrics-port", "-1"],
        ] {
            #expect(try await tool.run(["serve"] + arguments).status == 64, "\(arguments)")
        }
        let running = try tool.start(["serve", "--port", "0"])
        try #require(await running.waitForErrors("Ctrl-C ends it"))
        #expect(!running.errorsSoFar.contains("metrics are at"))
        running.send(SIGTERM)
        _ = await running.outcome()
    }
    #endif
}
