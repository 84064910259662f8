// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import Libpq

/// Row sets made in memory are read as those of a server.
struct RowSetBuilderTests {
    private func error(_ body: () throws(PostgresError) -> Void) -> PostgresError.Code? {
        do throws(PostgresError) { try body() } catch { return error.code }
        return nil
    }

    @Test func cellsAreReadAsTheyWereSet() throws {
        var builder = try RowSetBuilder(columns: [.init("item", .jsonb), .init("größe", .int4), .init("note", .text)])
        for number in [Int32(7), -1] {
            try builder.addRow()
            try builder.set([1] + Array(#"{"a":1}"#.utf8)[...], column: 0)
            var bytes: [UInt8] = []
            bytes.append(bigEndian: number)
            try builder.set(bytes[...], column: 1)
        }
        try builder.set([], column: 2)
        let rows = builder.finish()
        #expect(rows.count == 2 && rows.columnCount == 3)
        #expect(rows.columns.map(\.name) == ["item", "größe", "note"])
        #expect(rows.columns.map(\.typeID) == [.jsonb, .int4, .text])
        #expect(rows.columns.allSatisfy { $0.format == .binary && $0.tableID == nil && $0.typeModifier == -1 })
        #expect(try rows.decodeColumn(Int32.self, at: 1) == [7, -1])
        #expect(try rows.decode(String?.self, row: 0, column: 2) == nil)
        #expect(try rows.decode(String?.self, row: 1, column: 2) == "")
        #expect(rows.bytes(row: 0, column: 0).map(Array.init) == [1] + Array(#"{"a":1}"#.utf8))
        #expect(rows.commandTag == "" && rows.affectedRows == nil)
    }

    @Test func aCellCanBeSetAgain() throws {
        var builder = try RowSetBuilder(columns: [.init("a", .text)])
        try builder.addRow()
        try builder.set(Array("long".utf8)[...], column: 0)
        try builder.set(Array("é".utf8)[...], column: 0)
        try builder.addRow()
        try builder.set(Array("x".utf8)[...], column: 0)
        try builder.set(nil, column: 0)
        let rows = builder.finish()
        #expect(try rows.decodeColumn(String?.self, at: 0) == ["é", nil])
    }

    @Test func anySize() throws {
        var builder = try RowSetBuilder(columns: [.init("n", .int8), .init("text", .text)])
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 3_000_000)
        for row in 0..<100_000 {
            try builder.addRow()
            var bytes: [UInt8] = []
            bytes.append(bigEndian: Int64(row))
            try builder.set(bytes[...], column: 0)
            if row == 99_999 { try builder.set(large[...], column: 1) }
        }
        #expect(builder.count == 100_000)
        let rows = builder.finish()
        #expect(rows.count == 100_000)
        #expect(try rows.decode(Int64.self, row: 54_321, column: 0) == 54_321)
        #expect(try rows.decode(String.self, row: 99_999, column: 1).utf8.count == 3_000_000)
        #expect(rows.isNull(row: 99_998, column: 1))
    }

    @Test func withoutRows() throws {
        let builder = try RowSetBuilder(columns: [.init("a", .text)])
        let rows = builder.finish()
        #expect(rows.isEmpty && rows.columnCount == 1)
    }

    @Test func whatCannotBeIsAnError() throws {
        #expect(error { () throws(PostgresError) in _ = try RowSetBuilder(columns: []).finish() } == .misuse)
        var builder = try RowSetBuilder(columns: [.init("a", .text)])
        var codes: [PostgresError.Code?] = []
        do throws(PostgresError) { try builder.set(nil, column: 0) } catch { codes.append(error.code) }
        try builder.addRow()
        do throws(PostgresError) { try builder.set(nil, column: 1) } catch { codes.append(error.code) }
        do throws(PostgresError) { try builder.set(nil, column: -1) } catch { codes.append(error.code) }
        // Only the count of such a buffer is looked at.
        let byte: UInt8 = 0
        withUnsafeBytes(of: byte) { bytes in
            let large = UnsafeRawBufferPointer(start: bytes.baseAddress, count: RowSetBuilder.maximumCellSize + 1)
            do throws(PostgresError) { try builder.set(large, column: 0) } catch { codes.append(error.code) }
        }
        #expect(codes == [.misuse, .misuse, .misuse, .invalidParameter])
        // The row is as it was before.
        let rows = builder.finish()
        #expect(rows.count == 1 && rows.isNull(row: 0, column: 0))
    }
}
