// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// What is said of a transaction whose end was sent and never answered.
@Suite(.timeLimit(.minutes(1))) struct LostCommitTests {
    /// Serves until a transaction is to be ended, and is gone then.
    private func lose(_ body: (Connection) async throws -> Void) async throws -> PostgresError {
        let server = try FakeServer { session in
            try session.accept()
            try session.serve { message in
                guard message.type == "P" else { return nil }
                let word = message.strings[1].split(separator: " ").first?.uppercased() ?? ""
                if ["COMMIT", "END", "ROLLBACK", "PREPARE"].contains(word) { throw FakeSession.Ended() }
                return nil
            }
        }
        defer { server.close() }
        let connection = try await ConnectionFixture.connect(url: server.url)
        return try #require(await #expect(throws: PostgresError.self) { try await body(connection) })
    }

    private static func texts(_ texts: String...) -> [Statement] { texts.map { Statement($0, preparation: .unnamed) } }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var run: @Sendable (Connection) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (Connection) async throws -> Void) {
            (testDescription, self.run) = (name, run)
        }
    }

    static let harmless = [
        Case("read-only") { try await $0.withTransaction(readOnly: true) { _ = try await $0.run("select 1") } },
        Case("a safe snapshot") {
            try await $0.withTransaction(isolation: .serializable, readOnly: true, deferrable: true) {
                _ = try await $0.run("select 1")
            }
        },
        Case("an exported snapshot") {
            try await $0.withTransaction(isolation: .repeatableRead, readOnly: true) {
                try await $0.run("set transaction snapshot '00000003-0000001B-1'")
                _ = try await $0.run("select pg_export_snapshot()")
            }
        },
        Case("one flight") {
            _ = try await $0.pipeline(
                [Statement("select 1"), Statement("select 2")], isolation: .repeatableRead, readOnly: true)
        },
        Case("a cursor, in words") { connection in
            _ = try await connection.pipeline(
                texts(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "declare c cursor for select 1",
                    "fetch 10 from c"))
            try await connection.run("commit")
        },
        Case("in words, in one flight") {
            _ = try await $0.pipeline(texts("start transaction read only", "select 1", "end"))
        },
        Case("a savepoint in it") {
            try await $0.withTransaction(readOnly: true) {
                _ = try? await $0.withTransaction { _ in throw CancellationError() }
                _ = try await $0.run("select 1")
            }
        },
        Case("a rollback") { connection in
            try await connection.run("begin")
            try await connection.run("insert into t values (1)")
            try await connection.run("rollback")
        },
    ]

    @Test(arguments: harmless) func whatChangedNothingIsOnlyLost(_ sample: Case) async throws {
        #expect(try await lose(sample.run).code == .connectionLost)
    }

    static let unknown = [
        Case("an insert") { try await $0.withTransaction { _ = try await $0.run("insert into t values (1)") } },
        // A function may write.
        Case("a select") { try await $0.withTransaction { _ = try await $0.run("select f()") } },
        Case("made writable") {
            try await $0.withTransaction(readOnly: true) {
                try await $0.run("set transaction read write")
                _ = try await $0.run("insert into t values (1)")
            }
        },
        Case("made writable by its setting") {
            try await $0.withTransaction(readOnly: true) {
                try await $0.run("set local transaction_read_only = off")
                _ = try await $0.run("insert into t values (1)")
            }
        },
        Case("read-only after a change") {
            _ = try await $0.pipeline(texts("insert into t values (1)", "begin read only", "select 1", "commit"))
        },
        Case("the transaction after a read-only one") { connection in
            try await connection.run("begin read only")
            // It ends without ending: only `serve` knows this word.
            try await connection.run("abort")
            try await connection.run("begin")
            try await connection.run("insert into t values (1)")
            try await connection.run("commit")
        },
        Case("read-only in a comment only") { connection in
            try await connection.run("begin -- not read only")
            try await connection.run("insert into t values (1)")
            try await connection.run("commit")
        },
        Case("read-only until a savepoint was spoken of") { connection in
            try await connection.run("begin read only")
            try await connection.run("abort /* not to a savepoint */")
            try await connection.run("begin")
            try await connection.run("insert into t values (1)")
            try await connection.run("commit")
        },
        Case("two phases") { connection in
            try await connection.run("begin")
            try await connection.run("insert into t values (1)")
            try await connection.run("prepare transaction 'half'")
        },
    ]

    @Test(arguments: unknown) func whatMayHaveChangedSomethingIsUnknown(_ sample: Case) async throws {
        #expect(try await lose(sample.run).code == .commitOutcomeUnknown)
    }
}
