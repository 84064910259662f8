// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A database of its own with tables and models for tests of cursors.
enum CursorDatabase {
    /// Makes the tables and opens a database with the models, for as long as the body runs.
    static func with<R: Sendable>(
        _ name: String, _ sql: String, _ models: [String], trees: TreeOptions = TreeOptions(),
        _ body: (Database, TestDatabase) async throws -> R
    ) async throws -> R {
        let database = try await TestDatabase.named("cursors_\(name)")
        // Literals mean the same whatever the database is set to.
        try await database.run("SET array_nulls TO on; \(sql)")
        let schema = try Schema(
            definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return try await Database.withDatabase(
            schema: schema, connection: ConnectionConfiguration(url: database.url), trees: trees
        ) { opened in try await body(opened, database) }
    }
}

extension Database {
    /// The keys a filter finds.
    func ids(_ model: String, _ filter: String) async throws -> String {
        var filter = try JSONValue(parsing: filter).members ?? []
        filter.append(.init("fields", "id"))
        let graph = try await find(model, filter: .object(filter))
        let rows = try JSONValue(parsing: String(decoding: try graph.json(), as: UTF8.self)).elements ?? []
        return rows.map { $0["id"]?.description ?? "?" }.joined(separator: " ")
    }
}
