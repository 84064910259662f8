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

    /// A statement that was run.
    struct Done {
        var step: MigrationStep
        var sql: String
        var attempts: Int
    }

    init(_ connection: Connection, _ lock: MigrationLock, _ options: MigratorOptions, _ logger: Logger) {
        self.connection = connection
        self.lock = lock
        self.options = options
        self.logger = logger
    }

    /// Steps of tables that nobody can be waiting for, one after the other, are one transaction; each other step is by itself.
    static func groups(of steps: [MigrationStep]) -> [[MigrationStep]] {
        var groups: [[MigrationStep]] = []
        func joins(_ step: MigrationStep) -> Bool {
            let isNew = if case .createSchema = step.change { true } else { step.isPlain }
            return isNew && step.statements.allSatisfy(\.isTransactional)
        }
        for step in steps {
            if joins(step), let last = groups.last?.last, joins(last) {
                groups[groups.count - 1].append(step)
            } else {
                groups.append([step])
            }
        }
        return groups
    }

    /// - Parameter note: called inside of the transaction of what is done, where there is one.
    func run(_ group: [MigrationStep], noting note: (Done) async throws -> Void) async throws {
        guard group.count == 1, let step = group.first, !step.isPlain else {
            return try await transaction(group.flatMap { step in step.statements.map { (step, $0) } }, note)
        }
        var rest = step.statements[...]
        while let first = rest.popFirst() {
            guard first.isTransactional else {
                try await alone(first, step, note)
                continue
            }
            var together = [first]
            while let next = rest.first, next.joinsPrevious { together.append(next); rest.removeFirst() }
            try await transaction(together.map { (step, $0) }, note)
        }
    }

    // MARK: In a transaction

    private func transaction(
        _ statements: [(MigrationStep, MigrationStep.Statement)], _ note: (Done) async throws -> Void
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
                    for (step, statement) in statements {
                        try await guardEmpty(step)
                        try await execute(statement, step)
                        try await note(Done(step: step, sql: statement.sql, attempts: attempts))
                    }
                }
                return
            } catch let error as LockMissed {
                guard ContinuousClock.now < deadline else {
                    throw MigratorError.blocked(error.step, by: try await holders(of: error.step.table))
                }
                logger.info(
                    "A lock isn't to be had yet; trying again.",
                    metadata: ["table": "\(first.0.table.shown)", "attempt": "\(attempts)"])
                try await Task.sleep(for: pause * Double.random(in: 0.75...1.25))
                pause = min(pause * 1.5, options.longestPause)
                attempts += 1
            }
        }
    }

    private struct LockMissed: Error {
        var step: MigrationStep
    }

    private func execute(_ statement: MigrationStep.Statement, _ step: MigrationStep) async throws {
        do {
            try await connection.execute(
                Statement(statement.sql, preparation: .unnamed), timeout: options.statementTimeout)
        } catch let error as PostgresError {
            // Nobody waits longer than that behind a statement that waits itself, nor is a deadlock anyone's fault.
            if error.sqlState == "55P03" || error.sqlState == "40P01" { throw LockMissed(step: step) }
            guard let state = error.sqlState else { throw error }
            throw MigratorError.failed(step, sql: statement.sql, message: error.message, sqlState: state)
        }
    }

    /// What is dropped because its table is empty is looked at once more, when nobody can write it any longer.
    private func guardEmpty(_ step: MigrationStep) async throws {
        switch step.change {
        case .dropColumn, .dropTable: break
        case .changeTypes: break
        default: return
        }
        guard step.loss == nil, step.isPlain else { return }
        do {
            guard try await TableLooks.isEmpty(step.table, on: connection) else {
                throw MigratorError.filledMeanwhile(step)
            }
        } catch let error as PostgresError where error.sqlState == "55P03" || error.sqlState == "40P01" {
            throw LockMissed(step: step)
        }
    }

    // MARK: Outside

    /// `CONCURRENTLY` waits for transactions of others without keeping anyone: a limit would only leave an invalid index.
    private func alone(
        _ statement: MigrationStep.Statement, _ step: MigrationStep, _ note: (Done) async throws -> Void
    ) async throws {
        try await lock.check()
        try await set("lock_timeout", .zero, isLocal: false)
        try await set("statement_timeout", .zero, isLocal: false)
        do {
            try await connection.execute(
                Statement(statement.sql, preparation: .unnamed), timeout: options.statementTimeout)
        } catch let error as PostgresError {
            guard let state = error.sqlState else { throw error }
            throw MigratorError.failed(step, sql: statement.sql, message: error.message, sqlState: state)
        }
        try await note(Done(step: step, sql: statement.sql, attempts: 1))
    }

    private func set(_ name: String, _ duration: Duration, isLocal: Bool) async throws {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        try await connection.execute(
            Statement(
                "SELECT pg_catalog.set_config('\(name)', '\(milliseconds)', \(isLocal))", preparation: .unnamed))
    }

    /// Who holds locks on a table, without what they do.
    private func holders(of table: Catalog.TableName) async throws -> [String] {
        let rows = try await connection.execute(
            Statement(
                """
                SELECT DISTINCT 'process ' || a.pid || ' (' || coalesce(nullif(a.application_name, ''), a.usename, '?') || ', '
                    || coalesce(a.state, '?') || ')'
                FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
                WHERE l.relation = pg_catalog.to_regclass(\(literal(table.sql))) AND l.granted
                    AND a.pid <> pg_catalog.pg_backend_pid()
                """, preparation: .unnamed))
        return try rows.decodeColumn(String.self, at: 0)
    }
}
