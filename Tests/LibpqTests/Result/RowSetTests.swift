// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging
import TestSupport
import Testing

/// Reading rows by position and name; shapes that differ from what was expected are errors that say how.
struct RowSetTests {
    private func rows(_ sql: SQL) async throws -> RowSet {
        let database = try await TestDatabase.named("rows")
        let connection = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "rows"))
        defer { connection.close() }
        return try await connection.execute(sql)
    }

    private func message(_ body: () throws -> Void) -> String {
        let error = #expect(throws: PostgresError.self) { try body() }
        #expect(error?.code == .decodingFailed)
        return error?.message ?? ""
    }

    @Test func readingRows() async throws {
        let rows = try await rows(
            "select n as id, 'name ' || n as name, nullif(n, 2) as note from generate_series(1, 3) n")
        #expect(rows.count == 3 && rows.columnCount == 3)
        #expect(rows.commandTag == "SELECT 3" && rows.affectedRows == 3)
        #expect(rows.columns.map(\.name) == ["id", "name", "note"])
        #expect(rows.columns.map(\.typeID) == [.int4, .text, .int4])
        #expect(rows.columns.allSatisfy { $0.format == .binary && $0.tableID == nil && $0.tableColumn == nil })

        let tuples = try rows.decode(Int.self, String.self, Int?.self)
        #expect(tuples.map(\.0) == [1, 2, 3] && tuples.map(\.1) == ["name 1", "name 2", "name 3"])
        #expect(tuples.map(\.2) == [1, nil, 3])
        let notes = try rows.map { row in try row.decode(Int?.self, "note") }
        #expect(notes == [1, nil, 3])
        let names: [String] = try rows.reversed().map { try $0.decode(at: 1) }
        #expect(names == ["name 3", "name 2", "name 1"])
        #expect(try rows.decodeColumn(Int64.self, at: 0) == [1, 2, 3])
        #expect(try rows.last?.decode(Int.self, at: 0) == 3)
        #expect(try rows[1...].map { try $0.decode(Int.self, at: 0) } == [2, 3])
        #expect(rows.index(ofColumn: "name") == 1 && rows.index(ofColumn: "NAME") == nil)
    }

    @Test func tableColumns() async throws {
        let rows = try await rows("select relname, oid, 1 as relname from pg_class limit 1")
        #expect(rows.columns[0].tableID == 1259 && rows.columns[0].tableColumn == 2)
        #expect(rows.columns[2].tableID == nil)
        #expect(rows.index(ofColumn: "relname") == 0)
        let bounded = try await self.rows("select 1.5::numeric(6,2)")
        #expect(bounded.columns[0].typeModifier == (6 << 16 | 2) + 4)
    }

    @Test func wrongShapes() async throws {
        let rows = try await rows("select 1 as id, null::text as name, 2.5::float8 as size")
        let null = message { _ = try rows.decode(String.self, row: 0, column: 1) }
        #expect(
            null.contains("\"name\"") && null.contains("row 0") && null.contains("NULL") && null.contains("Optional"))
        let type = message { _ = try rows.decode(Int.self, row: 0, column: "size") }
        #expect(type.contains("\"size\"") && type.contains("Int") && type.contains("double precision"))
        let renamed = message { _ = try rows.decode(Int.self, row: 0, column: "identity") }
        #expect(renamed.contains("\"identity\"") && renamed.contains("\"id\", \"name\", \"size\""))
        let missing = message { _ = try rows.decode(Int.self, String?.self, Double.self, Int.self) }
        #expect(missing.contains("3 columns") && missing.contains("4 are to be read"))
        let extra = message { _ = try rows.decode(Int.self, String?.self) }
        #expect(extra.contains("3 columns"))
        let element = message { _ = try rows.decode([Int].self, row: 0, column: 0) }
        #expect(element.contains("Array<Int>") && element.contains("integer"))
    }

    @Test func bounds() async throws {
        let rows = try await rows("select 1 as id")
        for (row, column) in [(1, 0), (-1, 0), (0, 1), (0, -1), (.max, .max), (.min, .min), (1 << 32, 0), (0, 1 << 32)]
        {
            let text = message { _ = try rows.decode(Int.self, row: row, column: column) }
            #expect(text.contains("1 rows and 1 columns"))
        }
        #expect(message { _ = try rows[7].decode(Int.self, at: 0) }.contains("row 7"))
    }

    @Test func emptyResults() async throws {
        let none = try await rows("")
        #expect(none.count == 0 && none.columnCount == 0 && none.columns.isEmpty && none.commandTag == "")
        #expect(none.affectedRows == nil)
        let noColumns = try await rows("select from generate_series(1, 3)")
        #expect(noColumns.count == 3 && noColumns.columnCount == 0)
        let noRows = try await rows("select 1 as id where false")
        #expect(noRows.isEmpty && noRows.columnCount == 1)
        #expect(try noRows.decode(Int.self).isEmpty)
        #expect(message { _ = try noRows.decode(Int.self, row: 0, column: 0) }.contains("0 rows"))
        let command = try await rows("create temporary table t (id int)")
        #expect(command.columnCount == 0 && command.commandTag == "CREATE TABLE" && command.affectedRows == nil)
        #expect(message { _ = try command.decode(Int.self, row: 0, column: "id") }.contains("no columns"))
    }

    @Test func multipleStatements() async throws {
        let error = await #expect(throws: PostgresError.self) { _ = try await rows("select 1; select 2") }
        #expect(error?.sqlState == "42601")
    }

    /// A database without an encoding: the server looks at what it sends, since the client's encoding is always UTF8.
    @Test func invalidUTF8() async throws {
        let database = try await TestDatabase.named("rows")
        let name = "kinship_sql_ascii_\(UInt32.random(in: .min ... .max))"
        try await database.run("create database \(name) encoding 'SQL_ASCII' locale 'C' template template0")
        var configuration = try ConnectionConfiguration(url: database.url)
        configuration.database = name
        let connection = try await Connection.connect(configuration, logger: Logger(label: "rows"))
        let error = await #expect(throws: PostgresError.self) {
            try await connection.execute("select convert_from('\\xff', 'SQL_ASCII') as bad")
        }
        #expect(error?.sqlState == "22021")
        let rows = try await connection.execute("select convert_from('\\xc3a9', 'SQL_ASCII') as good")
        #expect(try rows.decode(String.self, row: 0, column: 0) == "é")
        connection.close()
        try await database.run("drop database \(name) with (force)")
    }
}
