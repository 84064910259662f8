// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// A folder of model files.
struct ModelFolder {
    let path: String

    init(_ path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

    /// Files that lie beside models and are none.
    private static let otherFiles: Set<String> = [
        "model-config.json", "datasources.json", "config.json", "component-config.json", "middleware.json",
        "package.json", "package-lock.json",
    ]

    /// The models of all its files.
    ///
    /// - Throws: `SchemaError` with every problem of every file.
    func definitions() throws(SchemaError) -> LoadedModels {
        let files = try files()
        var loaded = LoadedModels(definitions: [], warnings: [])
        var problems: [PlannerError] = []
        for file in files {
            guard file.name != nil else {
                loaded.warnings.append(file.warning)
                continue
            }
            do {
                loaded.definitions.append(try file.definition())
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw SchemaError(problems) }
        return loaded
    }

    /// Its files, parsed; those whose names begin with `_` or `.` are no models.
    ///
    /// - Throws: `SchemaError` with every file that can't be read or is no JSON, or the folder.
    func files() throws(SchemaError) -> [ModelFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw SchemaError([
                Self.unreadable(
                    path, "The folder of models \"\(path)\" can't be read; give the folder that holds the model files.")
            ])
        }
        let models = names.filter {
            $0.hasSuffix(".json") && !Self.otherFiles.contains($0) && !$0.hasPrefix(".") && !$0.hasPrefix("_")
        }
        guard !models.isEmpty else {
            throw SchemaError([Self.unreadable(path, "The folder \"\(path)\" holds no model files (*.json).")])
        }
        var files: [ModelFile] = []
        var problems: [PlannerError] = []
        for name in models.sorted() {
            let file = path == "/" ? "/" + name : path + "/" + name
            do {
                files.append(try ModelFile(json: try Self.contents(of: file), path: file))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw SchemaError(problems) }
        return files
    }

    /// A file's bytes.
    static func contents(of file: String) throws(SchemaError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SchemaError([
                unreadable(file, "The model file \"\(file)\" can't be read; check that it is a file you may read.")
            ])
        }
        return [UInt8](data)
    }

    private static func unreadable(_ file: String, _ message: String) -> PlannerError {
        PlannerError(.invalidDefinition, message, file: file)
    }
}
