// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import RelationPlanner

/// `kinship console`.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Ask a database by hand: a prompt for filters, with completion and history.",
        discussion: """
            Examples:
              kinship console --models models
              echo 'Customer {"limit": 3, "include": "orders"}' | kinship console --view json

            A line is a model and a filter: Customer {"limit": 3, "include": "orders"}. A filter may go on over several lines. Tab completes \
            models, relations, properties and the keys of filters. \\? lists what else there is. \
            A filter without a limit shows the first 1,000 records.

            Nothing is changed. In a pipe the lines come from standard input, without a prompt; the exit status is that of the first \
            error, and the lines behind it are answered all the same.
            """)

    @Option(
        name: .long, help: ArgumentHelp("How records are shown: tree, table or json.", valueName: "view"),
        completion: .list(Choice.words(of: RecordView.self)), transform: Choice.value)
    var view: RecordView = .tree

    @Flag(name: .long, help: "Neither read nor keep the history.")
    var noHistory = false

    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        let schema = try await models.load()
        try await database.withDatabase(schema, warn: models.tell) { database in
            var console = Console(database, view: view)
            if let prompt = ConsolePrompt(database.schema, keepsHistory: !noHistory) {
                try await console.run(with: prompt)
            } else {
                await Terminal.sayWaiting(for: "requests")
                try await console.run(with: LineReader())
            }
        }
    }
}
