// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// Connections that break.
@Suite struct ConnectionFaultTests {
    /// What a termination handler was told, and how often.
    private final class Terminations: Sendable {
        private let errors = Locked<[PostgresError?]>([])

        var all: [PostgresError?] { errors.withLock { $0 } }

        init(_ connection: Connection) {
            connection.onTermination { [self] error in errors.withLock { $0.append(error) } }
        }
    }

    private func terminate(_ connection: Connection, _ database: String = "connection") async throws {
        try await TestDatabase.named(database).run("select pg_terminate_backend(\(connection.processID))")
    }

    @Test func deathWhileIdleIsAnEvent() async throws {
        let connection = try await ConnectionFixture.connect()
        _ = try await connection.answer(to: "select 'x'")
        let terminations = Terminations(connection)
        try await terminate(connection)
        #expect(await eventually { !terminations.all.isEmpty })
        #expect(terminations.all.count == 1)
        #expect(terminations.all.first??.code == .connectionLost)
        #expect(terminations.all.first??.sqlState == "57P01")
        #expect(connection.isClosed && connection.transactionStatus == .unknown)
        let error = try await expect(.connectionLost, sqlState: "57P01") { try await connection.run("select 1") }
        #expect(error.message.contains("57P01"))
        // Whoever asks later is told at once.
        #expect(Terminations(connection).all.count == 1)
        connection.close()
        #expect(terminations.all.count == 1)
    }

    @Test func deathInAStatementSaysWhy() async throws {
        let connection = try await ConnectionFixture.connect()
        let terminations = Terminations(connection)
        let answer = Task { try await connection.answer(to: "select pg_sleep(30)::text") }
        #expect(await eventually { connection.counters.statements == 1 })
        try await terminate(connection)
        let error = try await expect(.connectionLost, sqlState: "57P01") { _ = try await answer.value }
        #expect(error.sql == "select pg_sleep(30)::text")
        #expect(await eventually { terminations.all.count == 1 })
        #expect(connection.isClosed)
    }

    @Test func everybodyWhoWaitsIsAnswered() async throws {
        let connection = try await ConnectionFixture.connect()
        let errors = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    do {
                        _ = try await connection.answer(to: "select pg_sleep(30)::text, '\(number)'")
                        return nil
                    } catch {
                        return error as? PostgresError
                    }
                }
            }
            #expect(await eventually { connection.counters.statements == 1 })
            try await Task.sleep(for: .milliseconds(20))
            try await terminate(connection)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.count == 20)
        for error in errors {
            #expect(error?.code == .connectionLost)
        }
        #expect(connection.counters.statements == 1)
    }

    @Test func deathInAPipelineDeliversWhatCameBefore() async throws {
        let server = try FakeServer { session in
            _ = try session.accept()
            let messages = try session.receive(until: "S")
            #expect(messages.count { $0.type == "E" } == 10)
            for number in 1...3 {
                try session.send(
                    .parseComplete, .bindComplete, .rowDescription([("a", 25)]),
                    .dataRow([BackendMessage.string("\(number)").dropLast()]), .commandComplete("SELECT 1"))
            }
            try session.send(.error("57P01", "terminating connection", severity: "FATAL"))
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        let outcomes = try await connection.pipelineOutcomes((1...10).map { Statement("select '\($0)'") })
        #expect(outcomes.count == 10)
        for (index, outcome) in outcomes.enumerated() {
            switch outcome {
            case .success(let rows):
                #expect(index < 3 && rows.text() == "\(index + 1)")
            case .failure(let error):
                #expect(index >= 3 && error.code == .connectionLost && error.sqlState == "57P01")
                #expect(error.statementIndex == index)
            }
        }
        #expect(connection.isClosed)
    }

    @Test func deathInATransactionLeavesNothingBehind() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("create table if not exists died_in_tx (id int)")
        let before = connection.counters.statements
        try await expect(.connectionLost, sqlState: "57P01") {
            try await connection.withTransaction { connection in
                try await connection.run("insert into died_in_tx values (1)")
                try await terminate(connection)
                try await connection.run("select pg_sleep(30)")
            }
        }
        // BEGIN, INSERT and perhaps SELECT; no ROLLBACK to a dead server.
        #expect(connection.counters.statements <= before + 3)
        let other = try await ConnectionFixture.connect()
        #expect(try await other.answer(to: "select count(*)::text from died_in_tx") == "0")
    }

    @Test func aCommitWithoutAnswerIsUnknown() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let connection = try await ConnectionFixture.connect(url: url)
        var bytes = 0
        let transaction = Task {
            try await connection.withTransaction { connection in
                try await connection.run("select 1")
                proxy.pause(.toClient)
            }
        }
        bytes = proxy.bytes(.toServer)
        #expect(await eventually { connection.counters.statements == 3 })
        #expect(await eventually { proxy.bytes(.toServer) > bytes })
        try await Task.sleep(for: .milliseconds(20))
        proxy.cut()
        let error = try await expect(.commitOutcomeUnknown) { try await transaction.value }
        #expect(error.sql == "COMMIT")
        proxy.close()
    }

    /// Wherever the answer to COMMIT breaks off: it is unknown until the server's word that it has happened has come, and has
    /// happened from there on.
    @Test(arguments: [false, true]) func aCommitWhoseAnswerBreaksOff(inOneTrip: Bool) async throws {
        let server = try await ConnectionTestServer.shared.server()
        let table = "commit_cut_\(inOneTrip)"
        try await server.run("CREATE TABLE \(table) (id int)")
        var acknowledged: Set<String> = []
        // ParseComplete, BindComplete and NoData have 15 bytes, CommandComplete 12, ReadyForQuery 6; in one trip the answers
        // to BEGIN and INSERT come before.
        let bytes = inOneTrip ? 90 : 33
        for count in 0..<bytes {
            let (proxy, url) = try ConnectionFixture.proxy(to: server)
            let connection = try await ConnectionFixture.connect(url: url)
            let insert = Statement("insert into \(table) values (\(count))", preparation: .unnamed)
            do {
                if inOneTrip {
                    proxy.cut(after: count, .toClient)
                    _ = try await connection.pipeline([insert], isolation: .readCommitted)
                } else {
                    try await connection.withTransaction { connection in
                        try await connection.execute(insert)
                        proxy.cut(after: count, .toClient)
                    }
                }
                acknowledged.insert("\(count)")
            } catch {
                #expect((error as? PostgresError)?.code == .commitOutcomeUnknown, "after \(count) bytes: \(error)")
            }
            connection.close()
            proxy.close()
        }
        // The last six bytes make no difference any more.
        #expect(acknowledged.isSuperset(of: (bytes - 6..<bytes).map(String.init)), "\(acknowledged.sorted())")
        let there = Set(try await server.run("SELECT id FROM \(table)").compactMap { $0[0] })
        #expect(there.isSuperset(of: acknowledged))
    }

    /// A transaction in one round trip whose task is cancelled has either happened, or not and says so.
    @Test func aCancelledTransactionInOneTripSaysWhetherItHappened() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("create table one_trip_cancelled (id int)")
        var (committed, cancelled) = (Set<Int32>(), 0)
        for number in Int32(0)..<300 {
            let insert = try Statement("insert into one_trip_cancelled values (\(number))" as SQL)
            let task = Task { try await connection.pipeline([insert], isolation: .readCommitted) }
            if number % 10 > 0 { try await Task.sleep(for: .microseconds(Int(number) * 5)) }
            task.cancel()
            switch await task.result {
            case .success: committed.insert(number)
            case .failure(let error):
                #expect(error is CancellationError, "\(error)")
                cancelled += 1
            }
        }
        let rows = try await connection.run("select id from one_trip_cancelled")
        #expect(Set(try rows.decodeColumn(Int32.self, at: 0)) == committed && rows.count == committed.count)
        #expect(committed.count + cancelled == 300)
    }

    @Test func aCommitThatIsNotAnsweredInTimeIsUnknown() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let connection = try await ConnectionFixture.connect(url: url) {
            $0.statementTimeoutGrace = .milliseconds(100)
            $0.statementTimeout = .milliseconds(500)
        }
        try await expect(.commitOutcomeUnknown) {
            try await connection.withTransaction { connection in
                try await connection.run("select 1")
                proxy.swallow(.toClient)
            }
        }
        proxy.close()
    }

    @Test func aStatementBeforeCommitThatKillsTheSessionIsNotUnknown() async throws {
        let connection = try await ConnectionFixture.connect()
        let outcomes = try await connection.pipelineOutcomes([
            Statement("begin"), Statement("select pg_terminate_backend(pg_backend_pid())"), Statement("commit"),
        ])
        let error = #expect(throws: PostgresError.self) { try outcomes[2].get() }
        #expect(error?.code == .connectionLost)
    }

    @Test func aServerThatTalksNonsense() async throws {
        let nonsense: [[BackendMessage]] = [
            [.message("D", [0, 1], length: 1 << 30)],
            [.message("T", [0xFF, 0xFF, 1, 2, 3])],
            [.raw([0x21, 0, 0, 0, 2, 9, 9, 9])],
            [.parseComplete, .bindComplete, .message("D", [0, 9, 0, 0, 0, 1, 65])],
            [.message("E", [])],
            [.readyForQuery(), .readyForQuery(), .readyForQuery()],
            [.parseComplete, .parseComplete, .bindComplete, .commandComplete("X"), .commandComplete("Y")],
            [.message("G", [0, 0, 0])],
        ]
        for messages in nonsense {
            let server = try FakeServer { session in
                _ = try session.accept()
                _ = try session.receive(until: "S")
                try session.send(messages)
            }
            let connection = try await ConnectionFixture.connect(url: server.url)
            await #expect(throws: PostgresError.self, "\(messages)") {
                _ = try await connection.pipeline([Statement("select 1"), Statement("select 2")])
                // What made sense after all was followed by the end of the stream.
                _ = try await connection.run("select 3")
            }
            #expect(await eventually { connection.isClosed })
            server.close()
        }
    }

    @Test func halfARowIsNoResult() async throws {
        let server = try FakeServer { session in
            _ = try session.accept()
            _ = try session.receive(until: "S")
            try session.send(
                .parseComplete, .bindComplete, .rowDescription([("a", 25)]), .dataRow([[65]]),
                .message("D", [0, 1, 0, 0, 0, 9, 65], length: 4 + 6 + 9))
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        try await expect(.connectionLost) { try await connection.execute(Statement("select a")) }
    }

    @Test func aDeadPeerIsNoticedByPing() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let connection = try await ConnectionFixture.connect(url: url)
        let before = connection.counters
        try await connection.ping(timeout: .seconds(5))
        #expect(connection.counters.roundTrips == before.roundTrips + 1)
        #expect(connection.counters.statements == before.statements)
        proxy.swallow()
        try await expect(.statementTimeout) { try await connection.ping(timeout: .milliseconds(100)) }
        #expect(connection.isClosed)
        proxy.close()
    }

    @Test func closingAnswersEverybodyAndStopsTheServer() async throws {
        let database = try await TestDatabase.named("connection")
        let connection = try await ConnectionFixture.connect()
        let terminations = Terminations(connection)
        let first = Task { try await connection.answer(to: "select pg_sleep(30)::text") }
        #expect(await eventually { connection.counters.statements == 1 })
        let second = Task { try await connection.answer(to: "select 'queued'") }
        connection.close()
        connection.close()
        try await expect(.connectionClosed) { _ = try await first.value }
        try await expect(.connectionClosed) { _ = try await second.value }
        #expect(terminations.all.count == 1 && terminations.all[0] == nil)
        let sql = "select count(*) from pg_stat_activity where pid = \(connection.processID)"
        #expect(try await eventually { try await database.run(sql) == [["0"]] })
    }

    @Test func aConnectionNobodyHoldsIsClosed() async throws {
        let database = try await TestDatabase.named("connection")
        let process = try await ConnectionFixture.connect().processID
        let sql = "select count(*) from pg_stat_activity where pid = \(process)"
        #expect(try await eventually { try await database.run(sql) == [["0"]] })
    }
}
