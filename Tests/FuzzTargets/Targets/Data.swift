// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import RelationPlanner
import TestSupport

extension FuzzTarget {
    /// Data of records: a line with the model's name, one with what is done (`create`, `update`, `replace`), then JSON. What is
    /// accepted has a statement.
    package static func data() throws -> FuzzTarget {
        let world = try FuzzSchema()
        let purposes: [String: DataReader.Purpose] = ["create": .create, "update": .update, "replace": .replace]
        let seeds = try writtenData().flatMap { model, data in
            purposes.keys.sorted().map { Array("\(model)\n\($0)\n\(data)".utf8) }
        }
        return FuzzTarget(
            name: "data", seeds: seeds,
            words: world.words + [
                "$inc", "$push", "$pull", "$set", "$unset", "settings.a.b", "[null]", "\"2024-02-30\"",
            ]
        ) { bytes in
            try Invariants.accepts {
                let (model, rest) = try world.parts(bytes)
                let line = rest.prefix { $0 != 0x0A }
                let purpose = purposes[String(decoding: line, as: UTF8.self)] ?? .create
                let json = try JSONValue(parsing: Array(rest.dropFirst(line.count + 1)))
                var reader = DataReader(
                    world.schema, model, purpose, DefaultValues { _ in "00000000-0000-4000-8000-000000000001" })
                let records = json.elements.map { reader.records($0) } ?? [reader.record(json)]
                try reader.finish()
                let changes = ModelChanges(world.schema, model)
                guard let first = records.first else { return }
                try world.plan(
                    purpose == .create ? changes.create(records) : changes.updateAll(Filter(), first), for: model)
            }
        }
    }

    /// What the conformance cases write, by model.
    private static func writtenData() throws -> [(model: String, data: JSONValue)] {
        let text = try String(
            contentsOfFile: Repository.path("Tests/Fixtures/conformance/write.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").compactMap { line in
            let json = try JSONValue(parsing: String(line), maximumDepth: 512)
            guard let model = json["model"]?.text, let data = json["data"], json["relation"] == nil else { return nil }
            return (model, data)
        }
    }
}
