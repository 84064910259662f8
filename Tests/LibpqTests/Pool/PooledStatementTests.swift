// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import InMemoryTracing
import TestSupport
import Testing
import Tracing

@testable import Libpq

/// Statements that go through a pool without a connection being lent to their task.
@Suite(.withAndWithoutSharing) struct PooledStatementTests {
    let url: String

    init() async throws { url = try await TestDatabase.named("pooled").url }

    private func number(_ rows: RowSet?) throws -> Int64? { try rows?.decode(Int64.self, row: 0, column: 0) }

    // MARK: Answers

    @Test func aStatementIsAnsweredAndItsConnectionComesBackBefore() async throws {
        let served = try ServedPool(url, name: "pooled-one", maximum: 1)
        for value in 1...3 {
            let rows = try await served.pool.execute("select \(Int64(value)) * 7")
            #expect(try number(rows) == Int64(value) * 7)
            #expect(served.pool.status.idle == 1)
            #expect(served.pool.status.leased == 0)
        }
        let counters = try await served.pool.withConnection { $0.counters }
        #expect(counters.statements == 3)
        #expect(counters.roundTrips == 3)
        #expect(counters.preparations == 1)
        #expect(try await served.close())
    }

    @Test func aPipelineIsOneRoundTripAndHappensWholeOrNotAtAll() async throws {
        let served = try ServedPool(url, name: "pooled-pipeline", maximum: 1)
        try await served.pool.execute("drop table if exists pooled_pipeline")
        try await served.pool.execute("create table pooled_pipeline (id int primary key)")
        let before = try await served.pool.withConnection { $0.counters }
        let results = try await served.pool.pipeline([
            Statement("insert into pooled_pipeline values (1)"), Statement("select count(*) from pooled_pipeline"),
        ])
        let after = try await served.pool.withConnection { $0.counters }
        #expect(after.roundTrips - before.roundTrips == 1)
        #expect(results.count == 2)
        #expect(try number(results.last) == 1)
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.pipeline([
                Statement("insert into pooled_pipeline values (2)"),
                Statement("insert into pooled_pipeline values (1)"),
                Statement("select 1"),
            ])
        }
        #expect(error?.sqlState == "23505")
        #expect(error?.statementIndex == 1)
        #expect(try await number(served.pool.execute("select count(*) from pooled_pipeline")) == 1)
        #expect(try await served.pool.pipeline([]).isEmpty)
        #expect(try await served.close())
    }

    @Test func aBeginWithoutAnEndIsRolledBack() async throws {
        let log = RecordingLog()
        let served = try ServedPool(url, name: "pooled-begin", maximum: 1, logger: log.logger)
        try await served.pool.execute("begin")
        try await served.pool.withConnection { #expect($0.transactionStatus == .idle) }
        #expect(log.lines.contains { $0.contains("given back in a transaction") })
        #expect(try await served.close())
    }

    @Test func whatTheProtocolCanNotTakeIsRefusedBeforeThePoolIsAsked() async throws {
        let served = try ServedPool(url, name: "pooled-refused", maximum: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.execute(Statement("select '\0'"))
        }
        #expect(error?.code == .invalidParameter)
        #expect(served.pool.status.size == 0)
        let unusable = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 3, maximumConnections: 2),
            connection: try ConnectionConfiguration(url: url), logger: RecordingLog().logger)
        let problem = await #expect(throws: PostgresError.self) { try await unusable.execute("select 1") }
        #expect(problem?.code == .invalidConfiguration)
        #expect(try await served.close())
    }

    // MARK: Waiting

    @Test func callersAreServedInOrderByOneConnection() async throws {
        let served = try ServedPool(url, name: "pooled-order", maximum: 1)
        try await served.pool.execute("drop table if exists pooled_order")
        try await served.pool.execute("create table pooled_order (id serial primary key, caller int)")
        let gate = Gate()
        let holder = Task { try await served.pool.withConnection { _ in await gate.wait() } }
        #expect(await eventually { served.pool.status.leased == 1 })
        var callers: [Task<Void, any Error>] = []
        for caller in 0..<20 {
            // Tasks that are lent a connection and statements that need none wait in one queue.
            callers.append(
                Task {
                    let statement: SQL = "insert into pooled_order (caller) values (\(Int32(caller)))"
                    if caller % 3 == 0 {
                        try await served.pool.withConnection { _ = try await $0.execute(statement) }
                    } else {
                        try await served.pool.execute(statement)
                    }
                })
            #expect(await eventually { served.pool.status.waiting == caller + 1 })
        }
        gate.open()
        try await holder.value
        for caller in callers { try await caller.value }
        let rows = try await served.pool.execute("select caller::int8 from pooled_order order by id")
        #expect(try (0..<rows.count).map { try rows.decode(Int64.self, row: $0, column: 0) } == Array(0..<20))
        #expect(try await served.close())
    }

    @Test func aCallerWaitsNoLongerThanThePoolAllows() async throws {
        let served = try ServedPool(url, name: "pooled-timeout", maximum: 1) { $0.acquireTimeout = .milliseconds(30) }
        try await served.pool.withConnection(timeout: .seconds(60)) { _ in
            let error = await #expect(throws: PostgresError.self) { try await served.pool.execute("select 1") }
            #expect(error?.code == .acquireTimeout)
            #expect(error?.acquire?.status.leased == 1)
            // The hint: this task holds what it waits for.
            #expect(error?.message.contains("This task already holds 1 of them") == true)
        }
        #expect(try await number(served.pool.execute("select 1::int8")) == 1)
        #expect(try await served.close())
    }

    @Test func aClosedPoolAnswersAtOnceAlsoThoseWhoWait() async throws {
        let served = try ServedPool(url, name: "pooled-closed", maximum: 1)
        let running = Task { try await served.pool.execute("select pg_sleep(60)") }
        #expect(try await eventually { try await served.sessions("state = 'active'") == 1 })
        let waiting = Task { try await served.pool.execute("select 1") }
        #expect(await eventually { served.pool.status.waiting == 1 })
        await served.pool.shutdown(deadline: .milliseconds(20))
        let refused = await #expect(throws: PostgresError.self) { try await waiting.value }
        #expect(refused?.code == .poolClosed)
        let aborted = await #expect(throws: PostgresError.self) { try await running.value }
        #expect(aborted?.code == .connectionClosed)
        let late = await #expect(throws: PostgresError.self) { try await served.pool.execute("select 1") }
        #expect(late?.code == .poolClosed)
        #expect(try await served.close())
    }

    // MARK: Stopping

    @Test func aCancelledTaskSendsNothing() async throws {
        let served = try ServedPool(url, name: "pooled-cancelled", maximum: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await served.pool.execute("select 1")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(served.pool.status.size == 0)
        // Nor where a connection lies ready.
        try await served.pool.execute("select 1")
        let second = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await served.pool.execute("select 1")
        }
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(try await served.pool.withConnection { $0.counters.statements } == 1)
        #expect(try await served.close())
    }

    @Test func cancellingStopsTheStatementAndKeepsTheConnection() async throws {
        let served = try ServedPool(url, name: "pooled-stop", maximum: 1)
        let first = try await served.pool.withConnection { $0.processID }
        let running = Task { try await served.pool.execute("select pg_sleep(60)") }
        #expect(try await eventually { try await served.sessions("state = 'active'") == 1 })
        let waiting = Task { try await served.pool.execute("select 1") }
        #expect(await eventually { served.pool.status.waiting == 1 })
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(served.pool.status.waiting == 0)
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(try await served.pool.withConnection { $0.processID } == first)
        #expect(try await served.close())
    }

    @Test func aStatementsDeadlineStopsIt() async throws {
        let served = try ServedPool(url, name: "pooled-deadline", maximum: 1) { _ in
        } connection: {
            $0.statementTimeout = .milliseconds(40)
        }
        for timeout in [nil, Duration.milliseconds(20)] {
            let error = await #expect(throws: PostgresError.self) {
                try await served.pool.execute("select pg_sleep(60)", timeout: timeout)
            }
            #expect(error?.code == .statementTimeout)
        }
        #expect(try await number(served.pool.execute("select 1::int8", timeout: .seconds(60))) == 1)
        #expect(try await served.close())
    }

    @Test func cancellationsAtEveryMomentLoseNoConnection() async throws {
        let served = try ServedPool(url, name: "pooled-race", minimum: 2, maximum: 2)
        try await served.pool.start()
        let (answered, cancelled) = try await withThrowingTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker) + 1)
                    var isAnswered = true
                    for round in 0..<60 {
                        let pause = Int64(random.next() % 600_000)
                        let attempt = Task { try await served.pool.execute("select \(Int64(round))") }
                        if random.next() % 2 == 0 {
                            try await Task.sleep(for: .nanoseconds(pause))
                            attempt.cancel()
                        }
                        switch await attempt.result {
                        case .success(let rows):
                            let answer = try rows.decode(Int64.self, row: 0, column: 0)
                            isAnswered = isAnswered && answer == Int64(round)
                        case .failure(let error):
                            isAnswered = isAnswered && error is CancellationError
                        }
                    }
                    return isAnswered
                }
            }
            var (answered, all) = (0, 0)
            for try await isAnswered in group {
                answered += isAnswered ? 1 : 0
                all += 1
            }
            return (answered, all - answered)
        }
        #expect(answered == 8)
        #expect(cancelled == 0)
        #expect(served.pool.status.idle == served.pool.status.size)
        #expect(served.pool.status.waiting == 0)
        #expect(try await served.close())
    }

    // MARK: Broken connections

    @Test func aConnectionThatHasJustBrokenIsNotUsed() async throws {
        let served = try ServedPool(url, name: "pooled-broken", maximum: 1)
        let broken = try await served.pool.withConnection { $0 }
        #expect(await eventually { broken.state.withLock { !$0.terminationHandlers.isEmpty } })
        // Ends without the pool being told, as when it is lent at the very moment it breaks.
        broken.state.withLock { $0.terminationHandlers = [] }
        broken.close()
        #expect(served.pool.status.idle == 1)
        let rows = try await served.pool.execute("select pg_backend_pid()::int8")
        #expect(try number(rows) != Int64(broken.processID))
        #expect(served.pool.status.size == 1)
        #expect(try await served.close())
    }

    @Test func aSessionThatEndsUnderAStatementCostsThatOne() async throws {
        let served = try ServedPool(url, name: "pooled-lost", maximum: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await served.pool.execute("select pg_terminate_backend(pg_backend_pid()), pg_sleep(60)")
        }
        #expect(error?.code == .connectionLost)
        #expect(try await number(served.pool.execute("select 1::int8")) == 1)
        #expect(try await served.close())
    }

    @Test func sessionsThatEndUnderLoadCostWhatRanOnThem() async throws {
        let served = try ServedPool(url, name: "pooled-killed", maximum: 4)
        let end = Gate()
        let killer = Task {
            defer { end.open() }
            var killed = 0
            while killed < 12 {
                let rows = try await TestSession.run(
                    """
                    SELECT count(*) FROM (SELECT state, pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                    WHERE application_name = 'pooled-killed' OFFSET 0) AS s WHERE ended AND state = 'active'
                    """, url: url)
                killed += rows.first?.first?.flatMap { $0 }.flatMap { Int($0) } ?? 0
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let (right, lost) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for worker in 0..<12 {
                group.addTask {
                    var (right, lost) = (0, 0)
                    while !end.isOpen {
                        let number = Int64(worker) << 32 + Int64(right)
                        // One that surely runs when its session ends.
                        let text: SQL = worker == 0 ? "select \(number), pg_sleep(0.05)" : "select \(number)"
                        do {
                            let rows = try await served.pool.execute(text)
                            try #require(try rows.decode(Int64.self, row: 0, column: 0) == number)
                            right += 1
                        } catch let error as PostgresError {
                            #expect(error.code == .connectionLost, "\(error)")
                            lost += 1
                        }
                    }
                    return (right, lost)
                }
            }
            return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        }
        try await killer.value
        #expect(right > 0)
        #expect(lost > 0)
        #expect(await eventually { served.pool.status.leased == 0 && served.pool.status.waiting == 0 })
        #expect(try await number(served.pool.execute("select 1::int8")) == 1)
        #expect(try await served.close())
    }

    // MARK: Spans

    @Test func spansArePartOfWhatTheTaskIsDoing() async throws {
        let tracer = InMemoryTracer()
        let served = try ServedPool(url, name: "pooled-spans", maximum: 1)
        let database = try await TestDatabase.named("pooled").name
        try await withTracer(tracer) {
            try await tracer.withAnySpan("request", ofKind: .server, isolation: nil, function: "", file: "", line: 0) {
                _ in
                try await served.pool.execute(" select generate_series(1, 3)")
                _ = try await served.pool.pipeline([Statement("select 1"), Statement("select 2")])
                _ = try? await served.pool.execute("insert into nowhere values (1)")
            }
            await served.pool.shutdown(deadline: .seconds(5))
            _ = try? await served.pool.execute("select 1")
        }
        let spans = tracer.finishedSpans
        #expect(
            spans.map(\.operationName) == [
                "acquire connection", "SELECT \(database)", "acquire connection", "BATCH SELECT \(database)",
                "acquire connection", "INSERT \(database)", "request", "acquire connection",
            ])
        try #require(spans.count == 8)
        let request = spans[6]
        #expect(spans.prefix(6).allSatisfy { $0.parentSpanID == request.spanID })
        #expect(spans[0].attributes["db.client.connection.pool.name"]?.toSpanAttribute() == "kinship")
        #expect(spans[1].attributes["db.query.text"]?.toSpanAttribute() == " select generate_series(1, 3)")
        #expect(spans[1].attributes["db.response.returned_rows"]?.toSpanAttribute() == 3)
        #expect(spans[5].attributes["error.type"]?.toSpanAttribute() == "42P01")
        #expect(spans[7].errors.count == 1)
        #expect(try await served.close())
    }
}
