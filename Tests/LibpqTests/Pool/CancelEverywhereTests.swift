// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// Cancelled at each of its suspensions in turn, nothing leaks: no connection, no transaction, no statement on the server.
@Suite(.serialized, .timeLimit(.minutes(3)), .withAndWithoutSharing) struct CancelEverywhereTests {
    struct Work: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var run: @Sendable (ConnectionPool) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (ConnectionPool) async throws -> Void) {
            (testDescription, self.run) = (name, run)
        }
    }

    static let all = [
        Work("a statement") { try await $0.execute("select pg_sleep(0.002)") },
        Work("a pipeline") { _ = try await $0.pipeline([Statement("select pg_sleep(0.001)"), Statement("select 2")]) },
        Work("a lease") { _ = try await $0.withConnection { try await $0.execute("select pg_sleep(0.002)") } },
        Work("a transaction") { pool in
            try await pool.withConnection { connection in
                try await connection.withTransaction { connection in
                    try await connection.execute("insert into cancelled values (1)")
                    _ = try await connection.withTransaction {
                        try await $0.execute("insert into cancelled values (2)")
                    }
                    _ = try await connection.execute("select pg_sleep(0.001)")
                }
            }
        },
        Work("a consistent pipeline") { pool in
            try await pool.withConnection { connection in
                _ = try await connection.pipeline(
                    [Statement("select pg_sleep(0.001)"), Statement("select 1")], isolation: .repeatableRead,
                    readOnly: true)
            }
        },
        Work("a COPY in") { pool in
            try await pool.withConnection { connection in
                try await connection.withTransaction { connection in
                    let rows = AsyncStream<[UInt8]>(["1\n".utf8, "2\n".utf8].map(Array.init))
                    _ = try await connection.copyIn("copy cancelled from stdin", from: rows)
                }
            }
        },
        Work("a COPY out") { pool in
            try await pool.withConnection { connection in
                for try await _ in connection.copyOut("copy (select generate_series(1, 40000)) to stdout") {}
            }
        },
        Work("a COPY out of which the rest is not wanted") { pool in
            try await pool.withConnection { connection in
                for try await _ in connection.copyOut("copy (select generate_series(1, 4000000)) to stdout") { break }
            }
        },
        Work("a cursor") { pool in
            let lease = try await pool.lease(fileID: #fileID, line: #line)
            for round in 0..<3 {
                let opening = ["begin read only", "declare c cursor for select generate_series(1, 9)"]
                let texts = (round == 0 ? opening : []) + ["fetch 3 from c"]
                _ = try await lease.connection.pipeline(texts.map { Statement($0, preparation: .unnamed) })
            }
        },
    ]

    @Test(arguments: all, CancellingExecutor.Moment.allCases)
    func nothingIsLeftBehind(_ work: Work, _ moment: CancellingExecutor.Moment) async throws {
        let database = try await TestDatabase.named("cancelled")
        try await database.run("create table if not exists cancelled (id int)")
        let name = "cancelled \(work.testDescription) \(moment)"
        let served = try ServedPool(database.url, name: name, maximum: 2)
        var cancelled = 0
        for place in 0..<200 {
            let executor = CancellingExecutor(at: place, moment)
            let error = await executor.run { try await work.run(served.pool) }
            if let error {
                #expect(error is CancellationError, "at \(place): \(error)")
                cancelled += 1
            }
            #expect(await eventually { served.pool.status.leased + served.pool.status.preparing == 0 }, "at \(place)")
            #expect(try await served.pool.execute("select 1").count == 1)
            // It came to its end before it was to be cancelled.
            if executor.resumptions <= place { break }
            #expect(place < 199)
        }
        #expect(cancelled > (moment == .resuming ? 1 : 0))
        #expect(try await eventually { try await served.sessions("state <> 'idle'") == 0 })
        // Both or none.
        #expect(
            try await database.run(
                "select count(*) filter (where id = 1) - count(*) filter (where id = 2) from cancelled") == [["0"]])
        #expect(try await served.close())
    }
}
