// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// A LoopBack application's folder.
struct ApplicationFolder {
    /// The folder that holds `model-config.json`.
    let server: String
    /// Texts that stand for what files hold, by path.
    private let texts: [String: [UInt8]]

    /// Finds `model-config.json` in the folder or in its `server`; nil when it is in neither.
    init?(_ path: String, texts: [String: [UInt8]] = [:]) {
        let candidates = [path, path + "/server"].map { ($0 as NSString).standardizingPath }
        guard let server = candidates.first(where: { Self.isFile($0 + "/" + Self.configuration) }) else { return nil }
        self.server = server
        self.texts = texts
    }

    private static let configuration = "model-config.json"

    /// The folders of models when `_meta.sources` names none.
    private static let usualSources = ["../common/models", "./models"]

    /// Reads the application's models.
    ///
    /// - Throws: `SchemaError` when `model-config.json` or `datasources.json` can't be read, or a folder of models.
    func read(into reading: inout DefinitionReading) throws(SchemaError) {
        let file = server + "/" + Self.configuration
        let configuration = try ModelConfiguration(json: try ModelFolder.contents(of: file, or: texts), file: file)
        var files: [ModelFile] = []
        for folder in folders(configuration, &reading.warnings) where holdsModels(folder) {
            files += try ModelFolder(folder, texts: texts).files(&reading)
        }
        reading.add(
            try ApplicationDefinition(
                files: files, configuration: configuration, dataSources: try dataSources(),
                leniency: reading.leniency))
    }

    /// Which models are not in PostgreSQL.
    private func dataSources() throws(SchemaError) -> DataSources {
        let file = server + "/datasources.json"
        guard Self.isFile(file) else { return DataSources() }
        return try DataSources(json: try ModelFolder.contents(of: file), file: file)
    }

    /// The folders of models that there are.
    private func folders(_ configuration: ModelConfiguration, _ warnings: inout [DefinitionWarning]) -> [String] {
        var folders: [String] = []
        for source in configuration.sources ?? Self.usualSources {
            if let folder = resolve(source) {
                if !folders.contains(folder) { folders.append(folder) }
            } else if !isOptional(source) {
                warnings.append(
                    DefinitionWarning(
                        .unknownName, "There is no folder \"\(source)\" for models.", file: configuration.file,
                        path: "_meta.sources"))
            }
        }
        // Without any of them the models may lie beside the file.
        return folders.isEmpty && configuration.sources == nil ? [server] : folders
    }

    /// What the generator writes into every application, and packages: their files needn't have been copied along.
    private func isOptional(_ source: String) -> Bool {
        Self.usualSources.contains(source) || source.hasPrefix("loopback/") || source.contains("node_modules/")
    }

    /// `./models` and `../common/models` begin at the file's folder; other names are packages.
    private func resolve(_ source: String) -> String? {
        var candidates = [server + "/" + source]
        if source.hasPrefix("/") { candidates = [source] }
        if !source.hasPrefix(".") && !source.hasPrefix("/") {
            candidates = ["/node_modules/", "/../node_modules/"].map { server + $0 + source } + candidates
        }
        return candidates.map { ($0 as NSString).standardizingPath }.first(where: Self.isFolder)
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private func holdsModels(_ folder: String) -> Bool {
        texts.keys.contains { $0.hasPrefix(folder + "/") }
            || ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains { $0.hasSuffix(".json") }
    }
}
