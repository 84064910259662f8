// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Advised indexes on a real server: that they can be made, and that the planner's own statements use them.
@Suite struct IndexAdviceTests {
    private func withShop<R: Sendable>(
        _ name: String, _ body: (Database, TestDatabase) async throws -> R
    ) async throws -> R {
        let shop = try await TestDatabase.named(
            "advice_\(name)", loading: ["sql/shop/schema.sql", "sql/shop/data.sql"])
        try await shop.run("ANALYZE")
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        // Statements whose parameters can be given here: in one round trip they find their keys on the server.
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: shop.url),
            trees: TreeOptions(strategy: .byLevel)
        ) { database in try await body(database, shop) }
    }

    private func advice(_ database: Database, _ model: String, _ filter: JSONValue) throws -> [IndexAdvice] {
        let schema = database.schema
        let id = try schema.id(of: model)
        let resolved = try ScopedSchema(schema).resolved(try schema.filter(filter, for: id), for: id)
        return try IndexAdvisor(schema: schema, catalog: schema.catalog ?? Catalog()).advice(for: resolved, of: id)
    }

    /// The server's plan of a fetch's statement, whatever its values are.
    private func serverPlan(_ fetch: Fetch, _ values: [String], on shop: TestDatabase) async throws -> String {
        let rows = try await shop.run(
            """
            SET plan_cache_mode = force_generic_plan;
            PREPARE advised (\(fetch.slots.map(\.typeName).joined(separator: ", "))) AS \(fetch.text);
            EXPLAIN EXECUTE advised (\(values.joined(separator: ", ")))
            """)
        return rows.compactMap { $0.first ?? nil }.joined(separator: "\n")
    }

    @Test func `The index for an order of which each parent gets the first rows is used`() async throws {
        try await withShop("parents") { database, shop in
            let filter: JSONValue = [
                "limit": 5,
                "include": ["relation": "orders", "scope": ["order": ["placedAt DESC"], "limit": 3]],
            ]
            let found = try advice(database, "Customer", filter)
            #expect(
                found.map(\.createStatement)
                    == [#"CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer_id", "placed_at" DESC, "id")"#])
            let statement = try #require(found.first?.createStatement)
            let fetch = try database.plan("Customer", filter: filter).fetches[1]
            // Without it a customer's few orders are sorted with those of the others.
            #expect(fetch.access == .window)
            let before = try await serverPlan(fetch, ["'{1,2,3}'", "3"], on: shop)
            #expect(before.contains("Sort"))
            try await shop.run(statement)
            // Once the catalog is read again there is nothing left to advise, and the index gives the order.
            try await database.refreshCatalog()
            #expect(try advice(database, "Customer", filter).isEmpty)
            let advised = try database.plan("Customer", filter: filter).fetches[1]
            #expect(advised.access == .lateral)
            let after = try await serverPlan(advised, ["'{1,2,3}'", "3"], on: shop)
            #expect(after.contains("orders_customer_id_placed_at_id_idx"), "\(after)")
            #expect(!after.contains("Sort"), "\(after)")
        }
    }

    @Test func `The index for the root's order is used, and so is one for a key`() async throws {
        try await withShop("root") { database, shop in
            let filter: JSONValue = ["where": ["status": "open"], "order": ["total DESC NULLS LAST"], "limit": 10]
            let found = try advice(database, "Order", filter)
            #expect(
                found.map(\.createStatement) == [
                    #"CREATE INDEX CONCURRENTLY ON "public"."orders" ("status", "total" DESC NULLS LAST, "id")"#
                ])
            try await shop.run(try #require(found.first?.createStatement))
            let fetch = try database.plan("Order", filter: filter).fetches[0]
            let plan = try await serverPlan(fetch, ["'open'", "10"], on: shop)
            #expect(plan.contains("orders_status_total_id_idx"), "\(plan)")
            #expect(!plan.contains("Sort"), "\(plan)")

            try await shop.run("DROP INDEX item_order_id")
            try await database.refreshCatalog()
            let items: JSONValue = ["include": "items"]
            let missing = try advice(database, "Order", items)
            #expect(missing.map(\.createStatement) == [#"CREATE INDEX CONCURRENTLY ON "public"."item" ("order_id")"#])
            try await shop.run(try #require(missing.first?.createStatement))
            try await database.refreshCatalog()
            #expect(try advice(database, "Order", items).isEmpty)
            let children = try database.plan("Order", filter: items).fetches[1]
            #expect(try await serverPlan(children, ["'{1,2,3}'"], on: shop).contains("item_order_id_idx"))
        }
    }
}
