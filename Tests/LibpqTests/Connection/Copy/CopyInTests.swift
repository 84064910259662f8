// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// COPY from this process to the server.
@Suite(.timeLimit(.minutes(3))) struct CopyInTests {
    @Test func rowsAreStoredAndCounted() async throws {
        let connection = try await CopyFixture.connect("copy_rows")
        let before = connection.counters
        let seen = Locked<[CopyProgress]>([])
        let count = try await connection.copyIn(
            "copy copy_rows from stdin", from: AsyncStream([CopyFixture.lines(0..<2), CopyFixture.lines(2..<5)]),
            progress: { progress in seen.withLock { $0.append(progress) } })
        #expect(count == 5)
        #expect(seen.withLock { $0.last } == CopyProgress(bytes: CopyFixture.lines(0..<5).count, rows: 5))
        #expect(connection.counters.statements == before.statements + 1)
        #expect(connection.counters.roundTrips == before.roundTrips + 2)
        #expect(
            try await connection.answer(to: "select string_agg(word, ',' order by id) from copy_rows")
                == "word 0,word 1,word 2,word 3,word 4")
        #expect(connection.transactionStatus == .idle)
    }

    @Test(arguments: [1, 7, 4096, 70_000, 5_000_000]) func piecesMayHaveAnySize(_ size: Int) async throws {
        let connection = try await CopyFixture.connect("copy_pieces_\(size)")
        let rows = size == 1 ? 300 : 40_000
        let all = CopyFixture.lines(0..<rows)
        let pieces = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
        let count = try await connection.copyIn("copy \(identifier: "copy_pieces_\(size)") from stdin", from: pieces)
        #expect(count == rows)
        #expect(try await connection.count("copy_pieces_\(size)") == rows)
    }

    @Test func nothingIsARow() async throws {
        let connection = try await CopyFixture.connect("copy_nothing")
        #expect(try await connection.copyIn("copy copy_nothing from stdin", from: [[UInt8]]()) == 0)
        #expect(try await connection.copyIn("copy copy_nothing from stdin", from: [[], []] as [[UInt8]]) == 0)
        #expect(try await connection.count("copy_nothing") == 0)
    }

    @Test func textComesBackAsItWas() async throws {
        let connection = try await CopyFixture.connect("copy_words")
        let words: [String?] = [
            "", nil, "\\N", "\\.", "a\tb\nc\rd\\e", "\u{1F40E}", "\u{8}\u{B}\u{C}\u{1}", "'\"", "NULL",
        ]
        let rows = words.enumerated().map { CopyText.row(["\($0.offset)", $0.element]) }
        #expect(try await connection.copyIn("copy copy_words from stdin", from: rows) == words.count)
        let stored = try await connection.execute("select word from copy_words order by id").decodeColumn(
            String?.self, at: 0)
        #expect(stored == words)
        // Zero bytes are no text.
        let error = try await expect(.server, sqlState: "22021") {
            try await connection.copyIn("copy copy_words from stdin", from: [CopyText.row(["99", "a\0b"])])
        }
        #expect(error.copy?.line == 1)
    }

    @Test(arguments: ["csv", "binary", "text"]) func allFormatsGoThereAndBack(_ format: String) async throws {
        let connection = try await CopyFixture.connect("copy_\(format)")
        try await connection.run("insert into copy_\(format) select i, repeat('w', i) from generate_series(1, 2000) i")
        let all = try await connection.copied(
            "copy \(identifier: "copy_\(format)") to stdout (format \(unsafeRaw: format))")
        try await connection.run("create temporary table back (like copy_\(format))")
        let count = try await connection.copyIn("copy back from stdin (format \(unsafeRaw: format))", from: [all])
        #expect(count == 2000)
        let difference =
            "select count(*)::text from back full join copy_\(format) t using (id, word) where back is null or t is null"
        #expect(try await connection.answer(to: difference) == "0")
    }

    // MARK: What is refused

    @Test(
        arguments: [
            ("1\tx\nfoo\ty\n3\tz\n", "22P02", 2, "id"), ("1\tx\n2\n", "22P04", 2, nil),
            ("1\ta\n1\tb\n", "23505", 2, nil),
            ("1\ta\n\\N\tb\n", "23502", 2, nil), ("1\ta\tb\n", "22P04", 1, nil),
        ] as [(String, String, Int, String?)])
    func theLineAtFaultIsNamed(_ text: String, _ sqlState: String, _ line: Int, _ column: String?) async throws {
        let connection = try await CopyFixture.connect("copy_refused_\(sqlState.lowercased())_\(line)")
        let sql: SQL = "copy \(identifier: "copy_refused_\(sqlState.lowercased())_\(line)") from stdin"
        let error = try await expect(.server, sqlState: sqlState) {
            try await connection.copyIn(sql, from: [text.utf8])
        }
        #expect(error.copy?.line == line && error.copy?.column == column, "\(error.debugDescription)")
        #expect(error.message.contains("line \(line)") && error.sql == sql.text)
        #expect(try await connection.count("copy_refused_\(sqlState.lowercased())_\(line)") == 0)
        #expect(connection.transactionStatus == .idle && !connection.isClosed)
    }

    @Test func aSourceWithoutEndHearsOfARefusal() async throws {
        let connection = try await CopyFixture.connect("copy_endless")
        let source = CopyFixture.Source { _ in Array("no number\tx\n".utf8) }
        let error = try await expect(.server, sqlState: "22P02") {
            try await connection.copyIn("copy copy_endless from stdin", from: source)
        }
        #expect(error.copy?.line == 1 && (error.copy?.progress.bytes ?? 0) > 0)
        #expect(try await connection.count("copy_endless") == 0)
    }

    /// The server fails between its agreement and the first byte that it reads.
    @Test func aTriggerMayRefuseBeforeTheFirstRow() async throws {
        let connection = try await CopyFixture.connect("copy_triggered")
        try await connection.run(
            "create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$"
        )
        try await connection.run(
            "create trigger refuses before insert on copy_triggered for each statement execute function refuse()")
        for chunks in [0, 1, 300] {
            try await expect(.server, sqlState: "P0001") {
                try await connection.copyIn(
                    "copy copy_triggered from stdin",
                    from: (0..<chunks).lazy.map { CopyFixture.lines($0 * 1_000..<$0 * 1_000 + 1_000) })
            }
            #expect(try await connection.count("copy_triggered") == 0)
        }
    }

    @Test func noticesWhileItGoesOnAreNoRefusal() async throws {
        let connection = try await CopyFixture.connect("copy_noticed")
        try await connection.run(
            "create or replace function tell() returns trigger language plpgsql as $$ begin raise notice '%', repeat('n', 5000); "
                + "return new; end $$")
        try await connection.run(
            "create trigger tells before insert on copy_noticed for each row execute function tell()")
        let source = CopyFixture.Source { number in
            guard number < 4 else { return nil }
            if number > 0 { try await Task.sleep(for: .milliseconds(500)) }
            // More than is gathered, so that it goes out.
            return CopyFixture.lines(number * 10_000..<number * 10_000 + 5_000)
        }
        #expect(try await connection.copyIn("copy copy_noticed from stdin", from: source) == 20_000)
    }

    @Test func aSourceThatThrowsStoresNothing() async throws {
        let connection = try await CopyFixture.connect("copy_thrown")
        for chunks in [0, 1, 200] {
            let source = CopyFixture.Source { number in
                if number == chunks { throw CopyFixture.Broken() }
                return CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)
            }
            await #expect(throws: CopyFixture.Broken.self) {
                try await connection.copyIn("copy copy_thrown from stdin", from: source)
            }
            #expect(source.count == chunks + 1)
            #expect(try await connection.count("copy_thrown") == 0)
        }
    }

    @Test func moreThanIsAllowedStoresNothing() async throws {
        let connection = try await CopyFixture.connect("copy_large")
        let error = try await expect(.invalidParameter) {
            try await connection.copyIn(
                "copy copy_large from stdin", from: CopyFixture.Source { CopyFixture.lines($0 * 100..<$0 * 100 + 100) },
                maximumBytes: 500_000)
        }
        #expect(error.message.contains("500000"))
        #expect(try await connection.count("copy_large") == 0)
    }

    @Test(arguments: [
        "select 1", "copy copy_wrong to stdout", "copy copy_wrong from '/nowhere'",
        "copy copy_wrong from program 'true'", "",
        "-- copy copy_wrong from stdin", "explain copy copy_wrong from stdin",
    ]) func otherStatementsAreRefused(_ sql: String) async throws {
        let connection = try await ConnectionFixture.connect("copy")
        let before = connection.counters
        let source = CopyFixture.Source { _ in [] }
        let error = try await expect(.misuse) {
            try await connection.copyIn("\(unsafeRaw: sql)", from: source)
        }
        #expect(error.message.contains("COPY … FROM STDIN"))
        #expect(connection.counters == before && source.count == 0 && !connection.isClosed)
    }

    @Test func valuesAndSeveralStatementsAreRefused() async throws {
        let connection = try await CopyFixture.connect("copy_several")
        try await expect(.invalidParameter) {
            try await connection.copyIn("copy copy_several from stdin (null \("x"))", from: [[UInt8]]())
        }
        for text in ["; drop table copy_several", ";;(select 1)", " ; /* */ -- \n vacuum"] {
            try await expect(.misuse) {
                try await connection.copyIn("copy copy_several from stdin\(unsafeRaw: text)", from: ["1\tx\n".utf8])
            }
        }
        #expect(try await connection.copyIn("copy copy_several from stdin; -- all", from: [[UInt8]]()) == 0)
        // Quotes of all kinds hold semicolons.
        let quoted: SQL = "copy (select ';x', e'\\';x', $$;x$$, $a$;$$x$a$ as \"a;x\" /* ;x /* */ ;x */) to stdout;"
        #expect(try await connection.copied(quoted).count > 0)
        #expect(try await connection.count("copy_several") == 0)
        try await expect(.server, sqlState: "42P01") {
            try await connection.copyIn("copy not_there from stdin", from: ["1\tx\n".utf8])
        }
    }

    /// As a statement, COPY is refused before it is sent, wherever it stands.
    @Test(arguments: [
        "copy t from stdin", " Copy t To Stdout", "/* c */ copy t (a, b) from stdin", "-- x\ncopy t to stdout",
        "copy (select 'from stdin' as \"to\") to stdout", "copy t from stdout", "copy binary t from stdin",
    ])
    func asAStatementItIsRefused(_ sql: String) async throws {
        let connection = try await ConnectionFixture.connect()
        let before = connection.counters
        for place in 0..<2 {
            let error = try await expect(.misuse) {
                if place == 0 {
                    try await connection.run(sql)
                } else {
                    _ = try await connection.pipeline([Statement("select 1"), Statement(sql)])
                }
            }
            #expect(error.message.contains(sql.lowercased().contains("to stdout") ? "copyOut" : "copyIn"))
            #expect(error.statementIndex == (place == 0 ? nil : 1))
        }
        #expect(connection.counters == before && !connection.isClosed)
    }

    @Test(arguments: [
        "copy (select 1) to '/dev/null'", "copy (select 'to stdout') to '/dev/null'",
        "copy (select $q$ to stdout $q$) to '/dev/null'",
        "copy (select 1 /* to stdout */) to '/dev/null' -- to stdout", "copy (select e'\\' to stdout') to '/dev/null'",
        "create temporary table copy_to (stdout int)",
    ]) func withAFileOfTheServerItIsAStatement(_ sql: String) async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run(sql)
        #expect(!connection.isClosed)
    }

    // MARK: Transactions

    @Test func itIsPartOfATransaction() async throws {
        let connection = try await CopyFixture.connect("copy_tx")
        await #expect(throws: CopyFixture.Broken.self) {
            try await connection.withTransaction { connection in
                #expect(try await connection.copyIn("copy copy_tx from stdin", from: [CopyFixture.lines(0..<3)]) == 3)
                #expect(try await connection.count("copy_tx") == 3)
                throw CopyFixture.Broken()
            }
        }
        #expect(try await connection.count("copy_tx") == 0)
        try await connection.withTransaction { connection in
            try await connection.run("insert into copy_tx values (100, 'first')")
            // A savepoint around it keeps the rest.
            try await expect(.server, sqlState: "22P02") {
                try await connection.withTransaction {
                    _ = try await $0.copyIn("copy copy_tx from stdin", from: ["x\ty\n".utf8])
                }
            }
            try await connection.withTransaction {
                _ = try await $0.copyIn("copy copy_tx from stdin", from: [CopyFixture.lines(0..<3)])
            }
        }
        #expect(try await connection.count("copy_tx") == 4)
    }

    @Test func throughAPool() async throws {
        let database = try await TestDatabase.named("copy")
        try await database.run("drop table if exists copy_pooled; create table copy_pooled (id int, word text)")
        let served = try ServedPool(database.url, name: "copies", maximum: 2)
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await served.pool.withConnection { connection in
                        try await connection.copyIn(
                            "copy copy_pooled from stdin",
                            from: [CopyFixture.lines(number * 1_000..<number * 1_000 + 1_000)])
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 8_000)
        #expect(try await database.run("select count(distinct id) from copy_pooled") == [["8000"]])
        #expect(try await served.close())
    }

    @Test func othersWaitForTheirTurn() async throws {
        let connection = try await CopyFixture.connect("copy_turns")
        let isHeld = Locked(true)
        let source = CopyFixture.Source { number in
            while isHeld.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
            return number < 3 ? CopyFixture.lines(number..<number + 1) : nil
        }
        async let count = connection.copyIn("copy copy_turns from stdin", from: source)
        #expect(await eventually { source.count == 1 })
        async let answer = connection.count("copy_turns")
        // A deadline holds in line, too.
        try await expect(.statementTimeout) {
            try await connection.execute(Statement("select 1"), timeout: .milliseconds(50))
        }
        isHeld.withLock { $0 = false }
        #expect(try await count == 3)
        #expect(try await answer == 3)
    }
}
