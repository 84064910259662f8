// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import RelationPlanner
import Testing

/// The samples of Documentation/Models.md are what they say they are.
@Suite struct ModelsPageTests {
    /// The JSON samples of a page, each with its line.
    private func samples() throws -> [(line: Int, text: String)] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../Documentation/Models.md")
        var samples: [(Int, String)] = []
        var open: (line: Int, text: String)?
        for (number, line) in try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n").enumerated() {
            if let sample = open, line == "```" {
                samples.append(sample)
                open = nil
            } else if open != nil {
                open?.text += line + "\n"
            } else if line == "```json" {
                open = (number + 2, "")
            }
        }
        return samples
    }

    private func definitions() throws -> [ModelDefinition] {
        try samples().filter { !$0.text.contains("\"_meta\"") }.map {
            try ModelFile(json: Array($0.text.utf8), path: "Models.md:\($0.line)").definition()
        }
    }

    @Test func everyModelOfThePageFitsTheOthers() throws {
        let schema = try Schema(definitions: definitions())
        #expect(schema.warnings.map(\.code) == [.mixin])
        #expect(
            Set(schema.models.flatMap(\.relations).map(\.kind)) == Set(Relation.Kind.allCases),
            "an example of each kind of relation")
        let warehouse = try #require(schema.model("Warehouse"))
        #expect(
            ["_address", "docklist"].allSatisfy { column in warehouse.properties.contains { $0.column == column } })
        let note = try #require(schema.model("Note"))
        #expect(note.property("noteableId") != nil && note.property("noteableType") != nil)
        #expect(["CourseStudent", "StudentCourse"].contains { schema.model($0) != nil })
        #expect(schema.model("Ticket")?.property("madeAt") != nil)
        #expect(schema.model("Line")?.primaryKey.count == 2)
        #expect(schema.model("Customer")?.property("secret")?.isHidden == true)
    }

    @Test func theConfigurationOfThePageIsRead() throws {
        let texts = try samples().filter { $0.text.contains("\"_meta\"") }
        #expect(texts.count == 1)
        let files = try samples().filter { !$0.text.contains("\"_meta\"") }.map {
            try ModelFile(json: Array($0.text.utf8), path: "Models.md:\($0.line)")
        }
        let configuration = try ModelConfiguration(json: Array(texts[0].text.utf8), file: "model-config.json")
        #expect(configuration.warnings.isEmpty)
        let application = try ApplicationDefinition(files: files, configuration: configuration)
        #expect(
            application.definitions.map(\.name).prefix(5) == ["Customer", "Order", "Member", "AccessToken", "Email"])
    }
}
