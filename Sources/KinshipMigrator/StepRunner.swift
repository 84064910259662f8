// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging

/// Runs steps, each statement in the way it has to be run.
struct StepRunner {
    let connection: Connection
    let options: MigratorOptions
    private let lock: MigrationLock
    private let logger: Logger
    /// What the server calls the session at first.
    private let session: Int32
    /// Whether what is run says itself how long it waits, for which rows and as whom.
    private let isFile: Bool

    /// A statement to run.
    struct Work {
        /// What is said of it when it fails.
        var title: String
        /// The tables whose locks it waits for; none where they aren't known.
        var tables: [Catalog.TableName] = []
        var sql: String
        /// The table that has to be empty still.
        var emptied: Catalog.TableName?
    }

    /// A statement that was run.
    struct Done {
        var sql: String
        var attempts: Int
    }

    init(
        _ connection: Connection, _ lock: MigrationLock, _ options: MigratorOptions, _ logger: Logger,
        isFile: Bool = false
    ) async throws {
        self.connection = connection
        self.lock = lock
        self.options = options
        self.logger = logger
        self.isFile = isFile
        session = try await PoolerCheck.session(connection)
    }

    /// Runs statements of a plan.
    ///
    /// - Parameter note: called inside of the transaction of what is done, where there is one.
    func run(_ unit: MigrationPlan.Unit, noting note: (Done) async throws -> Void) async throws {
        let work = unit.map { Work($0.step, $0.statement) }
        if let only = work.first, unit.allSatisfy({ !$0.statement.isTransactional }) {
            try await alone(only, note)
        } else {
            try await transaction(work, sharedBy: MigrationPlan.waits(of: unit), note)
        }
    }

    // MARK: In a transaction

    /// - Parameter waits: how many locks may have to be waited for in turn, in the time that others are kept waiting at most.
    func transaction(
        _ statements: [Work], sharedBy waits: Int = 1, _ note: (Done) async throws -> Void
    ) async throws {
        guard let first = statements.first else { return }
        let deadline = ContinuousClock.now + options.patience
        var pause = options.pause
        var attempts = 1
        while true {
            try await lock.check()
            do {
                try await connection.withTransaction { connection in
                    try await settle(for: connection, sharedBy: waits)
                    for work in statements {
                        try await guardEmpty(work)
                        try await execute(work)
                        try await note(Done(sql: work.sql, attempts: attempts))
                    }
                }
                return
            } catch let error as LockMissed {
                guard ContinuousClock.now < deadline else {
                    throw MigratorError.blocked(error.work.title, by: try await holders(of: error.work.tables))
                }
                logger.info(
                    "A lock isn't to be had yet; trying again.",
                    metadata: ["change": "\(first.title)", "attempt": "\(attempts)"])
                try await Task.sleep(for: pause * Double.random(in: 0.75...1.25))
                pause = min(pause * 1.5, options.longestPause)
                attempts += 1
            }
        }
    }

    private struct LockMissed: Error {
        var work: Work
    }

    /// How long statements wait, and that no row is hidden from them: what fails is told, what is overlooked isn't.
    private func settle(for connection: Connection, sharedBy waits: Int) async throws {
        // None would be no limit.
        let share = max(options.lockTimeout.wholeMilliseconds / Int64(waits), 1)
        var limits = ""
        if !isFile {
            limits =
                "pg_catalog.set_config('lock_timeout', '\(share)', true), pg_catalog.set_config('statement_timeout', '0', true), pg_catalog.set_config('row_security', 'off', true), "
        } else if waits > 1 {
            // What a file says itself holds.
            let own = "pg_catalog.current_setting('lock_timeout')"
            limits =
                "pg_catalog.set_config('lock_timeout', CASE WHEN \(own)::interval = '\(options.lockTimeout.wholeMilliseconds) milliseconds'::interval THEN '\(share)' ELSE \(own) END, true), "
        }
        let rows = try await connection.execute(
            Statement("SELECT \(limits)pg_catalog.pg_backend_pid()", preparation: .unnamed))
        guard try rows.decode(Int32.self, row: 0, column: rows.columnCount - 1) == session else {
            throw MigratorError.pooled
        }
    }

    private func execute(_ work: Work) async throws {
        do {
            try await send(work)
        } catch let error as PostgresError where error.sqlState == "55P03" || error.sqlState == "40P01" {
            // Nobody waits longer than that behind a statement that waits itself, nor is a deadlock anyone's fault.
            throw LockMissed(work: work)
        } catch let error as PostgresError {
            throw told(error, work)
        }
    }

    /// Runs a statement; what may say a password isn't in the log.
    private func send(_ work: Work) async throws {
        let statement = Statement(work.sql, preparation: .unnamed)
        guard MaskedStatement(work.sql).kept != work.sql else {
            try await connection.execute(statement, timeout: options.statementTimeout)
            return
        }
        let silent = Logger(label: logger.label) { _ in SwiftLogNoOpLogHandler() }
        try await RequestLog.$logger.withValue(silent) {
            _ = try await connection.execute(statement, timeout: options.statementTimeout)
        }
    }

    private func told(_ error: PostgresError, _ work: Work) -> any Error {
        let statement = MaskedStatement(work.sql)
        guard let state = error.sqlState else {
            var error = error
            error.sql = statement.shown
            error.message = statement.masked(error.message)
            return error
        }
        return MigratorError.failed(
            work.title, sql: statement.shown, message: statement.masked(error.message), sqlState: state)
    }

    /// What is dropped because its table is empty is looked at once more, when nobody can write it any longer.
    private func guardEmpty(_ work: Work) async throws {
        guard let table = work.emptied else { return }
        do {
            guard try await TableLooks.isEmpty(table, on: connection) else {
                throw MigratorError.filledMeanwhile(table.shown)
            }
        } catch let error as PostgresError where error.sqlState == "55P03" || error.sqlState == "40P01" {
            throw LockMissed(work: work)
        }
    }

    // MARK: Outside

    /// `CONCURRENTLY` waits for transactions of others without keeping anyone: a limit would only leave an invalid index.
    ///
    /// - Parameter waits: whether the session's own limit holds, for a file has set it.
    func alone(_ work: Work, waits: Bool = false, _ note: (Done) async throws -> Void) async throws {
        try await lock.check()
        guard try await PoolerCheck.session(connection) == session else { throw MigratorError.pooled }
        if !waits { try await set("lock_timeout", .zero) }
        if !isFile { try await set("statement_timeout", .zero) }
        do {
            try await send(work)
        } catch let error as PostgresError {
            throw told(error, work)
        }
        if isFile, !waits { try await set("lock_timeout", options.lockTimeout) }
        try await note(Done(sql: work.sql, attempts: 1))
    }

    func set(_ name: String, _ duration: Duration) async throws {
        try await connection.execute(
            Statement(
                "SELECT pg_catalog.set_config('\(name)', '\(duration.wholeMilliseconds)', false)", preparation: .unnamed
            ))
    }

    /// Who holds locks on a table, or may hold some, without what they do.
    private func holders(of tables: [Catalog.TableName]) async throws -> [String] {
        let names = tables.map { "pg_catalog.to_regclass(\(literal($0.sql)))" }.joined(separator: ", ")
        let holds =
            tables.isEmpty
            ? "a.xact_start < now() - interval '1 second' AND a.backend_type = 'client backend'"
            : "EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.granted AND l.relation IN (\(names)))"
        let rows = try await connection.execute(
            Statement(
                """
                SELECT 'process ' || a.pid || ' (' || coalesce(nullif(a.application_name, ''), a.usename, '?') || ', '
                    || coalesce(a.state, '?') || ')'
                FROM pg_catalog.pg_stat_activity a
                WHERE \(holds) AND a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
                ORDER BY a.xact_start LIMIT 10
                """, preparation: .unnamed))
        return try rows.decodeColumn(String.self, at: 0)
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension StepRunner.Work {
    fileprivate init(_ step: MigrationStep, _ statement: MigrationStep.Statement) {
        self.init(
            title: step.title, tables: step.waitsFor, sql: statement.sql,
            emptied: step.isDroppedAsEmpty ? step.table : nil)
    }
}

extension MigrationStep {
    /// Whether it takes away values for there are none.
    fileprivate var isDroppedAsEmpty: Bool {
        switch change {
        case .dropColumn, .dropTable, .changeTypes: loss == nil && isPlain
        default: false
        }
    }
}
