// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import GeneratedConformance
import GeneratedOdd
import GeneratedShop
import Kinship
import KinshipSwiftGenerator
import TestSupport

/// Models, their database, and what was generated of them and checked in.
enum GeneratedSet: String, CaseIterable, Sendable {
    /// Those of the conformance corpus, of the files alone.
    case conformance
    /// Those of the sample shop, with the columns' types.
    case shop
    /// Names and types of every odd kind, with the columns' types.
    case odd

    /// The folder of the model files.
    var models: String {
        switch self {
        case .conformance: Repository.path("Tests/Fixtures/conformance/models")
        case .shop: Repository.path("Examples/models")
        case .odd: Repository.path("Tests/Fixtures/generated/odd")
        }
    }

    /// The folder of what was generated.
    var folder: String { Repository.path("Tests/Generated/\(rawValue.prefix(1).uppercased() + rawValue.dropFirst())") }

    /// What was generated.
    var types: [any TypedModel.Type] {
        switch self {
        case .conformance: GeneratedConformance.GeneratedModels.all
        case .shop: GeneratedShop.GeneratedModels.all
        case .odd: GeneratedOdd.GeneratedModels.all
        }
    }

    var options: GeneratorOptions {
        GeneratorOptions(
            access: self == .conformance ? .public : .package, indentation: 4, lineLength: 120,
            header: ["// SPDX-License-Identifier: Apache-2.0", "// Copyright (c) 2026 the Kinship authors", "//"],
            hasNullElements: self == .conformance)
    }

    /// The schema that it is generated of.
    func schema() async throws -> Schema {
        if self == .conformance { return try SchemaLoader.load(directory: models) }
        return try await database().schema
    }

    /// A database for the models of the files, which is closed when the process ends.
    func database() async throws -> Database {
        switch self {
        case .conformance: try await Self.conformanceDatabase.value
        case .shop: try await Self.shopDatabase.value
        case .odd: try await Self.oddDatabase.value
        }
    }

    /// The same for the models of the structs.
    func typedDatabase() async throws -> Database {
        try await Database.open(
            schema: Schema(models: types), connection: ConnectionConfiguration(url: try await server().url),
            trees: TreeOptions(strategy: .byLevel))
    }

    private static let conformanceDatabase = Task { try await GeneratedSet.conformance.open() }
    private static let shopDatabase = Task { try await GeneratedSet.shop.open() }
    private static let oddDatabase = Task { try await GeneratedSet.odd.open() }

    private func open() async throws -> Database {
        try await Database.open(
            schema: SchemaLoader.load(directory: models),
            connection: ConnectionConfiguration(url: try await server().url),
            trees: TreeOptions(strategy: .byLevel))
    }

    private func server() async throws -> TestDatabase {
        switch self {
        case .conformance:
            try await TestDatabase.named(
                "generated_conformance", loading: ["Tests/Fixtures/conformance/small-data.sql"])
        case .shop: try await TestDatabase.shop()
        case .odd: try await TestDatabase.named("generated_odd", loading: ["Tests/Fixtures/generated/odd.sql"])
        }
    }
}
