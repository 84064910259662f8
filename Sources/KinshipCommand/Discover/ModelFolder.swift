// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import MessageText

/// A folder of model files that are written.
struct ModelFolder {
    let path: String

    init(_ path: String) { self.path = path }

    /// The files that hold definitions.
    func definitions() throws -> [(name: String, json: JSONValue)] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return try names.sorted().filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") && !$0.hasPrefix("_") }
            .compactMap {
                name in
                guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else { return nil }
                do {
                    let json = try JSONValue(parsing: Array(data))
                    return json["name"] == nil ? nil : (name, json)
                } catch {
                    throw Failure(
                        .data, "\"\(path)/\(name)\" is no JSON: \(error)", remedy: "correct it, or move it elsewhere")
                }
            }
    }

    /// Writes a definition, two spaces to a level.
    func write(_ json: JSONValue, to name: String, isNew: Bool) throws {
        guard !name.hasPrefix("."), !name.contains(where: { "/\\\0".contains($0) }) else {
            throw Failure(
                .data, "\"\(MessageText.name(name))\" is no name of a file.", remedy: "rename the table, or the model")
        }
        let bytes = PrettyJSON.format(Array(json.description.utf8), style: Style(isOn: false)) + [0x0A]
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data(bytes).write(
                to: URL(fileURLWithPath: "\(path)/\(name)"), options: isNew ? .withoutOverwriting : .atomic)
        } catch {
            throw Failure(
                .inputOutput, "\"\(path)/\(name)\" can't be written: \(error.localizedDescription)",
                remedy: "name a folder that you may write to with --output")
        }
    }
}
