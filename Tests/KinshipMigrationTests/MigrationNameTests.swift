// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// Names may hold anything: they are no SQL, no paths, and nothing a terminal obeys.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MigrationNameTests {
    @Test(arguments: ["x\nDROP TABLE customers;--", "x\r\nDROP TABLE customers;", "x\u{2028}y", "\u{1B}[2J"])
    func namesEndNoRemark(_ name: String) throws {
        let table = JSONValue.string(name).description
        let model = #"{"name": "X", "options": {"postgresql": {"table": \#(table)}}, "properties": {"a": "string"}}"#
        let schema = try Schema(uncheckedScopes: [try ModelDefinition(json: Array(model.utf8))])
        let file = try MigrationFile(
            name: "20261130101500_x", from: TableCatalog(), to: try DesiredTables(for: schema))
        #expect(file.units.flatMap(\.statements).count == 1)
        #expect(file.units.flatMap(\.statements).allSatisfy { $0.hasPrefix("CREATE TABLE ") })
    }

    @Test func tablesAreNoPaths() async throws {
        let database = try await TestDatabase.named("migration_names")
        for name in ["../../web/config", ".x", "a/b", "1st", "---", "ü ö"] {
            try await database.run(
                "CREATE TABLE \"\(name)\" (id int PRIMARY KEY, \"-\" int, trigger_id int REFERENCES \"\(name)\")")
        }
        let migrator = Migrator(try ConnectionConfiguration(url: database.url), logger: Logger(label: "names"))
        let found = try await migrator.discover()
        #expect(found.models.count == 6)
        for model in found.models {
            #expect(model.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }, "\(model.name)")
            #expect(model.name.first?.isLetter == true)
        }
        _ = try Schema(uncheckedScopes: found.models.map { try ModelDefinition($0.json) })
    }
}
