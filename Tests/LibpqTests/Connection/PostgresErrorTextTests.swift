// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// What an error says of itself: what happened and what to do, and of the data nothing unless it is asked.
@Suite struct PostgresErrorTextTests {
    private func error(_ sql: String) async throws -> PostgresError {
        let connection = try await ConnectionFixture.connect()
        defer { connection.close() }
        return try #require(await #expect(throws: PostgresError.self) { try await connection.run(sql) })
    }

    @Test func rowsAreShownOnDemandOnly() async throws {
        let error = try await error(
            """
            DO $$ BEGIN
                CREATE TEMP TABLE people (mail text CONSTRAINT one_each UNIQUE);
                INSERT INTO people VALUES ('ada@example.org'), ('ada@example.org');
            END $$
            """)
        #expect(error.server?.detail?.contains("ada@example.org") == true)
        for text in ["\(error)", String(describing: error), error.description, "\(error as any Error)"] {
            #expect(!text.contains("ada@"))
            #expect(
                text == "SERVER_ERROR: duplicate key value violates unique constraint \"one_each\" (SQLSTATE 23505)")
            #expect(text.count < 200)
        }
        #expect(error.details.contains { $0.hasPrefix("detail: ") && $0.contains("ada@example.org") })
        #expect(error.details.contains("constraint: one_each"))
        #expect(error.debugDescription.contains("ada@example.org"))
        #expect(String(reflecting: error) == error.debugDescription)
    }

    @Test func theServersHintIsSaid() async throws {
        let error = try await error("SELECT reltuple FROM pg_class")
        #expect("\(error)".contains("Hint: Perhaps you meant to reference the column \"pg_class.reltuples\"."))
        #expect(!"\(error)".contains("SELECT"))
        #expect(error.details.contains("statement: SELECT reltuple FROM pg_class"))
        #expect(error.details.contains { $0.hasPrefix("position in the statement: ") })
    }

    @Test func aServersWordsDontReachTheTerminalRaw() async throws {
        let error = try await error(
            #"DO $$ BEGIN RAISE EXCEPTION E'a\033[2Jb\nERROR: forged' USING HINT = E'\033[31m', DETAIL = E'\r'; END $$"#
        )
        #expect("\(error)" == #"SERVER_ERROR: a\u{1b}[2Jb\nERROR: forged (SQLSTATE P0001) Hint: \u{1b}[31m"#)
        #expect(!error.debugDescription.contains("\u{1B}") && !error.debugDescription.contains("\r"))
        // For programs the fields are as they came.
        #expect(error.server?.hint == "\u{1B}[31m")
    }
}
