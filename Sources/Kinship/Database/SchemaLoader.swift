// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
public import RelationPlanner

/// Reads a folder of LoopBack model files.
///
/// ```swift
/// let schema = try SchemaLoader.load(directory: "Examples/models")
/// let scoped = try SchemaLoader.load(directory: "Examples/models") { definition in
///     guard definition.name == "Order" else { return }
///     definition.addScope("since") { parameters in ["where": ["placedAt": ["gte": parameters["from"] ?? .null]]] }
/// }
/// ```
public enum SchemaLoader {
    /// The schema of every `*.json` file of a folder, checked as a whole; `model-config.json` is left out.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - tableSchema: the PostgreSQL schema of models that name none, or `public`; nil leaves them as they are.
    ///   - configure: adds to each definition what a file can't say, such as scopes that are functions.
    /// - Throws: `SchemaError` with every problem found in any file: unreadable files, JSON that does not parse,
    ///   definitions that contradict each other. Each names its file and the path inside it.
    public static func load(
        directory: String, tableSchema: String? = nil, configure: (inout ModelDefinition) -> Void = { _ in }
    ) throws(SchemaError) -> Schema {
        var problems: [PlannerError] = []
        var definitions: [ModelDefinition] = []
        for file in try files(in: directory) {
            guard let data = FileManager.default.contents(atPath: file) else {
                problems.append(
                    unreadable(file, "The model file \"\(file)\" can't be read; check that it is a file you may read."))
                continue
            }
            do {
                var definition = try ModelDefinition(json: [UInt8](data), file: file)
                if let tableSchema, (definition.tableSchema ?? "public") == "public" {
                    definition.tableSchema = tableSchema
                }
                configure(&definition)
                definitions.append(definition)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw SchemaError(problems) }
        return try Schema(definitions: definitions)
    }

    private static func files(in directory: String) throws(SchemaError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw SchemaError([
                unreadable(
                    directory,
                    "The folder of models \"\(directory)\" can't be read; give the folder that holds the model files.")
            ])
        }
        let files = names.filter { $0.hasSuffix(".json") && $0 != "model-config.json" && !$0.hasPrefix(".") }.sorted()
        guard !files.isEmpty else {
            throw SchemaError([
                unreadable(directory, "The folder \"\(directory)\" holds no model files (*.json).")
            ])
        }
        return files.map { directory.hasSuffix("/") ? directory + $0 : directory + "/" + $0 }
    }

    private static func unreadable(_ file: String, _ message: String) -> PlannerError {
        PlannerError(.invalidDefinition, message, file: file)
    }
}
