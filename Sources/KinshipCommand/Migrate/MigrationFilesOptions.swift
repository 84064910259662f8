// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import KinshipMigrator

/// Where the files of migrations are, if there are any.
struct MigrationFilesOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of migration files. Default: ./migrations where there is one.", valueName: "dir"),
        completion: .directory)
    var files: String?

    @Flag(name: .long, help: "Go straight from models to tables, although there is a folder of files.")
    var direct = false

    func validate() throws {
        if direct, files != nil { throw ValidationError("Give --files or --direct, not both.") }
    }

    /// The folder; nil where tables are made straight of models.
    func folder() throws -> MigrationFolder? {
        guard !direct else { return nil }
        let path = files ?? "migrations"
        var isDirectory: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
        if isThere { return MigrationFolder(path) }
        guard files != nil else { return nil }
        throw Failure(
            .noInput, "There is no folder \"\(path)\".",
            remedy: "\"kinship migrate new NAME --files \(path)\" makes the first migration there")
    }
}
