// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A database of a few tables and models, for questions about the types of its columns.
enum TypeFixture {
    /// Opens a database of its own, with tables that SQL makes.
    static func with<R: Sendable>(
        _ name: String, _ sql: String, _ models: [String], url: String? = nil, strategy: Strategy? = nil,
        _ body: (Database, TestDatabase) async throws -> R
    ) async throws -> R {
        let test = try await TestDatabase.named("types_\(name)")
        if !sql.isEmpty { try await test.run(sql) }
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: url ?? test.url),
            trees: strategy.map { TreeOptions(strategy: $0) } ?? TreeOptions()
        ) { database in try await body(database, test) }
    }
}

extension Database {
    /// What a filter finds, as JSON text.
    func found(_ model: String, _ filter: JSONValue) async throws -> String {
        String(decoding: try await find(model, filter: filter).json(), as: UTF8.self)
    }

    /// The ids of what a condition finds.
    func ids(_ model: String, _ condition: JSONValue) async throws -> String {
        let rows = try await found(model, ["where": condition, "fields": "id", "order": "id"])
        return rows.filter { "0123456789,".contains($0) }
    }
}
