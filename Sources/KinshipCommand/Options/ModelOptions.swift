// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import RelationPlanner

/// Where the models are.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A folder of model files (*.json), or a LoopBack application (a folder with model-config.json or server/model-config.json); may be repeated. Default: KINSHIP_MODELS, else the application in this folder, else ./models, else ./Examples/models.",
            valueName: "dir"),
        completion: .directory)
    var models: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL schema of the models that name none or public.", valueName: "name"),
        completion: .list([]))
    var schema: String?

    @Flag(
        name: .long,
        help: "Leave out relations, scopes and properties that don't work, with a warning, instead of stopping.")
    var lenient = false

    @Flag(name: .long, help: "Don't show warnings about the models.")
    var quiet = false

    /// The schema of the models, checked as a whole; what is odd in them is told on standard error.
    func load() async throws -> Schema {
        let schema = try Self.load(folders: folders(), tableSchema: schema, leniency: lenient ? .lenient : .strict)
        await tell(schema.warnings)
        return schema
    }

    /// Fails where what doesn't work is to be left out: a migration would take it for no longer wanted.
    func requireStrict() throws {
        guard !lenient else {
            throw Failure(
                .usage, "--lenient leaves out what is wrong, which a migration would take for no longer wanted.",
                remedy: "correct the models; \"kinship check\" lists what is wrong")
        }
    }

    /// Tells on standard error what is odd but usable, unless it is to be quiet.
    func tell(_ warnings: some Sequence<DefinitionWarning>) async {
        guard !quiet else { return }
        await Terminal.say(Warnings.text(warnings.map(\.description), for: .standardError))
    }

    /// The schema of folders.
    static func load(
        folders: [String], tableSchema: String?, leniency: Leniency = .strict
    ) throws -> Schema {
        try requireFolders(folders)
        do {
            return try SchemaLoader.load(paths: folders, tableSchema: tableSchema, leniency: leniency)
        } catch {
            var failure = Failure(error)
            if error.problems.allSatisfy({ !isReadable($0.file) }) { failure.status = .noInput }
            throw failure
        }
    }

    /// Fails for what isn't a folder.
    static func requireFolders(_ folders: [String]) throws {
        for folder in folders {
            guard FileManager.default.fileExists(atPath: folder) else {
                throw Failure(.noInput, "There is no folder \"\(folder)\".", remedy: remedy)
            }
            try FolderArgument.requireNoFile(folder, folder)
        }
    }

    private static let remedy = "name the folder of the model files with --models or KINSHIP_MODELS"

    private static func isReadable(_ file: String?) -> Bool {
        guard let file else { return true }
        return FileManager.default.contents(atPath: file) != nil
    }

    /// The folders that were given; empty where none were.
    ///
    /// - Throws: ``GeneratorError`` when one of them is a file.
    func givenFolders() throws(GeneratorError) -> [String] {
        let variable = "KINSHIP_MODELS"
        let named = ProcessInfo.processInfo.environment[variable] ?? ""
        let given = !models.isEmpty ? models : named.isEmpty ? [] : [named]
        for folder in given { try FolderArgument.requireNoFile(folder, models.isEmpty ? variable : "--models") }
        return given
    }

    /// The folders that were given, else the usual one.
    ///
    /// - Throws: ``GeneratorError`` when what was given is a file; ``Failure`` when nothing was, and there is no usual one.
    func folders() throws -> [String] {
        let given = try givenFolders()
        guard given.isEmpty else { return given }
        let usual =
            [("model-config.json", "."), ("server/model-config.json", ".")]
            + ["models", "Examples/models"].map { ($0, $0) }
        guard let found = usual.first(where: { FileManager.default.fileExists(atPath: $0.0) })?.1 else {
            throw Failure(
                .noInput,
                "No models: neither server/model-config.json nor ./models nor ./Examples/models is here (\(FileManager.default.currentDirectoryPath)).",
                remedy: Self.remedy)
        }
        return [found]
    }
}
