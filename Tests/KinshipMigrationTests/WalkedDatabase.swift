// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import KinshipMigrator
import TestSupport
import Testing

/// A database that follows models on their way.
struct WalkedDatabase {
    let world: MigrationWorld
    private let name: String
    private let seed: UInt64
    var walk: ModelWalk
    var rows = 0
    private var number = 0
    private(set) var done = 0
    private(set) var refused = 0
    private(set) var failed = 0
    private(set) var killed = 0
    /// What relations were made into, and how often one became another.
    private(set) var kinds: Set<ModelWalk.Kind> = []
    private(set) var changedKinds = 0

    var counts: String {
        "\(done) done, \(refused) refused, \(failed) failed, \(killed) killed, \(changedKinds) kinds changed"
    }

    init(_ name: String, seed: UInt64) async throws {
        world = try await MigrationWorld(name)
        self.name = name
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
            return try await back(change, place, snapshot)
        } catch MigratorError.failed {
            failed += 1
            walk.go(backTo: before)
            return try await back(change, place, snapshot)
        }
        done += 1
        if let kind = change.kind { kinds.insert(kind) }
        if change.oldKind != nil { changedKinds += 1 }
        try await check(migrator, place)
        if number.isMultiple(of: 5) { try await checkFresh(place) }
        try await snapshot.isKept(planned, losses, in: world, place)
    }

    /// What was refused, or failed at a row, leaves tables that lead back to what they were.
    private func back(_ change: ModelWalk.Change, _ place: Comment, _ snapshot: TableSnapshot) async throws {
        // What got another name before it failed gets its own again.
        let names = Dictionary(change.renames.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        let plan = try await world.migrator { $0.desired.renames = names }.plan(for: walk.schema)
        let losses = Set(plan.problems.filter { $0.code == .loss }.map(\.subject))
        let migrator = try world.migrator {
            $0.allowingLoss = losses
            $0.desired.renames = names
        }
        try await migrator.apply(walk.schema)
        try await check(migrator, place)
        try await snapshot.isKept(nil, [], in: world, place)
    }

    /// There is nothing left to do, and the tables are those that the models ask for.
    private func check(_ migrator: Migrator, _ place: Comment) async throws {
        let rest = try await migrator.plan(for: walk.schema)
        #expect(rest.steps.isEmpty && rest.problems.isEmpty, "\(place): \(rest.lines) \(rest.problems)")
        #expect(rest.unmanaged.isEmpty, "\(place): \(rest.unmanaged)")
        let desired = try DesiredTables(for: walk.schema)
        let (made, wanted) = CatalogShape.pair(try await migrator.catalog(), desired.catalog, desired)
        #expect(made == wanted, "\(place): \(made.difference(from: wanted))")
    }

    /// The tables are those that the server has after migrating an empty database.
    private func checkFresh(_ place: Comment) async throws {
        let empty = try await MigrationWorld(name + "_fresh")
        try await empty.migrator.apply(walk.schema)
        let (walked, fresh) = CatalogShape.pair(
            try await world.migrator.catalog(), try await empty.migrator.catalog(),
            try DesiredTables(for: walk.schema))
        #expect(walked == fresh, "\(place), beside an empty database: \(walked.difference(from: fresh))")
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
}
