// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Libpq
import TestSupport
import Testing

/// Prepared statements have names that mean one statement only, whichever session they are used on.
@Suite(.timeLimit(.minutes(3))) struct StatementNameTests {
    private func names(_ connection: Connection) async throws -> Set<String> {
        let rows = try await connection.run("select name::text from pg_prepared_statements where name like 'kinship_%'")
        return Set((0..<rows.count).compactMap { rows.text($0) })
    }

    private func pooler(sessions: Int, takesOptions: Bool = true) async throws -> TransactionPooler {
        let server = try await ConnectionTestServer.shared.server()
        return try TransactionPooler(
            socket: server.directory + "/.s.PGSQL.\(server.port ?? 5432)", database: "postgres", sessions: sessions,
            takesOptions: takesOptions)
    }

    @Test func theSameStatementHasTheSameNameEverywhere() async throws {
        let (one, other) = (try await ConnectionFixture.connect(), try await ConnectionFixture.connect())
        for connection in [one, other] { _ = try await connection.answer(to: "select 'named'") }
        let name = try await names(one)
        #expect(name.count == 1)
        #expect(try await names(other) == name)
        #expect(name.first?.utf8.count == 56)
    }

    @Test func textAndTypesMakeTheName() async throws {
        let connection = try await ConnectionFixture.connect()
        var integer = Parameters()
        integer.append(int8: 1)
        var text = Parameters()
        text.append(text: "1")
        // In Swift the two columns have equal names, in PostgreSQL they don't.
        for statement in [
            Statement("select $1 as a", integer), Statement("select $1 as a", text),
            Statement("select 1 as \"\u{e9}\""),
            Statement("select 1 as \"e\u{301}\""), Statement("select 1  as a"), Statement("select 1 as a"),
        ] {
            try await connection.execute(statement)
        }
        #expect(try await names(connection).count == 6)
        let before = connection.counters.preparations
        var two = Parameters()
        two.append(int8: 2)
        try await connection.execute(Statement("select $1 as a", two))
        #expect(connection.counters.preparations == before)
    }

    /// Prepared by somebody else on the same session: it is the same, so it is used.
    @Test func aNameThatIsThereAlreadyIsUsed() async throws {
        let pooler = try await pooler(sessions: 1)
        let one = try await ConnectionFixture.connect(url: pooler.url)
        let other = try await ConnectionFixture.connect(url: pooler.url)
        #expect(try await one.answer(to: "select 'shared'") == "shared")
        #expect(try await other.answer(to: "select 'shared'") == "shared")
        let before = other.counters
        #expect(try await other.answer(to: "select 'shared'") == "shared")
        #expect(other.counters.roundTrips == before.roundTrips + 1)
        #expect(other.counters.preparations == before.preparations)
        // Inside a transaction the first use fails, and the second one doesn't.
        try await one.execute(Statement("select 'in a transaction'"))
        for attempt in 1...2 {
            do {
                let answer = try await other.withTransaction { try await $0.answer(to: "select 'in a transaction'") }
                #expect(attempt == 2 && answer == "in a transaction")
            } catch let error as PostgresError {
                #expect(attempt == 1 && error.code == .statementInvalidated && error.sqlState == "42P05")
            }
        }
    }

    /// Many clients on few sessions, in the mode that isn't meant for it: answers come late, never wrong.
    @Test(arguments: [ConnectionConfiguration.StatementCache.named(limit: 8), .named(limit: 256), .unnamed])
    func behindATransactionPoolerNobodyGetsAnothersAnswer(_ cache: ConnectionConfiguration.StatementCache) async throws
    {
        let pooler = try await pooler(sessions: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                group.addTask {
                    let connection = try await ConnectionFixture.connect(url: pooler.url) { $0.statementCache = cache }
                    for number in 0..<100 {
                        let text = "client \(client), statement \(number % 12)"
                        var parameters = Parameters()
                        parameters.append(int8: Int64(number))
                        let rows = try await connection.execute(
                            Statement("select '\(text)', ($1 + \(client))::text", parameters))
                        #expect(rows.text() == text)
                        #expect(rows.text(0, 1) == "\(number + client)")
                    }
                    let pair = try await connection.pipeline((0..<3).map { Statement("select 'pair \(client) \($0)'") })
                    #expect(pair.map { $0.text() } == (0..<3).map { "pair \(client) \($0)" })
                    connection.close()
                }
            }
            try await group.waitForAll()
        }
        pooler.close()
    }

    @Test func aPoolerThatRefusesOptionsSaysWhatToDo() async throws {
        let pooler = try await pooler(sessions: 1, takesOptions: false)
        let error = try await expect(.connectFailed, sqlState: "08P01") {
            _ = try await ConnectionFixture.connect(url: pooler.url)
        }
        #expect(error.message.contains("statementCache") && error.message.contains(".unnamed"))
        let connection = try await ConnectionFixture.connect(url: pooler.url) { $0.statementCache = .unnamed }
        #expect(try await connection.answer(to: "select 'in'") == "in")
        connection.close()
        pooler.close()
    }

    /// Evicted and used again while it couldn't be closed: it is there still, and nothing fails.
    @Test func whatIsEvictedInATransactionMayComeBack() async throws {
        let connection = try await ConnectionFixture.connect { $0.statementCache = .named(limit: 3) }
        for round in 0..<3 {
            try await connection.withTransaction { connection in
                for number in 0..<9 {
                    #expect(try await connection.answer(to: "select '\(number % 5)'") == "\(number % 5)")
                    if number == 4 { try await connection.run("create temp table again_\(round) (id int)") }
                }
            }
            for number in 0..<5 { #expect(try await connection.answer(to: "select '\(number)'") == "\(number)") }
        }
        let kept = try await names(connection)
        #expect(kept.count <= 3)
    }
}
