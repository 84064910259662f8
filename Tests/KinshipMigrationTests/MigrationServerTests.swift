// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport
import Testing

/// The same cases on a server: what the plan's SQL makes, what the catalog says of it, and that nothing is left to do.
@Suite(.serialized) struct MigrationServerTests {
    private func emptied() async throws -> TestDatabase {
        let database = try await TestDatabase.named("migration")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return database
    }

    private func catalog(_ database: TestDatabase) async throws -> TableCatalog {
        let text = try await database.run(CatalogStatement.text).first?.first ?? nil
        return TableCatalog(try JSONValue(parsing: Array((text ?? "null").utf8)))
    }

    private func run(_ plan: MigrationPlan, _ database: TestDatabase) async throws {
        for step in plan.steps {
            for statement in step.statements {
                do {
                    try await database.run(statement.sql)
                } catch {
                    Issue.record("\(error)\n\(statement.sql)")
                }
            }
        }
    }

    @Test func anEmptyDatabaseGetsTheTables() async throws {
        for example in MigrationCase.all where example.expect["fresh"] != nil {
            let database = try await emptied()
            if let sql = example.input["sql"]?.text { try await database.run(sql) }
            let desired = try example.desired()
            try await run(MigrationPlan(from: catalog(database), to: desired), database)
            let made = try await catalog(database)
            let wanted = CatalogShape(TableCatalog(example.expect["fresh"] ?? .null))
            #expect(CatalogShape(made) == wanted, "\(example): \(CatalogShape(made).difference(from: wanted))")
            let again = MigrationPlan(from: made, to: desired)
            #expect(again.steps.isEmpty && again.problems.isEmpty, "\(example): \(again.lines) \(again.problems)")
            #expect(again.unmanaged.isEmpty, "\(example): \(again.unmanaged)")
        }
    }

    @Test func whatLoopBackLeftIsCompleted() async throws {
        for example in MigrationCase.all where example.expect["onLoopBack"] != nil {
            let database = try await emptied()
            if let sql = example.input["sql"]?.text { try await database.run(sql) }
            try await run(MigrationPlan(from: TableCatalog(), to: DesiredTables(exactly: example.left)), database)
            let left = try await catalog(database)
            #expect(
                CatalogShape(left) == CatalogShape(example.left),
                "\(example): \(CatalogShape(left).difference(from: CatalogShape(example.left)))")
            let desired = try example.desired()
            let plan = MigrationPlan(from: left, to: desired)
            #expect(plan.problems.isEmpty, "\(example): \(plan.problems)")
            try await run(plan, database)
            let again = MigrationPlan(from: try await catalog(database), to: desired)
            #expect(again.steps.isEmpty && again.problems.isEmpty, "\(example): \(again.lines) \(again.problems)")
        }
    }

    @Test func changesKeepRows() async throws {
        for example in MigrationCase.all where example.isChange && example.expect["plan"] != nil {
            let database = try await emptied()
            try await run(MigrationPlan(from: TableCatalog(), to: DesiredTables(exactly: example.left)), database)
            if let data = example.input["data"]?.text { try await database.run(data) }
            try await ExpectedRows(before: example).check(in: database)
            let desired = try example.desired()
            let known = try example.desired("before").catalog
            let losses = Set(
                MigrationPlan(from: example.left, to: desired, known: known).problems.map(\.subject))
            let plan = MigrationPlan(from: try await catalog(database), to: desired, known: known, allowingLoss: losses)
            try await run(plan, database)
            let made = try await catalog(database)
            let again = MigrationPlan(from: made, to: desired, known: known)
            #expect(again.steps.isEmpty && again.problems.isEmpty, "\(example): \(again.lines) \(again.problems)")
            #expect(CatalogShape(example.left.applying(plan)) == CatalogShape(made))
            try await ExpectedRows(after: example).check(in: database)
        }
    }

    /// A build that fails leaves an index that is never used; the next plan begins with it.
    @Test func whatAFailedBuildLeftIsTakenAway() async throws {
        let example = try #require(MigrationCase.named("has-one"))
        let database = try await emptied()
        try await run(MigrationPlan(from: TableCatalog(), to: DesiredTables(exactly: example.left)), database)
        try await database.run(
            "INSERT INTO driver (name) VALUES ('Ann'); INSERT INTO licence (driverid) VALUES (1), (1)")
        let desired = try example.desired()
        let plan = MigrationPlan(from: try await catalog(database), to: desired)
        for statement in plan.steps.flatMap(\.statements) where statement.sql.contains("licence_driverid_key") {
            await #expect(throws: TestSession.Failure.self) { try await database.run(statement.sql) }
        }
        let broken = try await catalog(database)
        #expect(broken.tables[.init("public", "licence")]?.indexes.map(\.isValid) == [false])
        let again = MigrationPlan(from: broken, to: desired)
        #expect(again.lines.contains("drop invalid index licence.licence_driverid_key"))
        try await database.run("DELETE FROM licence WHERE id = 2")
        try await run(again, database)
        let rest = MigrationPlan(from: try await catalog(database), to: desired)
        #expect(rest.steps.isEmpty && rest.problems.isEmpty, "\(rest.lines)")
    }

    /// A constraint that wasn't checked to the end, and a NOT NULL that stopped half way.
    @Test func whatStoppedHalfWayGoesOn() async throws {
        let example = try #require(MigrationCase.named("defaults"))
        let database = try await emptied()
        try await run(MigrationPlan(from: TableCatalog(), to: DesiredTables(exactly: example.left)), database)
        let desired = try example.desired()
        let plan = MigrationPlan(from: try await catalog(database), to: desired)
        let step = try #require(plan.steps.first { $0.change == .setNotNull("rank") })
        #expect(
            step.statements.map(\.lock) == [
                .accessExclusive, .shareUpdateExclusive, .accessExclusive, .accessExclusive,
            ])
        for statement in step.statements.dropLast(2) { try await database.run(statement.sql) }
        try await run(MigrationPlan(from: try await catalog(database), to: desired), database)
        let made = try await catalog(database)
        #expect(made.tables[.init("public", "ticket")]?.checks == [])
        #expect(MigrationPlan(from: made, to: desired).steps.isEmpty)
    }

    @Test func plansOfRandomModelsRun() async throws {
        for seed in 0..<25 as Range<UInt64> {
            let database = try await emptied()
            let old = try RandomModels(seed).desired()
            try await run(MigrationPlan(from: TableCatalog(), to: old), database)
            let made = try await catalog(database)
            #expect(MigrationPlan(from: made, to: old, known: old.catalog).steps.isEmpty, "\(seed)")
            let new = try RandomModels(seed + 1000).desired()
            let empty = Dictionary(
                uniqueKeysWithValues: made.tables.keys.map {
                    // Half of them the careful way, as if they were in use.
                    ($0, MigrationPlan.TableFacts(rows: 0, isEmpty: seed % 2 == 0))
                })
            let first = MigrationPlan(from: made, to: new, known: old.catalog, facts: empty)
            let losses = Set(first.problems.filter { $0.code == .loss || $0.code == .typeChange }.map(\.subject))
            let plan = MigrationPlan(from: made, to: new, known: old.catalog, facts: empty, allowingLoss: losses)
            guard plan.problems.isEmpty else { continue }
            try await run(plan, database)
            let rest = MigrationPlan(from: try await catalog(database), to: new, known: new.catalog)
            #expect(rest.steps.isEmpty && rest.problems.isEmpty, "\(seed): \(rest.lines) \(rest.problems)")
        }
    }
}
