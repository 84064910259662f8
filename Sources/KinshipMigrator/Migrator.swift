// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import Logging

/// Brings the tables of a database to what models ask for.
///
/// ```swift
/// let migrator = Migrator(try ConnectionConfiguration(url: url), logger: logger)
/// let plan = try await migrator.plan(for: schema)
/// print(plan.description)
/// try await migrator.apply(schema)
/// ```
///
/// Each change is made in the way that lets others go on, in transactions where it can be. What a run that was stopped has left is found in
/// the catalog: applying again goes on from there. Two at once wait for each other. Connect to the server itself: a pooler that changes
/// connections between transactions doesn't keep what sessions are set to.
public struct Migrator: Sendable {
    let configuration: ConnectionConfiguration
    let options: MigratorOptions
    let logger: Logger

    /// A migrator of one database.
    public init(_ configuration: ConnectionConfiguration, options: MigratorOptions = .init(), logger: Logger) {
        self.configuration = configuration
        self.options = options
        self.logger = logger
    }

    // MARK: Looking

    /// What is to be done, as far as it can be said beforehand. Changes nothing: four round trips, and one for
    /// each constraint that rows may stand against.
    ///
    /// - Throws: ``MigrationError`` when the definitions contradict each other; `PostgresError`.
    public func plan(for schema: Schema) async throws -> MigrationPlan {
        try await connected { connection in try await plan(for: schema, on: connection) }
    }

    /// What the database has.
    public func catalog() async throws -> TableCatalog {
        try await connected { connection in try await catalog(on: connection) }
    }

    /// The migrations that were applied, latest first.
    public func history() async throws -> [MigrationRecord] {
        try await connected { connection in try await MigrationHistory(options).records(on: connection) }
    }

    // MARK: Changing

    /// Brings the tables to what the models ask for.
    ///
    /// - Parameter isTold: called before each step.
    /// - Returns: the plan that was carried out; empty when there was nothing to do.
    /// - Throws: ``MigratorError``; ``MigrationError``; `PostgresError` of connecting and reading.
    @discardableResult
    public func apply(
        _ schema: Schema, name: String = "apply", telling isTold: @Sendable (MigrationStep) -> Void = { _ in }
    ) async throws -> MigrationPlan {
        try await alone { lock in
            try await connected { connection in
                let plan = try await plan(for: schema, on: connection)
                guard plan.problems.isEmpty else { throw MigratorError.refused(plan.problems) }
                let history = MigrationHistory(options)
                let state = try DesiredTables(for: schema, options: options.desired).catalog
                if plan.steps.isEmpty, try await history.lastState(on: connection) == state { return plan }
                try await history.create(on: connection)
                let id = try await history.begin(name, plan.sql, state, on: connection)
                let runner = StepRunner(connection, lock, options, logger)
                var told: MigrationStep?
                for unit in plan.units {
                    for (step, _) in unit where step != told {
                        isTold(step)
                        told = step
                    }
                    try await runner.run(unit) { done in
                        try await history.note(done, of: id, on: connection)
                    }
                }
                try await history.finish(id, on: connection)
                return plan
            }
        }
    }

    /// Takes the tables as they are: from now on what models asked for at this time, and don't any more, may be dropped.
    ///
    /// Nothing is changed but the history. What the tables lack stays to be done.
    public func baseline(_ schema: Schema) async throws {
        try await alone { _ in
            try await connected { connection in
                let desired = try DesiredTables(for: schema, options: options.desired).catalog
                let history = MigrationHistory(options)
                try await history.create(on: connection)
                let id = try await history.begin("baseline", "", desired, on: connection)
                try await history.finish(id, on: connection)
            }
        }
    }

    // MARK: Pieces

    func connected<R: Sendable>(_ body: (Connection) async throws -> R) async throws -> R {
        let connection = try await Connection.connect(configuration, logger: logger)
        defer { connection.close() }
        return try await body(connection)
    }

    func alone<R: Sendable>(_ body: (MigrationLock) async throws -> R) async throws -> R {
        try await connected { connection in
            try await MigrationLock.holding(connection, options) { lock in try await body(lock) }
        }
    }

    private func catalog(on connection: Connection) async throws -> TableCatalog {
        let rows = try await connection.execute(Statement(CatalogStatement.text, preparation: .unnamed))
        let text = try rows.decode(String.self, row: 0, column: 0)
        var catalog = TableCatalog(try JSONValue(parsing: Array(text.utf8)))
        for name in MigrationHistory.tables {
            catalog.tables[Catalog.TableName(options.historySchema, name)] = nil
        }
        return catalog
    }

    private func plan(for schema: Schema, on connection: Connection) async throws -> MigrationPlan {
        var desired = try DesiredTables(for: schema, options: options.desired)
        let current = try await catalog(on: connection)
        let known = try await MigrationHistory(options).lastState(on: connection)
        var names = Set(desired.catalog.tables.keys)
        if let known { names.formUnion(known.tables.keys) }
        names.formUnion(desired.tableRenames.values.joined())
        names.formIntersection(current.tables.keys)
        let facts = try await TableLooks.facts(of: names.sorted { $0.shown < $1.shown }, on: connection)
        func plan() -> MigrationPlan {
            MigrationPlan(from: current, to: desired, known: known, facts: facts, allowingLoss: options.allowingLoss)
        }
        var result = plan()
        // How the server writes a default is known to the server alone.
        let spelled = try await DefaultSpelling.canonical(of: result, on: connection)
        if !spelled.isEmpty {
            desired.spell(spelled)
            result = plan()
        }
        result.problems += try await TableLooks.rewrites(of: result, options, on: connection)
        if options.looksFirst {
            result.problems += try await TableLooks.refusals(
                of: result, within: options.statementTimeout, on: connection)
        }
        return result
    }
}

extension MigrationPlan {
    fileprivate var sql: String { steps.flatMap(\.statements).map { $0.sql + ";\n" }.joined() }
}
