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

    /// What is to be done, as far as it can be said beforehand. Changes nothing: four round trips, a few for each table, and one for
    /// each constraint that rows may stand against, and for each type that isn't changed for values may not fit. A small table that would
    /// be written anew is watched for ``MigratorOptions/watch``.
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
    /// The plan is made anew once nobody else migrates. An index that somebody is building is waited for.
    ///
    /// - Parameters:
    ///   - shown: the plan that was looked at; when there is something else to do by now, nothing is done.
    ///   - digest: the ``MigrationPlan/digest`` of it, likewise.
    ///   - isTold: called before each step.
    /// - Returns: the plan that was carried out; empty when there was nothing to do.
    /// - Throws: ``MigratorError``; ``MigrationError``; `PostgresError` of connecting and reading.
    @discardableResult
    public func apply(
        _ schema: Schema, name: String = "apply", shown: MigrationPlan? = nil, digest: String? = nil,
        telling isTold: @Sendable (MigrationStep) -> Void = { _ in }
    ) async throws -> MigrationPlan {
        try await alone { lock in
            try await connected { connection in
                let plan = try await planBehindBuilds(for: schema, on: connection)
                if !plan.steps.isEmpty || !plan.problems.isEmpty {
                    let difference = shown?.difference(to: plan) ?? []
                    guard difference.isEmpty else { throw MigratorError.planChanged(difference) }
                }
                guard plan.problems.isEmpty else { throw MigratorError.refused(plan.problems) }
                if let digest, !plan.steps.isEmpty, digest != plan.digest {
                    throw MigratorError.planChanged(MigrationPlan.nothing.difference(to: plan))
                }
                let history = MigrationHistory(options)
                let desired = try DesiredTables(for: schema, options: options.desired)
                let state = try await state(of: desired, behind: plan, history, on: connection)
                if plan.steps.isEmpty, try await history.lastState(for: desired, on: connection) == state {
                    return plan
                }
                try await history.create(on: connection)
                let id = try await history.begin(name, plan.sql, state, on: connection)
                let runner = try await StepRunner(connection, lock, options, logger)
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
                let desired = try DesiredTables(for: schema, options: options.desired)
                let history = MigrationHistory(options)
                let made = try await history.known(for: desired, on: connection).state ?? TableCatalog()
                let state = desired.catalog.named(like: try await catalog(on: connection)).keepingAdvised(of: made)
                try await history.create(on: connection)
                let id = try await history.begin("baseline", "", state, on: connection)
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
            try await connected { other in try await PoolerCheck.require(connection, apartFrom: other) }
            return try await MigrationLock.holding(connection, options) { lock in try await body(lock) }
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

    /// The plan, once nobody builds an index that is wanted: a server goes on with that when its client is gone.
    private func planBehindBuilds(for schema: Schema, on connection: Connection) async throws -> MigrationPlan {
        let deadline = ContinuousClock.now + options.patience
        while true {
            let plan = try await plan(for: schema, on: connection)
            let builds = plan.problems.filter { $0.code == .building }
            guard !builds.isEmpty, ContinuousClock.now < deadline else { return plan }
            logger.info("An index is being built; waiting.", metadata: ["index": "\(builds[0].subject.onOneLine)"])
            try await Task.sleep(for: options.pause)
        }
    }

    /// What the database has behind a plan, of what models ask for: under the names that it really has.
    private func state(
        of desired: DesiredTables, behind plan: MigrationPlan, _ history: MigrationHistory, on connection: Connection
    ) async throws -> TableCatalog {
        var made = try await history.known(for: desired, on: connection).state ?? TableCatalog()
        for name in desired.catalog.tables.keys where made.tables[name] == nil {
            made.tables[name] = TableCatalog.Table(name)
        }
        made = made.applying(plan)
        return desired.catalog.named(like: made).keepingAdvised(of: made)
    }

    private func plan(for schema: Schema, on connection: Connection) async throws -> MigrationPlan {
        var desired = try DesiredTables(for: schema, options: options.desired)
        let current = try await catalog(on: connection)
        let known = try await MigrationHistory(options).known(for: desired, on: connection)
        var names = Set(desired.catalog.tables.keys)
        if let known = known.state { names.formUnion(known.tables.keys) }
        names.formUnion(desired.tableRenames.values.joined())
        names.formIntersection(current.tables.keys)
        let facts = try await TableLooks.facts(of: names.sorted { $0.shown < $1.shown }, on: connection)
        func plan() -> MigrationPlan {
            MigrationPlan(
                from: current, to: desired, known: known.state, facts: facts, allowingLoss: options.allowingLoss,
                namesTables: !known.isOwn)
        }
        // How the server writes a type or a default is known to the server alone.
        let types = try await TypeSpelling.canonical(of: desired, in: current, on: connection)
        desired.spell(types: types)
        desired.spell(generated: try await DefaultSpelling.generated(of: desired, in: current, on: connection))
        desired.spell(domains: try await TypeSpelling.domains(of: desired, in: current, on: connection))
        var result = plan()
        let spelled = try await DefaultSpelling.canonical(of: result, on: connection)
        if !spelled.isEmpty {
            desired.spell(spelled)
            result = plan()
        }
        result.problems += try await TypeSpelling.missing(of: result, on: connection)
        result = try await Dependents(of: result, on: connection).told()
        result.problems += try await TableLooks.rewrites(of: result, options, on: connection)
        if options.looksFirst {
            result.problems += try await TableLooks.refusals(
                of: result, within: options.statementTimeout, on: connection)
            result = try await UnfitValues.told(in: result, on: connection)
        }
        return result
    }
}

extension MigrationPlan {
    fileprivate var sql: String { steps.flatMap(\.statements).map { $0.sql + ";\n" }.joined() }

    /// A plan without steps.
    fileprivate static var nothing: MigrationPlan {
        MigrationPlan(from: TableCatalog(), to: DesiredTables(exactly: TableCatalog()))
    }
}
