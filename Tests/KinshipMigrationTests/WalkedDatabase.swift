// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import KinshipMigrator
import TestSupport
import Testing

/// A database that follows models on their way.
struct WalkedDatabase {
    private let world: MigrationWorld
    private let seed: UInt64
    private var walk: ModelWalk
    private var rows = 0
    private var number = 0
    private(set) var done = 0
    private(set) var refused = 0
    private(set) var failed = 0
    private(set) var killed = 0

    var counts: String { "\(done) done, \(refused) refused, \(failed) failed, \(killed) killed" }

    init(_ name: String, seed: UInt64) async throws {
        world = try await MigrationWorld(name)
        self.seed = seed
        walk = ModelWalk(seed)
        try await world.migrator.apply(walk.schema)
    }

    // MARK: A step

    /// Changes the models, and the tables.
    mutating func step() async throws {
        number += 1
        try await insert()
        let before = walk
        let change = walk.step()
        let place: Comment = "seed \(seed), step \(number): \(change.title)"
        let snapshot = try await TableSnapshot(world)
        var planned: MigrationPlan
        do {
            planned = try await migrator(change).plan(for: walk.schema)
        } catch is MigrationError {
            // Two models that contradict each other.
            return walk.go(backTo: before)
        }
        let losses = Set(planned.problems.filter { [.loss, .typeChange].contains($0.code) }.map(\.subject))
        let migrator = try migrator(change, losing: losses)
        if !losses.isEmpty { planned = try await migrator.plan(for: walk.schema) }
        if walk.once(in: 4) { try await kill(migrator, planned, after: walk.number(0...60), place) }
        do {
            try await migrator.apply(walk.schema)
        } catch MigratorError.refused(let problems) {
            #expect(!problems.isEmpty, place)
            refused += 1
            walk.go(backTo: before)
            return try await back(place, snapshot)
        } catch MigratorError.failed {
            failed += 1
            walk.go(backTo: before)
            return try await back(place, snapshot)
        }
        done += 1
        try await check(migrator, place)
        try await snapshot.isKept(planned, losses, in: TableSnapshot(world), place)
    }

    /// What was refused, or failed at a row, leaves tables that lead back to what they were.
    private func back(_ place: Comment, _ snapshot: TableSnapshot) async throws {
        let plan = try await world.migrator.plan(for: walk.schema)
        let losses = Set(plan.problems.filter { $0.code == .loss }.map(\.subject))
        let migrator = try world.migrator { $0.allowingLoss = losses }
        try await migrator.apply(walk.schema)
        try await check(migrator, place)
        try await snapshot.isKept(MigrationPlan?.none, [], in: TableSnapshot(world), place)
    }

    /// The tables are those of an empty database.
    private func check(_ migrator: Migrator, _ place: Comment) async throws {
        let rest = try await migrator.plan(for: walk.schema)
        #expect(rest.steps.isEmpty && rest.problems.isEmpty, "\(place): \(rest.lines) \(rest.problems)")
        #expect(rest.unmanaged.isEmpty, "\(place): \(rest.unmanaged)")
        let made = CatalogShape(try await migrator.catalog(), looselyTyped: true)
        let fresh = CatalogShape(try DesiredTables(for: walk.schema).catalog, looselyTyped: true)
        #expect(made == fresh, "\(place): \(made.difference(from: fresh))")
    }

    private func migrator(_ change: ModelWalk.Change, losing: Set<String> = []) throws -> Migrator {
        try world.migrator {
            $0.allowingLoss = losing
            $0.desired.renames = change.renames
        }
    }

    // MARK: Faults

    /// Ends the sessions of a migration in its midst. Another one goes on from there.
    private mutating func kill(
        _ migrator: Migrator, _ planned: MigrationPlan, after delay: Int, _ place: Comment
    ) async throws {
        let schema = try walk.schema
        let migration = Task { try await migrator.apply(schema) }
        try await Task.sleep(for: .milliseconds(delay))
        try await world.run(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        guard case .failure(let error) = await migration.result else { return }
        if case MigratorError.refused = error { return }
        killed += 1
        // What has begun and didn't end is said to be so.
        let rest = try await migrator.plan(for: schema)
        guard !rest.steps.isEmpty, rest.lines != planned.lines else { return }
        #expect(try await migrator.history().first?.finished == nil, "\(place): \(error)")
        #expect(try await migrator.status(of: []).entries.map(\.standing).contains(.unfinished), "\(place): \(error)")
    }

    // MARK: Rows

    /// Puts a row into each table, each value another one, some of them null.
    private mutating func insert() async throws {
        let catalog = try await world.migrator.catalog()
        for table in catalog.tables.values.sorted(by: { $0.name.shown < $1.name.shown }) {
            rows += 1
            var columns: [String] = []
            var values: [String] = []
            for column in table.columns where !table.primaryKey.contains(column.name) {
                if column.isNullable, walk.once(in: 5) { continue }
                columns.append(TableSnapshot.quoted(column.name))
                values.append(value(of: column, in: table))
            }
            try await world.run(
                columns.isEmpty
                    ? "INSERT INTO \(table.name.sql) DEFAULT VALUES"
                    : "INSERT INTO \(table.name.sql) (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
            )
        }
    }

    private func value(of column: TableCatalog.Column, in table: TableCatalog.Table) -> String {
        if let key = table.foreignKeys.first(where: { $0.columns == [column.name] }) {
            // A parent that no other row has.
            return """
                (SELECT min(id) FROM \(key.target.sql) p
                 WHERE NOT EXISTS (SELECT 1 FROM \(table.name.sql) c WHERE c.\(TableSnapshot.quoted(column.name)) = p.id))
                """
        }
        switch ColumnKind(column.type) {
        case .text: return "'v\(rows)'"
        case .number: return "\(rows)"
        case .date: return "timestamptz '2024-01-01 00:00:00+00' + interval '\(rows) hours'"
        case .boolean: return rows % 2 == 0 ? "true" : "false"
        case .document: return "'{\"n\": \(rows)}'"
        }
    }
}
