// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport

/// Takes the server's notices about odd text searches.
let quiet = Logger(label: "differential-tests") { _ in SwiftLogNoOpLogHandler() }

/// One row of a table: its cells in the columns' order.
struct Row: Sendable {
    let cells: [Cell]
}

/// A random database: on the server, and in memory for the evaluator.
struct World: Sendable {
    let tables: [String: (spec: TableSpec, rows: [Row])]
    let database: Database
    let test: TestDatabase

    /// Makes the database of a name; its contents are those of the seed.
    static func make(_ name: String, seed: UInt64, connections: Int = 6) async throws -> World {
        let test = try await TestDatabase.named(name)
        var data = WorldData(seed: seed)
        try await test.runPlainly(WorldDefinition.tables)
        try await test.runPlainly(data.statements())
        let definitions = try WorldDefinition.models.map { try ModelDefinition(json: Array($0.utf8), file: nil) }
        let database = try await Database.open(
            schema: Schema(definitions: definitions), connection: ConnectionConfiguration(url: test.url),
            pool: PoolConfiguration(maximumConnections: connections), logger: quiet)
        var tables: [String: (spec: TableSpec, rows: [Row])] = [:]
        for spec in TableSpec.all { tables[spec.model] = (spec, try await rows(of: spec, in: test)) }
        return World(tables: tables, database: database, test: test)
    }

    /// The rows as the server's own texts, past Kinship.
    static func rows(of spec: TableSpec, in test: TestDatabase) async throws -> [Row] {
        let columns = spec.columns.map { "\($0.name)::text" }.joined(separator: ", ")
        return try await test.runPlainly("SELECT \(columns) FROM \(spec.table) ORDER BY id").map { texts in
            Row(cells: try zip(texts, spec.columns).map { try Cell($0, $1.kind) })
        }
    }
}
