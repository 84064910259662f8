// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import Synchronization
import TestSupport
import Testing

/// What is known of the rows of tables: how many there are now, and who uses them at the moment.
@Suite(.serialized, .timeLimit(.minutes(3))) struct MigrationRowTests {
    private typealias World = MigrationWorld
    private static let number = #"{"name": "Person", "properties": {"n": "number"}}"#
    private static let wide =
        #"{"name": "Person", "properties": {"n": {"type": "number", "postgresql": {"dataType": "bigint"}}}}"#

    private func world() async throws -> World {
        let world = try await World("migration_rows")
        try await world.migrator.apply(try World.schema(Self.number))
        try await world.run("ALTER TABLE person SET (autovacuum_enabled = false)")
        return world
    }

    private func fill(_ world: World, _ count: Int) async throws {
        try await world.run("INSERT INTO person (n) SELECT g FROM generate_series(1, \(count)) g")
    }

    /// Statistics of a time when the table was empty say nothing of the rows that it has.
    @Test(arguments: ["ANALYZE person", "VACUUM ANALYZE person", "SELECT 1"])
    func rowsThatCameSinceAreRowsAllTheSame(_ statistics: String) async throws {
        let world = try await world()
        try await world.run(statistics)
        try await fill(world, 60_000)
        let plan = try await world.migrator.plan(for: try World.schema(Self.wide))
        #expect(plan.problems.map(\.code) == [.rewrite])
        let rows = try #require(plan.steps.first?.rows)
        #expect((20_000...200_000).contains(rows))
        let error = await #expect(throws: MigratorError.self) {
            try await world.migrator.apply(try World.schema(Self.wide))
        }
        #expect(World.codes(error) == [.rewrite])
        #expect(try await world.run("SELECT pg_typeof(n)::text FROM person LIMIT 1") == [["integer"]])
    }

    /// And those of a time when it was full keep nothing from being done.
    @Test func rowsThatHaveGoneAreGone() async throws {
        let world = try await world()
        try await fill(world, 20_000)
        try await world.run("ANALYZE person")
        try await world.run("DELETE FROM person WHERE id > 3")
        let plan = try await world.migrator.apply(try World.schema(Self.wide))
        #expect(plan.steps.map(\.rows) == [3])
    }

    @Test(arguments: [10_000, 10_001]) func upToTheLimitIsFew(_ count: Int) async throws {
        let world = try await world()
        try await fill(world, count)
        let plan = try await world.migrator.plan(for: try World.schema(Self.wide))
        #expect(plan.problems.map(\.code) == (count > 10_000 ? [.rewrite] : []))
        #expect((plan.steps.first?.rows ?? 0) >= count)
        // Under the name that the plan gives it as well.
        let renamed = try World.schema(
            Self.wide.replacing(#""name": "Person""#, with: #""name": "Human", "renamedFrom": "Person""#))
        let other = try await world.migrator.plan(for: renamed)
        #expect(other.lines == ["rename table human", "change type human.n bigint"])
        #expect(other.problems.map(\.code) == (count > 10_000 ? [.rewrite] : []))
    }

    /// An open transaction that has read it, or written it, or waits for it.
    @Test(arguments: ["SELECT FROM person", "UPDATE person SET n = 1", "LOCK TABLE person IN SHARE MODE"])
    func aTableThatSomebodyHasOpenIsInUse(_ sql: String) async throws {
        let world = try await world()
        try await fill(world, 3)
        let watching = try world.migrator { $0.watch = .milliseconds(300) }
        let schema = try World.schema(Self.wide)
        let other = try await world.connection()
        defer { other.close() }
        try await other.execute(Statement("BEGIN", preparation: .unnamed))
        try await other.execute(Statement(sql, preparation: .unnamed))
        let plan = try await watching.plan(for: schema)
        #expect(plan.problems.map(\.code) == [.rewrite])
        #expect(plan.problems.first?.subject == "person")
        #expect(plan.problems.first?.message.contains("others use the table at this moment") == true)
        let named = try world.migrator {
            $0.watch = .milliseconds(300)
            $0.allowingRewrites = ["person"]
        }
        #expect(try await named.plan(for: schema).problems.isEmpty)
        try await other.execute(Statement("COMMIT", preparation: .unnamed))
        #expect(try await watching.apply(schema).lines == ["change type person.n bigint"])
    }

    /// Transactions that nobody sees, for each takes a moment, but that go on and on.
    @Test func aTableThatIsWrittenAgainAndAgainIsInUse() async throws {
        let world = try await world()
        try await fill(world, 3)
        let watching = try world.migrator { $0.watch = .seconds(10) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let connection = try await world.connection()
                defer { connection.close() }
                while !Task.isCancelled {
                    try await connection.execute(
                        Statement("UPDATE person SET n = n + 1 WHERE id = 1", preparation: .unnamed))
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { group.cancelAll() }
            let plan = try await watching.plan(for: try World.schema(Self.wide))
            #expect(plan.problems.map(\.code) == [.rewrite])
        }
    }

    // MARK: Builds

    @Test func whatIsDoneOfAPhaseIsAFraction() {
        func fraction(_ blocks: (Int64, Int64), _ tuples: (Int64, Int64)) -> Double? {
            IndexBuildProgress(phase: "x", blocks: blocks, tuples: tuples).fraction
        }
        #expect(fraction((0, 0), (0, 0)) == nil)
        #expect(fraction((25, 100), (0, 0)) == 0.25)
        // Blocks of the table, and behind them rows of the index.
        #expect(fraction((25, 100), (1, 2)) == 0.25)
        #expect(fraction((0, 0), (1, 2)) == 0.5)
        // A table may grow meanwhile.
        #expect(fraction((110, 100), (0, 0)) == 1)
    }

    /// A build that waits for a writer is seen by who watches, and no other's.
    @Test func buildsAreWatchedWhileTheyGoOn() async throws {
        let world = try await world()
        try await fill(world, 100)
        let indexed = try World.schema(
            #"{"name": "Person", "properties": {"n": {"type": "number", "index": true}}}"#)
        let writer = try await world.connection()
        defer { writer.close() }
        try await writer.execute(Statement("BEGIN", preparation: .unnamed))
        try await writer.execute(Statement("UPDATE person SET n = 1 WHERE id = 1", preparation: .unnamed))
        let migrator = try world.migrator
        let phases = Mutex<[String?]>([])
        let watch = Task {
            try await migrator.watchBuilds(every: .milliseconds(20)) { build in
                phases.withLock { $0.append(build?.phase) }
            }
        }
        #expect(await eventually { phases.withLock { $0.contains(nil) } })
        let migration = Task { try await migrator.apply(indexed) }
        #expect(await eventually { phases.withLock { $0.contains("waiting for writers before build") } })
        try await writer.execute(Statement("COMMIT", preparation: .unnamed))
        #expect(try await migration.value.steps.count == 1)
        phases.withLock { $0 = [] }
        #expect(await eventually { phases.withLock { $0.contains(nil) } })
        watch.cancel()
        await #expect(throws: CancellationError.self) { try await watch.value }
    }
}
