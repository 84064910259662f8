// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipSwiftGenerator
import TestSupport
import Testing

/// What is checked in under `Tests/Generated` is what is generated, and does what the model files do.
@Suite struct GeneratedModelsTests {
    /// With `KINSHIP_WRITE_GENERATED=1` it is written anew.
    @Test(arguments: GeneratedSet.allCases)
    func whatIsCheckedInIsWhatIsGenerated(_ set: GeneratedSet) async throws {
        let files = SwiftGenerator(try await set.schema(), options: set.options).files()
        #expect(files == SwiftGenerator(try await set.schema(), options: set.options).files())
        let folder = GeneratedFolder(set.folder)
        if ProcessInfo.processInfo.environment["KINSHIP_WRITE_GENERATED"] != nil {
            try folder.apply(try folder.changes(to: files, force: true))
        }
        for file in files {
            let text = try? String(contentsOfFile: set.folder + "/" + file.name, encoding: .utf8)
            #expect(text == file.text, "\(set.rawValue)/\(file.name); see KINSHIP_WRITE_GENERATED")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: set.folder)
        #expect(Set(names) == Set(files.map(\.name)))
    }

    @Test(arguments: GeneratedSet.allCases)
    func structsMakeTheSchemaOfTheFiles(_ set: GeneratedSet) async throws {
        let schema = try await set.database().schema
        try schema.check(models: set.types)
        // Which of two tables links are kept in is only known of the database.
        let structs = try await set.typedDatabase()
        defer { Task { await structs.close() } }
        var pairs = [(structs.schema, schema)]
        if set != .odd { pairs.append((try Schema(models: set.types), try await set.schema())) }
        for (one, other) in pairs {
            let differences = one.differences(from: other)
            #expect(differences == [], "\(differences.map(\.description).joined(separator: "\n"))")
        }
    }

    /// Every model with every relation, read by the structs' schema and by the files': the same statements, the same answers.
    @Test(arguments: GeneratedSet.allCases)
    func structsAnswerAsTheFilesDo(_ set: GeneratedSet) async throws {
        let (files, structs) = (try await set.database(), try await set.typedDatabase())
        defer { Task { await structs.close() } }
        var (trees, records) = (0, 0)
        for type in set.types {
            func compare<Record: TypedModel & Codable>(_ type: Record.Type) async throws {
                let name = Record.definition.name
                guard let model = files.schema.model(name), model.isPersisted else { return }
                for filter in Self.filters(of: model, files.schema) {
                    let (one, other) = (
                        try await files.find(name, filter: filter), try await structs.find(name, filter: filter)
                    )
                    #expect(try one.json() == (try other.json()), "\(name) \(filter)")
                    let plans = (
                        try await files.explain(name, filter: filter).tree.text(),
                        try await structs.explain(name, filter: filter).tree.text()
                    )
                    #expect(plans.0 == plans.1, "\(name) \(filter)")
                    trees += 1
                    guard !Self.isNarrowed(filter, of: model, files.schema) else { continue }
                    // Infinity is no Date, of which there is one.
                    let finite: JSONValue = ["where": ["tstz": ["lt": "9999-12-31T00:00:00Z"]]]
                    let readable = name == "Sample" ? try await files.find(name, filter: finite) : one
                    let read = try readable.records(as: Record.self)
                    records += read.count
                    let again = try JSONDecoder().decode([Record].self, from: try JSONEncoder().encode(read))
                    #expect(again.count == read.count)
                }
            }
            guard let type = type as? any (TypedModel & Codable).Type else {
                Issue.record("\(type) isn't Codable")
                continue
            }
            try await compare(type)
        }
        #expect(trees > 20 && records > 20, "\(trees) trees, \(records) records")
    }

    /// Whether a scope leaves properties out, which a struct would miss.
    private static func isNarrowed(_ filter: JSONValue, of model: Model, _ schema: Schema) -> Bool {
        if model.definition.scope?["fields"] != nil { return true }
        guard let relation = filter["include"]?["relation"]?.text.flatMap({ model.relation($0) }) else { return false }
        let target = relation.target.flatMap { id in schema.models.first { $0.id == id } }
        return relation.definition.scope?["fields"] != nil || target?.definition.scope?["fields"] != nil
    }

    /// The model alone, and with each of its relations, with all that links say.
    private static func filters(of model: Model, _ schema: Schema) -> [JSONValue] {
        let relations = model.relations.filter { !$0.includeDisabled && !$0.isHidden }
        return [["limit": 50]]
            + relations.map { relation in
                var include: [JSONValue.Member] = [.init("relation", .string(relation.name))]
                if relation.kind == .hasManyThrough, let through = relation.through,
                    let link = schema.models.first(where: { $0.id == through.model })
                {
                    let names = link.properties.filter { !$0.isHidden }.map { JSONValue.string($0.name) }
                    include.append(.init("through", ["fields": .array(names), "as": "link"]))
                }
                return ["limit": 20, "include": .object(include)]
            }
    }
}
