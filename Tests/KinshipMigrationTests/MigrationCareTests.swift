// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// What isn't Kinship's stays, and what isn't seen isn't taken to be absent.
@Suite(.serialized, .timeLimit(.minutes(3))) struct MigrationCareTests {
    private typealias World = MigrationWorld
    private static let person = #"{"name": "Person", "properties": {"name": "string", "age": "number"}}"#
    private static let younger = #"{"name": "Person", "properties": {"name": "string"}}"#

    private func world() async throws -> World { try await World("migration_care") }

    // MARK: Rows that are hidden

    @Test func rowsThatAPolicyHidesAreThere() async throws {
        var world = try await world()
        try await World.makeRole("migration_blind", on: world.database)
        world.role = "migration_blind"
        try await world.migrator.apply(try World.schema(Self.person))
        try await world.run(
            """
            INSERT INTO person (name, age) VALUES ('Ann', NULL), ('Ann', 3);
            ALTER TABLE person ENABLE ROW LEVEL SECURITY; ALTER TABLE person FORCE ROW LEVEL SECURITY
            """)
        // Neither a column nor the table is empty for its being unseen, nor is a type changed.
        let error = await #expect(throws: MigratorError.self) {
            try await world.migrator.apply(try World.schema(Self.younger))
        }
        #expect(World.codes(error) == [.loss])
        let retyped = try World.schema(
            #"{"name": "Person", "properties": {"name": "string", "age": {"type": "number", "postgresql": {"dataType": "smallint"}}}}"#
        )
        #expect(
            World.codes(await #expect(throws: MigratorError.self) { try await world.migrator.apply(retyped) }) == [
                .typeChange
            ])
        let required = try World.schema(
            #"{"name": "Person", "properties": {"name": "string", "age": {"type": "number", "required": true}}}"#)
        #expect(try await world.migrator.plan(for: required).steps.first?.isPlain == false)
        await #expect(throws: MigratorError.self) { try await world.migrator.apply(required) }
        #expect(try await world.run("SELECT count(*) FROM person WHERE age IS NULL") == [["1"]])
        // A number that is there already isn't given again.
        try await world.run(
            "ALTER TABLE person DROP CONSTRAINT IF EXISTS person_age_not_null_check; ALTER TABLE person ALTER id DROP IDENTITY; UPDATE person SET id = id + 100"
        )
        let identity = try await world.migrator.plan(for: try World.schema(Self.person))
        #expect(identity.lines == ["add identity person.id"])
        let failed = await #expect(throws: MigratorError.self) {
            try await world.migrator.apply(try World.schema(Self.person))
        }
        #expect(failed?.description.contains("42501") == true)
    }

    // MARK: What people have made

    @Test func indexesOfPeopleStayWhateverTheyAreCalled() async throws {
        let world = try await world()
        let indexed = #"{"name": "Person", "properties": {"name": {"type": "string", "index": true}, "age": "number"}}"#
        try await world.migrator.apply(try World.schema(indexed))
        try await world.run(
            """
            CREATE INDEX a_covering ON person (name) INCLUDE (age);
            CREATE INDEX a_partial ON person (name) WHERE age > 3;
            CREATE INDEX a_lower ON person (lower(name));
            CREATE INDEX a_pattern ON person (name text_pattern_ops);
            CREATE INDEX a_same ON person (name);
            CREATE UNIQUE INDEX a_unique ON person (name);
            CREATE INDEX a_filled ON person (name) WITH (fillfactor = 50);
            CREATE INDEX person_age_idx ON person (age) WHERE age IS NOT NULL;
            ALTER TABLE person ADD CONSTRAINT person_name_age_key UNIQUE (name, age) DEFERRABLE
            """)
        let people = [
            "a_covering", "a_filled", "a_lower", "a_partial", "a_pattern", "a_same", "a_unique", "person_age_idx",
        ]
        let kept = (people + ["person_name_age_key"]).map { "person.\($0)" }
        let same = try await world.migrator.plan(for: try World.schema(indexed))
        #expect(same.steps.isEmpty && same.problems.isEmpty, "\(same.lines)")
        #expect(same.unmanaged == kept)
        // Kinship's own goes when no model asks for it, and nothing else.
        let plain = try await world.migrator.apply(try World.schema(Self.person))
        #expect(plain.lines == ["drop index person.person_name_idx"])
        #expect(plain.unmanaged == kept)
        // What is asked for under a name that a person took gets another one.
        let aged = try World.schema(
            #"{"name": "Person", "properties": {"name": "string", "age": {"type": "number", "index": true}}}"#)
        let plan = try await world.migrator.apply(aged)
        #expect(plan.lines == ["create index person.person_age_idx1"])
        #expect(plan.unmanaged == kept)
        #expect(try await world.migrator.plan(for: aged).steps.isEmpty)
        // And is known by it: it goes again.
        #expect(
            try await world.migrator.apply(try World.schema(Self.person)).lines == ["drop index person.person_age_idx1"]
        )
    }

    @Test func constraintsOfPeopleStayWhateverTheyAreCalled() async throws {
        let world = try await world()
        let listed =
            #"{"name": "Person", "properties": {"name": {"type": "string", "enum": ["a", "b"]}, "age": "number"}}"#
        try await world.migrator.apply(try World.schema(Self.person))
        try await world.run(
            """
            ALTER TABLE person ADD CONSTRAINT person_name_check CHECK (length(name) < 9);
            ALTER TABLE person ADD CONSTRAINT person_age_key UNIQUE (age) DEFERRABLE;
            ALTER TABLE person ADD CONSTRAINT person_age_fkey FOREIGN KEY (age) REFERENCES person ON DELETE CASCADE
            """)
        let kept = ["person.person_age_fkey", "person.person_age_key", "person.person_name_check"]
        let plan = try await world.migrator.apply(try World.schema(listed))
        #expect(plan.lines == ["add check person.person_name_check1"])
        #expect(plan.unmanaged == kept)
        #expect(try await world.migrator.plan(for: try World.schema(listed)).steps.isEmpty)
        let wider = listed.replacing(#""b"]"#, with: #""b", "c"]"#)
        #expect(
            try await world.migrator.apply(try World.schema(wider)).lines == ["replace check person.person_name_check1"]
        )
        #expect(
            try await world.migrator.apply(try World.schema(Self.person)).lines == [
                "drop constraint person.person_name_check1"
            ])
        #expect(try await world.migrator.plan(for: try World.schema(Self.person)).unmanaged == kept)
    }

    @Test func whatWasRenamedIsKnownByTheNameThatItHas() async throws {
        let world = try await world()
        try await world.migrator.apply(
            try World.schema(#"{"name": "Person", "properties": {"name": {"type": "string", "index": true}}}"#))
        let renamed =
            #"{"name": "Human", "renamedFrom": "Person", "properties": {"full": {"type": "string", "index": true, "renamedFrom": "name"}}}"#
        try await world.migrator.apply(try World.schema(renamed))
        let less = #"{"name": "Human", "properties": {"full": "string"}}"#
        #expect(try await world.migrator.apply(try World.schema(less)).lines == ["drop index human.person_name_idx"])
    }

    // MARK: The history

    @Test(arguments: [
        "CREATE VIEW kinship_migration AS SELECT 1 AS id", "CREATE TABLE kinship_migration (id int, name text)",
        "CREATE TABLE kinship_migration_step (x int)",
        """
        CREATE TABLE kinship_migration (id bigint PRIMARY KEY, name text, checksum text, sql text, state jsonb, by text,
            started timestamptz, finished timestamptz);
        CREATE TABLE kinship_migration_step (migration bigint, number bigint, sql text, attempts integer, finished timestamptz);
        INSERT INTO kinship_migration VALUES (1, 'x', '', '', '{"tables": {"person": {}}}', '', now(), now());
        ALTER TABLE kinship_migration OWNER TO migration_other
        """,
    ])
    func aHistoryOfOthersIsNotBelieved(_ sql: String) async throws {
        var world = try await world()
        try await World.makeRole("migration_other", on: world.database)
        try await World.makeRole("migration_self", on: world.database)
        try await world.run(sql)
        world.role = "migration_self"
        let migrator = try world.migrator
        let schema = try World.schema(Self.person)
        let files = [try World.file("20261130000001_x", "CREATE TABLE a (x int)")]
        let ways: [() async throws -> Void] = [
            { _ = try await migrator.plan(for: schema) }, { try await migrator.apply(schema) },
            { try await migrator.apply(files) }, { _ = try await migrator.status(of: files) },
            { try await migrator.baseline(schema) }, { _ = try await migrator.history() },
        ]
        for way in ways {
            let error = await #expect(throws: MigratorError.self) { try await way() }
            #expect(error?.code == "MIGRATION_HISTORY")
            #expect(error?.description.contains("--history-schema") == true)
        }
        let elsewhere = try world.migrator { $0.historySchema = "migrations" }
        try await elsewhere.apply(schema)
        #expect(try await elsewhere.history().count == 1)
    }

    // MARK: Secrets

    @Test(arguments: [
        "CREATE ROLE kinship_secret SUPERUSER PASSWORD 'hunter2222' NOSUCH", "ALTER ROLE nobody PASSWORD 'hunter2222'",
        "CREATE SERVER s FOREIGN DATA WRAPPER none OPTIONS (password 'hunter2222')",
        "CREATE USER MAPPING FOR nobody SERVER none OPTIONS (user 'u', password 'hunter2222')",
        "CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid password=hunter2222' PUBLICATION p",
        "DO $$ BEGIN EXECUTE 'ALTER ROLE nobody PASSWORD ' || quote_literal('hunter2222'); END $$",
        "SELECT 1 / 0, 'postgres://a:hunter2222@b/c'", "ALTER ROLE nobody PASSWORD hunter2222",
    ])
    func passwordsAreShownAndKeptNowhere(_ sql: String) async throws {
        let world = try await world()
        let log = RecordingLog()
        let file = try World.file("20261130000001_x", "CREATE TABLE a (x int); \(sql);")
        let migrator = Migrator(
            try ConnectionConfiguration(url: world.database.url), options: world.options, logger: log.logger)
        let error = await #expect(throws: (any Error).self) { try await migrator.apply([file]) }
        #expect(error.map { String(describing: $0).contains("hunter") } == false, "\(String(describing: error))")
        #expect(error.map { String(reflecting: $0).contains("hunter") } == false, "\(String(reflecting: error))")
        #expect(!log.lines.joined().contains("hunter"))
        #expect(try await world.run("SELECT count(*) FROM kinship_migration WHERE sql LIKE '%hunter2222%'") == [["0"]])
    }

    @Test func aFileWithAPasswordGoesOn() async throws {
        let world = try await world()
        let start = "CREATE USER kinship_secret PASSWORD 'hunter2222'; DROP USER kinship_secret; "
        let broken = try World.file("20261130000001_x", start + "SELECT 1 / 0;")
        await #expect(throws: MigratorError.self) { try await world.migrator.apply([broken]) }
        let mended = try World.file("20261130000001_x", start + "SELECT 1;")
        #expect(try await world.migrator.apply([mended]) == [mended.name])
        #expect(
            try await world.run(
                "SELECT count(*) FROM kinship_migration m JOIN kinship_migration_step s ON s.migration = m.id WHERE m.sql || s.sql LIKE '%hunter%'"
            ) == [["0"]])
    }

    // MARK: Two programs

    @Test func programsKeepWhatTheOtherOneHas() async throws {
        let world = try await world()
        let (one, two) = (#"{"name": "Invoice"}"#, #"{"name": "Parcel"}"#)
        // Without names, a table goes only when it is named.
        try await world.migrator.apply(try World.schema(one))
        #expect(try await world.migrator.apply(try World.schema(two)).lines == ["create table parcel"])
        #expect(try await world.migrator.plan(for: try World.schema(one)).steps.isEmpty)
        let both = try World.schema(one, two)
        try await world.migrator.apply(both)
        let error = await #expect(throws: MigratorError.self) { try await world.migrator.apply(try World.schema(one)) }
        #expect(World.codes(error) == [.loss])
        #expect(error?.description.contains("--allow-loss parcel") == true)
        #expect(error?.description.contains("--program") == true)
        let allowed = try world.migrator { $0.allowingLoss = ["parcel"] }
        #expect(try await allowed.apply(try World.schema(one)).lines == ["drop table parcel"])
    }

    @Test func programsWithNamesShareTables() async throws {
        let world = try await world()
        let shop = try world.migrator { $0.program = "shop" }
        let post = try world.migrator { $0.program = "post" }
        let shops = [
            #"{"name": "Person", "properties": {"name": {"type": "string", "index": true}, "age": "number"}}"#,
            #"{"name": "Invoice"}"#,
        ]
        let posts = [
            #"{"name": "Person", "properties": {"street": {"type": "string", "index": true}}}"#, #"{"name": "Parcel"}"#,
        ]
        func apply(_ migrator: Migrator, _ models: [String]) async throws -> [String] {
            let definitions = try models.map { try ModelDefinition(json: Array($0.utf8)) }
            return try await migrator.apply(try Schema(uncheckedScopes: definitions)).lines
        }
        #expect(try await apply(shop, shops).count == 3)
        #expect(
            try await apply(post, posts) == [
                "create table parcel", "add column person.street", "create index person.person_street_idx",
            ])
        #expect(try await apply(shop, shops).isEmpty)
        #expect(try await apply(post, posts).isEmpty)
        // Each takes away its own, also what both have, once the other one has no use for it.
        #expect(
            try await apply(shop, [Self.person]).sorted() == [
                "drop index person.person_name_idx", "drop table invoice",
            ])
        #expect(
            try await apply(post, [Self.person]) == [
                "drop index person.person_street_idx", "drop column person.street", "drop table parcel",
            ])
        #expect(try await apply(shop, [Self.younger]).isEmpty)
        #expect(try await apply(post, [Self.younger]) == ["drop column person.age"])
    }

    // MARK: What was shown

    @Test func onlyWhatWasShownIsDone() async throws {
        let world = try await world()
        let migrator = try world.migrator
        try await migrator.apply(try World.schema(Self.person))
        let schema = try World.schema(#"{"name": "Person", "properties": {"name": {"type": "string", "index": true}}}"#)
        let shown = try await migrator.plan(for: schema)
        #expect(shown.lines.count == 2)
        try await world.run("CREATE INDEX person_name_idx ON person (name)")
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply(schema, shown: shown) }
        #expect(error?.code == "MIGRATION_PLAN_CHANGED")
        #expect(error?.description.contains("- create index person") == true)
        let digested = await #expect(throws: MigratorError.self) {
            try await migrator.apply(schema, digest: shown.digest)
        }
        #expect(digested?.code == "MIGRATION_PLAN_CHANGED")
        #expect(digested?.description.contains("+ drop column person.age") == true)
        #expect(try await world.run("SELECT count(age) FROM person") == [["0"]])
        let again = try await migrator.plan(for: schema)
        #expect(again.digest != shown.digest && again.digest.count == 12)
        #expect(
            try await migrator.apply(schema, shown: again, digest: again.digest).lines == ["drop column person.age"])
        // Who finds it done has nothing to stop for.
        #expect(try await migrator.apply(schema, shown: again, digest: again.digest).steps.isEmpty)
    }

    @Test func aTableThatWasFilledSinceIsDoneInAnotherWayAndStops() async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.person))
        let schema = try World.schema(Self.younger)
        let shown = try await world.migrator.plan(for: schema)
        try await world.run("INSERT INTO person (age) VALUES (3)")
        let allowed = try world.migrator { $0.allowingLoss = ["person.age"] }
        let error = await #expect(throws: MigratorError.self) { try await allowed.apply(schema, shown: shown) }
        #expect(error?.code == "MIGRATION_PLAN_CHANGED")
        #expect(error?.description.contains("LOSES person.age") == true)
    }
}
