// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import KinshipMigrator

/// `kinship migrate plan`.
struct MigratePlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Show what would be done as SQL: each step with its lock, whether it rewrites the table, and how many rows it has.",
        discussion: """
            Examples:
              kinship migrate plan
              kinship migrate plan --rename Person.name=Person.fullName --json
              kinship migrate plan --filter 'Order={"order": "total DESC", "limit": 10}'

            Nothing is changed. The plan is that from the tables that are there to those that the models ask for, whatever \
            files there are. Indexes that requests lack are told behind it; with --advised they are a part of it.
            """)

    @Flag(name: .long, help: "Fail when there is something to do.")
    var check = false

    @Flag(name: .long, help: "Show it as JSON.")
    var json = false

    @OptionGroup(title: "Migration") var options: MigrationOptions
    @OptionGroup(title: "Advice") var advice: AdviceOptions
    @OptionGroup(title: "Pace") var pace: MigrationPaceOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() async throws {
        try models.requireStrict()
        let schema = try await models.load()
        let desired = try advice.suggesting(options.desired, for: schema)
        let plan = try await pace.migrator(database, options, desired: desired).plan(for: schema)
        try await MigrationReport.show(plan, asJSON: json, isChecked: check)
    }
}
