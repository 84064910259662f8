// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipMigrator
import MessageText

/// A folder of model files, as discovery finds and fills it.
struct ModelFolder {
    /// A file that holds a definition.
    struct File {
        var name: String
        var bytes: [UInt8]
        var json: JSONValue
    }

    let path: String
    /// The files that hold definitions.
    let files: [File]

    /// Reads a folder, which may be there or not.
    ///
    /// - Throws: ``Failure``: a file is no JSON.
    init(_ path: String) throws {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard FileManager.default.fileExists(atPath: path) else {
            files = []
            return
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let models = names.sorted().filter {
            $0.hasSuffix(".json") && !$0.hasPrefix(".") && !$0.hasPrefix("_") && !SchemaLoader.otherFiles.contains($0)
        }
        files = try models.compactMap { name in
            guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else { return nil }
            do {
                let json = try JSONValue(parsing: Array(data))
                return json["name"] == nil ? nil : File(name: name, bytes: Array(data), json: json)
            } catch {
                throw Failure(
                    .data, "\"\(path)/\(name)\" is no JSON: \(error)", remedy: "correct it, or move it elsewhere")
            }
        }
    }

    /// The name of the file of a model.
    func name(of file: ModelAdoption.File) -> String { file.index.map { files[$0].name } ?? "\(file.name).json" }

    /// What is to be written for the files to become what they are to be: new ones whole, two spaces to a level; in those that are there only
    /// what is added, and all else stays as it is.
    ///
    /// - Throws: ``Failure``: a model's name is no name of a file, or a file isn't what can be added to.
    func changes(for adopted: [ModelAdoption.File]) throws -> FileChanges {
        var result = FileChanges()
        for file in adopted {
            let path = "\(path)/\(name(of: file))"
            guard let index = file.index else {
                try Self.requireFileName(name(of: file))
                let bytes = PrettyJSON.format(Array(file.json.description.utf8), style: Style(isOn: false)) + [0x0A]
                result.changes.append(.init(path: path, old: nil, new: bytes))
                continue
            }
            let known = files[index]
            let relations =
                known.json["relations"] == nil && known.json["relationships"] != nil ? "relationships" : "relations"
            do {
                var text = try JSONText(known.bytes)
                for addition in file.properties { try text.set(["properties", addition.name], to: addition.json) }
                for addition in file.relations {
                    try text.set([relations, addition.name], to: addition.json, after: "properties")
                }
                result.changes.append(.init(path: path, old: known.bytes, new: text.bytes))
            } catch {
                throw Failure(
                    .data, "Nothing can be added to \"\(path)\".",
                    details: ["Its properties and relations are to be objects."], remedy: "write them as {…}")
            }
        }
        return result
    }

    private static func requireFileName(_ name: String) throws {
        guard !name.hasPrefix("."), !name.contains(where: { "/\\\0".contains($0) }) else {
            throw Failure(
                .data, "\"\(MessageText.name(name))\" is no name of a file.", remedy: "rename the table, or the model")
        }
    }
}
