// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Behind PgBouncer in transaction mode, where it is installed; ``StatementNameTests`` has a pooler of the tests' own.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PgBouncerTests {
    /// A server of its own, and PgBouncer before it; nil where that isn't installed.
    private func start(_ settings: [String] = []) async throws -> (EmbeddedServer, PgBouncer)? {
        guard let program = PgBouncer.program else {
            print(
                "PgBouncer isn't installed: what goes through it is left out. Scripts/install-deps --pooler installs it."
            )
            return nil
        }
        let server = try await PrivateServer.start()
        return (server, try PgBouncer(program: program, before: server, settings: settings))
    }

    private func pool(
        _ bouncer: PgBouncer, _ cache: ConnectionConfiguration.StatementCache, maximum: Int = 8
    ) throws -> ConnectionPool {
        var connection = try ConnectionConfiguration(url: bouncer.url(), environment: [:])
        connection.statementCache = cache
        return ConnectionPool(
            configuration: PoolConfiguration(maximumConnections: maximum), connection: connection,
            logger: ConnectionFixture.logger)
    }

    @Test func itsRefusalOfOptionsSaysWhatToDo() async throws {
        guard let (server, bouncer) = try await start() else { return }
        let pool = try pool(bouncer, .named(limit: 256))
        let error = try await expect(.connectFailed, sqlState: "08P01") { try await pool.start() }
        #expect(error.message.contains("statementCache"))
        await pool.shutdown(deadline: .seconds(5))
        await server.stop()
    }

    @Test func withoutNamesEverythingWorks() async throws {
        guard let (server, bouncer) = try await start() else { return }
        let pool = try pool(bouncer, .unnamed)
        try await exercise(pool)
        await pool.shutdown(deadline: .seconds(5))
        await server.stop()
    }

    @Test func withNamesNobodyGetsAnothersAnswer() async throws {
        guard let (server, bouncer) = try await start(["ignore_startup_parameters = options"]) else { return }
        let pool = try pool(bouncer, .named(limit: 256))
        try await exercise(pool)
        await pool.shutdown(deadline: .seconds(5))
        await server.stop()
    }

    /// Statements, pipelines, transactions with savepoints, cursors, limits, errors and cancelling, from many tasks.
    private func exercise(_ pool: ConnectionPool) async throws {
        try await pool.start()
        try await pool.execute("create table pooled (task int, number int, primary key (task, number))")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<12 {
                group.addTask { try await self.exercise(pool, task) }
            }
            try await group.waitForAll()
        }
        let rows = try await pool.execute("select count(*)::text, count(distinct task)::text from pooled")
        #expect(rows.text() == "\(12 * 20)" && rows.text(0, 1) == "12")
        // The pooler's own cancelling.
        let sleeper = Task { try await pool.execute("select pg_sleep(30)") }
        try await Task.sleep(for: .milliseconds(100))
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(try await pool.execute("select 'after'").text() == "after")
    }

    private func exercise(_ pool: ConnectionPool, _ task: Int) async throws {
        for number in 0..<20 {
            let rows = try await pool.execute(
                "select 'task \(unsafeRaw: "\(task)") of \(unsafeRaw: "\(number % 7)")', \(Int64(number))::text")
            #expect(rows.text() == "task \(task) of \(number % 7)" && rows.text(0, 1) == "\(number)")
            // A statement that is stale on the session of the moment is told; the transaction is run again.
            try await pool.withConnection { connection in
                try await connection.withRetryingTransaction(maxAttempts: 60) { connection in
                    try await connection.execute("insert into pooled values (\(task), \(number))")
                    try? await connection.withTransaction { connection in
                        _ = try await connection.run("insert into pooled values (\(task), \(number))")
                    }
                    let own = try await connection.run("select count(*)::text from pooled where task = \(task)")
                    #expect(own.text() == "\(number + 1)")
                }
            }
        }
        let results = try await pool.pipeline((0..<5).map { Statement("select 'pipe \(task) \($0)'") })
        #expect(results.map { $0.text() } == (0..<5).map { "pipe \(task) \($0)" })
        let cursor = [
            "begin read only", "declare c cursor for select generate_series(1, 9)::text", "fetch 3 from c", "commit",
        ]
        let fetched = try await pool.pipeline(cursor.map { Statement($0, preparation: .unnamed) })
        #expect(fetched[2].count == 3)
        try await expect(.resultTooLarge) {
            try await pool.execute("select generate_series(1, 5000)", limits: ResultLimits(rows: 10))
        }
        try await expect(.server, sqlState: "22012") { try await pool.execute("select 1/0") }
    }
}
