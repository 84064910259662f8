// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Libpq
import TestSupport
import Testing

/// Values, results and texts at the limits of the server and of ours.
@Suite(.serialized, .timeLimit(.minutes(4))) struct LargeStatementTests {
    @Test func aHundredMegabytesThereAndBack() async throws {
        let connection = try await ConnectionFixture.connect()
        let size = 100 << 20
        var parameters = Parameters()
        // As an array: a sequence is asked for one byte after the other, which takes minutes where each access is watched.
        parameters.append(.text) { $0.append(contentsOf: [UInt8](repeating: UInt8(ascii: "x"), count: size)) }
        let rows = try await connection.execute(
            Statement("select length($1)::text, $1", parameters, preparation: .unnamed))
        #expect(rows.text() == "\(size)")
        #expect(rows.bytes(row: 0, column: 1)?.count == size)
        connection.close()
    }

    @Test func aQuarterOfAGigabyteComes() async throws {
        let connection = try await ConnectionFixture.connect()
        let size = 268_435_456
        let rows = try await connection.execute(Statement("select repeat('x', \(size))", preparation: .unnamed))
        #expect(rows.bytes(row: 0, column: 0)?.count == size)
        connection.close()
    }

    /// What the server has no memory for is an error of the statement.
    @Test(arguments: [
        ("select length(repeat('xxxxxxxxxx', 1073741824 / 10 + 1))", ["54000", "XX000"]),
        ("select length(lpad('', 1073741824))", ["54000", "XX000"]),
        ("select array_fill(0, array[300000000])", ["54000"]),
        ("select array_length(array_fill(repeat('x', 10000), array[200000]), 1)", ["54000", "XX000", "53200"]),
        ("do $$ begin raise exception 'out of memory' using errcode = '53200'; end $$", ["53200"]),
        ("do $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$", ["53100"]),
    ])
    func whatIsTooMuchForTheServerLeavesTheConnection(_ sql: String, _ states: [String]) async throws {
        let connection = try await ConnectionFixture.connect()
        for _ in 0..<2 {
            let error = try await expect(.server) { try await connection.run(sql) }
            #expect(states.contains(error.sqlState ?? ""), "\(error)")
        }
        #expect(!connection.isClosed)
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
    }

    /// Gigabytes are not needed to say so: the array is one that was never written to.
    @Test func whatTheProtocolCannotTakeIsNotSent() async throws {
        let connection = try await ConnectionFixture.connect()
        let before = connection.counters
        var parameters = Parameters()
        parameters.append(.bytea) { $0 = [UInt8](repeating: 0, count: 1 << 30) }
        try await expect(.invalidParameter) {
            try await connection.execute(Statement("select length($1)", parameters))
        }
        #expect(connection.counters == before)
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
    }

    @Test func aMillionValuesAreOneParameter() async throws {
        let connection = try await ConnectionFixture.connect()
        let values = Array(Int64(0)..<1_000_000)
        let rows = try await connection.execute(
            "select count(*)::text from generate_series(999990, 1000010) n where n = any(\(values))")
        #expect(rows.text() == "10")
    }

    @Test func aTextHasALimit() async throws {
        let connection = try await ConnectionFixture.connect()
        let pool = try ServedPool(try await TestDatabase.named("connection").url, name: "large-text", maximum: 1)
        let before = connection.counters
        let text = "select 1 -- " + String(repeating: "x", count: 100 << 20)
        for _ in 0..<2 {
            let error = try await expect(.invalidParameter) { try await connection.execute(Statement(text)) }
            // Not repeated in the error, which goes to logs.
            #expect(error.sql == nil && error.message.utf8.count < 1_000)
        }
        try await expect(.invalidParameter) { try await pool.pool.execute(Statement(text)) }
        try await expect(.invalidParameter) {
            _ = try await pool.pool.pipeline([Statement("select 1"), Statement(text)])
        }
        #expect(connection.counters == before)
        let allowed = "select 1 -- " + String(repeating: "x", count: (16 << 20) - 12)
        #expect(try await connection.execute(Statement(allowed)).count == 1)
        #expect(try await pool.close())
    }

    /// A disk that is full: a tablespace on a file system of ten megabytes.
    @Test func aFullDiskIsAnErrorOfTheStatement() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let connection = try await ConnectionFixture.connect(url: server.url(database: "postgres"))
        guard let disk = try await SmallDisk.mount(for: server) else {
            print(
                "No small file system can be mounted here: the server's own words on a full disk are all that was tried."
            )
            return
        }
        try await connection.run("create tablespace small location '\(disk.path)'")
        for _ in 0..<2 {
            try await expect(.server, sqlState: "53100") {
                try await connection.run(
                    "create table full_disk tablespace small as select repeat(n::text, 100) from generate_series(1, 1000000) n"
                )
            }
            #expect(connection.transactionStatus == .idle)
        }
        #expect(try await connection.answer(to: "select 'usable'") == "usable")
        try await connection.run("drop tablespace small")
        connection.close()
        await disk.unmount()
    }
}
