// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CoreMetrics
import Libpq
import MetricsTestKit
import Synchronization
import Testing

@Suite struct PoolMetricsTests {
    @Test func everyFigureHasItsNameAndValue() async throws {
        let (server, metrics) = (MockServer(), TestMetrics())
        let pool = server.pool(maximum: 2) {
            $0.name = "shop"
            $0.metricsFactory = metrics
        }
        let name = ("db.client.connection.pool.name", "shop")
        func level(_ state: String) throws -> Double? {
            try metrics.expectMeter("db.client.connection.count", [name, ("state", state)]).lastValue
        }
        try await pool.withMember { _ in
            let (used, idle) = (try level("used"), try level("idle"))
            #expect(used == 1)
            #expect(idle == nil)
            try await pool.withMember { _ in
                _ = try? await pool.withMember(timeout: .milliseconds(5)) { _ in }
                let used = try level("used")
                #expect(used == 2)
            }
            let now = try level("idle")
            #expect(now == 1)
        }
        #expect(try level("used") == 0)
        #expect(try level("idle") == 2)
        #expect(try level("connecting") == 0)
        let pending = try metrics.expectMeter("db.client.connection.pending_requests", [name])
        #expect(pending.lastValue == 0)
        #expect(pending.values.max() == 1)
        #expect(try metrics.expectCounter("db.client.connection.timeouts", [name]).totalValue == 1)
        #expect(try metrics.expectTimer("db.client.connection.wait_time", [name]).values.count == 2)
        #expect(try metrics.expectTimer("db.client.connection.use_time", [name]).values.count == 2)
        #expect(try metrics.expectTimer("db.client.connection.create_time", [name]).values.count == 2)
        let failures = try metrics.expectCounter("db.client.connection.create_failures", [name])
        #expect(failures.totalValue == 0)
        await pool.shutdown(deadline: .zero)
        #expect(try level("idle") == 0)
        server.state.withLock { $0.refusal = PostgresError(.authenticationFailed, "wrong password") }
        let locked = server.pool {
            $0.name = "shop"
            $0.metricsFactory = metrics
        }
        _ = try? await locked.start()
        #expect(failures.totalValue == 1)
    }

    @Test func theLevelsStayExactUnderLoad() async throws {
        let (server, metrics) = (MockServer(), TestMetrics())
        let pool = server.pool(maximum: 4) { $0.metricsFactory = metrics }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 { try? await pool.withMember { _ in await Task.yield() } }
                }
            }
        }
        let name = ("db.client.connection.pool.name", "kinship")
        func level(_ state: String) throws -> Double? {
            try metrics.expectMeter("db.client.connection.count", [name, ("state", state)]).lastValue
        }
        #expect(try level("used") == 0)
        #expect(try level("idle") == Double(pool.status.idle))
    }
}
