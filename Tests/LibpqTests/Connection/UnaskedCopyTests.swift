// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// A server that answers with a COPY what is none.
@Suite(.timeLimit(.minutes(1))) struct UnaskedCopyTests {
    @Test(arguments: ["G", "H", "W"] as [Character], [false, true])
    func itIsNoAnswer(_ type: Character, inTransaction: Bool) async throws {
        let server = try FakeServer { session in
            try session.accept()
            try session.serve { $0.type == "E" ? [.message(type, [0, 0, 0])] : nil }
        }
        defer { server.close() }
        let connection = try await ConnectionFixture.connect(url: server.url)
        let error = try await expect(.connectionLost) {
            if inTransaction {
                try await connection.withTransaction { _ = try await $0.run("select 1") }
            } else {
                try await connection.run("select 1")
            }
        }
        #expect(error.statementIndex == nil)
        #expect(connection.isClosed)
    }
}
