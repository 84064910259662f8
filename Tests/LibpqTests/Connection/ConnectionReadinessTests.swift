// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// Both ways of waiting for sockets, and large amounts in both directions.
@Suite struct ConnectionReadinessTests {
    enum Kind: CaseIterable, Sendable {
        case standard, dispatch

        var source: any ReadinessSource {
            switch self {
            case .standard: Readiness.source
            case .dispatch: DispatchReadiness()
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func statementsAndFailures(_ kind: Kind) async throws {
        let connection = try await ConnectionFixture.connect(source: kind.source)
        for number in 0..<50 { #expect(try await connection.answer(to: "select '\(number)'") == "\(number)") }
        try await expect(.server, sqlState: "22012") { try await connection.run("select 1/0") }
        let task = Task { try await connection.run("select pg_sleep(30)") }
        #expect(await eventually { connection.transactionStatus == .active })
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await TestDatabase.named("connection").run("select pg_terminate_backend(\(connection.processID))")
        #expect(await eventually { connection.isClosed })
    }

    /// Far more than the sockets hold, out and back at the same time: who doesn't read while writing stands still.
    @Test(arguments: Kind.allCases)
    func bothDirectionsFull(_ kind: Kind) async throws {
        let connection = try await ConnectionFixture.connect(source: kind.source)
        try await connection.run("create temp table both_ways (body text)")
        var parameters = Parameters()
        parameters.append(text: String(repeating: "x", count: 300_000))
        let statement = Statement("insert into both_ways values ($1) returning body || body", parameters)
        let results = try await connection.pipeline(Array(repeating: statement, count: 60))
        #expect(results.count == 60)
        for rows in results { #expect(rows.bytes(row: 0, column: 0)?.count == 600_000) }
        #expect(connection.counters.preparations == 1)
    }

    @Test(arguments: Kind.allCases)
    func aServerThatReadsNothingHoldsNobodyElseUp(_ kind: Kind) async throws {
        let source = kind.source
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let stalled = try await ConnectionFixture.connect(url: url, source: source) {
            $0.statementTimeoutGrace = .milliseconds(200)
        }
        let other = try await ConnectionFixture.connect(source: source)
        proxy.pause(.toServer)
        var parameters = Parameters()
        parameters.append(text: String(repeating: "x", count: 30_000_000))
        let statement = Statement("select length($1::text)", parameters)
        let answer = Task { try await stalled.execute(statement, timeout: .milliseconds(500)) }
        #expect(await eventually { stalled.transactionStatus == .active })
        for _ in 0..<20 { #expect(try await other.answer(to: "select 'served'") == "served") }
        try await expect(.statementTimeout) { _ = try await answer.value }
        #expect(stalled.isClosed)
        proxy.close()
    }

    @Test func manySmallRowsAndSlowNetworks() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let connection = try await ConnectionFixture.connect(url: url)
        let rows = try await connection.run("select i::text from generate_series(1, 100000) i")
        #expect(rows.count == 100_000 && rows.text(99_999) == "100000")
        proxy.slow(.toClient, perByte: .microseconds(200))
        #expect(try await connection.answer(to: "select 'slowly'") == "slowly")
        proxy.close()
    }

    @Test func tasksMayRunWhereAnswersArrive() async throws {
        let connections = [try await ConnectionFixture.connect(), try await ConnectionFixture.connect()]
        try await withTaskExecutorPreference(Readiness.executor) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let connection = connections[number % 2]
                    group.addTask {
                        for round in 0..<20 {
                            let text = try await connection.answer(to: "select '\(number % 5) \(round % 5)'")
                            #expect(text == "\(number % 5) \(round % 5)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await connections[0].withTransaction { _ = try await $0.run("select 1") }
            let task = Task(executorPreference: Readiness.executor) {
                try await connections[0].run("select pg_sleep(30)")
            }
            #expect(await eventually { connections[0].transactionStatus == .active })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
