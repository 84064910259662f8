// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// The model files of a LoopBack project that count: of several with one name the last one.
struct LoopBackModels {
    struct File {
        /// The model.
        var name: String
        /// Where it is.
        var path: String
        /// The file's name in the folder that is made.
        var newName: String
        var json: JSONValue
        /// What the new file holds.
        var bytes: [UInt8]
    }

    /// In the order of the folders.
    private(set) var files: [File] = []
    /// The folders they are in.
    private(set) var folders: [String] = []
    /// Folders that are named and aren't there.
    private(set) var missing: [String] = []
    /// JSON files that hold no model.
    private(set) var skipped: [String] = []

    /// Reads them; what is wrong with a file is noted in the project.
    init(_ project: inout LoopBackProject, _ configuration: ModelConfiguration) {
        var warnings: [DefinitionWarning] = []
        // What LoopBack brings along itself is known.
        folders = project.folder.folders(configuration, &warnings).filter {
            !$0.contains("/node_modules/loopback/") && !$0.hasSuffix("/node_modules/loopback")
        }
        missing = warnings.map { "\(project.relative($0.file ?? "")): \($0.message)" }
        for folder in folders {
            for name in LoopBackProject.contents(of: folder) where Self.isModelFile(name) {
                let path = folder + "/" + name
                guard let (json, bytes) = project.read(path) else { continue }
                guard let model = ModelFile(json, path: path).name else {
                    skipped.append(project.relative(path))
                    continue
                }
                files.removeAll { $0.name == model }
                files.append(File(name: model, path: path, newName: name, json: json, bytes: bytes))
            }
        }
        for place in files.indices { settle(place) }
    }

    /// Gives a file of a name that another one ahead of it has, from another folder, a name of its own. It isn't made of the model's, which
    /// may be a path.
    private mutating func settle(_ place: Int) {
        let taken = Set(files[..<place].map { $0.newName.lowercased() })
        let name = files[place].newName
        guard taken.contains(name.lowercased()) else { return }
        let free = (2...).lazy.map { "\(name.dropLast(".json".count))-\($0).json" }.first {
            !taken.contains($0.lowercased())
        }
        files[place].newName = free ?? name
        // The model may be called like its file.
        guard files[place].json["name"] == nil, case .object(let members) = files[place].json else { return }
        let named = JSONValue.object([JSONValue.Member("name", .string(files[place].name))] + members)
        files[place].bytes = PrettyJSON.format(Array(named.description.utf8), style: Style(isOn: false)) + [0x0A]
    }

    /// What may lie beside models and is none.
    private static let otherFiles: Set<String> = [
        "model-config.json", "datasources.json", "config.json", "component-config.json", "middleware.json",
        "package.json", "package-lock.json",
    ]

    private static func isModelFile(_ name: String) -> Bool {
        guard name.hasSuffix(".json"), !name.hasPrefix("."), !name.hasPrefix("_"), !otherFiles.contains(name) else {
            return false
        }
        // Variants for an environment, where models lie beside the settings.
        return !["model-config.", "datasources.", "config.", "component-config.", "middleware."].contains {
            name.hasPrefix($0)
        }
    }

    /// The mixins that the models ask for, each with its models.
    var mixins: [(name: String, models: [String])] {
        var users: [(name: String, models: [String])] = []
        for file in files {
            let own = file.json["options"]?["mixins"] ?? file.json["mixins"]
            for mixin in own?.members ?? [] where mixin.value != .bool(false) && mixin.value != .null {
                if let place = users.firstIndex(where: { $0.name == mixin.key }) {
                    users[place].models.append(file.name)
                } else {
                    users.append((mixin.key, [file.name]))
                }
            }
        }
        return users
    }
}
