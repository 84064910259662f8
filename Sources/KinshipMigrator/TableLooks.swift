// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What is known of the rows of tables.
enum TableLooks {
    static func facts(
        of tables: [Catalog.TableName], on connection: Connection
    ) async throws -> [Catalog.TableName: MigrationPlan.TableFacts] {
        // Whether there is a row is looked at; how many is what ANALYZE has counted.
        var facts: [Catalog.TableName: MigrationPlan.TableFacts] = [:]
        for table in tables {
            let count = try await connection.execute(
                Statement(
                    "SELECT reltuples::float8 FROM pg_catalog.pg_class WHERE oid = \(literal(table.sql))::pg_catalog.regclass",
                    preparation: .unnamed)
            ).decode(Double.self, row: 0, column: 0)
            // Rows that a policy or a missing privilege keeps from this user are there all the same.
            let hasRows = try await seeing(connection) { connection in
                try await connection.execute(
                    Statement("SELECT EXISTS (SELECT FROM \(table.sql))", preparation: .unnamed)
                ).decode(Bool.self, row: 0, column: 0)
            }
            facts[table] = .init(
                rows: hasRows == false ? 0 : count >= 0 && hasRows != nil ? Int(count) : nil, isEmpty: hasRows == false)
        }
        return facts
    }

    /// What is found in a transaction that sees all rows of its tables, or none; nil when this user can't.
    private static func seeing<R: Sendable>(
        _ connection: Connection, _ body: (Connection) async throws -> R
    ) async throws -> R? {
        do {
            return try await connection.withTransaction { connection in
                try await connection.execute(Statement("SET LOCAL row_security = off", preparation: .unnamed))
                return try await body(connection)
            }
        } catch let error as PostgresError where error.sqlState?.hasPrefix("42") == true {
            return nil
        }
    }

    /// What rows stand against the steps of a plan: looked for before anything is locked.
    ///
    /// Each look reads its table once, and counts no further than to a thousand. What can't be looked at yet, for the plan makes it,
    /// isn't.
    static func refusals(
        of plan: MigrationPlan, within timeout: Duration, on connection: Connection
    ) async throws -> [MigrationProblem] {
        var problems: [MigrationProblem] = []
        for step in plan.steps {
            guard let probe = step.probe else { continue }
            let count = try await seeing(connection) { connection in
                try await connection.execute(
                    Statement("SELECT count(*) FROM (SELECT FROM (\(probe)) q LIMIT 1001) r", preparation: .unnamed),
                    timeout: timeout
                ).decode(Int64.self, row: 0, column: 0)
            }
            // What can't be looked at says so when it is done.
            guard let count else { continue }
            guard count > 0 else { continue }
            let many = count > 1000 ? "More than 1000 rows" : count == 1 ? "1 row" : "\(count) rows"
            let subject = step.table.shown + (step.change.name.map { ".\($0)" } ?? "")
            problems.append(
                MigrationProblem(
                    .rowsRefuse, subject,
                    "\(many) (or values, where they may be there once only) stand against it. See them, and correct them: \(probe)"
                ))
        }
        return problems
    }

    /// Which steps would keep others from a table for long, unless they are named.
    static func rewrites(
        of plan: MigrationPlan, _ options: MigratorOptions, on connection: Connection
    ) async throws -> [MigrationProblem] {
        var problems: [MigrationProblem] = []
        for step in plan.steps where step.rewrites && !step.isPlain {
            let shown = step.table.shown
            guard !options.allowingRewrites.contains(shown), !problems.contains(where: { $0.subject == shown }),
                try await hasMore(than: options.smallTable, step, on: connection)
            else { continue }
            let rows = step.rows.map { "\($0) rows" } ?? "more than \(options.smallTable) rows"
            problems.append(
                MigrationProblem(
                    .rewrite, shown,
                    "\(step.change.title) writes all \(rows) anew, and nobody can read or write the table meanwhile. Name it at a quiet time (--allow-rewrite \(shown)), or fill a new column step by step."
                ))
        }
        return problems
    }

    private static func hasMore(than limit: Int, _ step: MigrationStep, on connection: Connection) async throws -> Bool
    {
        if let rows = step.rows { return rows > limit }
        // Under the name it has until the plan renames it there may be none to look at.
        return try await seeing(connection) { connection in
            try await connection.execute(
                Statement(
                    "SELECT count(*) > \(limit) FROM (SELECT FROM \(step.table.sql) LIMIT \(limit + 1)) r",
                    preparation: .unnamed)
            ).decode(Bool.self, row: 0, column: 0)
        } ?? true
    }

    /// Whether a table has no rows, once nobody else can write it.
    static func isEmpty(_ table: Catalog.TableName, on connection: Connection) async throws -> Bool {
        try await connection.execute(
            Statement("LOCK TABLE \(table.sql) IN ACCESS EXCLUSIVE MODE", preparation: .unnamed))
        let rows = try await connection.execute(
            Statement("SELECT EXISTS (SELECT FROM \(table.sql))", preparation: .unnamed))
        return try !rows.decode(Bool.self, row: 0, column: 0)
    }
}
