// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import InMemoryTracing
import Libpq
import TestSupport
import Testing
import Tracing

/// A pool on a healthy server.
@Suite struct PoolServerTests {
    let url: String

    init() async throws { url = try await TestDatabase.named("pool").url }

    // MARK: Lending

    @Test func lendsTheSameConnectionAgain() async throws {
        let served = try ServedPool(url, name: "pool-again", minimum: 2)
        try await served.pool.start()
        #expect(served.pool.status.idle == 2)
        var used: Set<Int> = []
        for _ in 0..<5 {
            used.insert(
                try await served.pool.withConnection { connection in
                    let answer = try await connection.text("6 * 7")
                    #expect(answer == "42")
                    return connection.processID
                })
        }
        #expect(used.count == 1)
        #expect(try await served.sessions() == 2)
        #expect(try await served.close())
    }

    @Test func aHundredTasksShareTwoSessions() async throws {
        let served = try ServedPool(url, name: "pool-hundred", maximum: 2)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await served.pool.withConnection { connection in
                        try await connection.execute(Statement("select pg_sleep(0.002)"))
                        return try await connection.text("\(number)")
                    }
                }
            }
            var answers: Set<String> = []
            for try await answer in group { answers.insert(answer ?? "nothing") }
            #expect(answers == Set((0..<100).map(String.init)))
        }
        #expect(served.pool.status.idle == 2)
        #expect(try await served.sessions() == 2)
        #expect(try await served.close())
    }

    @Test func aTimeoutLeavesTheQueueToTheNext() async throws {
        let served = try ServedPool(url, name: "pool-timeout", maximum: 1)
        let gate = Gate()
        let holder = Task { try await served.pool.withConnection { _ in await gate.wait() } }
        #expect(await eventually { served.pool.status.leased == 1 })
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.withConnection(timeout: .milliseconds(30)) { _ in }
        }
        #expect(error?.code == .acquireTimeout)
        #expect(error?.acquire?.status.leased == 1)
        let next = Task { try await served.pool.withConnection { try await $0.text("1") } }
        #expect(await eventually { served.pool.status.waiting == 1 })
        gate.open()
        #expect(try await next.value == "1")
        try await holder.value
        #expect(try await served.close())
    }

    @Test func halfOfAThousandWaitersCancelled() async throws {
        let served = try ServedPool(url, name: "pool-cancel", maximum: 3)
        let gate = Gate()
        let holders = (0..<3).map { _ in Task { try await served.pool.withConnection { _ in await gate.wait() } } }
        #expect(await eventually { served.pool.status.leased == 3 })
        let waiters = (0..<1_000).map { _ in Task { try await served.pool.withConnection { try await $0.text("1") } } }
        #expect(await eventually { served.pool.status.waiting == 1_000 })
        for waiter in waiters.enumerated() where waiter.offset % 2 == 0 { waiter.element.cancel() }
        gate.open()
        for holder in holders { try await holder.value }
        var (answered, cancelled) = (0, 0)
        for waiter in waiters {
            switch await waiter.result {
            case .success(let answer): answered += answer == "1" ? 1 : 0
            case .failure(let error): cancelled += error is CancellationError ? 1 : 0
            }
        }
        #expect(answered >= 500)
        #expect(answered + cancelled == 1_000)
        #expect(await eventually { served.pool.status.idle == served.pool.status.size })
        #expect(try await served.close())
    }

    @Test func aNestedLeaseIsNamedInTheError() async throws {
        let served = try ServedPool(url, name: "pool-nested", maximum: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.withConnection { _ in
                try await served.pool.withConnection(timeout: .milliseconds(20)) { _ in }
            }
        }
        #expect(error?.message.contains("withConnection inside withConnection") == true)
        #expect(try await served.close())
    }

    // MARK: What comes back

    @Test(arguments: ["select 1", "select 1/0"])
    func aTransactionLeftOpenIsRolledBack(statement: String) async throws {
        let log = RecordingLog()
        let served = try ServedPool(url, name: "pool-open-\(statement.utf8.count)", maximum: 1, logger: log.logger)
        try await served.pool.withConnection { connection in
            try await connection.execute(Statement("begin", preparation: .unnamed))
            try await connection.execute(Statement("create table left_open (id int)", preparation: .unnamed))
            _ = try? await connection.execute(Statement(statement, preparation: .unnamed))
        }
        try await served.pool.withConnection { connection in
            #expect(connection.transactionStatus == .idle)
            let answer = try await connection.text("to_regclass('left_open')")
            #expect(answer == nil)
        }
        #expect(log.lines.contains { $0.contains("given back in a transaction") })
        #expect(served.pool.status.size == 1)
        #expect(try await served.sessions("state like 'idle in transaction%'") == 0)
        #expect(try await served.close())
    }

    @Test func theSessionPolicyClearsSettingsLocksAndTemporaryTables() async throws {
        for policy in [PoolConfiguration.ResetPolicy.transaction, .session] {
            let served = try ServedPool(url, name: "pool-reset-\(policy)", maximum: 1) { $0.resetPolicy = policy }
            try await served.pool.withConnection { connection in
                try await connection.execute(Statement("set work_mem = '7MB'", preparation: .unnamed))
                try await connection.execute(Statement("create temp table scratch (id int)", preparation: .unnamed))
                try await connection.execute(Statement("select pg_advisory_lock(4711)", preparation: .unnamed))
                try await connection.execute(Statement("listen pool_channel", preparation: .unnamed))
            }
            try await served.pool.withConnection { connection in
                let kept = policy == .transaction
                let memory = try await connection.text("current_setting('work_mem')")
                let scratch = try await connection.text("to_regclass('scratch')")
                let channels = try await connection.text("select count(*) from pg_listening_channels()")
                let locks = try await connection.text(
                    "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")
                #expect((memory == "7MB") == kept)
                #expect((scratch != nil) == kept)
                #expect(channels == (kept ? "1" : "0"))
                #expect(locks == (kept ? "1" : "0"))
                let zone = try await connection.text("current_setting('TimeZone')")
                #expect(zone == "UTC")
            }
            #expect(try await served.close())
        }
    }

    @Test func aStatementThatOutlivesItsLeaseIsNotHandedOn() async throws {
        let served = try ServedPool(url, name: "pool-outlive", maximum: 1)
        let (first, running) = try await served.pool.withConnection { connection in
            let task = Task { try await connection.execute(Statement("select pg_sleep(30)")) }
            #expect(await eventually { connection.transactionStatus == .active })
            return (connection.processID, task)
        }
        try await served.pool.withConnection { #expect($0.processID != first) }
        await #expect(throws: PostgresError.self) { try await running.value }
        #expect(try await eventually { try await served.sessions() == 1 })
        #expect(try await served.close())
    }

    // MARK: Spans

    @Test func spansTellWhatWasAskedAndNoValues() async throws {
        let tracer = InMemoryTracer()
        let served = try ServedPool(url, name: "pool-spans", maximum: 1)
        let database = try await TestDatabase.named("pool").name
        try await withTracer(tracer) {
            try await served.pool.withConnection { connection in
                try await connection.execute(Statement(" select generate_series(1, 3)"))
                _ = try await connection.pipeline([Statement("select 1"), Statement("select 2")])
                _ = try? await connection.execute(Statement("insert into nowhere values (1)"))
            }
        }
        let spans = tracer.finishedSpans
        #expect(
            spans.map(\.operationName) == [
                "acquire connection", "SELECT \(database)", "BATCH SELECT \(database)", "INSERT \(database)",
            ])
        #expect(spans.map(\.kind) == [.internal, .client, .client, .client])
        #expect(spans.allSatisfy { $0.attributes["db.system.name"]?.toSpanAttribute() == "postgresql" })
        #expect(spans[0].attributes["db.client.connection.pool.name"]?.toSpanAttribute() == "kinship")
        #expect(spans[1].attributes["db.query.text"]?.toSpanAttribute() == " select generate_series(1, 3)")
        #expect(spans[1].attributes["db.response.returned_rows"]?.toSpanAttribute() == 3)
        #expect(spans[1].attributes["db.namespace"]?.toSpanAttribute() == .string(database))
        #expect(spans[2].attributes["db.operation.batch.size"]?.toSpanAttribute() == 2)
        #expect(spans[2].attributes["db.query.text"]?.toSpanAttribute() == "select 1; select 2")
        #expect(spans[3].attributes["db.response.status_code"]?.toSpanAttribute() == "42P01")
        #expect(spans[3].attributes["error.type"]?.toSpanAttribute() == "42P01")
        #expect(spans[3].status?.code == .error)
        #expect(try await served.close())
    }
}
