// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a migration behaves beside others who use the tables.
public struct MigratorOptions: Sendable, Hashable {
    /// What definitions come to, and what was renamed.
    public var desired = DesiredTables.Options()
    /// What may go with its values: `person.age`, `person`.
    public var allowingLoss: Set<String> = []
    /// The tables that may be written anew while nobody can use them: `person`.
    public var allowingRewrites: Set<String> = []
    /// Tables that have no more rows than that are written anew without being named, if nobody uses them.
    public var smallTable = 10_000
    /// How long such a table is watched for others who use it: who is in a transaction on it, or writes it again and again. Zero doesn't look.
    public var watch: Duration = .seconds(3)
    /// How long a statement may keep others waiting while it waits for a lock itself.
    public var lockTimeout: Duration = .milliseconds(100)
    /// The pause until it tries again, which grows.
    public var pause: Duration = .milliseconds(400)
    /// The longest pause.
    public var longestPause: Duration = .seconds(10)
    /// How long it goes on trying.
    public var patience: Duration = .seconds(600)
    /// How long it waits for another migration to end.
    public var waitForOthers: Duration = .seconds(600)
    /// How long one statement may run: indexes and checks of large tables take their time.
    public var statementTimeout: Duration = .seconds(24 * 3600)
    /// Whether rows that a constraint won't take are looked for before anything is done.
    public var looksFirst = true
    /// The schema of the history's tables.
    public var historySchema = "public"
    /// The program that the models are of, where several share a database and its history.
    public var program: String?
    /// Whether a file that was applied under another name is taken to be that one.
    public var acceptsRenamedFiles = false

    /// The defaults.
    public init() {}
}
