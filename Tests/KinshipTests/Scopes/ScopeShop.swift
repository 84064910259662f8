// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import Synchronization
import TestSupport

/// Customers and orders whose models and relations have scopes of all kinds.
enum ScopeShop {
    @TaskLocal static var tenant = "a"

    static let opened = Task {
        let database = try await TestDatabase.named("scopes")
        _ = try await database.run(
            """
            CREATE TABLE customer (id int PRIMARY KEY, name text, tenant text, since timestamptz, credit numeric(30,2));
            INSERT INTO customer VALUES (1, 'Ada', 'a', '2026-01-02 03:04:05.678Z', 12345678901234567890.12),
                (2, 'Bob', 'b', NULL, NULL), (3, 'Cleo', 'a', NULL, 5);
            CREATE TABLE orders (id int PRIMARY KEY, customer_id int, status text, total numeric(30,2), tenant text);
            INSERT INTO orders SELECT n, 1 + n % 3, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'done' END, n, CASE WHEN n % 5 = 0 THEN 'b' ELSE 'a' END
                FROM generate_series(1, 30) n;
            INSERT INTO orders VALUES (31, 1, 'open', 12345678901234567890.12, 'a');
            """)
        return try await Database.open(schema: schema(), connection: ConnectionConfiguration(url: database.url))
    }

    static func schema() throws -> Schema {
        var order = ModelDefinition(
            "Order", table: "orders",
            properties: [
                .id("id"), .number("customerId", column: "customer_id"), .string("status"), .number("total"),
                .string("tenant"),
            ],
            relations: [
                .belongsTo("customer", "Customer"),
                // To-one: the customer of an order of tenant a.
                RelationDefinition.belongsTo("buyer", "Customer", foreignKey: "customerId").scoped { parent in
                    parent["tenant"] == "a" ? nil : ["where": ["id": -1]]
                },
            ], scopes: ["open": ["where": ["status": "open"]]],
            hidden: ["tenant"])
        order.addScope("over") { parameters in ["where": ["total": ["gt": parameters["total"] ?? .null]]] }
        order.addScope("first") { _ in ["limit": 3, "order": "id DESC"] }
        order.scopeFunction = ScopeFunction { ["where": ["tenant": .string(tenant)]] }
        let customer = ModelDefinition(
            "Customer",
            properties: [.id("id"), .string("name"), .string("tenant"), .date("since"), .number("credit")],
            relations: [
                .hasMany("orders", "Order"),
                RelationDefinition.hasMany("sameCredit", "Order").scoped { parent in
                    ["where": ["total": parent["credit"]]]
                },
                RelationDefinition.hasMany("ownTenant", "Order").scoped { parent in
                    ["where": ["tenant": parent["tenant"]], "order": "id DESC"]
                },
                RelationDefinition.hasMany("wrong", "Order").scoped { parent in ["where": ["status": parent["nope"]]] },
                RelationDefinition.hasMany("seen", "Order").scoped { parent in
                    seen.withLock { $0 = ["id", "name", "since", "credit", "tenant"].map { parent[$0] } }
                    return nil
                },
            ], scope: ["where": ["tenant": "a"]], hidden: ["tenant"])
        return try Schema(definitions: [order, customer])
    }

    static let seen = Mutex<[JSONValue]>([])

    static func ids(_ bytes: [UInt8]) throws -> [Int] { ids(try JSONValue(parsing: bytes)) }

    static func ids(_ json: JSONValue?) -> [Int] {
        guard case .array(let records) = json else { return [] }
        return records.compactMap { record in
            guard case .number(let text) = record["id"] else { return nil }
            return Int(text)
        }
    }

    static func first(_ json: JSONValue) -> JSONValue? {
        if case .array(let elements) = json { elements.first } else { nil }
    }
}
