// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension MigrationFile {
    /// The file that leads from the tables of one state to those that models ask for, without looking at a database.
    ///
    /// ```swift
    /// let file = try MigrationFile(name: "20261130101500_add_age", from: last.state, to: DesiredTables(for: schema))
    /// ```
    ///
    /// Tables that are there are taken to have rows and users, so it changes them in the ways that let others go on. A statement that can't be
    /// in a transaction can be run once more after a failure.
    ///
    /// - Throws: ``MigrationError`` with what stands against it: values that would be lost without being named in `allowingLoss`.
    public init(
        name: String, from state: TableCatalog, to desired: DesiredTables, allowingLoss: Set<String> = [],
        after: [String]? = nil
    ) throws(MigrationError) {
        let plan = MigrationPlan(from: state, to: desired, known: state, allowingLoss: allowingLoss)
        guard plan.problems.isEmpty else { throw MigrationError(plan.problems) }
        // What is renamed keeps the names of its constraints.
        let behind = state.applying(plan)
        let made = desired.catalog.named(like: behind).keepingAdvised(of: behind)
        try self.init(name: name, sql: Self.text(of: plan, name: name), state: made, after: after)
    }

    private static func text(of plan: MigrationPlan, name: String) -> String {
        var text = """
            -- \(name)
            -- Statements between BEGIN and COMMIT are one transaction, each other one is by itself. Change what you know better, until it
            -- is applied.

            """
        var lastStep: MigrationStep?
        for unit in plan.units {
            let isTransaction = unit.count > 1
            text += "\n"
            if isTransaction { text += "BEGIN;\n" }
            for (step, statement) in unit {
                if step != lastStep { text += step.remark + "\n" }
                lastStep = step
                text += repeatable(statement.sql) + ";\n"
            }
            if isTransaction { text += "COMMIT;\n" }
        }
        return text
    }

    /// A statement that can't be in a transaction can be done, and yet not be known to be. Indexes are looked at when they are built.
    private static func repeatable(_ sql: String) -> String {
        let drop = "DROP INDEX CONCURRENTLY "
        return sql.hasPrefix(drop) ? drop + "IF EXISTS " + sql.dropFirst(drop.count) : sql
    }
}
