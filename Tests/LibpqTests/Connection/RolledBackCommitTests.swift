// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// A COMMIT that the server answers with ROLLBACK, as it does in a transaction that has failed, is no success.
@Suite(.timeLimit(.minutes(1))) struct RolledBackCommitTests {
    @Test(arguments: [false, true]) func whatTheServerRolledBackIsNotAcknowledged(inOneTrip: Bool) async throws {
        let server = try FakeServer { session in
            try session.accept()
            var text = ""
            try session.serve { message in
                if message.type == "P" { text = message.strings[1] }
                return message.type == "E" && text == "COMMIT" ? [.commandComplete("ROLLBACK")] : nil
            }
        }
        defer { server.close() }
        let connection = try await ConnectionFixture.connect(url: server.url)
        try await expect(.misuse) {
            if inOneTrip {
                _ = try await connection.pipeline([Statement("insert into a values (1)")], isolation: .readCommitted)
            } else {
                try await connection.withTransaction { _ = try await $0.run("insert into a values (1)") }
            }
        }
        connection.close()
    }

    /// What another task sends is part of the transaction; when it fails, while COMMIT waits behind it, so does all.
    @Test func anothersFailureAheadOfTheCommit() async throws {
        let connection = try await ConnectionFixture.connect()
        try await connection.run("create temporary table acknowledged (id int)")
        var other: Task<Void, any Error>?
        try await expect(.misuse) {
            try await connection.withTransaction { connection in
                try await connection.run("insert into acknowledged values (1)")
                let before = connection.counters.statements
                other = Task { try await connection.run("select 1 / length(pg_sleep(0.3)::text)") }
                #expect(await eventually { connection.counters.statements > before })
            }
        }
        _ = await other?.result
        #expect(try await connection.answer(to: "select count(*)::text from acknowledged") == "0")
        connection.close()
    }
}
