// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipMigrator

/// What reviews of a folder's models have left out, in a file beside them that no one takes for a model: `_discover.json`.
struct DiscoveryMemory {
    static let fileName = "_discover.json"

    /// Models and relations, named as they were found.
    let without: Set<String>
    private let path: String
    private let bytes: [UInt8]?

    /// Reads the file of a folder, which may be there or not.
    ///
    /// - Throws: ``GeneratorError`` when it isn't what can be read.
    init(of folder: String) throws(GeneratorError) {
        path = "\(folder)/\(Self.fileName)"
        guard FileManager.default.fileExists(atPath: path) else {
            bytes = nil
            without = []
            return
        }
        guard let data = FileManager.default.contents(atPath: path), let json = try? JSONValue(parsing: Array(data)),
            let names = json["without"]?.elements?.map(\.text), !names.contains(nil)
        else {
            throw GeneratorError(
                .unfitFile, path, "The file isn't what \"kinship discover\" keeps in it.",
                remedy: "write it as {\"without\": [\"Book.tags\"]}, or delete it: then all is offered again")
        }
        bytes = Array(data)
        without = Set(names.compactMap { $0 })
    }

    /// Those of the names that something was found as.
    func known(in found: DiscoveredModels) -> Set<String> {
        var choices = DiscoveryChoices()
        choices.without = without
        return without.subtracting(choices.unknown(in: found))
    }

    /// What the file is to become for other names to be kept; nil for as it is.
    ///
    /// - Throws: ``GeneratorError`` when nothing can be put into it.
    func change(to names: Set<String>) throws(GeneratorError) -> FileChanges.Change? {
        guard names != without else { return nil }
        let list = JSONValue.array(names.sorted().map { .string($0) })
        guard let bytes else {
            let json = JSONValue.object([.init("without", list)])
            let text = PrettyJSON.format(Array(json.description.utf8), style: Style(isOn: false)) + [0x0A]
            return FileChanges.Change(path: path, old: nil, new: text)
        }
        do {
            var text = try JSONText(bytes)
            try text.set(["without"], to: list)
            return FileChanges.Change(path: path, old: bytes, new: text.bytes)
        } catch {
            throw GeneratorError(
                .unfitFile, path, "Nothing can be put into the file.", remedy: "delete it: then all is offered again")
        }
    }
}
