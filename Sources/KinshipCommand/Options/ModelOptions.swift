// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import RelationPlanner

/// Where the models are.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of model files (*.json). Default: KINSHIP_MODELS, else ./models, else ./Examples/models.",
            valueName: "dir"))
    var models: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL schema of the models that name none or public.", valueName: "name"))
    var schema: String?

    /// The schema of the models, checked as a whole.
    func load() throws -> Schema {
        try Self.load(directory: directory(), tableSchema: schema)
    }

    /// The schema of a folder.
    static func load(directory: String, tableSchema: String?) throws -> Schema {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            throw Failure(.noInput, "There is no folder \"\(directory)\".", remedy: remedy)
        }
        guard isDirectory.boolValue else {
            throw Failure(.noInput, "\"\(directory)\" is no folder.", remedy: remedy)
        }
        do {
            return try SchemaLoader.load(directory: directory, tableSchema: tableSchema)
        } catch {
            var failure = Failure(error)
            if error.problems.allSatisfy({ !isReadable($0.file) }) { failure.status = .noInput }
            throw failure
        }
    }

    private static let remedy = "name the folder of the model files with --models or KINSHIP_MODELS"

    private static func isReadable(_ file: String?) -> Bool {
        guard let file else { return true }
        return FileManager.default.contents(atPath: file) != nil
    }

    private func directory() throws -> String {
        if let models { return models }
        if let named = ProcessInfo.processInfo.environment["KINSHIP_MODELS"], !named.isEmpty { return named }
        let usual = ["models", "Examples/models"]
        guard let found = usual.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Failure(
                .noInput,
                "No models: neither ./models nor ./Examples/models is here (\(FileManager.default.currentDirectoryPath)).",
                remedy: Self.remedy)
        }
        return found
    }
}
