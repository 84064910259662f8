// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@Suite struct SampleShopTests {
    @Test("The shop has the rows its description promises, the same each time")
    func rows() async throws {
        let shop = try await TestDatabase.shop()
        let counts = try await shop.run(
            """
            SELECT (SELECT count(*) FROM category), (SELECT count(*) FROM product), (SELECT count(*) FROM customer),
              (SELECT count(*) FROM profile), (SELECT count(*) FROM orders), (SELECT count(*) FROM item),
              (SELECT count(*) FROM review)
            """)
        #expect(counts == [["8", "200", "2000", "1500", "12000", "30000", "6000"]])
        let fingerprint = try await shop.run(
            """
            SELECT md5(string_agg(o::text, ';' ORDER BY id)) FROM
              (SELECT id, customer_id, status, total, placed_at AT TIME ZONE 'UTC' FROM orders) AS o
            """)
        #expect(fingerprint == [["b37af4f0d6a7115acfb49a815587d555"]])
    }

    @Test("Totals are the sums of their items")
    func totals() async throws {
        let wrong = try await TestDatabase.shop().run(
            """
            SELECT count(*) FROM orders
            WHERE total IS DISTINCT FROM (SELECT sum(quantity * price) FROM item WHERE order_id = orders.id)
            """)
        #expect(wrong == [["0"]])
    }

    @Test("Each foreign key is indexed")
    func indexes() async throws {
        let bare = try await TestDatabase.shop().run(
            """
            SELECT conrelid::regclass, conkey FROM pg_constraint
            WHERE contype = 'f' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])
            """)
        #expect(bare.isEmpty)
    }

    @Test("Models name tables and columns that exist", arguments: ["Examples/models", "sql/bench/models"])
    func models(folder: String) async throws {
        let database = folder == "Examples/models" ? try await TestDatabase.shop() : try await benchmarkTables()
        let columns = Set(
            try await database.run(
                """
                SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
                """
            ).compactMap { $0.first ?? nil })
        var described: Set<String> = []
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path(folder))
        #expect(!files.isEmpty)
        for file in files {
            let data = try Data(contentsOf: URL(fileURLWithPath: Repository.path(folder + "/" + file)))
            let model = try JSONDecoder().decode(ModelFile.self, from: data)
            #expect(model.name + ".json" == file)
            for (name, property) in model.properties {
                described.insert(model.options.postgresql.table + "." + (property.postgresql?.columnName ?? name))
            }
        }
        #expect(described == columns)
    }

    /// The benchmark's tables without its rows, of which there are too many for a test.
    private func benchmarkTables() async throws -> TestDatabase {
        let database = try await TestDatabase.named("bench_tables")
        let sql = try String(contentsOfFile: Repository.path("sql/bench/bench-data.sql"), encoding: .utf8)
        try await database.run(String(sql.prefix(upTo: try #require(sql.range(of: "\nINSERT")).lowerBound)))
        return database
    }

    /// The part of a model file that names columns.
    private struct ModelFile: Decodable {
        var name: String
        var options: Options
        var properties: [String: Property]

        struct Options: Decodable {
            var postgresql: Place
            struct Place: Decodable { var table: String }
        }

        struct Property: Decodable {
            var postgresql: Place?
            struct Place: Decodable { var columnName: String? }
        }
    }
}
