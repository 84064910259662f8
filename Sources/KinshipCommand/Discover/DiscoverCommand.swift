// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import KinshipMigrator
import MessageText

/// `kinship discover`.
struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Make model files of a database: its tables, and how they are related.",
        discussion: """
            Examples:
              kinship discover -o models
              kinship discover -o models --schema sales --dry-run

            Files that are there keep all that a person has written: only properties of columns and relations of keys that no file \
            has yet are added to them. What no constraint proves is told as a guess.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder of the model files; it is made if need be.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A PostgreSQL schema to look at; may be repeated. Default: all.", valueName: "name"))
    var schema: [String] = []

    @Flag(name: .long, help: "Write nothing; say what would become of each file.")
    var dryRun = false

    @Flag(name: .long, help: "Leave out relations that no constraint proves.")
    var noGuesses = false

    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        let migrator = Migrator(try database.configuration(), logger: database.logger)
        var found = try await migrator.discover(schemas: schema.isEmpty ? nil : Set(schema))
        if noGuesses { found = found.proven }
        guard !found.models.isEmpty else {
            throw Failure(
                .data, "The database has no tables to make models of.",
                remedy: "is it the right database (--database)? --schema names where its tables are")
        }
        let folder = ModelFolder(output)
        let existing = try folder.definitions()
        let adoption = ModelAdoption(of: found, into: existing.map(\.json))
        for file in adoption.files {
            let name = file.index.map { existing[$0].name } ?? "\(file.name).json"
            let isNew = file.index == nil
            guard isNew || !file.additions.isEmpty else { continue }
            if !dryRun { try folder.write(file.json, to: name, isNew: isNew) }
            let what = file.additions.isEmpty ? "" : ": \(file.additions.map(MessageText.name).joined(separator: ", "))"
            try await StandardOutput.shared.write("\(isNew ? "made" : "changed") \(MessageText.name(name))\(what)\n")
        }
        await tell(found)
    }

    /// What a person should look at twice.
    private func tell(_ found: DiscoveredModels) async {
        var texts: [String] = []
        for model in found.models {
            for relation in model.relations {
                guard let guess = relation.guess else { continue }
                texts.append("\(model.name).\(relation.name) is a guess: \(guess)")
            }
        }
        await Terminal.say(Warnings.text(texts + found.offers, for: .standardError))
    }
}
