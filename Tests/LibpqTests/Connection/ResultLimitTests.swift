// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// Limits of results, kept while rows arrive.
@Suite struct ResultLimitTests {
    /// More rows than anybody could read, sent as they are made: only who stops reading gets an answer.
    private static let endless = Statement("select generate_series(1, 1000000000000::int8), 'row' as name")

    // MARK: Refused

    @Test(arguments: [ResultLimits(rows: 1000), ResultLimits(bytes: 100_000), ResultLimits(rows: 0)])
    func `Reading stops with the first row too many, and the connection goes on`(limits: ResultLimits) async throws {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        for _ in 1...3 {
            let error = try await expect(.resultTooLarge) {
                try await connection.execute(Self.endless, limits: limits)
            }
            #expect(error.sql == Self.endless.text)
            #expect(error.statementIndex == nil)
            #expect(try await connection.answer(to: "select 'here'") == "here")
        }
        #expect(!connection.isClosed)
    }

    @Test func `The server hears that nobody reads any more`() async throws {
        let connection = try await ConnectionFixture.connect()
        let other = try await ConnectionFixture.connect()
        defer {
            connection.close()
            other.close()
        }
        try await expect(.resultTooLarge) {
            try await connection.execute(Self.endless, limits: ResultLimits(rows: 1))
        }
        let state = try await other.answer(
            to: "select state from pg_stat_activity where pid = \(connection.processID)")
        #expect(state == "idle")
    }

    @Test func `A value that is too large by itself closes the connection, and the pool has another one`() async throws
    {
        let served = try ServedPool(try await TestDatabase.named("limits").url, name: "limits-value", maximum: 1)
        let before = try await served.pool.withConnection { $0.processID }
        let value = Statement("select repeat('x', 200000000)")
        try await expect(.resultTooLarge) {
            try await served.pool.execute(value, limits: ResultLimits(bytes: 1 << 20))
        }
        #expect(try await served.pool.execute("select 1").count == 1)
        #expect(try await served.pool.withConnection { $0.processID } != before)
        #expect(try await served.close())
    }

    @Test func `Results of a pipeline count together`() async throws {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        let ten = Statement("select generate_series(1, 10)")
        let results = try await connection.pipeline([ten, ten, ten], limits: ResultLimits(rows: 30))
        #expect(results.map(\.count) == [10, 10, 10])
        let error = try await expect(.resultTooLarge) {
            _ = try await connection.pipeline([ten, ten, ten, Self.endless], limits: ResultLimits(rows: 29))
        }
        #expect(error.statementIndex == 2)
        let outcomes = try await connection.pipelineOutcomes([ten, Self.endless, ten], limits: ResultLimits(rows: 15))
        #expect(outcomes.map { $0.map(\.count).get(orElse: -1) } == [10, -1, -1])
        #expect(try await connection.answer(to: "select 'here'") == "here")
    }

    @Test func `A transaction whose statement is refused is rolled back`() async throws {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        try await connection.run("create temporary table kept (id int)")
        try await expect(.resultTooLarge) {
            try await connection.withTransaction { connection in
                try await connection.execute("insert into kept values (1)")
                try await connection.execute(Self.endless, limits: ResultLimits(rows: 5))
            }
        }
        try await expect(.resultTooLarge) {
            _ = try await connection.pipeline(
                [Statement("insert into kept values (2) returning id"), Self.endless], isolation: .repeatableRead,
                limits: ResultLimits(rows: 5))
        }
        #expect(connection.transactionStatus == .idle)
        #expect(try await connection.answer(to: "select count(*)::text from kept") == "0")
    }

    @Test func `The configuration's limits hold where a request names none`() async throws {
        let connection = try await ConnectionFixture.connect { $0.resultLimits = ResultLimits(rows: 3) }
        defer { connection.close() }
        try await expect(.resultTooLarge) { try await connection.execute("select generate_series(1, 4)") }
        #expect(
            try await connection.execute("select generate_series(1, 4)", limits: ResultLimits()).count == 4)
    }

    // MARK: Allowed

    @Test func `What is allowed is the same as without limits`() async throws {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        let texts = [
            "select n, case when n % 3 = 0 then null else repeat('ä', n) end as name, n / 7.0::float8 from generate_series(1, 500) n",
            "select from generate_series(1, 5)", "select 1 where false", "select", "",
            "values (null::text, ''::bytea, array[1, null])",
        ]
        for text in texts {
            let plain = try await connection.execute(Statement(text))
            let limited = try await connection.execute(
                Statement(text), limits: ResultLimits(rows: plain.count, bytes: 1 << 20))
            #expect(limited.count == plain.count, "\(text)")
            #expect(limited.columns == plain.columns, "\(text)")
            #expect(limited.commandTag == plain.commandTag, "\(text)")
            #expect(limited.affectedRows == plain.affectedRows, "\(text)")
            for row in 0..<plain.count {
                for column in 0..<plain.columnCount {
                    let (one, other) = (
                        limited.bytes(row: row, column: column), plain.bytes(row: row, column: column)
                    )
                    #expect(
                        (one == nil) == (other == nil)
                            && (one ?? .init(start: nil, count: 0)).elementsEqual(other ?? .init(start: nil, count: 0)))
                }
            }
        }
    }

    @Test func `An error among the rows is the server's`() async throws {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        try await expect(.server, sqlState: "22012") {
            try await connection.execute(
                "select 1 / (5 - n) from generate_series(1, 10) n", limits: ResultLimits(rows: 100))
        }
        let rows = try await connection.execute("select 7::int8", limits: ResultLimits(rows: 100))
        #expect(try rows.decode(Int64.self, row: 0, column: 0) == 7)
        #expect(rows.count == 1)
    }

    @Test func `A stale prepared statement heals under limits too`() async throws {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        try await connection.run("create temporary table healed as select 1 as one")
        let all = Statement("select * from healed")
        #expect(try await connection.execute(all, limits: ResultLimits(rows: 10)).columnCount == 1)
        let changed = "do $$ begin execute 'alter table healed add column two int default 2'; end $$"
        try await connection.run(changed)
        let rows = try await connection.execute(all, limits: ResultLimits(rows: 10))
        #expect(rows.columnCount == 2)
        #expect(rows.count == 1)
    }

    // MARK: Left behind

    @Test func `Abandoned and refused requests leave the pool as it was`() async throws {
        let served = try ServedPool(try await TestDatabase.named("limits").url, name: "limits-pool", maximum: 3)
        let pool = served.pool
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let task = Task {
                        try await pool.execute(Self.endless, limits: ResultLimits(rows: number % 2 == 0 ? 50_000 : 10))
                    }
                    if number % 3 == 0 {
                        try? await Task.sleep(for: .milliseconds(number / 4))
                        task.cancel()
                    }
                    let result = await task.result
                    #expect(throws: (any Error).self) { try result.get() }
                }
            }
        }
        #expect(
            await eventually {
                pool.status.leased == 0 && pool.status.waiting == 0 && pool.status.preparing == 0
            })
        #expect(try await served.sessions("state <> 'idle'") == 0)
        let rows = try await pool.execute("select 5::int8")
        #expect(try rows.decode(Int64.self, row: 0, column: 0) == 5)
        #expect(try await served.close())
    }

    @Test func `A connection that held a huge value is not kept`() async throws {
        let served = try ServedPool(
            try await TestDatabase.named("limits").url, name: "limits-kept", maximum: 1,
            connection: { $0.keptBuffer = 3 << 20 })
        func process() async throws -> Int { try await served.pool.withConnection { $0.processID } }
        let first = try await process()
        // Many rows are no huge row, and a value below the limit is none either.
        try await served.pool.execute("select repeat('x', 1000) from generate_series(1, 8000)")
        try await served.pool.execute("select repeat('x', 2000000)")
        #expect(try await process() == first)
        try await served.pool.execute("select repeat('x', 4000000)")
        let second = try await process()
        #expect(second != first)
        try await served.pool.execute("select repeat('x', 4000000)", limits: ResultLimits(rows: 1))
        let third = try await process()
        #expect(third != second)
        let sent = String(repeating: "x", count: 4_000_000)
        try await served.pool.execute("select length(\(sent))")
        #expect(try await process() != third)
        #expect(try await served.close())
    }
}

extension Result {
    /// The value, or another one for a failure.
    fileprivate func get(orElse other: Success) -> Success { (try? get()) ?? other }
}
