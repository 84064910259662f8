// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// A small shop, for plans.
enum ShopSchema {
    static let definitions = [
        """
        {"name": "Customer", "options": {"postgresql": {"table": "customer"}}, "hidden": ["password"],
         "properties": {"id": {"type": "number", "id": true}, "name": {"type": "string"}, "password": {"type": "string"}},
         "relations": {
            "orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"},
            "reviews": {"type": "hasMany", "model": "Review", "foreignKey": "authorId"},
            "profile": {"type": "hasOne", "model": "Profile", "foreignKey": "customerId"}}}
        """,
        """
        {"name": "Order", "options": {"postgresql": {"table": "orders"}},
         "properties": {"id": {"type": "number", "id": true}, "total": {"type": "number", "postgresql": {"dataType": "numeric"}},
            "customerId": {"type": "number", "postgresql": {"columnName": "customer_id"}}},
         "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"},
            "items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}}}
        """,
        """
        {"name": "Item", "options": {"postgresql": {"table": "item"}},
         "properties": {"id": {"type": "number", "id": true}, "qty": {"type": "number"},
            "orderId": {"type": "number", "postgresql": {"columnName": "order_id"}}}}
        """,
        """
        {"name": "Review", "options": {"postgresql": {"table": "review"}},
         "properties": {"id": {"type": "number", "id": true}, "authorId": {"type": "number", "postgresql": {"columnName": "author_id"}}},
         "relations": {"author": {"type": "belongsTo", "model": "Customer", "foreignKey": "authorId"}}}
        """,
        """
        {"name": "Profile", "options": {"postgresql": {"table": "profile"}},
         "properties": {"id": {"type": "number", "id": true}, "customerId": {"type": "number", "postgresql": {"columnName": "customer_id"}}}}
        """,
        """
        {"name": "Message", "options": {"postgresql": {"table": "message"}},
         "properties": {"id": {"type": "number", "id": true},
            "senderId": {"type": "number", "postgresql": {"columnName": "sender_id"}},
            "receiverId": {"type": "number", "postgresql": {"columnName": "receiver_id"}}},
         "relations": {"sender": {"type": "belongsTo", "model": "Customer"}, "receiver": {"type": "belongsTo", "model": "Customer"}}}
        """,
    ]

    static func make() throws -> Schema {
        try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    /// The tables, with an index on every foreign key unless `indexed` is false, that of profiles unique when asked.
    static func catalog(indexed: Bool, unique: Bool) -> Catalog {
        func table(_ name: String, _ columns: [String], keys: [String] = []) -> Catalog.Table {
            Catalog.Table(
                name: name,
                columns: columns.map { column in
                    Catalog.Column(
                        column, column == "total" ? .numeric : column == "name" || column == "password" ? .text : .int4)
                },
                primaryKey: ["id"],
                indexes: indexed
                    ? keys.map {
                        Catalog.Index(
                            name: "\(name)_\($0)", columns: [.init($0)], isUnique: unique && name == "profile")
                    } : [])
        }
        return Catalog([
            table("customer", ["id", "name", "password"]),
            table("orders", ["id", "total", "customer_id"], keys: ["customer_id"]),
            table("item", ["id", "qty", "order_id"], keys: ["order_id"]),
            table("review", ["id", "author_id"], keys: ["author_id"]),
            table("profile", ["id", "customer_id"], keys: ["customer_id"]),
            table("message", ["id", "sender_id", "receiver_id"], keys: ["sender_id", "receiver_id"]),
        ])
    }

    static func plan(
        _ model: String, _ filter: String, _ strategy: Strategy = .byLevel, indexed: Bool? = true, unique: Bool = false
    ) throws -> Plan {
        let schema = try make()
        let catalog = indexed.map { Self.catalog(indexed: $0, unique: unique) }
        let id = try #require(schema.model(model)).id
        let checked = try schema.filter(JSONValue(parsing: filter), for: id)
        let (shape, _) = try ScopedSchema(schema).resolved(checked, for: id, unscoped: false).parameterized()
        return try Planner(schema: schema, catalog: catalog).plan(shape, for: id, strategy: strategy)
    }
}
