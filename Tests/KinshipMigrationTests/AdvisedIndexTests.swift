// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import Testing

/// Indexes that are advised: made or told, marked, and nobody's surplus.
@Suite struct AdvisedIndexTests {
    private static let orders = Catalog.TableName("public", "orders")
    private static let reason = "The first rows are asked for."

    private func schema(_ members: String = "") throws -> Schema {
        try Schema(uncheckedScopes: [
            try ModelDefinition(
                json: Array(
                    #"{"name": "Order", "options": {"postgresql": {"table": "orders"}}, "properties": {"code": "string", "total": "number"}\#(members)}"#
                        .utf8))
        ])
    }

    private func advised(_ columns: [Catalog.Index.Column]) -> AdvisedIndex {
        AdvisedIndex(on: Self.orders, columns: columns, reason: Self.reason)
    }

    private func desired(
        _ indexes: [AdvisedIndex] = [], onlySuggests: Bool = false, members: String = ""
    ) throws -> DesiredTables {
        var options = DesiredTables.Options()
        options.indexes = indexes
        options.onlySuggestsIndexes = onlySuggests
        return try DesiredTables(for: schema(members), options: options)
    }

    private let byTotal: [Catalog.Index.Column] = [.init("total", isDescending: true), .init("id")]

    @Test func theStepSaysWhy() throws {
        let before = try desired().catalog
        let plan = MigrationPlan(from: before, to: try desired([advised(byTotal)]), known: before)
        let step = try #require(plan.steps.first)
        #expect(plan.steps.count == 1 && step.advice == Self.reason)
        #expect(
            step.description.hasPrefix(
                "-- create index orders: lock SHARE UPDATE EXCLUSIVE, reads all rows, advised: The first"))
        #expect(
            step.statements.map(\.sql) == [
                #"CREATE INDEX CONCURRENTLY "orders_total_id_idx" ON "public"."orders" ("total" DESC, "id")"#
            ])
        let fresh = MigrationPlan(from: TableCatalog(), to: try desired([advised(byTotal)]))
        #expect(fresh.steps.map(\.advice) == [nil, Self.reason])
    }

    @Test func whatIsOnlyToldIsNoStep() throws {
        let before = try desired().catalog
        let told = try desired([advised(byTotal)], onlySuggests: true)
        #expect(told.catalog == before)
        for current in [before, TableCatalog()] {
            let plan = MigrationPlan(from: current, to: told, known: before)
            #expect(plan.steps.allSatisfy { $0.advice == nil })
            #expect(plan.suggestions.map(\.advice) == [Self.reason])
        }
        let made = try desired([advised(byTotal)]).catalog
        #expect(MigrationPlan(from: made, to: told, known: made).suggestions.isEmpty)
    }

    @Test func whatWasMadeIsNoSurplus() throws {
        let made = try desired([advised(byTotal)]).catalog
        // As it is read back.
        let known = TableCatalog(made.json)
        #expect(known == made)
        let plan = MigrationPlan(from: made, to: try desired(), known: known)
        #expect(plan.steps.isEmpty && plan.unmanaged.isEmpty && plan.problems.isEmpty)
        // Nor behind a migration that didn't think of it.
        let kept = try desired(members: #", "description": "Later""#).catalog.keepingAdvised(of: known)
        #expect(kept == made)
        // An index that a model asked for is, once none does.
        let asked = try desired(members: #", "indexes": {"by_code": {"keys": {"code": 1}}}"#).catalog
        let gone = MigrationPlan(from: asked, to: try desired(), known: asked)
        #expect(gone.steps.map(\.change.title) == ["drop index"])
        // With a column it goes from what is known.
        let narrow = try DesiredTables(
            for: Schema(uncheckedScopes: [
                try ModelDefinition(
                    json: Array(
                        #"{"name": "Order", "options": {"postgresql": {"table": "orders"}}, "properties": {"code": "string"}}"#
                            .utf8))
            ])
        ).catalog.keepingAdvised(of: known)
        #expect(narrow.tables[Self.orders]?.indexes.isEmpty == true)
    }

    @Test func whatDoesIsNotMadeAgain() throws {
        let asked = #", "indexes": {"mine": {"keys": {"total": -1, "id": 1, "code": 1}}}"#
        #expect(try desired([advised(byTotal)], members: asked).advice.isEmpty)
        // Read backwards it does as well; in another order it doesn't.
        let backwards: [Catalog.Index.Column] = [.init("total"), .init("id", isDescending: true)]
        #expect(try desired([advised(backwards)], members: asked).advice.isEmpty)
        #expect(
            try desired([advised([.init("id", isDescending: true), .init("total")])], members: asked).advice.count == 1)
        #expect(try desired([advised([.init("id")])]).advice.isEmpty)
        // What a person made.
        var current = try desired().catalog
        current.tables[Self.orders]?.indexes = try #require(desired(members: asked).catalog.tables[Self.orders]).indexes
        let plan = MigrationPlan(from: current, to: try desired([advised(byTotal)]), known: try desired().catalog)
        #expect(plan.steps.isEmpty)
        // One that models asked for until now stays for the advice that it does for.
        let kept = MigrationPlan(from: current, to: try desired([advised(byTotal)]), known: current)
        #expect(kept.steps.isEmpty)
    }

    @Test func twoOfOneNameAreBothMade() throws {
        let both = try desired([
            advised([.init("total"), .init("code")]), advised([.init("total", isDescending: true), .init("code")]),
        ])
        #expect(
            both.catalog.tables[Self.orders]?.indexes.map(\.name) == [
                "orders_total_code_idx", "orders_total_code_idx1",
            ])
        // Advice for another request doesn't replace what was made for the first.
        let first = try desired([advised([.init("total"), .init("code")])]).catalog
        let second = try desired([advised([.init("total", isDescending: true), .init("code")])])
        let plan = MigrationPlan(from: first, to: second, known: first)
        #expect(plan.steps.map(\.change.title) == ["create index"])
        #expect(plan.steps.first?.change.name == "orders_total_code_idx1")
    }

    @Test func whatNoModelCanAskForIsLeftOut() throws {
        let special = try desired([
            advised([.init("total", isDescending: true, nullsFirst: false)]), advised([.init("nope")]), advised([]),
        ])
        #expect(special.advice.isEmpty && special.remarks.count == 2)
        #expect(special.remarks.allSatisfy { $0.contains("by hand") })
    }
}
