// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// Several callers' statements on one connection: each gets its own answer, its own error, its own end.
@Suite(.timeLimit(.minutes(3))) struct SharedConnectionTests {
    // MARK: Answers

    @Test func everyCallerGetsItsOwnAnswerInARoundTripOfItsOwn() async throws {
        let shared = try await SharedPool("answers", connections: 2, isPatient: false)
        let pool = shared.pool
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in Int32(0)..<48 {
                group.addTask {
                    for round in Int32(0)..<60 {
                        let value = worker * 1_000 + round
                        switch round % 4 {
                        case 0:
                            #expect(
                                try await pool.execute(shared.read(1 + value % 50)).firstText()
                                    == "row \(1 + value % 50)")
                        case 1:
                            let error = await #expect(throws: PostgresError.self) {
                                try await pool.execute(shared.quotient(0))
                            }
                            #expect(error?.sqlState == "22012")
                        case 2:
                            let results = try await pool.pipeline([shared.number(value), shared.read(1 + round % 50)])
                            #expect(try results[0].firstInteger() == value)
                            #expect(try results[1].firstText() == "row \(1 + round % 50)")
                        default: #expect(try await pool.execute(shared.number(value)).firstInteger() == value)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(pool.status.size == 2)
        #expect(await eventually { pool.status.idle == 2 })
        #expect(shared.places.allSatisfy { $0 == 0 })
        #expect(try await shared.close())
    }

    @Test func anErrorInTheMiddleIsItsCallersAlone() async throws {
        let shared = try await SharedPool("errors")
        let before = try await shared.pool.withConnection { $0.counters }
        let holder = try await shared.hold()
        var tasks = [await shared.begin(shared.read(1), taking: 1)]
        for divisor in [Int32(5), 0, 4, 0, 2] {
            tasks.append(await shared.begin(shared.quotient(divisor), taking: tasks.count + 1))
        }
        #expect(shared.places == [6])
        try await shared.release(holder)
        #expect(try await tasks[0].value.firstText() == "row 1")
        for (task, answer) in zip(tasks.dropFirst(), [Int32(20), nil, 25, nil, 50]) {
            if let answer {
                #expect(try await task.value.firstInteger() == answer)
            } else {
                let error = await #expect(throws: PostgresError.self) { try await task.value }
                #expect(error?.sqlState == "22012")
            }
        }
        let after = try await shared.pool.withConnection { $0.counters }
        #expect(after.statements - before.statements == 6)
        #expect(after.roundTrips - before.roundTrips == 6)
        #expect(after.preparations == before.preparations)
        #expect(try await shared.close())
    }

    @Test func nothingGoesBehindWhatMayDoMoreThanReadAndThatBehindNothing() async throws {
        let shared = try await SharedPool("exclusive")
        let pool = shared.pool
        let texts: [SQL] = [
            "insert into \(unsafeRaw: shared.table) values (100, 'x')",
            "select v from \(unsafeRaw: shared.table) where id = 1 for update",
            "select pg_advisory_xact_lock(1)", "update \(unsafeRaw: shared.table) set v = v where id = 1",
            "set local work_mem = '1MB'",
            "select nextval('\(unsafeRaw: shared.table)_s')",
        ]
        try await shared.run("create sequence if not exists \(shared.table)_s")
        for text in texts {
            let gate = Gate()
            let lease = Task { try await pool.withConnection { _ in await gate.wait() } }
            #expect(await eventually { pool.status.leased == 1 })
            let exclusive = Task { try await pool.execute(text) }
            #expect(await eventually { pool.status.waiting == 1 })
            let quick = Task { try await pool.execute(shared.number(3)) }
            #expect(await eventually { pool.status.waiting == 2 })
            #expect(shared.places == [0])
            gate.open()
            try await lease.value
            _ = try await exclusive.value
            #expect(try await quick.value.firstInteger() == 3)
        }
        // And a statement that nothing may precede waits for all.
        let holder = try await shared.hold()
        let head = await shared.begin(shared.read(1), taking: 1)
        let write = Task { try await pool.execute(texts[2]) }
        #expect(await eventually { pool.status.waiting == 1 })
        #expect(shared.places == [1])
        try await shared.release(holder)
        _ = try await (head.value, write.value)
        #expect(try await shared.close())
    }

    @Test func eachIsATransactionOfItsOwn() async throws {
        let shared = try await SharedPool("transactions")
        let holder = try await shared.hold()
        var tasks: [Task<RowSet, any Error>] = [await shared.begin(shared.read(1), taking: 1)]
        for id in Int32(2)...5 { tasks.append(await shared.begin(shared.read(id), taking: tasks.count + 1)) }
        // What is committed after they were sent, and before they are run, is seen by them.
        try await holder.execute(Statement("update \(shared.table) set v = 'new ' || id", preparation: .unnamed))
        try await holder.execute(Statement("commit", preparation: .unnamed))
        holder.close()
        for (id, task) in tasks.enumerated() { #expect(try await task.value.firstText() == "new \(id + 1)") }
        #expect(try await shared.pool.withConnection { $0.transactionStatus } == .idle)
        #expect(try await shared.close())
    }

    // MARK: Leaving

    @Test(arguments: 0..<4) func aCancelledCallerIsAnsweredAtOnceAndHitsNobody(place: Int) async throws {
        let shared = try await SharedPool("cancel-\(place)")
        let holder = try await shared.hold()
        var tasks: [Task<RowSet, any Error>] = []
        for id in Int32(1)...4 { tasks.append(await shared.begin(shared.read(id), taking: Int(id))) }
        tasks[place].cancel()
        // While the server is held up.
        await #expect(throws: CancellationError.self) { try await tasks[place].value }
        #expect(shared.places == [4])
        try await shared.release(holder)
        for (index, task) in tasks.enumerated() where index != place {
            #expect(try await task.value.firstText() == "row \(index + 1)")
        }
        #expect(await eventually { shared.pool.status.idle == 1 })
        #expect(try await shared.pool.execute(shared.number(1)).firstInteger() == 1)
        #expect(try await shared.close())
    }

    @Test(arguments: 0..<4) func aLateCallerIsAnsweredAtOnceAndHitsNobody(place: Int) async throws {
        let shared = try await SharedPool("late-\(place)")
        let holder = try await shared.hold()
        var tasks: [Task<RowSet, any Error>] = []
        for id in 0..<4 {
            // Long enough for all to have begun on a busy machine.
            let timeout: Duration = id == place ? .seconds(4) : .seconds(60)
            tasks.append(await shared.begin(shared.read(Int32(id + 1)), taking: id + 1, timeout: timeout))
        }
        let error = await #expect(throws: PostgresError.self) { try await tasks[place].value }
        #expect(error?.code == .statementTimeout)
        try await shared.release(holder)
        for (index, task) in tasks.enumerated() where index != place {
            #expect(try await task.value.firstText() == "row \(index + 1)")
        }
        #expect(await eventually { shared.pool.status.idle == 1 })
        #expect(try await shared.close())
    }

    @Test func whatNobodyWantsAnyMoreIsStoppedOnTheServer() async throws {
        let shared = try await SharedPool("unwanted")
        let process = try await shared.pool.withConnection { $0.processID }
        let holder = try await shared.hold()
        var tasks: [Task<RowSet, any Error>] = []
        for id in Int32(1)...4 { tasks.append(await shared.begin(shared.read(id), taking: Int(id))) }
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        // The table is held still, so only requests to cancel have brought the connection back: one for each that waited for it.
        #expect(await eventually { shared.pool.status.idle == 1 })
        #expect(try await shared.pool.execute(shared.number(1)).firstInteger() == 1)
        #expect(try await shared.pool.withConnection { $0.processID } == process)
        try await shared.release(holder)
        #expect(try await shared.close())
    }

    @Test func theOnlyOneIsCancelledAsEver() async throws {
        let shared = try await SharedPool("only")
        let holder = try await shared.hold()
        let task = await shared.begin(shared.read(1), taking: 1)
        #expect(try await shared.isHeldUp())
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(shared.pool.status.idle == 1)
        try await shared.release(holder)
        #expect(try await shared.close())
    }

    @Test func cancellationsAndDeadlinesAtAnyMomentMixNothingUp() async throws {
        let shared = try await SharedPool("any-moment", connections: 2, isPatient: false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in Int32(0)..<32 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker) + 9)
                    for round in Int32(0)..<80 {
                        let value = worker * 1_000 + round
                        let timeout: Duration? =
                            random.next() % 3 == 0 ? .microseconds(Int64(random.next() % 3_000)) : nil
                        let attempt = Task { try await shared.pool.execute(shared.number(value), timeout: timeout) }
                        if random.next() % 3 == 0 {
                            try await Task.sleep(for: .nanoseconds(Int64(random.next() % 800_000)))
                            attempt.cancel()
                        }
                        switch await attempt.result {
                        case .success(let rows): #expect(try rows.firstInteger() == value)
                        case .failure(let error as PostgresError): #expect(error.code == .statementTimeout, "\(error)")
                        case .failure(let error): #expect(error is CancellationError, "\(error)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await eventually { shared.pool.status.idle == shared.pool.status.size })
        #expect(shared.places.allSatisfy { $0 == 0 })
        #expect(try await shared.close())
    }

    // MARK: Slow ones

    @Test func thoseBehindALateStatementAreAnsweredElsewhere() async throws {
        let shared = try await SharedPool("overdue", connections: 2, isPatient: false) {
            $0.pipelinePatience = .seconds(3_600)
        }
        let holder = try await shared.hold()
        let gate = Gate()
        // One connection is away, so that all go to the other one.
        let away = Task { try await shared.pool.withConnection { _ in await gate.wait() } }
        #expect(await eventually { shared.pool.status.leased == 1 })
        let head = await shared.begin(shared.read(1), taking: 1)
        let others = (0..<5).map { number in Task { try await shared.pool.execute(shared.number(Int32(number))) } }
        #expect(await eventually { shared.pool.status.waiting == 5 })
        gate.open()
        try await away.value
        for (number, task) in others.enumerated() { #expect(try await task.value.firstInteger() == Int32(number)) }
        // Nor does anything go behind it any more.
        for number in Int32(0)..<20 {
            #expect(try await shared.pool.execute(shared.number(number)).firstInteger() == number)
        }
        try await shared.release(holder)
        #expect(try await head.value.firstText() == "row 1")
        #expect(await eventually { shared.places.allSatisfy { $0 == 0 } })
        #expect(try await shared.close())
    }

    // MARK: Limits

    @Test func aResultThatIsTooLargeIsItsCallersAlone() async throws {
        let shared = try await SharedPool("limits")
        let text = "select v from \(shared.table) a"
        try await shared.learn(text)
        let holder = try await shared.hold()
        var tasks = [await shared.begin(Statement(text), taking: 1, limits: ResultLimits(rows: 10))]
        for number in Int32(1)...3 { tasks.append(await shared.begin(shared.number(number), taking: tasks.count + 1)) }
        tasks.append(await shared.begin(Statement(text), taking: 5, limits: ResultLimits(rows: 49)))
        tasks.append(await shared.begin(Statement(text), taking: 6, limits: ResultLimits(rows: 50)))
        try await shared.release(holder)
        for index in [0, 4] {
            let error = await #expect(throws: PostgresError.self) { try await tasks[index].value }
            #expect(error?.code == .resultTooLarge)
        }
        for number in 1...3 { #expect(try await tasks[number].value.firstInteger() == Int32(number)) }
        #expect(try await tasks[5].value.count == 50)
        #expect(try await shared.close())
    }

    @Test func whereTooMuchWouldHaveToBeReadTheOthersGoElsewhere() async throws {
        let shared = try await SharedPool("flood")
        let text = "select repeat.v from \(shared.table) a, \(shared.table) b, \(shared.table)_wide repeat"
        try await shared.run("create table \(shared.table)_wide as select repeat('x', 20000) v")
        let process = try await shared.pool.withConnection { $0.processID }
        try await shared.learn(text)
        let holder = try await shared.hold()
        var tasks = [await shared.begin(Statement(text), taking: 1, limits: ResultLimits(rows: 5))]
        for number in Int32(1)...3 { tasks.append(await shared.begin(shared.number(number), taking: tasks.count + 1)) }
        try await shared.release(holder)
        let error = await #expect(throws: PostgresError.self) { try await tasks[0].value }
        #expect(error?.code == .resultTooLarge)
        for number in 1...3 { #expect(try await tasks[number].value.firstInteger() == Int32(number)) }
        #expect(try await shared.pool.withConnection { $0.processID } != process)
        #expect(try await shared.close())
    }

    // MARK: Prepared statements

    @Test func namesThatTheServerHasLostAreMadeAnewForEachWithoutAWord() async throws {
        let shared = try await SharedPool("names")
        // In a way that the connection doesn't see.
        try await shared.pool.execute("do $$ begin execute 'deallocate all'; end $$")
        let holder = try await shared.hold()
        // Not the one that is held up: its own name is gone too.
        try await shared.release(holder)
        try await shared.teach()
        try await shared.pool.execute("do $$ begin execute 'deallocate all'; end $$")
        let answers = try await withThrowingTaskGroup(of: Int32.self) { group in
            for number in Int32(0)..<8 {
                group.addTask { try await shared.pool.execute(shared.number(number)).firstInteger() }
            }
            return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
        }
        #expect(answers == Set(0..<8))
        #expect(try await shared.close())
    }

    @Test func aTableThatChangesUnderAllOfThemIsReadAnewByEach() async throws {
        let shared = try await SharedPool("altered")
        let text = "select * from \(shared.table) where id < 3"
        try await shared.learn(text)
        let holder = try await shared.hold()
        var tasks: [Task<RowSet, any Error>] = []
        for place in 1...4 { tasks.append(await shared.begin(Statement(text), taking: place)) }
        try await holder.execute(Statement("alter table \(shared.table) add column w int", preparation: .unnamed))
        try await holder.execute(Statement("commit", preparation: .unnamed))
        holder.close()
        for task in tasks { #expect(try await task.value.columnCount == 3) }
        #expect(await eventually { shared.pool.status.idle == 1 })
        #expect(try await shared.close())
    }

    @Test func whatTheConnectionDoesNotKnowAnyMoreIsNotSentBehindOthers() async throws {
        let shared = try await SharedPool("forgotten")
        try await shared.pool.execute("discard all")
        let holder = try await shared.hold()
        let head = Task { try await shared.pool.execute(shared.read(1)) }
        #expect(try await shared.isHeldUp())
        let others = (0..<3).map { number in Task { try await shared.pool.execute(shared.number(Int32(number))) } }
        try await shared.release(holder)
        #expect(try await head.value.firstText() == "row 1")
        for (number, task) in others.enumerated() { #expect(try await task.value.firstInteger() == Int32(number)) }
        #expect(try await shared.close())
    }
}
