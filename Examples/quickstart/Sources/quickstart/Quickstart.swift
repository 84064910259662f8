// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Customers with their three largest orders each, and what was ordered.
///
/// Run it from the repository's root after `kinship demo --database URL`, which loads the shop:
/// `swift run --package-path Examples/quickstart quickstart URL`
@main
struct Quickstart {
    static func main() async throws {
        let url = CommandLine.arguments.dropFirst().first ?? "postgres://localhost/postgres"
        let schema = try SchemaLoader.load(directory: "Examples/models", tableSchema: "kinship_shop")
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: url)) { database in
            let graph = try await database.find(
                "Customer",
                filter: """
                    {"limit": 10, "include": {"relation": "orders",
                      "scope": {"order": "total DESC", "limit": 3, "include": {"items": "product"}}}}
                    """)
            print(String(decoding: try graph.json(), as: UTF8.self))
            print("\(graph.statistics.statements) statements in \(graph.statistics.roundTrips) round trips")
        }
    }
}
