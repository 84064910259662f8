// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// A server that says in the middle of a transaction that there is none.
@Suite(.timeLimit(.minutes(1))) struct EndedTransactionTests {
    /// The flight, from 1, after which it says so.
    @Test(arguments: [1, 2]) func nobodyIsToldThatItHappened(_ flight: Int) async throws {
        let server = try FakeServer { session in
            try session.accept()
            var flights = 0
            try session.serve { message in
                guard message.type == "S" else { return nil }
                flights += 1
                return [.readyForQuery(flights < flight ? "T" : "I")]
            }
        }
        defer { server.close() }
        let connection = try await ConnectionFixture.connect(url: server.url)
        try await expect(.connectionLost) {
            try await connection.withTransaction { connection in
                try await connection.run("insert into a values (1)")
                try await connection.run("insert into a values (2)")
            }
        }
        #expect(connection.isClosed)
    }

    @Test func aBodyMayEndItByItself() async throws {
        let connection = try await ConnectionFixture.connect()
        for text in ["rollback", "/* it's over */ commit", "abort", "end work"] {
            try await connection.withTransaction { connection in
                try await connection.run("select 1")
                try await connection.run(text)
            }
            #expect(!connection.isClosed)
        }
        connection.close()
    }
}
