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

    /// Reads the models of all its files.
    ///
    /// - Throws: `SchemaError` when the folder can't be read or holds no model files.
    func read(into reading: inout DefinitionReading) throws(SchemaError) {
        for file in try files(&reading) { reading.read(file) }
    }

    /// Its files, parsed; those whose names begin with `_` or `.` are no models. Those that can't be read or are no JSON are
    /// noted.
    ///
    /// - Throws: `SchemaError` when the folder can't be read or holds no model files.
    func files(_ reading: inout DefinitionReading) throws(SchemaError) -> [ModelFile] {
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
        for name in models.sorted() {
            let file = path == "/" ? "/" + name : path + "/" + name
            do {
                files.append(try ModelFile(json: try Self.contents(of: file), path: file))
            } catch {
                reading.fail(error.problems, file)
            }
        }
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
