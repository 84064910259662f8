// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// Migrations as they are carried out: beside others, stopped half way, twice at once.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MigratorTests {
    private static let person = """
        {"name": "Person", "properties": {"name": {"type": "string"}, "age": {"type": "number"}}}
        """

    private func emptied() async throws -> TestDatabase {
        let database = try await TestDatabase.named("migrator")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return database
    }

    private func schema(_ models: String...) throws -> Schema {
        try Schema(uncheckedScopes: models.map { try ModelDefinition(json: Array($0.utf8)) })
    }

    private func migrator(
        _ database: TestDatabase, _ change: (inout MigratorOptions) -> Void = { _ in }
    ) throws -> Migrator {
        var options = MigratorOptions()
        options.pause = .milliseconds(50)
        change(&options)
        return Migrator(
            try ConnectionConfiguration(url: database.url), options: options, logger: Logger(label: "migrator"))
    }

    @Test func modelsBecomeTablesOnce() async throws {
        let database = try await emptied()
        let example = try #require(MigrationCase.named("corpus"))
        let migrator = try migrator(database)
        let schema = try example.schema()
        let plan = try await migrator.apply(schema)
        #expect(!plan.steps.isEmpty)
        let wanted = CatalogShape(TableCatalog(example.expect["fresh"] ?? .null))
        #expect(CatalogShape(try await migrator.catalog()) == wanted)
        #expect(try await migrator.apply(schema).steps.isEmpty)
        let history = try await migrator.history()
        #expect(history.count == 1)
        #expect(history.first?.finished != nil)
        #expect(history.first?.checksum.count == 64)
        let steps = try await database.run("SELECT count(*) FROM kinship_migration_step")
        #expect(steps == [[String(plan.steps.flatMap(\.statements).count)]])
    }

    @Test func aNewDatabaseGetsAllTablesOrNone() async throws {
        let database = try await emptied()
        let schema = try schema(
            Self.person,
            #"{"name": "Thing", "properties": {"x": {"type": "string", "postgresql": {"dbDefault": "nosuchfunction()"}}}}"#
        )
        let migrator = try migrator(database)
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply(schema) }
        #expect(error?.code == "MIGRATION_FAILED")
        #expect(error?.description.contains("nosuchfunction") == true)
        #expect(try await migrator.catalog().tables.isEmpty)
        #expect(try await migrator.history().map(\.finished) == [nil])
    }

    @Test func twoAtOnceDoItOnce() async throws {
        let database = try await emptied()
        let schema = try MigrationCase.named("has-one")?.schema() ?? schema(Self.person)
        let migrator = try migrator(database)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await migrator.apply(schema).steps.count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.filter { $0 > 0 }.count == 1)
        #expect(try await migrator.history().count == 1)
    }

    /// `CREATE INDEX CONCURRENTLY` waits for snapshots, also for those of who waits for it.
    @Test func anIndexIsBuiltWhileOthersWait() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        try await migrator.apply(try schema(Self.person))
        try await database.run("INSERT INTO person (name) SELECT 'Ann' FROM generate_series(1, 1000)")
        let indexed = try schema(
            #"{"name": "Person", "properties": {"name": {"type": "string", "index": true}, "age": {"type": "number", "index": true}}}"#
        )
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await migrator.apply(indexed).steps.count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.sorted() == [0, 0, 0, 2])
    }

    @Test func whoDoesNotWaitIsToldWhoRuns() async throws {
        let database = try await emptied()
        let schema = try schema(Self.person)
        let first = try migrator(database)
        let second = try self.migrator(database) { $0.waitForOthers = .zero }
        try await first.apply(schema)
        let holder = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "holder"))
        defer { holder.close() }
        try await holder.withTransaction { connection in
            try await connection.execute(Statement("SELECT pg_advisory_xact_lock(7742095361844210017)"))
            let error = await #expect(throws: MigratorError.self) { try await second.apply(schema) }
            #expect(error?.code == "MIGRATION_RUNNING")
            #expect(error?.description.contains("process ") == true)
        }
        try await second.apply(schema)
    }

    @Test func nobodyWaitsLongBehindAMigrationThatWaits() async throws {
        let database = try await emptied()
        let old = try migrator(database)
        try await old.apply(try schema(Self.person))
        try await database.run("INSERT INTO person (name) VALUES ('Ann')")
        let wider = try schema(
            #"{"name": "Person", "properties": {"name": {"type": "string"}, "age": {"type": "number"}, "mail": {"type": "string"}}}"#
        )
        let reader = try await Connection.connect(
            ConnectionConfiguration(url: database.url), logger: Logger(label: "reader"))
        defer { reader.close() }
        try await reader.withTransaction { connection in
            try await connection.execute(Statement("SELECT name FROM person"))
            let impatient = try migrator(database) { $0.patience = .milliseconds(300) }
            let error = await #expect(throws: MigratorError.self) { try await impatient.apply(wider) }
            #expect(error?.code == "MIGRATION_BLOCKED")
            #expect(error?.description.contains("idle in transaction") == true)
            // A writer isn't stuck behind it.
            try await database.run("SET lock_timeout = '20s'; UPDATE person SET age = 3")
        }
        try await old.apply(wider)
        #expect(try await database.run("SELECT name, age, mail FROM person") == [["Ann", "3", nil]])
    }

    @Test func aMigrationGoesOnWhereItStopped() async throws {
        let database = try await emptied()
        let example = try #require(MigrationCase.named("has-one"))
        let migrator = try migrator(database) { $0.looksFirst = false }
        try await migrator.apply(
            try schema(
                #"{"name": "Driver"}"#,
                #"{"name": "Licence", "properties": {"driverId": {"type": "number", "postgresql": {"dataType": "bigint"}}}}"#
            ))
        try await database.run("INSERT INTO driver DEFAULT VALUES; INSERT INTO licence (driverid) VALUES (1), (1)")
        let schema = try example.schema()
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply(schema) }
        #expect(error?.code == "MIGRATION_FAILED")
        #expect(error?.description.contains("23505") == true)
        try await database.run("DELETE FROM licence WHERE id = 2")
        try await migrator.apply(schema)
        #expect(try await migrator.plan(for: schema).steps.isEmpty)
        #expect(try await migrator.history().map { $0.finished != nil } == [true, false, true])
        await #expect(throws: TestSession.Failure.self) {
            try await database.run("INSERT INTO licence (driverid) VALUES (1)")
        }
    }

    @Test func rowsThatRefuseAreFoundBeforeAnythingIsLocked() async throws {
        let database = try await TestDatabase.named(
            "migrator_small", loading: ["Tests/Fixtures/conformance/small-data.sql"])
        let example = try #require(MigrationCase.named("corpus"))
        let migrator = try migrator(database)
        let plan = try await migrator.plan(for: example.schema())
        let wanted = (example.expect["onSmallData"]?["refused"]?.elements ?? []).map {
            "\($0["table"]?.text ?? "").\($0["name"]?.text ?? "")"
        }
        #expect(wanted.count == 25)
        #expect(Set(plan.problems.map(\.subject)) == Set(wanted))
        #expect(plan.problems.allSatisfy { $0.code == .rowsRefuse })
        // The query that is shown shows them.
        let query = try #require(plan.problems.first { $0.subject == "profile.profile_customer_id_key" })
            .message.split(separator: "correct them: ").last
        #expect(try await !database.run(String(query ?? "")).isEmpty)
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply(example.schema()) }
        #expect(error?.code == "MIGRATION_REFUSED")
        #expect(try await migrator.history().isEmpty)
    }

    @Test func whatHasValuesStaysUnlessItIsNamed() async throws {
        let database = try await emptied()
        let careful = try migrator(database)
        try await careful.apply(try schema(Self.person))
        try await database.run("ALTER TABLE person ADD COLUMN secret text")
        try await database.run("INSERT INTO person (name, age, secret) VALUES ('Ann', 3, 's')")
        let narrow = try schema(#"{"name": "Person", "properties": {"name": {"type": "string"}}}"#)
        let error = await #expect(throws: MigratorError.self) { try await careful.apply(narrow) }
        #expect(error?.code == "MIGRATION_REFUSED")
        #expect(error?.description.contains("--allow-loss person.age") == true)
        #expect(try await careful.history().count == 1)
        #expect(try await careful.plan(for: narrow).unmanaged == ["person.secret"])
        let allowed = try migrator(database) { $0.allowingLoss = ["person.age"] }
        try await allowed.apply(narrow)
        #expect(try await database.run("SELECT * FROM person") == [["1", "Ann", "s"]])
        #expect(try await careful.plan(for: narrow).steps.isEmpty)
    }

    @Test func aBaselineKnowsWhatModelsAskedFor() async throws {
        let database = try await emptied()
        try await database.run(
            "CREATE TABLE person (id serial PRIMARY KEY, name text, age integer, secret text)")
        let narrow = try schema(#"{"name": "Person", "properties": {"name": {"type": "string"}}}"#)
        let migrator = try migrator(database)
        #expect(try await migrator.plan(for: narrow).steps.isEmpty)
        try await migrator.baseline(try schema(Self.person))
        let plan = try await migrator.apply(narrow)
        #expect(plan.lines == ["drop column person.age"])
        #expect(try await migrator.plan(for: narrow).unmanaged == ["person.secret"])
    }

    @Test func defaultsAreTheSameHoweverTheServerWritesThem() async throws {
        let database = try await emptied()
        let schema = try schema(
            #"{"name": "Note", "properties": {"at": {"type": "date", "default": "2020-01-01"}, "b": {"type": "number", "postgresql": {"dbDefault": "1 + 1"}}, "doc": {"type": "object", "default": {"b": 1, "a": [2]}}, "c": {"type": "date", "postgresql": {"dbDefault": "current_timestamp"}}, "n": {"type": "number", "default": -1.50, "postgresql": {"dataType": "numeric(4,2)"}}}}"#,
            #"{"name": "Choice", "properties": {"v": {"type": "string", "length": 9, "enum": ["it's", "b\\", ""], "default": "b\\"}, "n": {"type": "number", "enum": [-1, 0, 2]}, "one": {"type": "string", "enum": ["x"]}}}"#
        )
        let migrator = try migrator(database)
        try await migrator.apply(schema)
        #expect(try await migrator.plan(for: schema).lines == [])
        #expect(try await migrator.apply(schema).steps.isEmpty)
    }

    @Test func viewsAndPartitionsAreTakenAsTheyAre() async throws {
        let database = try await emptied()
        try await database.run(
            """
            CREATE TABLE base (id bigint PRIMARY KEY, name text);
            INSERT INTO base VALUES (1, 'Ann');
            CREATE VIEW person AS SELECT id, name FROM base;
            CREATE TABLE event (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            INSERT INTO event VALUES (1, '2026-05-01')
            """)
        let schema = try schema(
            Self.person,
            #"{"name": "Event", "properties": {"id": {"type": "number", "id": true, "postgresql": {"dataType": "bigint"}}, "at": {"type": "date", "id": 2, "index": true}}}"#
        )
        let migrator = try migrator(database)
        let plan = try await migrator.apply(schema)
        #expect(plan.lines == ["add primary key event", "create index event.event_at_idx"])
        #expect(plan.unmanaged == ["person (view)"])
        #expect(try await migrator.plan(for: schema).steps.isEmpty)
    }

    @Test func oldNamesAreFollowed() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        try await migrator.apply(try schema(Self.person))
        try await database.run("INSERT INTO person (name, age) VALUES ('Ann', 3)")
        let renamed = try schema(
            #"{"name": "Human", "renamedFrom": "Person", "properties": {"fullName": {"type": "string", "renamedFrom": "name"}, "age": {"type": "number"}}}"#
        )
        let plan = try await migrator.apply(renamed)
        #expect(plan.lines == ["rename table human", "rename column human.name fullname"])
        #expect(try await database.run("SELECT fullname, age FROM human") == [["Ann", "3"]])
        #expect(try await migrator.plan(for: renamed).steps.isEmpty)
        // The old name is free for another model, though constraints of the renamed table still have it.
        try await database.run("CREATE INDEX person_name_idx ON human (fullname)")
        let another = try ModelDefinition(
            json: Array(#"{"name": "Person", "properties": {"name": {"type": "string", "index": true}}}"#.utf8))
        let both = try Schema(uncheckedScopes: renamed.models.map(\.definition) + [another])
        #expect(
            try await migrator.apply(both).lines == ["create table person", "create index person.person_name_idx1"])
        #expect(try await migrator.plan(for: both).steps.isEmpty)
    }
}
