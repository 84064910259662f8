// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What is known of the rows of tables.
enum TableLooks {
    /// Up to how many rows are counted; what has more is estimated.
    private static let counted = 10_000

    static func facts(
        of tables: [Catalog.TableName], on connection: Connection
    ) async throws -> [Catalog.TableName: MigrationPlan.TableFacts] {
        var facts: [Catalog.TableName: MigrationPlan.TableFacts] = [:]
        for table in tables {
            // Rows that a policy or a missing privilege keeps from this user are there all the same.
            let rows = try await seeing(connection) { connection in try await count(of: table, on: connection) }
            facts[table] = .init(rows: rows, isEmpty: rows == 0)
        }
        return facts
    }

    /// How many rows there are: what ANALYZE has counted once may be long past.
    private static func count(of table: Catalog.TableName, on connection: Connection) async throws -> Int {
        let few = try await connection.execute(
            Statement("SELECT count(*) FROM (SELECT FROM \(table.sql) LIMIT \(counted + 1)) r", preparation: .unnamed)
        ).decode(Int64.self, row: 0, column: 0)
        guard few > counted else { return Int(few) }
        // The planner takes the density that ANALYZE has found, or else the width of rows, times the size that the table has now.
        let text = try await connection.execute(
            Statement("EXPLAIN (FORMAT JSON) SELECT FROM \(table.sql)", preparation: .unnamed)
        ).decode(String.self, row: 0, column: 0)
        let plan = try JSONValue(parsing: Array(text.utf8)).elements?.first?["Plan"]
        guard case .number(let number)? = plan?["Plan Rows"], let estimate = Double(number), estimate < 1e15 else {
            return Int(few)
        }
        return max(Int(few), Int(estimate))
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

    /// Which steps would keep others from a table for long, or from one that they use, unless they are named.
    static func rewrites(
        of plan: MigrationPlan, _ options: MigratorOptions, on connection: Connection
    ) async throws -> [MigrationProblem] {
        var problems: [MigrationProblem] = []
        var small: [(step: MigrationStep, table: Catalog.TableName)] = []
        for step in plan.steps where step.rewrites && !step.isPlain {
            let shown = step.table.shown
            guard !options.allowingRewrites.contains(shown), !problems.contains(where: { $0.subject == shown }) else {
                continue
            }
            let table = plan.presentName(of: step.table)
            if try await hasMore(than: options.smallTable, table, on: connection) {
                let rows = step.rows.map { "\($0) rows" } ?? "more than \(options.smallTable) rows"
                problems.append(refused(step, rows, "and nobody can read or write the table meanwhile"))
            } else if !small.contains(where: { $0.table == table }) {
                small.append((step, table))
            }
        }
        let used = try await TableUse.found(among: small.map { $0.table }, within: options.watch, on: connection)
        for (step, table) in small where used.contains(table) {
            let rows = step.rows.map { $0 == 1 ? "1 row" : "\($0) rows" } ?? "rows"
            problems.append(
                refused(step, rows, "and others use the table at this moment, who can't read or write it meanwhile"))
        }
        return problems
    }

    private static func refused(_ step: MigrationStep, _ rows: String, _ reason: String) -> MigrationProblem {
        let shown = step.table.shown
        return MigrationProblem(
            .rewrite, shown,
            "\(step.change.title) writes all \(rows) anew, \(reason). Name it at a quiet time (--allow-rewrite \(shown)), or fill a new column step by step."
        )
    }

    /// Looked at in the table itself; true where this user can't.
    private static func hasMore(
        than limit: Int, _ table: Catalog.TableName, on connection: Connection
    ) async throws -> Bool {
        try await seeing(connection) { connection in
            try await connection.execute(
                Statement(
                    "SELECT EXISTS (SELECT FROM \(table.sql) OFFSET \(max(limit, 0)))", preparation: .unnamed)
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

extension MigrationPlan {
    /// The name that a table has until the plan renames it.
    fileprivate func presentName(of table: Catalog.TableName) -> Catalog.TableName {
        for step in steps where step.table == table {
            if case .renameTable(let old) = step.change { return old }
        }
        return table
    }
}
