// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import MessageText
import RelationPlanner

/// Model files with members set in them: loaded as they will be, before anything is written.
struct EditedModels {
    /// The files and what they are to hold.
    private(set) var files = FileChanges()
    /// The models as they will be.
    let schema: Schema
    /// What is odd in them and wasn't before.
    let warnings: [DefinitionWarning]

    /// Sets members, and loads what comes of it.
    ///
    /// - Parameter folders: where the models are; nil for where the options say.
    /// - Throws: ``GeneratorError``: a model has no file, or its file isn't what can be changed; `SchemaError` when the models wouldn't
    ///   hold together.
    init(_ edits: [ModelEdit], in old: Schema, _ options: ModelOptions, folders: [String]? = nil) throws {
        var texts: [String: [UInt8]] = [:]
        for edit in edits {
            let path =
                switch edit.place {
                case .model(let name): try Self.file(of: name, in: old)
                case .file(let path): path
                }
            guard !edit.path.isEmpty else {
                texts[path] = PrettyJSON.format(Array(edit.value.description.utf8), style: Style(isOn: false)) + [0x0A]
                files.changes.append(.init(path: path, old: nil, new: []))
                continue
            }
            let bytes = try texts[path] ?? Self.contents(of: path)
            if texts[path] == nil { files.changes.append(.init(path: path, old: bytes, new: [])) }
            texts[path] = try Self.setting(edit, in: bytes, path)
        }
        for index in files.changes.indices { files.changes[index].new = texts[files.changes[index].path] ?? [] }
        schema = try SchemaLoader.load(
            paths: try folders ?? options.folders(), texts: texts, tableSchema: options.schema, leniency: .strict)
        let known = Set(old.warnings)
        warnings = schema.warnings.filter { !known.contains($0) }
    }

    private static func contents(of path: String) throws(GeneratorError) -> [UInt8] {
        if let data = FileManager.default.contents(atPath: path) { return Array(data) }
        throw GeneratorError(
            .unfitFile, path, "The file can't be read.", remedy: "check that it is a file you may read")
    }

    /// Whether a model has a file of its own: link models that nobody described are said to be in that of another.
    static func hasFile(_ model: Model) -> Bool {
        guard let path = model.definition.file, let data = FileManager.default.contents(atPath: path) else {
            return false
        }
        return (try? ModelFile(json: Array(data), path: path))?.name == model.name
    }

    private static func file(of name: String, in schema: Schema) throws(GeneratorError) -> String {
        if let model = schema.model(name), let file = model.definition.file, hasFile(model) { return file }
        throw GeneratorError(
            .noModelFile, name, "No file describes \(name), so nothing can be written into it.",
            remedy: "it is one of LoopBack's own models, or a link model: make a file of the name to change it")
    }

    private static func setting(
        _ edit: ModelEdit, in bytes: [UInt8], _ path: String
    ) throws(GeneratorError) -> [UInt8] {
        var isThere = true
        let result: [UInt8]
        do {
            var text = try JSONText(bytes)
            var keys = edit.path
            // LoopBack knows relations by two names.
            if keys[0] == "relations", text.keys.contains("relationships"), !text.keys.contains("relations") {
                keys[0] = "relationships"
            }
            if edit.isRemoval {
                isThere = try text.remove(keys)
            } else {
                try text.set(
                    keys, to: edit.value, after: keys.count > 1 && keys[0] != "properties" ? "properties" : nil)
            }
            result = text.bytes
        } catch { throw unfit(error, path) }
        guard isThere else {
            throw GeneratorError(
                .unknownMember, path, "The file has no \"\(edit.path.joined(separator: "."))\".",
                remedy: "it comes from the base of the model, or isn't written down: nothing is to be removed here")
        }
        return result
    }

    private static func unfit(_ problem: JSONText.Problem, _ path: String) -> GeneratorError {
        switch problem {
        case .invalid(let message):
            GeneratorError(.unfitFile, path, "The file isn't JSON: \(message)", remedy: "correct it")
        case .notAnObject(let keys):
            GeneratorError(
                .unfitFile, path,
                keys.isEmpty ? "The file holds no object." : "\"\(keys.joined(separator: "."))\" is no object.",
                remedy: "write it as {…}")
        }
    }

    // MARK: Writing

    /// Writes the files, all or none.
    ///
    /// - Throws: ``GeneratorError``.
    func write() throws { try files.write() }
}
