// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// A folder of model files.
struct ModelFolder {
    let path: String
    /// Texts that stand for what files hold, or for files that aren't there yet, by path.
    private let texts: [String: [UInt8]]

    init(_ path: String, texts: [String: [UInt8]] = [:]) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.texts = texts
    }

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
        let prefix = path == "/" ? "/" : path + "/"
        let given = texts.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            .filter { !$0.contains("/") }
        // A folder that is still to be made has what is given.
        let found = try? FileManager.default.contentsOfDirectory(atPath: path)
        guard let names = found ?? (given.isEmpty ? nil : []) else {
            throw SchemaError([
                Self.unreadable(
                    path, "The folder of models \"\(path)\" can't be read; give the folder that holds the model files.")
            ])
        }
        let added = given.filter { !names.contains($0) }
        let models = (names + added).filter {
            $0.hasSuffix(".json") && !SchemaLoader.otherFiles.contains($0) && !$0.hasPrefix(".") && !$0.hasPrefix("_")
        }
        guard !models.isEmpty else {
            throw SchemaError([Self.unreadable(path, "The folder \"\(path)\" holds no model files (*.json).")])
        }
        var files: [ModelFile] = []
        for name in models.sorted() {
            let file = prefix + name
            do {
                files.append(try ModelFile(json: try Self.contents(of: file, or: texts), path: file))
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

    /// The text that stands for a file, else its bytes.
    static func contents(of file: String, or texts: [String: [UInt8]]) throws(SchemaError) -> [UInt8] {
        if let text = texts[file] { return text }
        return try contents(of: file)
    }

    private static func unreadable(_ file: String, _ message: String) -> PlannerError {
        PlannerError(.invalidDefinition, message, file: file)
    }
}
