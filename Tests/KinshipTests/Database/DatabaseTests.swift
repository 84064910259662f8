// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The whole way of a request on the sample shop: what comes back, in how many statements and round trips.
@Suite struct DatabaseTests {
    private func withShop<R: Sendable>(
        _ strategy: Strategy = .byLevel, _ body: (Database) async throws -> R
    ) async throws -> R {
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        let shop = try await TestDatabase.shop()
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: shop.url),
            pool: PoolConfiguration(maximumConnections: 4), trees: TreeOptions(strategy: strategy)
        ) { database in try await body(database) }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `However the body ends the database is closed`() async throws {
        struct Stop: Error {}
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        let configuration = try ConnectionConfiguration(url: try await TestDatabase.shop().url)
        var kept: [Database] = []
        let count = try await Database.withDatabase(schema: schema, connection: configuration) { database in
            kept.append(database)
            return try await database.count("Customer").count
        }
        #expect(count > 0)
        await #expect(throws: Stop.self) {
            try await Database.withDatabase(schema: schema, connection: configuration) { database in
                kept.append(database)
                throw Stop()
            }
        }
        #expect(kept.count == 2)
        for database in kept {
            let error = await #expect(throws: PostgresError.self) { try await database.count("Customer") }
            #expect(error?.code == .poolClosed)
        }
    }

    @Test func `A tree takes one statement per relation and one round trip per level`() async throws {
        try await withShop { database in
            let graph = try await database.find(
                "Customer",
                filter: #"{"limit": 5, "include": [{"orders": {"items": "product"}}, "reviews", "profile"]}"#)
            #expect(graph.count == 5)
            // The profile, of which no customer has two, is joined in.
            #expect(graph.statistics.statements == 5)
            #expect(graph.statistics.roundTrips == 4)
            let tree = try JSONValue(parsing: graph.json())
            #expect(tree[0]?["orders"]?[0]?["items"]?[0]?["product"]?["name"] != nil)
        }
    }

    @Test func `Every child is attached to its own parent, and none is lost`() async throws {
        let shop = try await TestDatabase.shop()
        try await withShop { database in
            let graph = try await database.find(
                "Customer",
                filter: #"{"fields": ["id"], "include": {"relation": "orders", "scope": {"fields": ["id"]}}}"#)
            let expected = try await shop.run(
                """
                SELECT json_agg(json_build_object('id', c.id, 'orders',
                    (SELECT coalesce(json_agg(json_build_object('id', o.id) ORDER BY o.id), '[]') FROM orders o WHERE o.customer_id = c.id))
                    ORDER BY c.id) FROM customer c
                """)
            let wanted = try JSONValue(parsing: expected.first?.first.flatMap { $0 } ?? "")
            let found = try JSONValue(parsing: graph.json())
            #expect(found == wanted)
            #expect(graph.statistics.statements == 2)
        }
    }

    @Test func `D10: a limit in an include holds for each parent, in one statement`() async throws {
        let shop = try await TestDatabase.shop()
        try await withShop { database in
            let graph = try await database.find(
                "Customer",
                filter: """
                    {"fields": ["id"], "limit": 50, "include": {"relation": "orders",
                      "scope": {"fields": ["id"], "order": "total DESC", "limit": 2, "skip": 1}}}
                    """)
            let expected = try await shop.run(
                """
                SELECT json_agg(json_build_object('id', c.id, 'orders', (SELECT coalesce(json_agg(json_build_object('id', o.id)), '[]')
                    FROM (SELECT id FROM orders WHERE customer_id = c.id ORDER BY total DESC, id LIMIT 2 OFFSET 1) o)) ORDER BY c.id)
                FROM (SELECT id FROM customer ORDER BY id LIMIT 50) c
                """)
            #expect(
                try JSONValue(parsing: graph.json()) == JSONValue(parsing: expected.first?.first.flatMap { $0 } ?? ""))
            #expect(graph.statistics.statements == 2)
            #expect(graph.statistics.roundTrips == 2)
        }
    }

    @Test func `Without rows nothing is asked for their relations`() async throws {
        try await withShop { database in
            let graph = try await database.find(
                "Customer", filter: #"{"where": {"id": {"lt": 0}}, "include": {"orders": "items"}}"#)
            #expect(graph.count == 0)
            #expect(text(try graph.json()) == "[]")
            #expect(graph.statistics.statements == 1)
        }
    }

    @Test func `The graph's rows can be walked without JSON`() async throws {
        try await withShop { database in
            let graph = try await database.find("Customer", filter: #"{"limit": 3, "include": "orders"}"#)
            let customers = try #require(graph.rows(of: graph.plan.nodes[0]))
            let orders = try #require(graph.rows(of: graph.plan.nodes[1]))
            var seen = 0
            for row in 0..<customers.count {
                let id = try customers.decode(Int32.self, row: row, column: "id")
                for order in graph.related(1, toParentRow: row) {
                    #expect(try orders.decode(Int32.self, row: order, column: "customer_id") == id)
                    seen += 1
                }
            }
            #expect(seen == orders.count)
            #expect(graph.related(1, toParentRow: 99).isEmpty)
            #expect(graph.related(7, toParentRow: 0).isEmpty)
            // Of another plan, which has more of both.
            let other = try await database.find("Customer", filter: #"{"include": {"orders": "items"}}"#)
            let items = try #require(other.plan.nodes.last)
            #expect(other.rows(of: items) != nil)
            #expect(graph.rows(of: items) == nil)
            #expect(graph.related(items.id, toParentRow: 0).isEmpty)
        }
    }

    @Test func `One, by key, counted, existing`() async throws {
        try await withShop { database in
            #expect(
                text(try await database.findOne("Customer", filter: ["fields": ["id"]]).firstJSON()) == #"{"id":1}"#)
            let found = try await database.findById("Customer", id: 7, filter: ["fields": ["id"], "where": ["id": 8]])
            #expect(text(try found.firstJSON()) == #"{"id":7}"#)
            #expect(text(try await database.findById("Customer", id: 999_999).firstJSON()) == "null")
            #expect(try await database.count("Order").count == 12_000)
            #expect(try await database.count("Order", where: ["id": ["lte": 10]]).count == 10)
            #expect(try await database.exists("Order", id: 10).count == 1)
            #expect(try await database.exists("Order", id: 0).count == 0)
        }
    }

    @Test func `Many tasks at once get each their own answer`() async throws {
        try await withShop { database in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for id in 1...200 {
                    group.addTask {
                        let graph = try await database.findById(
                            "Order", id: id,
                            filter: ["fields": ["id", "customerId"], "include": "customer"])
                        let record = try JSONValue(parsing: graph.firstJSON())
                        return record["id"] == .number(String(id)) && record["customer"]?["id"] == record["customerId"]
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(database.pool.status.leased == 0)
        }
    }

    @Test func `Mistakes are errors before anything is sent`() async throws {
        try await withShop { database in
            func code(_ model: String, _ filter: String) async -> (PlannerError.Code?, String?) {
                do {
                    _ = try await database.find(model, filter: filter)
                    return (nil, nil)
                } catch {
                    return ((error as? PlannerError)?.code, (error as? PlannerError)?.path)
                }
            }
            #expect(await code("Custommer", "{}") == (.unknownModel, nil))
            #expect(await code("Customer", #"{"where": {"nope": 1}}"#) == (.unknownProperty, "where.nope"))
            #expect(await code("Customer", #"{"include": "nope"}"#).0 == .unknownRelation)
            #expect(await code("Customer", #"{"where": {"id": "x"}}"#).0 == .invalidValue)
            #expect(await code("Customer", #"{"limit": -1}"#).0 == .invalidFilter)
            #expect(await code("Customer", "{").0 == .invalidJSON)
        }
    }

    @Test func `A schema the database does not have is refused with every problem`() async throws {
        let definition = """
            {"name": "Ghost", "properties": {"id": {"type": "number", "id": true}}, "options": {"postgresql": {"table": "no_such"}}}
            """
        let other = """
            {"name": "Order", "options": {"postgresql": {"table": "orders"}},
             "properties": {"id": {"type": "number", "id": true}, "colour": {"type": "string"}}}
            """
        let schema = try Schema(definitions: [
            ModelDefinition(json: Array(definition.utf8), file: "Ghost.json"),
            ModelDefinition(json: Array(other.utf8), file: "Order.json"),
        ])
        let shop = try await TestDatabase.shop()
        do {
            let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: shop.url))
            await database.close()
            Issue.record("The schema was accepted.")
        } catch let error as SchemaError {
            #expect(error.problems.count == 2)
            #expect(error.description.contains("no_such"))
            #expect(error.description.contains("colour"))
        }
    }
}
