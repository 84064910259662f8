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
              kinship discover -o models --swift Sources/Shop/Models
              kinship discover -o models --schema sales --without AuditLog --without Book.tags --yes

            At a terminal it is asked what to make, and what to call it, unless --yes is given. What is left out there is kept in the \
            folder, in _discover.json, and isn't made later either: --all offers it again.

            Files that are there keep all that a person has written: only properties of columns and relations of keys that no file \
            has yet are added to them. What no constraint proves is told as a guess.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder of the model files; it is made if need be.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also write typed models in Swift into a folder, as \"kinship generate swift\" does.", valueName: "dir"),
        completion: .directory)
    var swift: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A PostgreSQL schema to look at; may be repeated. Default: all.", valueName: "name"))
    var schema: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A model, or a relation such as Book.tags, to leave out; may be repeated.", valueName: "name"))
    var without: [String] = []

    @Flag(name: .long, help: "Write nothing; say what would become of each file.")
    var dryRun = false

    @Flag(name: .long, help: "Leave out relations that no constraint proves.")
    var noGuesses = false

    @Flag(name: .long, help: "Forget what was left out at a terminal before.")
    var all = false

    @Flag(name: .shortAndLong, help: "Don't ask.")
    var yes = false

    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        try FolderArgument.requireNoFile(output, "--output")
        if let swift { try FolderArgument.requireNoFile(swift, "--swift") }
        let migrator = Migrator(try database.configuration(), logger: database.logger)
        var found = try await migrator.discover(schemas: schema.isEmpty ? nil : Set(schema))
        if noGuesses { found = found.proven }
        guard !found.models.isEmpty else {
            throw Failure(
                .data, "The database has no tables to make models of.",
                remedy: "is it the right database (--database)? --schema names where its tables are")
        }
        let folder = try ModelFolder(output)
        let existing = folder.files.map(\.json)
        let memory = try DiscoveryMemory(of: folder.path)
        let choices = try await choices(found, existing, memory)
        let chosen = choices.applied(to: found)
        let files = ModelAdoption(of: chosen, into: existing).files.filter { $0.index == nil || !$0.additions.isEmpty }
        let changes = try folder.changes(for: files)
        if !dryRun {
            var written = changes
            if let change = try memory.change(to: kept(choices, found, memory)) { written.changes.append(change) }
            try written.write()
        }
        for file in files {
            let what = file.additions.isEmpty ? "" : ": \(file.additions.map(MessageText.name).joined(separator: ", "))"
            let fate = file.index == nil ? "made" : "changed"
            try await StandardOutput.shared.write("\(fate) \(MessageText.name(folder.name(of: file)))\(what)\n")
        }
        await tell(chosen)
        if let swift { try await generate(changes, swift) }
    }

    // MARK: Choices

    /// Whether somebody is asked.
    private var isReviewed: Bool { Terminal.canAsk && !yes }

    private func choices(
        _ found: DiscoveredModels, _ existing: [JSONValue], _ memory: DiscoveryMemory
    ) async throws -> DiscoveryChoices {
        var choices = DiscoveryChoices()
        choices.without = Set(without)
        let unknown = choices.unknown(in: found)
        guard unknown.isEmpty else {
            throw GeneratorError(
                .invalidFlag, "--without",
                "Nothing was found that is called \(unknown.map { "\"\($0)\"" }.joined(separator: " or ")).",
                remedy: "name a model or a relation that was found, such as Book or Book.tags")
        }
        let former = all ? [] : memory.known(in: found)
        choices.without.formUnion(former)
        guard isReviewed else {
            if !former.isEmpty {
                let names = former.sorted().map(MessageText.name).joined(separator: ", ")
                await Terminal.say("left out as before: \(names) (--all offers them again)")
            }
            return choices
        }
        let dialogue = try Dialogue()
        defer { dialogue.close() }
        var review = DiscoveryReview(dialogue, of: found, into: existing, choices)
        try await review.run()
        return review.choices
    }

    /// The names that are to be kept: those of a review, with those of what wasn't found this time.
    private func kept(
        _ choices: DiscoveryChoices, _ found: DiscoveredModels, _ memory: DiscoveryMemory
    ) -> Set<String> {
        guard isReviewed else { return all ? [] : memory.without }
        return all ? choices.without : choices.without.union(memory.without.subtracting(memory.known(in: found)))
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
        // All of what is lost is said, however much it is.
        for remark in found.remarks { await Terminal.say(Warnings.text([remark], for: .standardError)) }
    }

    // MARK: Swift

    /// The typed models of all files of the folder, as they are or would be.
    private func generate(_ changes: FileChanges, _ swift: String) async throws {
        let texts = Dictionary(changes.changes.map { ($0.path, $0.new) }, uniquingKeysWith: { $1 })
        let schema = try SchemaLoader.load(paths: [output], texts: dryRun ? texts : [:])
        let typed = try await database.withDatabase(schema) { $0.schema }
        try await SwiftFolder(path: swift).generate(typed, writes: !dryRun, flag: "--swift")
    }
}
