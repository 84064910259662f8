// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Foundation
import TestSupport
import Testing

/// What a request costs that is refused for its size: little, however large the table is.
@Suite struct RefusedReadTests {
    /// Two million rows, 315 MB in libpq's results.
    private static let tables = Task {
        let test = try await TestDatabase.named("refused_reads")
        try await test.run(
            """
            CREATE UNLOGGED TABLE sack (id int PRIMARY KEY);
            CREATE UNLOGGED TABLE grain (id int, sack int, kind text, weight float8);
            INSERT INTO sack SELECT generate_series(1, 10);
            INSERT INTO grain SELECT n, n % 10 + 1, 'kind ' || n % 7, n / 3.0 FROM generate_series(1, 2000000) n;
            ALTER TABLE grain ADD PRIMARY KEY (id);
            CREATE INDEX ON grain (sack, id);
            ANALYZE sack, grain;
            """)
        return test.url
    }

    @Test(arguments: ["root", "include", "raw", "written"], ["rows", "bytes"])
    func `Refusing two million rows, or gigabytes of JSON, takes less than 40 MB and leaves the pool whole`(
        place: String, limit: String
    ) async throws {
        let url = try await Self.tables.value
        let words = try await reader(url, place, limit).split(separator: " ").map(String.init)
        try #require(words.count == 5, "\(words)")
        #expect(words[0] == "RESULT_TOO_LARGE")
        let growth = try #require(Int(words[1]))
        #expect(growth < 40 << 20, "\(growth) bytes")
        // Leased, waiting, and whether all that are there are idle.
        #expect(words[2...4] == ["0", "0", "true"])
    }

    /// What the process says that makes the request.
    private func reader(_ arguments: String...) async throws -> String {
        let process = Process()
        process.executableURL = BuiltProducts.executable("LimitedReader")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let reading = output.fileHandleForReading
        // Reading blocks, which no thread of the cooperative pool must.
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let text = String(decoding: reading.readDataToEndOfFile(), as: UTF8.self)
                continuation.resume(returning: text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
    }
}
