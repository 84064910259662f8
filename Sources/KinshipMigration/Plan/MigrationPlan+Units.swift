// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension MigrationPlan {
    /// Statements that are one transaction, or one that can't be in any, with the steps they belong to.
    package typealias Unit = [(step: MigrationStep, statement: MigrationStep.Statement)]

    /// The statements as they are run, in order.
    ///
    /// What is of new tables alone is one transaction, for nobody has seen them yet. A table that others may use is locked by the
    /// transactions of one step at a time: none waits for a lock of a second table while it keeps others from a first one, but for the
    /// steps that tie two tables together (see ``waits(of:)``). Where the table has rows each statement is committed by itself, unless it
    /// belongs to the one before it.
    package var units: [Unit] {
        var units: [Unit] = []
        var isOpen = false
        for step in orderedSteps {
            let isOfNewTables = step.waitsFor.isEmpty
            let isWhole = step.isPlain && step.statements.allSatisfy(\.isTransactional)
            for (index, statement) in step.statements.enumerated() {
                let follows = index == 0 ? isOpen && isOfNewTables : isWhole || statement.joinsPrevious
                if follows, !units.isEmpty {
                    units[units.count - 1].append((step, statement))
                } else {
                    units.append([(step, statement)])
                }
            }
            isOpen = isOfNewTables
        }
        return units
    }

    /// The steps, those of new tables alone where the first of them is made: keys and indexes that nothing else is needed for.
    private var orderedSteps: [MigrationStep] {
        let first = steps.firstIndex { if case .createTable = $0.change { true } else { false } }
        guard let first else { return steps }
        let rest = steps[first...]
        return Array(steps[..<first]) + rest.filter(\.waitsFor.isEmpty) + rest.filter { !$0.waitsFor.isEmpty }
    }

    /// How many locks a transaction waits for, one after the other, while others wait behind it: they have the time for one between them.
    ///
    /// The steps of foreign keys lock the table that is referred to as well; a few lock their own table twice, the second time more
    /// strongly.
    package static func waits(of unit: Unit) -> Int {
        var waits = 0
        var held = MigrationStep.Lock.shareUpdateExclusive
        for (step, statement) in unit where statement.lock > held {
            waits += waits == 0 ? step.waitsFor.count : 1
            held = statement.lock
        }
        return max(waits, 1)
    }
}
