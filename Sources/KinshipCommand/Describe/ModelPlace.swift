// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

/// Where the file of a new model goes.
struct ModelPlace {
    /// The folder.
    let folder: String
    /// The application's `model-config.json`, which has to list the model; nil for a folder of model files.
    let configuration: String?
    /// Whether files are called like their models, and not `order-item.json`.
    let keepsNames: Bool

    /// The place beside the models that there are.
    init(_ schema: Schema?, folders: [String], given: String?) {
        let root = folders.first ?? "models"
        let candidates = [root, root + "/server"].map { ($0 as NSString).standardizingPath + "/model-config.json" }
        configuration = candidates.first { FileManager.default.fileExists(atPath: $0) }
        let described = schema?.models.filter { EditedModels.hasFile($0) } ?? []
        let files: [(name: String, file: String)] = described.compactMap { model in
            model.definition.file.map { (model.name, $0) }
        }
        keepsNames = files.contains { $0.file.hasSuffix("/\($0.name).json") }
        let usual: String
        if let configuration {
            let server = (configuration as NSString).deletingLastPathComponent
            let common = ((server as NSString).appendingPathComponent("../common/models") as NSString).standardizingPath
            usual = FileManager.default.fileExists(atPath: common) ? common : server + "/models"
        } else {
            usual = root
        }
        let beside = files.first.map { ($0.file as NSString).deletingLastPathComponent }
        let folder = given ?? (configuration == nil ? usual : beside ?? usual)
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    /// The file of a model.
    func file(of name: String) -> String { "\(folder)/\(keepsNames ? name : Self.dashed(name)).json" }

    /// `order-item` of `OrderItem`.
    private static func dashed(_ name: String) -> String {
        var result = ""
        for letter in name {
            if letter.isUppercase, let last = result.last, last != "-", !last.isUppercase { result += "-" }
            result.append(letter)
        }
        return result.lowercased()
    }

    /// The data source that most models of the application have; nil where none has one.
    func dataSource() -> String? {
        guard let configuration, let data = FileManager.default.contents(atPath: configuration),
            case .object(let members)? = try? JSONValue(parsing: Array(data))
        else { return nil }
        let names = members.compactMap { $0.key.hasPrefix("_") ? nil : $0.value["dataSource"]?.text }
        return Dictionary(grouping: names) { $0 }.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key
    }
}

extension ModelPlace {
    /// The names of the application's data sources; nil where no file says them.
    ///
    /// `datasources.local.json` and those of environments, such as `datasources.production.json`, may have more than `datasources.json`.
    func dataSources() -> [String]? {
        guard let configuration else { return nil }
        let server = (configuration as NSString).deletingLastPathComponent
        let files = (try? FileManager.default.contentsOfDirectory(atPath: server)) ?? []
        var names: Set<String>?
        for file in files where file.hasPrefix("datasources.") && file.hasSuffix(".json") {
            guard let data = FileManager.default.contents(atPath: server + "/" + file),
                case .object(let members)? = try? JSONValue(parsing: Array(data))
            else { continue }
            names = (names ?? []).union(members.map(\.key).filter { !$0.hasPrefix("_") })
        }
        return names?.sorted()
    }

    /// Whether scripts make data sources too, which nobody runs here.
    var hasScriptedDataSources: Bool {
        guard let configuration else { return false }
        let server = (configuration as NSString).deletingLastPathComponent
        let files = (try? FileManager.default.contentsOfDirectory(atPath: server)) ?? []
        return files.contains { $0.hasPrefix("datasources.") && $0.hasSuffix(".js") }
    }
}

extension ModelOptions {
    /// The folders that were given, else the usual one; one that is still to be made where there is none.
    ///
    /// - Throws: ``GeneratorError`` when what was given is a file.
    func foldersOrNew() throws(GeneratorError) -> [String] {
        let given = try givenFolders()
        return given.isEmpty ? (try? folders()) ?? ["models"] : given
    }
}
