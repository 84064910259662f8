// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport
import Testing

/// The rows of all tables that a case has before its change, or wants behind it, with all of their values.
struct ExpectedRows {
    private let name: String
    private let tables: [JSONValue.Member]

    /// Those that the case's data make.
    init(before example: MigrationCase) throws {
        name = example.name
        tables = try #require(example.result["loopback"]?["before"]?["rows"]?.members)
    }

    /// Those that are wanted: given as rows, or by what LoopBack left or what was there before.
    init(after example: MigrationCase) throws {
        let rows = try #require(example.expect["rows"], "\(example)")
        guard let words = rows.text else {
            name = example.name
            tables = try #require(rows.members, "\(example)")
            return
        }
        if words.hasPrefix("as LoopBack") {
            name = example.name
            tables = try #require(example.result["loopback"]?["rows"]?.members, "\(example)")
        } else {
            #expect(words.hasPrefix("unchanged"), "\(example): \(words)")
            self = try ExpectedRows(before: example)
            // What LoopBack destroyed is written out.
            if let brace = words.firstIndex(of: "{") {
                let written = try JSONValue(parsing: Array(words[brace...].utf8))
                #expect(written.members.map { $0.map(\.key) } == tables.map(\.key))
                for table in tables { Self.compare(written[table.key] ?? .null, table.value, "\(name): \(table.key)") }
            }
        }
    }

    /// Holds the tables of a database against them.
    func check(in database: TestDatabase) async throws {
        let names = try await database.run(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^kinship_' ORDER BY 1")
        #expect(Set(names.compactMap { $0.first ?? nil }) == Set(tables.map(\.key)), "\(name)")
        for table in tables {
            let rows = try await database.run(
                "SELECT coalesce(json_agg(t ORDER BY t.id), '[]') FROM \"\(table.key)\" t")
            let text = try #require(rows.first?.first ?? nil)
            Self.compare(try JSONValue(parsing: Array(text.utf8)), table.value, "\(name): \(table.key)")
        }
    }

    private static func compare(_ found: JSONValue, _ wanted: JSONValue, _ place: Comment) {
        let (rows, expected) = (found.elements ?? [], wanted.elements ?? [])
        #expect(rows.count == expected.count, place)
        for (row, expected) in zip(rows, expected) {
            #expect(Set((row.members ?? []).map(\.key)) == Set((expected.members ?? []).map(\.key)), place)
            for member in expected.members ?? [] {
                let value = row[member.key]
                if member.value == .string("(now)") {
                    // A time of the migration's own.
                    #expect(value?.text?.contains("T") == true, place)
                } else {
                    #expect(value == member.value, "\(place): \(member.key)")
                }
            }
        }
    }
}
