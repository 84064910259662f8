// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import Testing

/// What of a plan is one transaction: nobody is kept waiting for one table while another one is waited for.
@Suite struct MigrationUnitTests {
    private static let customer = #"{"name": "Customer", "properties": {"name": "string"}}"#
    private static let branch = #"{"name": "Branch", "properties": {"name": "string"}}"#
    private static let order =
        #"{"name": "Order", "options": {"postgresql": {"table": "orders"}}, "relations": {"customer": {"type": "belongsTo", "model": "Customer"}, "branch": {"type": "belongsTo", "model": "Branch"}, "note": {"type": "belongsTo", "model": "Note"}}}"#
    private static let note = #"{"name": "Note", "properties": {"text": {"type": "string", "index": true}}}"#

    private func desired(_ models: [String]) throws -> DesiredTables {
        try DesiredTables(for: Schema(uncheckedScopes: models.map { try ModelDefinition(json: Array($0.utf8)) }))
    }

    private func plan(
        _ old: [String], _ new: [String], empty: [String] = [], losing: Set<String> = []
    ) throws -> MigrationPlan {
        let current = old.isEmpty ? TableCatalog() : try desired(old).catalog
        let facts = empty.map { (Catalog.TableName("public", $0), MigrationPlan.TableFacts(rows: 0, isEmpty: true)) }
        return MigrationPlan(
            from: current, to: try desired(new), known: current, facts: Dictionary(uniqueKeysWithValues: facts),
            allowingLoss: losing)
    }

    /// The units, each with the titles of its statements' steps and how many locks it waits for.
    private func lines(_ plan: MigrationPlan) -> [String] {
        plan.units.map { unit in
            unit.map { $0.step.title }.joined(separator: ", ") + " (\(MigrationPlan.waits(of: unit)))"
        }
    }

    @Test func allNewTablesAreOneTransaction() throws {
        let plan = try plan([], [Self.customer, Self.branch, Self.order, Self.note])
        #expect(plan.units.count == 1)
        #expect(plan.units.first?.count == plan.steps.count)
        #expect(plan.units.map { MigrationPlan.waits(of: $0) } == [1])
    }

    @Test func eachTableThatIsReferredToIsLockedByItself() throws {
        let plan = try plan([Self.customer, Self.branch], [Self.customer, Self.branch, Self.order, Self.note])
        let units = plan.units
        // The new tables, their indexes and the key between them are there at once; the others one after the other.
        #expect(units.map(\.count) == [7, 1, 1], "\(lines(plan))")
        #expect(units.first?.allSatisfy { $0.step.waitsFor.isEmpty } == true)
        let locked = units.dropFirst().map { unit in unit.flatMap { $0.step.waitsFor.map(\.name) } }
        #expect(Set(locked) == [["branch"], ["customer"]])
        #expect(units.map { MigrationPlan.waits(of: $0) } == [1, 1, 1])
        #expect(Set(units.flatMap { unit in unit.map { $0.step } }) == Set(plan.steps))
    }

    @Test func tablesThatAreThereAreChangedOneByOneThoughTheyAreEmpty() throws {
        let wider = [Self.customer, Self.branch].map {
            $0.replacing(#""string""#, with: #""string", "code": "string""#)
        }
        let plan = try plan([Self.customer, Self.branch], wider, empty: ["customer", "branch"])
        #expect(lines(plan) == ["add column branch.code (1)", "add column customer.code (1)"])
    }

    /// A key between two tables that others use locks both: they share the time that each may keep others waiting.
    @Test func aKeyBetweenTablesThatAreUsedWaitsForBothInTheTimeOfOne() throws {
        let tied = Self.customer.replacing(
            #""properties""#,
            with: #""relations": {"branch": {"type": "belongsTo", "model": "Branch"}}, "properties""#)
        let column = #""branchId": {"type": "number", "postgresql": {"dataType": "bigint"}}"#
        let loose = Self.customer.replacing(#""name": "string""#, with: #""name": "string", \#(column)"#)
        let both = tied.replacing(#""name": "string""#, with: #""name": "string", \#(column)"#)
        let made = try plan([loose, Self.branch], [both, Self.branch])
        let key = try #require(made.units.first { $0.first?.step.change.title == "add foreign key" })
        #expect(key.map { $0.statement.lock } == [.shareRowExclusive])
        #expect(MigrationPlan.waits(of: key) == 2)
        // What validates it keeps nobody from anything.
        let validating = try #require(made.units.last)
        #expect(validating.map { $0.statement.lock } == [.shareUpdateExclusive])
        #expect(MigrationPlan.waits(of: validating) == 1)

        let dropped = try plan([both, Self.branch], [loose, Self.branch])
        let drop = try #require(dropped.units.first { $0.first?.step.change.title == "drop foreign key" })
        #expect(MigrationPlan.waits(of: drop) == 2)
        #expect(Set(drop.flatMap { $0.step.waitsFor.map(\.name) }) == ["customer", "branch"])
    }
}
