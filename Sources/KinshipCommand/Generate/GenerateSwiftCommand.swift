// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import KinshipSwiftGenerator
import RelationPlanner

/// `kinship generate swift`.
struct GenerateSwiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swift",
        abstract: "Make typed models in Swift: a struct for each model.",
        discussion: """
            Examples:
              kinship generate swift --models models -o Sources/Shop/Models
              kinship generate swift -o Sources/Shop/Models --database postgres://me@localhost/shop
              kinship generate swift -o Sources/Shop/Models --check

            With --database the columns' types are those that the database has, and its enumerations become those of \
            Swift. The files are formatted as the nearest .swift-format says.

            A file is overwritten when it was generated and nobody has changed it since. Code of your own belongs into \
            files of other names, such as Order+Custom.swift.
            """)

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of the files; it is made if need be.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        name: .long, help: ArgumentHelp("internal, package or public.", valueName: "access"),
        completion: .list(Choice.words(of: GeneratorOptions.Access.self)), transform: Choice.value)
    var access: GeneratorOptions.Access = .internal

    @Option(
        name: .long,
        help: ArgumentHelp("A file whose lines begin every file, such as those of a licence.", valueName: "file"),
        completion: .file())
    var header: String?

    @Flag(name: .long, help: "Elements of lists are optional: for arrays that hold NULL.")
    var nullElements = false

    @Flag(name: .long, help: "Write nothing; fail unless the files are what would be generated.")
    var check = false

    @Flag(name: .long, help: "Write nothing; say what would become of each file.")
    var dryRun = false

    @Flag(name: .long, help: "Write over generated files that a person has changed, too.")
    var force = false

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func validate() throws {
        if check, dryRun || force { throw ValidationError("--check writes nothing; give it alone.") }
    }

    func run() async throws {
        let files = SwiftGenerator(try await schema(), options: try options()).files()
        let folder = GeneratedFolder(output)
        let changes: [GeneratedFolder.Change]
        do {
            changes = try folder.changes(to: files, force: force)
            if !check, !dryRun { try folder.apply(changes) }
        } catch {
            throw Failure(
                .inputOutput, "The folder \"\(output)\" can't be read or written: \(error.localizedDescription)",
                remedy: "name a folder that you may write to with --output")
        }
        for change in changes where change.fate != .unchanged {
            try await StandardOutput.shared.write("\(change.fate.rawValue) \(change.name)\n")
        }
        try judge(changes)
    }

    /// Fails where the folder isn't, or won't be, what the models say.
    private func judge(_ changes: [GeneratedFolder.Change]) throws {
        let differing = changes.filter { $0.fate != .unchanged }
        if check, !differing.isEmpty {
            throw Failure(
                .differences,
                "\(output) isn't what the models say: \(differing.count) of \(changes.count) files differ.",
                remedy: "run \"kinship generate swift\" without --check")
        }
        let kept = changes.filter { $0.fate == .protected }
        guard !kept.isEmpty else { return }
        throw Failure(
            .differences, "Left alone, for they weren't generated, or somebody has changed them since.",
            details: kept.map(\.name),
            remedy: "put code of your own into files such as Order+Custom.swift; --force writes over them")
    }

    /// The models, with the columns' types where a database is named.
    private func schema() async throws -> Schema {
        let schema = try await models.load()
        guard database.database != nil else { return schema }
        return try await database.withDatabase(schema, warn: models.tell) { $0.schema }
    }

    private func options() throws -> GeneratorOptions {
        var options = GeneratorOptions(access: access, hasNullElements: nullElements)
        FormatterSettings.nearest(to: output)?.apply(to: &options)
        guard let header else { return options }
        guard let text = FileManager.default.contents(atPath: header).flatMap({ String(data: $0, encoding: .utf8) })
        else {
            throw Failure(
                .noInput, "The file \"\(header)\" can't be read.", remedy: "name a text file with --header")
        }
        options.header = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while options.header.last?.isEmpty == true { options.header.removeLast() }
        return options
    }
}
