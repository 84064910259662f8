// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import RelationPlanner
import TestSupport
import Testing

/// What a real application contains: its model files, what its migration has left, and what LoopBack answers.
struct ApplicationCase: Sendable, CustomTestStringConvertible {
    let name: String
    let json: JSONValue

    var testDescription: String { name }

    static func all() throws -> [ApplicationCase] {
        let folder = Repository.path("Tests/Fixtures/conformance/applications")
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted().map
        {
            let text = try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
            let json = try JSONValue(parsing: text, maximumDepth: 512)
            return ApplicationCase(name: try #require(json["name"]?.text), json: json)
        }
    }

    /// A database as the application's migration leaves it.
    func makeDatabase(for purpose: String = "application") async throws -> TestDatabase {
        let database = try await TestDatabase.named("\(purpose)_\(name.replacing("-", with: "_"))")
        try await database.run(try #require(json["sql"]?.text))
        return database
    }

    /// The application's models, or all files where there is no `model-config.json`.
    func schema(_ leniency: Leniency) throws -> Schema {
        let files = try #require(json["models"]?.members).map { ModelFile($0.value, path: "\($0.key).json") }
        guard let configuration = json["modelConfig"] else {
            let definitions = try files.map { try ModelDefinition($0.json, file: $0.path, leniency: leniency) }
            return try Schema(definitions: definitions, leniency: leniency)
        }
        let application = try ApplicationDefinition(
            files: files, configuration: Self.attached(configuration), leniency: leniency)
        return try Schema(definitions: application.definitions, warnings: application.warnings, leniency: leniency)
    }

    /// The cases leave out which data source the models are attached to: there is one.
    private static func attached(_ json: JSONValue) throws -> ModelConfiguration {
        let members = (json.members ?? []).map { entry in
            JSONValue.Member(entry.key, .object([.init("dataSource", "db")] + (entry.value.members ?? [])))
        }
        return try ModelConfiguration(.object(members), file: "model-config.json")
    }

    /// What is asked.
    func asks() throws -> [Ask] { try #require(json["asks"]?.elements).map { try Ask($0) } }

    /// One question, and its answer.
    struct Ask {
        let model: String
        let filter: JSONValue
        let result: JSONValue
        let isRefused: Bool
        let leniency: Leniency

        init(_ json: JSONValue) throws {
            model = try #require(json["model"]?.text)
            filter = json["filter"] ?? .null
            result = try #require(json["expect"]?["result"] ?? json["loopback"]?["result"])
            isRefused = json["refusal"] == .bool(true)
            leniency = json["lenient"] == .bool(true) ? .lenient : .strict
        }
    }
}

extension JSONValue {
    /// Without members that are null, which are the same as absent ones where LoopBack's answers are compared.
    var withoutNulls: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.withoutNulls))
        case .object(let members):
            .object(members.filter { $0.value != .null }.map { .init($0.key, $0.value.withoutNulls) })
        default: self
        }
    }
}
