// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Libpq
import Logging
import TestSupport
import Testing

/// SQL literals: the text, the bound values, and what an attacker's string becomes.
struct SQLTests {
    @Test func values() throws {
        let names = ["Ada", "Grace"]
        let missing: Int? = nil
        let sql: SQL = "select * from t where id = \(7) and name = any(\(names)) and x is not distinct from \(missing)"
        #expect(sql.text == "select * from t where id = $1 and name = any($2) and x is not distinct from $3")
        let slots = try sql.statement.parameters.slots
        #expect(slots.map(\.type) == [.int8, .textArray, .int8])
        #expect(slots.map(\.length) == [8, 20 + 4 + 3 + 4 + 5, -1])
    }

    @Test func nesting() throws {
        let inner: SQL = "b = \(2) or c = \("three")"
        let sql: SQL = "select \(1) where (\(inner)) and not (\(inner)) limit \(4)"
        #expect(sql.text == "select $1 where (b = $2 or c = $3) and not (b = $4 or c = $5) limit $6")
        let parameters = try sql.statement.parameters
        #expect(parameters.slots.map(\.type) == [.int8, .int8, .text, .int8, .text, .int8])
        #expect(parameters.slots.map(\.offset) == [0, 8, 16, 21, 29, 34])
        let list = SQL.joined(["a = \(1)", "b = \(2)", "true"], separator: " and ")
        #expect((("select " as SQL) + list).text == "select a = $1 and b = $2 and true")
        #expect(SQL.joined([], separator: ", ").text == "")
        let only: SQL = "\(5)"
        #expect(only.text == "$1" && "\(only)" == "$1")
    }

    @Test func identifiers() throws {
        let sql: SQL = "select \(identifier: "na\"me"), \(identifier: "Schema", "a.b") from \(identifier: "\"")"
        #expect(sql.text == #"select "na""me", "Schema"."a.b" from """""#)
        for name in ["", "a\0b"] {
            let bad: SQL = "select \(identifier: name)"
            let error = #expect(throws: PostgresError.self) { try bad.statement }
            #expect(error?.code == .invalidParameter)
            let nested: SQL = "select 1 where \(bad)"
            #expect(throws: PostgresError.self) { try Statement(nested) }
        }
    }

    @Test func raw() throws {
        let direction = "desc"
        let sql: SQL = "select 1 order by 1 \(unsafeRaw: direction)"
        #expect(sql.text == "select 1 order by 1 desc")
    }

    @Test func failuresAreReported() throws {
        let sql: SQL = "select \(1), \("sec\0ret"), \([[1], [2, 3]])"
        #expect(sql.text == "select $1, $2, $3")
        let error = #expect(throws: PostgresError.self) { try sql.statement }
        #expect(error?.code == .invalidParameter && error?.message.contains("$2") == true)
        #expect(error?.message.contains("sec") == false)
    }

    @Test func valuesAreNotShown() {
        let sql: SQL = "select \("hunter2")"
        var dumped = ""
        dump(sql, to: &dumped)
        for text in ["\(sql)", String(reflecting: sql), dumped] {
            #expect(!text.contains("hunter2") && text.contains("$1"))
        }
    }

    @Test func integerRanges() throws {
        var parameters = Parameters()
        try parameters.append(300, as: .int2)
        try parameters.append(4_294_967_295, as: .oid)
        #expect(parameters.slots.map(\.length) == [2, 4])
        for (value, type) in [(40_000, TypeID.int2), (1 << 31, .int4), (-1, .oid), (1, .text)] {
            let error = #expect(throws: PostgresError.self) { try parameters.append(Int64(value), as: type) }
            #expect(error?.code == .invalidParameter)
        }
        #expect(throws: PostgresError.self) { try parameters.append("a\0") }
        #expect(parameters.count == 2 && parameters.bytes.count == 6)
    }

    @Test(arguments: [
        "'; drop table t; --", "\\'", "$1", "\"", "%_", "';--", "\u{2019}", "E'\\x00'", "{a,b}", "NULL", "",
    ])
    func injection(text: String) async throws {
        let database = try await TestDatabase.named("sql")
        let connection = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "sql"))
        defer { connection.close() }
        let rows = try await connection.execute(
            "select \(text) as value, \([text]) as list, 1 as \(identifier: text.isEmpty ? "x" : text)")
        #expect(try rows.decode(String.self, row: 0, column: 0) == text)
        #expect(try rows.decode([String].self, row: 0, column: 1) == [text])
        #expect(rows.columns[2].name == (text.isEmpty ? "x" : text))
    }
}
