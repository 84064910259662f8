// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// libpq's buffer holds the largest message of any kind and never shrinks: a pool doesn't keep it.
@Suite(.timeLimit(.minutes(2))) struct KeptBufferTests {
    @Test(arguments: [
        "do $$ begin raise notice '%', repeat('x', 20000000); end $$",
        "do $$ begin raise exception '%', repeat('x', 20000000); end $$",
        "do $$ begin raise exception 'short' using detail = repeat('x', 20000000); end $$",
        "do $$ begin raise warning 'short' using hint = repeat('x', 20000000); end $$",
    ]) func hugeWordsOfTheServer(_ text: String) async throws {
        let served = try ServedPool(try await TestDatabase.named("limits").url, name: "kept-words", maximum: 1)
        func process() async throws -> Int { try await served.pool.withConnection { $0.processID } }
        let first = try await process()
        _ = try? await served.pool.execute(Statement("do $$ begin raise notice 'short'; end $$"))
        #expect(try await process() == first)
        _ = try? await served.pool.execute(Statement(text))
        #expect(try await process() != first)
        #expect(try await served.close())
    }

    @Test func aHugeNotification() async throws {
        let server = try FakeServer { session in
            try session.accept(process: Int32(session.index))
            let words =
                BackendMessage.string("channel") + BackendMessage.string(String(repeating: "x", count: 10_000_000))
            let notification = BackendMessage.message("A", BackendMessage.integer(Int32(1)) + words)
            try session.serve { $0.type == "E" ? [notification, .commandComplete("SELECT 0")] : nil }
        }
        defer { server.close() }
        let pool = ConnectionPool(
            configuration: PoolConfiguration(minimumConnections: 0, maximumConnections: 1),
            connection: try ConnectionConfiguration(url: server.url, environment: [:]), logger: ConnectionFixture.logger
        )
        try await pool.execute(Statement("select 1"))
        try await pool.execute(Statement("select 1"))
        #expect(server.accepted == 2)
        await pool.shutdown(deadline: .seconds(5))
    }
}
