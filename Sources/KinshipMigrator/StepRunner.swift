// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import Logging

/// Runs steps, each statement in the way it has to be run.
struct StepRunner {
    private let connection: Connection
    private let lock: MigrationLock
    private let options: MigratorOptions
    private let logger: Logger

    /// A statement to run.
    struct Work {
        /// What is said of it when it fails.
        var title: String
        /// The table whose lock it waits for; nil where that isn't known.
        var table: Catalog.TableName?
        var sql: String
        /// The table that has to be empty still.
        var emptied: Catalog.TableName?
    }

    /// A statement that was run.
    struct Done {
        var sql: String
        var attempts: Int
    }

    init(_ connection: Connection, _ lock: MigrationLock, _ options: MigratorOptions, _ logger: Logger) {
        self.connection = connection
        self.lock = lock
        self.options = options
        self.logger = logger
    }

    /// Runs statements of a plan.
    ///
    /// - Parameter note: called inside of the transaction of what is done, where there is one.
    func run(_ unit: MigrationPlan.Unit, noting note: (Done) async throws -> Void) async throws {
        let work = unit.map { Work($0.step, $0.statement) }
        if let only = work.first, unit.allSatisfy({ !$0.statement.isTransactional }) {
            try await alone(only, note)
        } else {
            try await transaction(work, note)
        }
    }

    /// Runs statements of a file.
    ///
    /// - Parameter isAgain: whether it was tried before: an index that was built then is there already, or invalid and in the way.
    func run(
        _ unit: MigrationFile.Unit, of file: String, isAgain: Bool, noting note: (Done) async throws -> Void
    ) async throws {
        let work = unit.statements.map { Work(title: file, sql: $0) }
        if isAgain, !unit.isTransaction, let only = work.first, let build = IndexBuild(only.sql) {
            switch try await IndexLooks.standing(of: build, on: connection) {
            case .valid: return try await note(Done(sql: only.sql, attempts: 0))
            case .invalid(let name):
                try await alone(Work(title: file, sql: "DROP INDEX CONCURRENTLY IF EXISTS \(name)")) { _ in }
            case .absent: break
            }
        }
        do {
            try await transaction(work, note)
        } catch MigratorError.failed(_, _, _, "25001") where !unit.isTransaction && work.count == 1 {
            // "… cannot run inside a transaction block": only the server knows which ones.
            try await alone(work[0], note)
        }
    }

    // MARK: In a transaction

    private func transaction(
        _ statements: [Work], _ note: (Done) async throws -> Void
    ) async throws {
        guard let first = statements.first else { return }
        let deadline = ContinuousClock.now + options.patience
        var pause = options.pause
        var attempts = 1
        while true {
            try await lock.check()
            do {
                try await connection.withTransaction { connection in
                    try await set("lock_timeout", options.lockTimeout, isLocal: true)
                    try await set("statement_timeout", .zero, isLocal: true)
                    for work in statements {
                        try await guardEmpty(work)
                        try await execute(work)
                        try await note(Done(sql: work.sql, attempts: attempts))
                    }
                }
                return
            } catch let error as LockMissed {
                guard ContinuousClock.now < deadline else {
                    throw MigratorError.blocked(error.work.title, by: try await holders(of: error.work.table))
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

    private func execute(_ work: Work) async throws {
        do {
            try await connection.execute(
                Statement(work.sql, preparation: .unnamed), timeout: options.statementTimeout)
        } catch let error as PostgresError {
            // Nobody waits longer than that behind a statement that waits itself, nor is a deadlock anyone's fault.
            if error.sqlState == "55P03" || error.sqlState == "40P01" { throw LockMissed(work: work) }
            guard let state = error.sqlState else { throw error }
            throw MigratorError.failed(work.title, sql: work.sql, message: error.message, sqlState: state)
        }
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
    private func alone(_ work: Work, _ note: (Done) async throws -> Void) async throws {
        try await lock.check()
        try await set("lock_timeout", .zero, isLocal: false)
        try await set("statement_timeout", .zero, isLocal: false)
        do {
            try await connection.execute(
                Statement(work.sql, preparation: .unnamed), timeout: options.statementTimeout)
        } catch let error as PostgresError {
            guard let state = error.sqlState else { throw error }
            throw MigratorError.failed(work.title, sql: work.sql, message: error.message, sqlState: state)
        }
        try await note(Done(sql: work.sql, attempts: 1))
    }

    private func set(_ name: String, _ duration: Duration, isLocal: Bool) async throws {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        try await connection.execute(
            Statement(
                "SELECT pg_catalog.set_config('\(name)', '\(milliseconds)', \(isLocal))", preparation: .unnamed))
    }

    /// Who holds locks on a table, or may hold some, without what they do.
    private func holders(of table: Catalog.TableName?) async throws -> [String] {
        let holds =
            table.map {
                "EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.granted AND l.relation = pg_catalog.to_regclass(\(literal($0.sql))))"
            } ?? "a.xact_start < now() - interval '1 second' AND a.backend_type = 'client backend'"
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

extension StepRunner.Work {
    fileprivate init(_ step: MigrationStep, _ statement: MigrationStep.Statement) {
        self.init(
            title: step.title, table: step.table, sql: statement.sql,
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
