// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// The corpus's data and models.
enum SmallDatabase {
    /// The one of this process that reads trees in a way; its tests only read.
    static func shared(_ strategy: Strategy = .byLevel) async throws -> Database {
        switch strategy {
        case .byLevel: try await byLevel.value
        case .oneTrip: try await oneTrip.value
        }
    }

    private static let byLevel = Task { try await open(.byLevel) }
    private static let oneTrip = Task { try await open(.oneTrip) }

    private static func open(_ strategy: Strategy) async throws -> Database {
        let database = try await TestDatabase.named(
            "conformance", loading: ["Tests/Fixtures/conformance/small-data.sql"])
        let schema = try SchemaLoader.load(directory: Repository.path("Tests/Fixtures/conformance/models"))
        return try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: database.url),
            trees: TreeOptions(strategy: strategy, snapshot: strategy == .oneTrip ? .consistent : .perStatement))
    }
}
