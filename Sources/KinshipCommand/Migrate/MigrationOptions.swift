// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import KinshipMigrator

/// What a migration may do, and what was renamed.
struct MigrationOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A column (person.age) or table (person) whose values may be lost; may be repeated.", valueName: "name"))
    var allowLoss: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "What was renamed: Person.name=Person.fullName, or Note=Memo for a model; may be repeated.",
            valueName: "old=new"))
    var rename: [String] = []

    @Flag(
        name: .long,
        help:
            "Make no checks of the kinds that polymorphic relations write: for tables that other programs write as well."
    )
    var noKindChecks = false

    func validate() throws {
        for text in rename where Self.pair(text) == nil {
            throw ValidationError("--rename takes OLD=NEW, such as Person.name=Person.fullName; not \"\(text)\".")
        }
    }

    /// How definitions are read.
    var desired: DesiredTables.Options {
        var options = DesiredTables.Options()
        for (old, new) in rename.compactMap(Self.pair) { options.renames[old] = new }
        options.checksKinds = !noKindChecks
        return options
    }

    private static func pair(_ text: String) -> (String, String)? {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (parts[0], parts[1])
    }
}

/// How a migration goes about a database that is in use.
struct MigrationPaceOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A table whose rows may all be written anew while nobody can use it; may be repeated. Tables of up to 10,000 rows that nobody uses need no leave.",
            valueName: "table"))
    var allowRewrite: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long a statement waits for a lock, with others waiting behind it, at each try.", valueName: "seconds"))
    var lockTimeout: Double = 0.1

    @Option(
        name: .long, help: ArgumentHelp("How long it goes on trying, for each statement.", valueName: "seconds"))
    var patience: Double = 600

    @Option(
        name: .long,
        help: ArgumentHelp("The PostgreSQL schema that its own two tables are in.", valueName: "name"))
    var historySchema = "public"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The program that the models are of, where several share a database: what another one has isn't touched.",
            valueName: "name"))
    var program: String?

    func validate() throws {
        guard lockTimeout >= 0.001, lockTimeout <= 3600, patience >= 0, patience <= 86_400 else {
            throw ValidationError(
                "--lock-timeout is 0.001 to 3600 seconds, --patience at most 86400 seconds.")
        }
        if program == "" { throw ValidationError("--program takes a name.") }
    }

    /// The migrator of a database.
    func migrator(
        _ database: DatabaseOptions, _ options: MigrationOptions?, desired: DesiredTables.Options? = nil,
        acceptingRenamedFiles: Bool = false
    ) throws -> Migrator {
        var settings = MigratorOptions()
        settings.allowingRewrites = Set(allowRewrite)
        settings.lockTimeout = .seconds(lockTimeout)
        settings.patience = .seconds(patience)
        settings.historySchema = historySchema
        settings.program = program
        settings.acceptsRenamedFiles = acceptingRenamedFiles
        if let desired = desired ?? options?.desired { settings.desired = desired }
        if let options { settings.allowingLoss = Set(options.allowLoss) }
        return Migrator(try database.configuration(), options: settings, logger: database.logger)
    }
}
