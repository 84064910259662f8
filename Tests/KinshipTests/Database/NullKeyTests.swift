// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Null is nobody's key, and patterns are strings: both are said before anything is sent.
@Suite struct NullKeyTests {
    private func withShop<R: Sendable>(_ body: (Database) async throws -> R) async throws -> R {
        let shop = try await TestDatabase.shop()
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: shop.url)
        ) { opened in try await body(opened) }
    }

    private func refusal(_ body: () async throws -> Any) async -> PlannerError? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? PlannerError }
    }

    @Test func `Null is no key`() async throws {
        try await withShop { (database) async throws in
            let refusals = [
                await refusal { try await database.findById("Customer", id: JSONValue.null) },
                await refusal {
                    try await database.findById("Customer", id: JSONValue.null, filter: ["include": "orders"])
                },
                await refusal { try await database.exists("Customer", id: JSONValue.null) },
                await refusal { try await database.related("Customer", id: JSONValue.null, relation: "orders") },
                await refusal { try await database.relatedCount("Customer", id: JSONValue.null, relation: "orders") },
                await refusal {
                    try await database.relatedFindById("Customer", id: 1, relation: "orders", key: JSONValue.null)
                },
                await refusal {
                    try await database.relatedExists("Customer", id: 1, relation: "orders", key: JSONValue.null)
                },
            ]
            for error in refusals {
                #expect(error?.code == .invalidValue)
                #expect(error?.property == "id")
                #expect(error?.message.contains("can't be null") == true)
            }
            // In a list of keys it matches nothing, and in a condition it is a value (D6).
            #expect(try await database.findByIds("Customer", ids: [1, .null]).count == 1)
            #expect(try await database.count("Customer", where: ["id": ["inq": [.null]]]).count == 0)
            #expect(try await database.count("Customer", where: ["id": .null]).count == 0)
        }
    }

    @Test(arguments: ["like", "nlike", "ilike", "nilike", "regexp", "startsWith", "endsWith", "contains"])
    func `Patterns are strings`(name: String) async throws {
        try await withShop { (database) async throws in
            for value: JSONValue in [5, 1.5, true, .null, ["a"], .object([.init("a", 1)]), "a\0b"] {
                let error = await refusal {
                    try await database.count("Customer", where: ["name": .object([.init(name, value)])])
                }
                #expect(error?.code == .invalidValue, "\(name) \(value)")
                #expect(error?.path == "where.name.\(name)", "\(name) \(value)")
            }
            #expect(try await database.count("Customer", where: ["name": .object([.init(name, "5")])]).count >= 0)
        }
    }
}
