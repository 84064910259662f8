// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import TestSupport
import Testing

/// Migrations beside 16 writers and a long reader: nobody waits longer than the lock timeout, and nothing is lost.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MigrationTrafficTests {
    private typealias World = MigrationWorld

    private static let lockTimeout = Duration.seconds(1)
    /// The lock timeout, and the time that a write takes itself on a machine that has much else to do; less than a second lock would take.
    private static let longestWait = lockTimeout + .milliseconds(750)

    private static let columns =
        #""hits": "number", "branchId": {"type": "number", "postgresql": {"dataType": "bigint"}}"#
    private static let plain = #""name": "string", "code": "string", \#(columns)"#
    private static func model(_ name: String, _ properties: String, _ relations: String = "") -> String {
        #"{"name": "\#(name)", "properties": {\#(properties)}, "relations": {\#(relations)}}"#
    }

    private static let branch = model("Branch", plain)
    private static let customer = model("Customer", plain)
    /// With a column more, NOT NULL, UNIQUE, an index and a foreign key, with its own.
    private static let fuller = model(
        "Customer",
        #""name": {"type": "string", "required": true}, "code": {"type": "string", "unique": true}, "mail": "string", \#(columns.replacing(#""hits": "number""#, with: #""hits": {"type": "number", "index": true}"#))"#,
        #""branch": {"type": "belongsTo", "model": "Branch"}"#)
    private static let parcel = model(
        "Parcel", #""weight": "number""#,
        #""customer": {"type": "belongsTo", "model": "Customer"}, "branch": {"type": "belongsTo", "model": "Branch"}"#)
    private static let wider = fuller.replacing(
        #""hits": {"type": "number", "index": true}"#,
        with: #""hits": {"type": "number", "index": true, "postgresql": {"dataType": "bigint"}}"#)

    /// Two tables with 500 rows each.
    private func world() async throws -> World {
        var world = try await World("migration_traffic")
        world.options.lockTimeout = Self.lockTimeout
        world.options.pause = .milliseconds(50)
        world.options.longestPause = .milliseconds(300)
        world.options.patience = .seconds(240)
        try await world.migrator.apply(try World.schema(Self.branch, Self.customer))
        for table in ["branch", "customer"] {
            try await world.run(
                "INSERT INTO \(table) (code, name, branchid, hits) SELECT g::text, 'old', 1, 0 FROM generate_series(1, 500) g"
            )
        }
        return world
    }

    private func expectAll(_ tally: TableTraffic.Tally, in world: World) async throws {
        for table in ["branch", "customer"] {
            let (inserts, updates) = (tally.inserts[table, default: 0], tally.updates[table, default: 0])
            #expect(inserts > 0 && updates > 0)
            #expect(
                try await world.run("SELECT count(*), sum(hits) FROM \(table)") == [["\(500 + inserts)", "\(updates)"]])
        }
    }

    /// Keeps something in the way of a migration over and over, until `body` is done.
    private func blocking(
        _ world: World, by sql: [String], holding hold: Duration, pausing pause: Duration,
        _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, sql) in sql.enumerated() {
                group.addTask {
                    let connection = try await world.connection()
                    defer { connection.close() }
                    try? await Task.sleep(for: hold * number / 2)
                    while !Task.isCancelled {
                        try await connection.execute(Statement("BEGIN", preparation: .unnamed))
                        try await connection.execute(Statement(sql, preparation: .unnamed))
                        // What is cancelled meanwhile ends with the connection.
                        try? await Task.sleep(for: hold)
                        guard !Task.isCancelled else { return }
                        try await connection.execute(Statement("COMMIT", preparation: .unnamed))
                        try? await Task.sleep(for: pause)
                    }
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test func nobodyWaitsLongForChangesOfATable() async throws {
        let world = try await world()
        let schema = try World.schema(Self.branch, Self.fuller)
        let tally = try await TableTraffic.beside(world, writing: ["branch", "customer"]) { traffic in
            try await blocking(
                world, by: ["SELECT (SELECT count(*) FROM customer) + (SELECT count(*) FROM branch)"],
                holding: .milliseconds(1200), pausing: .milliseconds(500)
            ) {
                let plan = try await world.migrator.apply(schema)
                let titles = Set(plan.steps.map(\.change.title))
                #expect(
                    titles == ["add column", "set not null", "add unique", "create index", "add foreign key"],
                    "\(plan.lines)")
            }
            let written = traffic.tally
            #expect(written.longest < Self.longestWait, "\(written.statement)")
        }
        try await expectAll(tally, in: world)
        #expect(try await world.migrator.plan(for: schema).steps.isEmpty)
    }

    /// Each of the two tables has a writer who is in the way for most of the time, so that a key waits for its lock, and the other one as
    /// well: what was kept from one table while the second is waited for would be kept for twice as long.
    @Test func keysToTwoTablesKeepNobodyFromOneForTheOther() async throws {
        let world = try await world()
        let schema = try World.schema(Self.branch, Self.customer, Self.parcel)
        let looks = LockLooks(of: ["branch", "customer"])
        let tally = try await TableTraffic.beside(world, writing: ["branch", "customer"]) { traffic in
            try await blocking(
                world,
                by: ["branch", "customer"].map { "UPDATE \($0) SET name = 'held' WHERE id = 400" },
                holding: .milliseconds(900), pausing: .milliseconds(150)
            ) {
                try await looks.watching(world) {
                    let plan = try await world.migrator.apply(schema)
                    #expect(plan.steps.filter { $0.change.title == "add foreign key" }.count == 2)
                }
            }
            let written = traffic.tally
            #expect(written.longest < Self.longestWait, "\(written.statement)")
        }
        try await expectAll(tally, in: world)
        // Nobody who waits keeps others from one of the tables.
        #expect(looks.count > 0)
        #expect(looks.found == [])
        #expect(try await world.migrator.plan(for: schema).steps.isEmpty)
        await #expect(throws: TestSession.Failure.self) {
            try await world.run("INSERT INTO parcel (customerid, branchid) VALUES (1, 999999)")
        }
    }

    /// A key between two tables that are used has to lock both: the time for one is enough for both together.
    @Test func aKeyBetweenTwoTablesWaitsForBothInTheTimeOfOne() async throws {
        let world = try await world()
        let tied = Self.customer.replacing(
            #""relations": {}"#, with: #""relations": {"branch": {"type": "belongsTo", "model": "Branch"}}"#)
        let schema = try World.schema(Self.branch, tied)
        let tally = try await TableTraffic.beside(world, writing: ["branch", "customer"]) { traffic in
            try await blocking(
                world,
                by: ["customer", "branch"].map { "UPDATE \($0) SET name = 'held' WHERE id = 400" },
                holding: .milliseconds(1100), pausing: .milliseconds(400)
            ) {
                try await world.migrator.apply(schema)
            }
            let written = traffic.tally
            #expect(written.longest < Self.longestWait, "\(written.statement)")
        }
        try await expectAll(tally, in: world)
        #expect(try await world.migrator.plan(for: schema).steps.isEmpty)
    }

    @Test func aTableInUseIsWrittenAnewWhenItIsNamedOnly() async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.branch, Self.fuller))
        let schema = try World.schema(Self.branch, Self.wider)
        // However few rows it has.
        let careful = try world.migrator {
            $0.smallTable = 1_000_000
            $0.watch = .seconds(3)
        }
        let allowed = try world.migrator { $0.allowingRewrites = ["customer"] }
        let tally = try await TableTraffic.beside(world, writing: ["branch", "customer"]) { traffic in
            let error = await #expect(throws: MigratorError.self) { try await careful.apply(schema) }
            #expect(World.codes(error) == [.rewrite])
            #expect(error?.description.contains("others use the table at this moment") == true)
            #expect(error?.description.contains("--allow-rewrite customer") == true)
            #expect(traffic.tally.longest < Self.longestWait)
            let lines = try? await allowed.apply(schema).lines
            #expect(lines == ["change type customer.hits bigint"])
        }
        try await expectAll(tally, in: world)
        #expect(try await world.migrator.plan(for: schema).steps.isEmpty)
        // When all have gone, and the server knows what they did last, another one is written anew unasked.
        let quiet = try World.schema(
            Self.branch.replacing(
                #""hits": "number""#, with: #""hits": {"type": "number", "postgresql": {"dataType": "bigint"}}"#),
            Self.wider)
        #expect(try await eventually { try await careful.plan(for: quiet).problems.isEmpty })
        #expect(try await careful.apply(quiet).lines == ["change type branch.hits bigint"])
    }
}
