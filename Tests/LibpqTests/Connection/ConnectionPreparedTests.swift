// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// Prepared statements whose tables change under them, and how many are kept.
@Suite struct ConnectionPreparedTests {
    /// How many statements the server keeps for a connection.
    private func kept(_ connection: Connection) async throws -> Int {
        let sql = "select count(*)::text from pg_prepared_statements where name ~ '^kinship_[0-9a-f]{48}$'"
        return try #require(Int(try await connection.run(sql).text() ?? ""))
    }

    /// Two connections to one table: the first prepares, the second changes the table.
    private func pair(_ table: String) async throws -> (Connection, Connection) {
        let (first, second) = (try await ConnectionFixture.connect(), try await ConnectionFixture.connect())
        try await second.run("drop table if exists \(table)")
        try await second.run("create table \(table) (id int primary key, name text)")
        try await second.run("insert into \(table) values (1, 'one')")
        return (first, second)
    }

    @Test func aColumnAddedElsewhereIsHealedInOneMoreRoundTrip() async throws {
        let (connection, other) = try await pair("healed")
        let all = Statement("select * from healed")
        #expect(try await connection.execute(all).columnCount == 2)
        try await other.run("alter table healed add column age int")
        let before = connection.counters
        #expect(try await connection.execute(all).columnCount == 3)
        #expect(connection.counters.roundTrips == before.roundTrips + 2)
        #expect(try await connection.execute(all).columnCount == 3)
        #expect(connection.counters.roundTrips == before.roundTrips + 3)
        #expect(try await kept(connection) == 1)
    }

    @Test func inAPipelineNothingRunsTwice() async throws {
        let (connection, other) = try await pair("healed_pipeline")
        let insert = Statement("insert into healed_pipeline (id) select max(id) + 1 from healed_pipeline")
        let all = Statement("select * from healed_pipeline")
        _ = try await connection.pipeline([insert, all])
        try await other.run("alter table healed_pipeline add column age int")
        #expect(try await connection.pipeline([insert, all])[1].columnCount == 3)
        #expect(try await connection.answer(to: "select count(*)::text from healed_pipeline") == "3")

        // After a statement that ends transactions, sending again could do something twice.
        let control = Statement("begin"), end = Statement("commit")
        try await other.run("alter table healed_pipeline add column more int")
        try await expect(.statementInvalidated, sqlState: "0A000") {
            _ = try await connection.pipeline([control, insert, end, all])
        }
        #expect(try await connection.answer(to: "select count(*)::text from healed_pipeline") == "4")
        #expect(try await connection.execute(all).columnCount == 4)
    }

    @Test func insideATransactionTheCallerIsToldToRepeatIt() async throws {
        let (connection, other) = try await pair("stale")
        let all = Statement("select * from stale")
        _ = try await connection.execute(all)
        try await other.run("alter table stale add column age int")
        let error = try await expect(.statementInvalidated, sqlState: "0A000") {
            try await connection.withTransaction { connection in
                _ = try await connection.answer(to: "select 'first'")
                _ = try await connection.execute(all)
            }
        }
        #expect(error.sql == all.text)
        #expect(connection.transactionStatus == .idle)
        let columns = try await connection.withTransaction { try await $0.execute(all).columnCount }
        #expect(columns == 3)

        // The helper does it by itself.
        try await other.run("alter table stale add column more int")
        var attempts = 0
        let more = try await connection.withRetryingTransaction { connection in
            attempts += 1
            return try await connection.execute(all).columnCount
        }
        #expect(more == 4 && attempts == 2)
    }

    @Test func anInsertIntoAChangedColumnIsForgotten() async throws {
        let (connection, other) = try await pair("retyped")
        var parameters = Parameters()
        parameters.append(text: "2")
        let insert = Statement("insert into retyped (id, name) values (2, $1)", parameters)
        _ = try await connection.execute(insert)
        try await connection.run("delete from retyped where id = 2")
        try await other.run("alter table retyped alter column name type int using length(name)")
        try await expect(.server, sqlState: "42804") { try await connection.execute(insert) }
        #expect(try await kept(connection) == 0)
        try await other.run("alter table retyped alter column name type text")
        _ = try await connection.execute(insert)
    }

    @Test func aTableDroppedAndMadeAgainIsHealed() async throws {
        let (connection, other) = try await pair("remade")
        let all = Statement("select * from remade")
        _ = try await connection.execute(all)
        try await other.run("drop table remade")
        try await expect(.server, sqlState: "42P01") { try await connection.execute(all) }
        try await other.run("create table remade (only_one text)")
        #expect(try await connection.execute(all).columnCount == 1)
    }

    @Test(arguments: ["deallocate all", "discard all"])
    func whoeverDropsAllStatementsIsFollowed(_ sql: String) async throws {
        let connection = try await ConnectionFixture.connect()
        _ = try await connection.answer(to: "select 'x'")
        try await connection.run(sql)
        let before = connection.counters
        _ = try await connection.answer(to: "select 'x'")
        #expect(connection.counters.roundTrips == before.roundTrips + 1)
        #expect(connection.counters.preparations == before.preparations + 1)
    }

    @Test func statementsDroppedBehindOurBackAreHealed() async throws {
        let connection = try await ConnectionFixture.connect()
        _ = try await connection.answer(to: "select 'x'")
        // In a procedure's body the connection doesn't see it.
        try await connection.run("do $$ begin execute 'deallocate all'; end $$")
        #expect(try await connection.answer(to: "select 'x'") == "x")
        try await connection.run("do $$ begin execute 'deallocate all'; end $$")
        try await expect(.statementInvalidated, sqlState: "26000") {
            try await connection.withTransaction { connection in
                try await connection.run("select 1")
                _ = try await connection.answer(to: "select 'x'")
            }
        }
        #expect(try await connection.answer(to: "select 'x'") == "x")
    }

    @Test func aNameTakenBySomebodyElseIsHealed() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("prepare p1 as select 'mine'")
        #expect(try await connection.answer(to: "select 'ours'") == "ours")
        #expect(try await connection.answer(to: "select 'ours'") == "ours")
        #expect(try await connection.run("execute p1").text() == "mine")
    }

    @Test func aChangedSearchPathIsFollowed() async throws {
        let connection = try await ConnectionFixture.connect()
        for schema in ["path_a", "path_b"] {
            try await connection.run("create schema if not exists \(schema)")
            try await connection.run("create table if not exists \(schema).here as select '\(schema)' as at")
        }
        for schema in ["path_a", "path_b"] {
            try await connection.run("set search_path to \(schema)")
            #expect(try await connection.answer(to: "select at from here") == schema)
        }
    }

    @Test func theServerKeepsNoMoreThanTheLimit() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementCache = .named(limit: 20) }
        for number in 0..<500 {
            #expect(try await connection.answer(to: "select '\(number)'") == "\(number)")
            if number % 50 == 0 {
                let count = try await kept(connection)
                #expect((1...20).contains(count))
            }
        }
        #expect(connection.counters.roundTrips == 510)
        // The least recently used one goes.
        #expect(try await connection.answer(to: "select '481'") == "481")
        #expect(connection.counters.preparations == 500)
    }

    @Test func aPipelineLargerThanTheCacheWorks() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementCache = .named(limit: 5) }
        for _ in 1...2 {
            let rows = try await connection.pipeline((0..<40).map { Statement("select '\($0)'") })
            #expect(rows.map { $0.text() } == (0..<40).map { "\($0)" })
            #expect(connection.counters.roundTrips <= 4)
            #expect(try await kept(connection) <= 5)
        }
    }

    @Test func theLimitHoldsInTransactionsToo() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementCache = .named(limit: 8) }
        try await connection.withTransaction { connection in
            for number in 0..<30 { _ = try await connection.answer(to: "select '\(number)'") }
            let count = try await kept(connection)
            #expect(count <= 8)
        }
        for number in 30..<60 { _ = try await connection.answer(to: "select '\(number)'") }
        #expect(try await kept(connection) <= 8)
    }

    @Test func evictingNeverFailsAStatementThatMustRunAlone() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementCache = .named(limit: 2) }
        for number in 0..<5 { _ = try await connection.answer(to: "select '\(number)'") }
        try await connection.run("do $$ begin execute 'deallocate all'; end $$")
        _ = try await connection.answer(to: "select 'next'")
        try await connection.run("vacuum pg_class")
        #expect(connection.transactionStatus == .idle)
    }

    @Test func onlyStatementsWithRowsAreKept() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.execute(Statement("create temp table definition (id int)"))
        try await connection.execute(Statement("set work_mem to '8MB'"))
        try await connection.execute(Statement("/* a /* nested */ comment */ -- and\n ( select 1 )"))
        try await connection.execute(Statement("select 1 " + String(repeating: " ", count: 17_000)))
        #expect(connection.counters.preparations == 1)
    }
}
