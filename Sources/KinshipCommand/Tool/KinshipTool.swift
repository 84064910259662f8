// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser

/// `kinship` and what all its commands have in common.
struct KinshipTool: AsyncParsableCommand {
    /// The version that `--version` prints.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "kinship",
        abstract: "Ask PostgreSQL for trees of related records, described by model files.",
        discussion: """
            Examples:
              kinship demo
              kinship query Customer '{"limit": 3, "include": "orders"}' --pretty
              kinship batch < requests.jsonl
              kinship import Order orders.csv
              kinship export Order -o orders.jsonl
              kinship serve --models models
              kinship generate swift -o Sources/Shop/Models
              kinship check --models models
              kinship discover -o models
              kinship import-lb3 ../shop-api --to shop
              kinship console --models models
              kinship migrate plan
              kinship model --name Customer --property name:string
              kinship relation --from Customer --type hasMany --to Order
              kinship changes install

            The database is the one of --database, else of KINSHIP_DATABASE_URL, else of the PG* variables. Give \
            passwords in a variable or in ~/.pgpass: other users of a machine can read a command's arguments.

            The models are those of --models, else of KINSHIP_MODELS, else of ./models, else of ./Examples/models.

            Colours and progress show on a terminal only; NO_COLOR switches colours off.

            Completion of commands, options and models, for bash, zsh or fish:
              source <(kinship --generate-completion-script bash)

            \(ExitStatus.documentation)
            """,
        version: version,
        subcommands: [
            DemoCommand.self, QueryCommand.self, BatchCommand.self, ImportCommand.self, ExportCommand.self,
            ImportLoopBackCommand.self, GenerateCommand.self, CheckCommand.self, DiscoverCommand.self,
            MigrateCommand.self, ModelCommand.self, PropertyCommand.self, RelationCommand.self, ScopeCommand.self,
            EmbeddedCommand.self, ConsoleCommand.self, ChangesCommand.self,
        ] + servers)

    #if Hummingbird
    private static let servers: [any ParsableCommand.Type] = [ServeCommand.self]
    #else
    private static let servers: [any ParsableCommand.Type] = []
    #endif

    /// What the commands are called.
    static var commandNames: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }
}
