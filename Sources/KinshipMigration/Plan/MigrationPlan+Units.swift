// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension MigrationPlan {
    /// Statements that are one transaction, or one that can't be in any, with the steps they belong to.
    package typealias Unit = [(step: MigrationStep, statement: MigrationStep.Statement)]

    /// The statements as they are run, in order.
    ///
    /// Steps of tables that nobody can be waiting for, one after the other, are one transaction; of others each statement is
    /// committed by itself, unless it belongs to the one before it.
    package var units: [Unit] {
        var units: [Unit] = []
        var joined = false
        for step in steps {
            let isNew = if case .createSchema = step.change { true } else { step.isPlain }
            let joins = isNew && step.statements.allSatisfy(\.isTransactional)
            for (index, statement) in step.statements.enumerated() {
                let follows = index == 0 ? joined && joins : joins || statement.joinsPrevious
                if follows, !units.isEmpty {
                    units[units.count - 1].append((step, statement))
                } else {
                    units.append([(step, statement)])
                }
            }
            joined = joins
        }
        return units
    }
}
