// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Relations whose scope is a function of the record, included (D11).
@Suite struct IncludedScopeTests {
    private func database(_ strategy: Strategy, _ snapshot: TreeOptions.Snapshot) async throws -> Database {
        _ = try await ScopeShop.opened.value
        return try await Database.open(
            schema: ScopeShop.schema(), connection: ConnectionConfiguration(url: TestDatabase.named("scopes").url),
            trees: TreeOptions(strategy: strategy, snapshot: snapshot))
    }

    @Test(arguments: Strategy.allCases, [TreeOptions.Snapshot.perStatement, .consistent])
    func `The function gets each parent, and parents with equal scopes are loaded together`(
        strategy: Strategy, snapshot: TreeOptions.Snapshot
    ) async throws {
        let database = try await database(strategy, snapshot)
        let all = database.unscoped
        let filter: JSONValue = [
            "fields": "id",
            "include": ["relation": "ownTenant", "scope": ["fields": ["id", "customerId"], "limit": 2]],
        ]
        // The orders' own default scope lets those of tenant a through, so of Bob's tenant b there are none.
        let graph = try await all.find("Customer", filter: filter)
        let tree = try JSONValue(parsing: graph.json())
        #expect(ScopeShop.ids(tree[0]?["ownTenant"]) == [31, 27])
        #expect(ScopeShop.ids(tree[1]?["ownTenant"]) == [])
        #expect(ScopeShop.ids(tree[2]?["ownTenant"]) == [29, 26])
        // The customers; then one statement for each of two tenants, together.
        #expect(graph.statistics.statements == 3)
        #expect(graph.statistics.roundTrips == 2)
        // Each parent by itself says the same.
        for id in 1...3 {
            let own = try await all.related(
                "Customer", id: id, relation: "ownTenant", filter: ["fields": "id", "limit": 2])
            #expect(try ScopeShop.ids(own.json()) == ScopeShop.ids(tree[id - 1]?["ownTenant"]) || id == 2)
        }
        await database.close()
    }

    @Test(arguments: Strategy.allCases)
    func `Functions below others, to-one, counted, below joined records, and without parents`(
        strategy: Strategy
    ) async throws {
        let database = try await database(strategy, .perStatement)
        let nested = try await database.find(
            "Customer",
            filter: [
                "where": ["id": 1], "fields": "id",
                "include": [
                    "relation": "orders",
                    "scope": [
                        "fields": "id", "limit": 2,
                        "include": ["relation": "buyer", "scope": ["fields": "name", "include": "ownTenant"]],
                    ],
                ],
            ])
        let tree = try JSONValue(parsing: nested.json())
        #expect(tree[0]?["orders"]?[0]?["buyer"]?["name"] == "Ada")
        #expect(ScopeShop.ids(tree[0]?["orders"]?[1]?["buyer"]?["ownTenant"]).first == 31)
        let counted = try await database.find(
            "Customer", filter: ["fields": "id", "include": ["relation": "ownTenant", "count": true]])
        #expect(
            String(decoding: try counted.json(), as: UTF8.self)
                == #"[{"id":1,"ownTenant":{"count":9}},{"id":3,"ownTenant":{"count":8}}]"#)
        let joined = try await database.find(
            "Order", filter: ["where": ["id": 31], "fields": "id", "include": ["customer": "ownTenant"]])
        #expect(ScopeShop.ids(try JSONValue(parsing: joined.json())[0]?["customer"]?["ownTenant"]).count == 9)
        let none = try await database.find("Customer", filter: ["where": ["id": ["lt": 0]], "include": "ownTenant"])
        #expect(none.statistics.statements == 1)
        #expect(try none.json() == Array("[]".utf8))
        await database.close()
    }

    @Test func `The limits are those of the whole tree, however many groups it is loaded in`() async throws {
        _ = try await ScopeShop.opened.value
        func open(_ most: Int) async throws -> Database {
            try await Database.open(
                schema: ScopeShop.schema(), connection: ConnectionConfiguration(url: TestDatabase.named("scopes").url),
                trees: TreeOptions(maximumRows: most))
        }
        // Two customers, their 17 orders in one group, and one order of equal credit in another.
        let filter: JSONValue = ["include": ["relation": "sameCredit"]]
        let all: JSONValue = ["include": ["ownTenant", "sameCredit"]]
        let few = try await open(3)
        #expect(try await few.find("Customer", filter: filter).count == 2)
        await few.close()
        let some = try await open(19)
        let error = await #expect(throws: PlannerError.self) { try await some.find("Customer", filter: all) }
        #expect(error?.code == .resultTooLarge)
        await some.close()
        let enough = try await open(20)
        #expect(try await enough.find("Customer", filter: all).count == 2)
        await enough.close()
    }

    @Test func `A scope function may give NaN`() async throws {
        let test = try await TestDatabase.named("scopes_nan")
        try await test.run(
            """
            CREATE TABLE meter (id int PRIMARY KEY, score float8);
            INSERT INTO meter VALUES (1, 'NaN'), (2, 'NaN'), (3, 1.5);
            """)
        let meter = ModelDefinition(
            "Meter", properties: [.id("id"), .number("score")],
            relations: [
                RelationDefinition.hasMany("alike", "Meter", foreignKey: "id").scoped { _ in
                    ["where": ["score": "NaN"]]
                }
            ])
        try await Database.withDatabase(
            schema: Schema(definitions: [meter]), connection: ConnectionConfiguration(url: test.url)
        ) { database in
            let graph = try await database.find(
                "Meter", filter: ["fields": "id", "include": ["relation": "alike", "scope": ["fields": "id"]]])
            #expect(
                String(decoding: try graph.json(), as: UTF8.self)
                    == #"[{"id":1,"alike":[{"id":1}]},{"id":2,"alike":[{"id":2}]},{"id":3,"alike":[]}]"#)
        }
    }

    @Test(arguments: Strategy.allCases)
    func `Functions are not called for rows that are no part of the answer`(strategy: Strategy) async throws {
        _ = try await ScopeShop.opened.value
        let customer = ModelDefinition(
            "Customer", properties: [.id("id"), .string("name")], relations: [.hasMany("orders", "Order")])
        let order = ModelDefinition(
            "Order", table: "orders", properties: [.id("id"), .number("customerId", column: "customer_id")],
            relations: [
                RelationDefinition.belongsTo("buyer", "Customer", foreignKey: "customerId").scoped {
                    (_) throws(PlannerError) in throw PlannerError(.invalidValue, "Nobody's order.")
                }
            ])
        let database = try await Database.open(
            schema: Schema(definitions: [customer, order]),
            connection: ConnectionConfiguration(url: TestDatabase.named("scopes").url),
            trees: TreeOptions(strategy: strategy))
        // The key is known, so the orders are asked for along with their customer, who isn't there.
        let graph = try await database.find(
            "Customer", filter: ["where": ["id": 1, "name": "Zoe"], "include": ["orders": "buyer"]])
        #expect(graph.plan.fetches.contains { $0.passing == .known })
        #expect(try graph.json() == Array("[]".utf8))
        await database.close()
    }

    @Test func `A function that leads back to its relation ends`() async throws {
        _ = try await ScopeShop.opened.value
        let customer = ModelDefinition(
            "Customer", properties: [.id("id")],
            relations: [
                RelationDefinition.hasMany("again", "Customer", foreignKey: "id").scoped { _ in ["include": "again"] }
            ])
        let database = try await Database.open(
            schema: Schema(definitions: [customer]),
            connection: ConnectionConfiguration(url: TestDatabase.named("scopes").url))
        let error = await #expect(throws: PlannerError.self) {
            try await database.find("Customer", filter: ["include": "again"])
        }
        #expect(error?.code == .invalidScope)
        #expect(error?.relation == "again")
        await database.close()
    }
}
