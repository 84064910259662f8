// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport

/// Three models on a database of their own, and the folder of their files.
struct SmallShop {
    let database: TestDatabase
    let models: String

    /// The tool, with database and models in its environment.
    var tool: Tool {
        Tool(environment: ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models])
    }

    /// The one of this process.
    static func shared() async throws -> SmallShop { try await made.value }

    private static let made = Task {
        let database = try await TestDatabase.named("command")
        try await database.run(
            """
            CREATE TABLE customer (id integer PRIMARY KEY, name text, balance numeric(20,2));
            CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customer, total numeric(12,2));
            CREATE TABLE item (id integer PRIMARY KEY, order_id integer REFERENCES orders, sku text);
            INSERT INTO customer VALUES (1, 'Ada', 90071992547409931.25), (2, 'Zoë "Z" \\', 0), (3, NULL, NULL);
            INSERT INTO orders VALUES (10, 1, 5.00), (11, 1, 7.50), (12, 2, 1.00);
            INSERT INTO item VALUES (100, 10, 'a'), (101, 10, 'b'), (102, 12, 'c');
            """)
        return SmallShop(database: database, models: try folder(of: definitions))
    }

    /// Writes files into a new folder.
    static func folder(of files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/kinship-models-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try FileManager.default.createDirectory(
                at: URL(filePath: folder + "/" + name).deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
        }
        return folder
    }

    /// The model files.
    static let definitions = [
        "customer.json": """
        {
          "name": "Customer",
          "properties": {
            "id": {"type": "number", "id": true},
            "name": "string",
            "balance": {"type": "number", "postgresql": {"dataType": "numeric"}}
          },
          "relations": {"orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"}}
        }
        """,
        "order.json": """
        {
          "name": "Order",
          "options": {"postgresql": {"table": "orders"}},
          "properties": {
            "id": {"type": "number", "id": true},
            "customerId": {"type": "number", "postgresql": {"columnName": "customer_id"}},
            "total": {"type": "number", "postgresql": {"dataType": "numeric"}}
          },
          "relations": {
            "customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"},
            "items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}
          }
        }
        """,
        "item.json": """
        {
          "name": "Item",
          "properties": {
            "id": {"type": "number", "id": true},
            "orderId": {"type": "number", "postgresql": {"columnName": "order_id"}},
            "sku": "string"
          }
        }
        """,
    ]
}
