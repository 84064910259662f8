// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// COPY from the server to this process.
@Suite(.timeLimit(.minutes(3))) struct CopyOutTests {
    private let many: SQL = "copy (select i, repeat('x', 100) from generate_series(1, 1000000) i) to stdout"

    @Test func rowsComeInWholeChunks() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        let before = connection.counters
        let seen = Locked<[CopyProgress]>([])
        var (all, chunks) = ([UInt8](), 0)
        let copy = connection.copyOut(
            "copy (select i, 'word ' || i from generate_series(0, 49999) i) to stdout",
            progress: { progress in seen.withLock { $0.append(progress) } })
        for try await chunk in copy {
            #expect(chunk.last == UInt8(ascii: "\n"))
            all += chunk
            chunks += 1
        }
        #expect(all == CopyFixture.lines(0..<50_000))
        #expect(chunks > 5)
        #expect(seen.withLock { $0.count } == chunks)
        #expect(seen.withLock { $0.last } == CopyProgress(bytes: all.count, rows: 50_000))
        #expect(connection.counters.statements == before.statements + 1)
        #expect(connection.counters.roundTrips == before.roundTrips + 1)
        // Each time anew.
        var second: [UInt8] = []
        for try await chunk in copy { second += chunk }
        #expect(second == all)
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
    }

    @Test func nothingIsNoChunk() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        #expect(try await connection.copied("copy (select 1 where false) to stdout").isEmpty)
        var iterator = connection.copyOut("copy (select 1) to stdout").makeAsyncIterator()
        #expect(try await iterator.next() == Array("1\n".utf8))
        for _ in 0..<3 { #expect(try await iterator.next() == nil) }
        #expect(connection.transactionStatus == .idle)
    }

    @Test func aRowMayBeLarge() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        let all = try await connection.copied(
            "copy (select repeat('x', 20000000) from generate_series(1, 2)) to stdout")
        #expect(all.count == 40_000_002)
    }

    @Test func theServerWaitsForTheReader() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let (proxy, url) = try ConnectionFixture.proxy(to: server)
        let connection = try await ConnectionFixture.connect(url: url)
        var count = 0
        for try await chunk in connection.copyOut(many) {
            count += chunk.count
            if count == chunk.count {
                // What the system's buffers hold, and no more.
                try await Task.sleep(for: .milliseconds(300))
                let held = proxy.bytes(.toClient)
                try await Task.sleep(for: .milliseconds(300))
                #expect(proxy.bytes(.toClient) == held)
                #expect(held < 50_000_000)
            }
        }
        #expect(count > 100_000_000)
        connection.close()
        proxy.close()
    }

    // MARK: What goes wrong

    @Test func anErrorInTheMiddle() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        var all: [UInt8] = []
        let error = try await expect(.server, sqlState: "22012") {
            for try await chunk in connection.copyOut(
                "copy (select 1 / (5 - i) from generate_series(1, 10) i) to stdout")
            {
                all += chunk
            }
        }
        #expect(error.copy != nil && error.sql?.hasPrefix("copy (") == true)
        #expect(all.isEmpty || all == Array("0\n0\n0\n1\n".utf8))
        #expect(connection.transactionStatus == .idle)
        #expect(try await connection.copied("copy (select 1) to stdout") == Array("1\n".utf8))
    }

    @Test func limitsHold() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        // All of it is less than what costs the connection, so that it is kept whatever lies between and takes bytes ahead.
        let some: SQL = "copy (select i, repeat('x', 100) from generate_series(1, 75000) i) to stdout"
        for limits in [ResultLimits(rows: 70_000), ResultLimits(bytes: 500_000)] {
            var rows = 0
            let error = try await expect(.resultTooLarge) {
                for try await chunk in connection.copyOut(some, limits: limits) {
                    rows += chunk.count { $0 == UInt8(ascii: "\n") }
                }
            }
            #expect(rows <= 70_000 && error.copy?.progress.rows == rows)
            #expect(try await connection.answer(to: "select 'usable'") == "usable")
        }
        var count = 0
        for try await chunk in connection.copyOut("copy (select 1) to stdout", limits: ResultLimits(rows: 1, bytes: 2))
        {
            count += chunk.count
        }
        #expect(count == 2)
    }

    @Test(arguments: ["select 1", "copy t from stdin", "copy t to '/tmp/x'", ""]) func otherStatementsAreRefused(
        _ sql: String
    ) async throws {
        let connection = try await ConnectionFixture.connect("copy")
        let before = connection.counters
        let error = try await expect(.misuse) {
            for try await _ in connection.copyOut("\(unsafeRaw: sql)") {}
        }
        #expect(error.message.contains("COPY … TO STDOUT"))
        #expect(connection.counters == before && !connection.isClosed)
    }

    // MARK: Leaving early

    /// Little of it is under way at a time, whatever lies between: of much the connection is not worth keeping.
    private let slow: SQL = """
        copy (select repeat('x', 1000) from generate_series(1, 1000000) where pg_sleep(0.0005) is not null) to stdout
        """

    @Test func leavingEarlyStopsTheServer() async throws {
        let connection = try await ConnectionFixture.connect("copy")
        for _ in 0..<20 {
            for try await _ in connection.copyOut(slow) { break }
            #expect(try await connection.answer(to: "select 'usable'") == "usable")
        }
        // Before the first chunk nothing is sent.
        let before = connection.counters
        _ = connection.copyOut(many).makeAsyncIterator()
        #expect(connection.counters == before)
    }

    @Test func aPoolKeepsTheConnectionThatWasLeftEarly() async throws {
        let database = try await TestDatabase.named("copy")
        let served = try ServedPool(database.url, name: "left early", maximum: 1)
        var processes: Set<Int> = []
        for _ in 0..<10 {
            try await served.pool.withConnection { connection in
                processes.insert(connection.processID)
                for try await _ in connection.copyOut(slow) { break }
            }
        }
        #expect(processes.count == 1)
        #expect(try await served.pool.execute("select 1").count == 1)
        #expect(try await served.close())
    }

    @Test func leavingEarlyFailsATransactionAndSaysSo() async throws {
        let connection = try await CopyFixture.connect("copy_left")
        try await expect(.misuse) {
            try await connection.withTransaction { connection in
                try await connection.run("insert into copy_left values (1, 'x')")
                for try await _ in connection.copyOut(many) { break }
            }
        }
        #expect(try await connection.count("copy_left") == 0)
        // Inside one of its own the rest is kept.
        try await connection.withTransaction { connection in
            try await connection.run("insert into copy_left values (1, 'x')")
            _ = try? await connection.withTransaction { connection in
                for try await _ in connection.copyOut(many) { break }
            }
        }
        #expect(try await connection.count("copy_left") == 1)
        // All that there is has come: nothing has to be stopped.
        try await connection.withTransaction { connection in
            try await connection.run("insert into copy_left values (2, 'x')")
            for try await chunk in connection.copyOut("copy (select 1) to stdout") {
                #expect(chunk.count == 2)
                try await Task.sleep(for: .milliseconds(100))
                break
            }
        }
        #expect(try await connection.count("copy_left") == 2)
    }
}
