// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// An SQLSTATE that is none: a server may send any text.
@Suite(.timeLimit(.minutes(1))) struct OddStateTests {
    @Test(arguments: ["\u{1b}[2J", "A\ninfo forged=line", "\u{202e}", String(repeating: "A", count: 100_000)])
    func itMakesNoLinesOfTheLog(_ state: String) async throws {
        let server = try FakeServer { session in
            try session.accept()
            try session.serve { $0.type == "E" ? [.error(state, "no")] : nil }
        }
        defer { server.close() }
        let log = RecordingLog()
        let connection = try await ConnectionFixture.connect(url: server.url, logger: log.logger)
        let error = try await expect(.server) { try await connection.run("select 1") }
        #expect(error.sqlState == state)
        let lines = log.lines.filter { $0.contains("SERVER_ERROR") }
        #expect(lines.count == 1)
        for text in lines + [error.description] {
            #expect(
                text.utf8.count < 2_000 && !text.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E },
                "\(text.prefix(200))")
        }
        connection.close()
    }

    /// A failure ahead of the statements, as of what was to be closed, leaves them without an error of their own.
    @Test func whatWasSkippedIsNoSuccess() throws {
        let request = Request([Statement("select 1"), Statement("select 2")], timeout: nil)
        request.answers = [.skipped, .skipped]
        #expect(throws: PostgresError.self) { try request.allRows() }
        #expect(throws: PostgresError.self) { try request.onlyRows() }
        #expect(request.firstError?.code == .server)
    }
}
