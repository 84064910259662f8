// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import TestSupport
import Testing

@Suite struct ConnectionStatementTests {
    @Test func aStatementIsOneRoundTripAlsoTheFirstTime() async throws {
        let connection = try await ConnectionFixture.connect()
        for run in 1...3 {
            #expect(try await connection.answer(to: "select 'a'") == "a")
            #expect(connection.counters == Counters(statements: run, roundTrips: run, preparations: 1))
        }
        #expect(connection.transactionStatus == .idle)
    }

    @Test func theUnnamedModePreparesNothing() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementCache = .unnamed }
        for _ in 1...2 { _ = try await connection.answer(to: "select 'a'") }
        #expect(connection.counters == Counters(statements: 2, roundTrips: 2, preparations: 0))
        #expect(try await connection.answer(to: "select count(*)::text from pg_prepared_statements") == "0")
    }

    @Test func sessionsSpeakUTF8AndUTC() async throws {
        let connection = try await ConnectionFixture.connect()
        #expect(connection.counters.roundTrips == 0)
        #expect(try await connection.answer(to: "show client_encoding") == "UTF8")
        #expect(try await connection.answer(to: "show timezone") == "UTC")
        #expect(connection.parameter("TimeZone") == "UTC")
        #expect(try await connection.answer(to: "select 'Zoë 🐘'") == "Zoë 🐘")
        #expect(connection.serverVersion > 90_000)
    }

    @Test func userOptionsHaveTheLastWord() async throws {
        let connection = try await ConnectionFixture.connect { $0.parameters["options"] = "-c TimeZone=Asia/Tokyo" }
        #expect(try await connection.answer(to: "show timezone") == "Asia/Tokyo")
    }

    @Test func valuesTravelInBinaryAndEmptyIsNotNull() async throws {
        let connection = try await ConnectionFixture.connect()
        var parameters = Parameters()
        parameters.append(text: "")
        parameters.appendNull(.text)
        parameters.append(int8: .min)
        let rows = try await connection.execute(
            Statement("select $1 = '', $2 is null, $3::text, $1", parameters))
        #expect(rows.bytes(row: 0, column: 0)?.first == 1)
        #expect(rows.bytes(row: 0, column: 1)?.first == 1)
        #expect(rows.text(0, 2) == "-9223372036854775808")
        #expect(rows.text(0, 3) == "")
    }

    @Test func statementsOfOneTextButOtherTypesAreDifferent() async throws {
        let connection = try await ConnectionFixture.connect()
        var number = Parameters()
        number.append(int8: 7)
        var text = Parameters()
        text.append(text: "seven")
        for _ in 1...2 {
            #expect(try await connection.execute(Statement("select pg_typeof($1)::text", number)).text() == "bigint")
            #expect(try await connection.execute(Statement("select pg_typeof($1)::text", text)).text() == "text")
        }
        #expect(connection.counters.preparations == 2)
    }

    @Test func interpolatedValuesAreBound() async throws {
        let connection = try await ConnectionFixture.connect()
        for name in ["O'Hara", "'; drop table customer; --", ""] {
            #expect(try await connection.execute("select \(name)::text").text() == name)
        }
        #expect(connection.counters == Counters(statements: 3, roundTrips: 3, preparations: 1))
    }

    @Test func aPipelineIsOneRoundTrip() async throws {
        let connection = try await ConnectionFixture.connect()
        let statements = (1...10).map { Statement("select '\($0)'") } + [Statement("select '1'")]
        let results = try await connection.pipeline(statements)
        #expect(results.map { $0.text() } == (1...10).map { "\($0)" } + ["1"])
        #expect(connection.counters == Counters(statements: 11, roundTrips: 1, preparations: 10))
        #expect(try await connection.pipeline([]).isEmpty)
        #expect(connection.counters.roundTrips == 1)
    }

    @Test func aPipelinesErrorNamesItsStatement() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("create temp table pipelined (id int primary key)")
        let statements = ["insert into pipelined values (1)", "insert into pipelined values (1)", "select 'late'"]
            .map { Statement($0) }
        let error = try await expect(.server, sqlState: "23505") { _ = try await connection.pipeline(statements) }
        #expect(error.statementIndex == 1)
        #expect(error.sql == statements[1].text)
        #expect(error.server?.tableName == "pipelined")
        #expect(error.server?.constraintName == "pipelined_pkey")
        // All of it is one implicit transaction.
        #expect(try await connection.answer(to: "select count(*)::text from pipelined") == "0")

        let outcomes = try await connection.pipelineOutcomes(statements)
        #expect(outcomes.count == 3)
        #expect(throws: Never.self) { try outcomes[0].get() }
        #expect(throws: PostgresError.self) { try outcomes[1].get() }
        let skipped = #expect(throws: PostgresError.self) { try outcomes[2].get() }
        #expect(skipped?.statementIndex == 2)
        #expect(skipped?.message.contains("was not run") == true)
    }

    @Test func aStatementPreparedBeforeTheFailureStaysPrepared() async throws {
        let connection = try await ConnectionFixture.connect()
        _ = try? await connection.pipeline([
            Statement("select 'kept'"), Statement("select 1/0"), Statement("select 'skipped'"),
        ])
        let names = "select count(*)::text from pg_prepared_statements where name like 'kinship%'"
        #expect(try await connection.run(names).text() == "2")
        let before = connection.counters.preparations
        #expect(try await connection.answer(to: "select 'kept'") == "kept")
        #expect(connection.counters.preparations == before)
        #expect(try await connection.answer(to: "select 'skipped'") == "skipped")
        #expect(connection.counters.preparations == before + 1)
    }

    @Test func aFailureAtTheEndOfAPipelineFailsAllOfIt() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("create temp table parent (id int primary key)")
        try await connection.run(
            "create temp table child (id int references parent deferrable initially deferred)")
        let statements = [Statement("insert into child values (1)"), Statement("select 'x'")]
        try await expect(.server, sqlState: "23503") { _ = try await connection.pipeline(statements) }
        let outcomes = try await connection.pipelineOutcomes(statements)
        for outcome in outcomes { #expect(throws: PostgresError.self) { try outcome.get() } }
        try await expect(.server, sqlState: "23503") { try await connection.execute(statements[0]) }
        #expect(connection.transactionStatus == .idle)
        #expect(try await connection.answer(to: "select count(*)::text from child") == "0")
    }

    @Test func requestsOfSeveralTasksAreServedInTurn() async throws {
        let connection = try await ConnectionFixture.connect()
        let answers = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            for number in 0..<50 {
                group.addTask { (number, try await connection.answer(to: "select '\(number % 7)'")) }
            }
            return try await group.reduce(into: [Int: String?]()) { $0[$1.0] = $1.1 }
        }
        for number in 0..<50 { #expect(answers[number] == "\(number % 7)") }
        #expect(connection.counters == Counters(statements: 50, roundTrips: 50, preparations: 7))
    }

    @Test func statementsWithoutRowsAndTextsWithoutStatements() async throws {
        let connection = try await ConnectionFixture.connect()
        for sql in ["", "  -- nothing\n", ";"] {
            let rows = try await connection.execute(Statement(sql))
            #expect(rows.count == 0 && rows.columnCount == 0)
        }
        let none = try await connection.execute(Statement("select from generate_series(1, 3)"))
        #expect(none.count == 3 && none.columnCount == 0)
        let command = try await connection.execute(Statement("create temp table nothing ()"))
        #expect(command.count == 0 && command.columnCount == 0)
        let empty = try await connection.execute(Statement("select 1 where false"))
        #expect(empty.count == 0 && empty.columnCount == 1)
    }

    @Test func severalStatementsInOneTextAreRefused() async throws {
        let connection = try await ConnectionFixture.connect()
        try await expect(.server, sqlState: "42601") {
            try await connection.execute(Statement("select 1; drop table customer"))
        }
        #expect(try await connection.answer(to: "select 'fine'") == "fine")
    }

    @Test func charactersPostgreSQLCannotTakeAreRefused() async throws {
        let connection = try await ConnectionFixture.connect()
        try await expect(.invalidParameter) { try await connection.execute(Statement("select 1\0; drop table x")) }
        #expect(connection.counters.roundTrips == 0)
        var parameters = Parameters()
        parameters.append(text: "abc\0def")
        try await expect(.server, sqlState: "22021") {
            try await connection.execute(Statement("select $1::text", parameters))
        }
    }

    @Test func tooManyAndTooLargeParametersAreRefusedBeforeSending() async throws {
        let connection = try await ConnectionFixture.connect()
        var many = Parameters()
        for _ in 1...65_536 { many.appendNull(.int4) }
        let error = try await expect(.invalidParameter) { try await connection.execute(Statement("select", many)) }
        #expect(error.message.contains("ANY($1)"))
        #expect(connection.counters.roundTrips == 0)

        let limits = RequestLimits.postgres
        #expect(limits.parameterBytes == 1_073_733_632)
        #expect(limits.totalBytes < 1 << 31)
        let small = RequestLimits(parameters: 2, parameterBytes: 8, totalBytes: 40)
        var long = Parameters()
        long.append(text: "123456789")
        try await expect(.invalidParameter) { try small.check([Statement("select $1", long)]) }
        let statements = Array(repeating: Statement("select 1, 2, 3"), count: 3)
        try small.check(Array(statements.prefix(2)))
        let total = try await expect(.invalidParameter) { try small.check(statements) }
        #expect(total.statementIndex == 2)
    }

    @Test func asManyParametersAsPostgreSQLTakes() async throws {
        let connection = try await ConnectionFixture.connect()
        var many = Parameters()
        for _ in 1...65_535 { many.appendNull(.int4) }
        let list = (1...65_535).map { "$\($0)" }.joined(separator: ",")
        let rows = try await connection.execute(
            Statement("select count(*)::text from (values (array[\(list)])) v", many))
        #expect(rows.text() == "1")
        // Too long a text to be kept.
        #expect(connection.counters.preparations == 0)
    }

    @Test func columnsWithoutABinaryFormComeAsText() async throws {
        let connection = try await ConnectionFixture.connect()
        let statement = Statement(
            "select makeaclitem(oid, oid, 'SELECT', false) from pg_roles where rolname = current_user")
        if (try? await connection.execute(Statement("select aclitemsend(null)"))) == nil {
            #expect(try await connection.execute(statement).text()?.contains("=r/") == true)
            let before = connection.counters.roundTrips
            _ = try await connection.execute(statement)
            #expect(connection.counters.roundTrips == before + 1)
        }
    }

    @Test func noticesGoToTheLogWithinBounds() async throws {
        let log = RecordingLog()
        let connection = try await ConnectionFixture.connect(logger: log.logger(.info))
        try await connection.run("do $$ begin raise notice 'psst'; raise warning 'ahem'; end $$")
        // The thread that reads the socket may still be writing the last ones when the statement is answered.
        let first = [
            "info psst connection=\(connection.id) severity=NOTICE sqlstate=00000",
            "warning ahem connection=\(connection.id) severity=WARNING sqlstate=01000",
        ]
        #expect(await eventually { log.lines == first })
        try await connection.run("do $$ begin for i in 1..5000 loop raise notice 'n%', i; end loop; end $$")
        let isComplete = await eventually {
            let noted = log.lines.count { $0.hasPrefix("info n") }
            let dropped = log.lines.compactMap { $0.firstMatch(of: /warning (\d+) more notices/) }
                .compactMap { Int($0.1) }
            return noted + dropped.reduce(0, +) == 5000
        }
        #expect(isComplete)
    }

    @Test func aResultOutlivesItsConnection() async throws {
        var connection: Connection? = try await ConnectionFixture.connect()
        let rows = try #require(try await connection?.execute(Statement("select 'still here'")))
        connection?.close()
        connection = nil
        #expect(rows.text() == "still here")
    }
}
