// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

@testable import RelationPlanner

/// The conformance corpus: models and cases as they lie in Tests/Fixtures.
enum Conformance {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/conformance")

    static func definitions() throws -> [ModelDefinition] {
        let models = folder.appendingPathComponent("models")
        let files = try FileManager.default.contentsOfDirectory(atPath: models.path).filter { $0.hasSuffix(".json") }
        return try files.sorted().map { file in
            let data = try Data(contentsOf: models.appendingPathComponent(file))
            return try ModelDefinition(json: data, file: "models/\(file)")
        }
    }

    static let schema: Result<Schema, any Error> = Result { try scoped.get().schema }
    static let scoped: Result<ScopedSchema, any Error> = Result { try ScopedSchema(definitions: definitions()) }

    static func cases(_ file: String) throws -> [JSONValue] {
        let data = try Data(contentsOf: folder.appendingPathComponent(file))
        return try data.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONValue(parsing: Array(line), maximumDepth: 512)
        }
    }
}

extension Conformance {
    /// The checked filter of a model of the corpus.
    static func filter(_ json: String, _ model: String) throws -> Filter { try schema.get().filter(json, for: model) }

    /// The filter with all scopes merged.
    static func resolved(_ json: String, _ model: String, unscoped: Bool = false) throws -> Filter {
        let schema = try schema.get()
        return try scoped.get().resolved(
            try schema.filter(json, for: model), for: try schema.id(of: model), unscoped: unscoped)
    }

    /// The error a filter gives, nil when it gives none.
    static func error(_ json: String, _ model: String) throws -> PlannerError? {
        do {
            _ = try resolved(json, model)
            return nil
        } catch let error as PlannerError {
            return error
        }
    }

    static func property(_ name: String, _ model: String) throws -> Property.ID {
        guard let property = try schema.get().model(model)?.property(name) else {
            throw PlannerError(.unknownProperty, name)
        }
        return property.id
    }
}
