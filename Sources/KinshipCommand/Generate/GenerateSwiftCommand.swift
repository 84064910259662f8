// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
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
        let folder = SwiftFolder(path: output, access: access, header: header, hasNullElements: nullElements)
        try await folder.generate(
            try await schema(), writes: !check && !dryRun, mustBeSame: check, force: force, flag: "--output")
    }

    /// The models, with the columns' types where a database is named.
    private func schema() async throws -> Schema {
        let schema = try await models.load()
        guard database.database != nil else { return schema }
        return try await database.withDatabase(schema, warn: models.tell) { $0.schema }
    }
}
