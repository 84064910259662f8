// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// What files leave to their session: settings that hold when a file goes on in another one, and what can't.
@Suite(.serialized, .timeLimit(.minutes(3))) struct MigrationSessionTests {
    private typealias World = MigrationWorld
    private static let name = "20261130000001_x"

    private func world() async throws -> World { try await World("migration_sessions") }

    /// Applies a file that fails at its division by zero, and again without that.
    private func applyTwice(_ sql: String, in world: World) async throws {
        let broken = try World.file(Self.name, sql.replacing("FAILS", with: "SELECT 1 / 0"))
        let error = await #expect(throws: MigratorError.self) { try await world.migrator.apply([broken]) }
        #expect(error?.description.contains("22012") == true)
        let mended = try World.file(Self.name, sql.replacing("FAILS", with: "SELECT 1"))
        #expect(try await world.migrator.apply([mended]) == [Self.name])
        #expect(try await world.migrator.status(of: [mended]).isCurrent)
    }

    @Test(arguments: [
        "SET search_path = other;", "SET SESSION search_path TO other;", "/* where */ SET /**/ search_path = other;",
        "SELECT pg_catalog.set_config('search_path', 'other', false);",
        "BEGIN; SET search_path = other; SELECT 1; COMMIT;",
        "SET search_path = nowhere; RESET ALL; SET search_path = other;",
    ])
    func whatWasSetHoldsWhereAFileGoesOn(_ setting: String) async throws {
        let world = try await world()
        try await world.run("CREATE SCHEMA other")
        try await applyTwice("\(setting) CREATE TABLE a (x int); FAILS; CREATE TABLE b (x int);", in: world)
        #expect(
            try await world.run("SELECT to_regclass('other.a'), to_regclass('other.b'), to_regclass('public.b')")
                == [["other.a", "other.b", nil]])
    }

    @Test func aRoleIsTakenOnAgainAndWritesNoHistory() async throws {
        let world = try await world()
        try await World.makeRole("migration_owner", on: world.database)
        try await applyTwice(
            "SET ROLE migration_owner; CREATE TABLE a (x int); FAILS; CREATE TABLE b (x int); RESET ROLE; CREATE TABLE c (x int);",
            in: world)
        let owners = try await world.run(
            "SELECT string_agg(relname || ' ' || (relowner = 'migration_owner'::regrole), ',' ORDER BY relname) FROM pg_class WHERE relname IN ('a', 'b', 'c', 'kinship_migration')"
        )
        #expect(owners == [["a true,b true,c false,kinship_migration false"]])
        #expect(try await world.run("SELECT count(*) FROM kinship_migration_step") == [["6"]])
    }

    @Test func whatAFileSaysOfWaitingHolds() async throws {
        let world = try await world()
        try await world.run("CREATE TABLE a (t text, x text)")
        let file = try World.file(
            Self.name,
            """
            INSERT INTO a VALUES (current_setting('lock_timeout'), current_setting('statement_timeout'));
            SET lock_timeout = '7s'; SET statement_timeout = '9s';
            INSERT INTO a VALUES (current_setting('lock_timeout'), current_setting('statement_timeout'));
            BEGIN; SET LOCAL lock_timeout = '3s'; INSERT INTO a VALUES (current_setting('lock_timeout'), NULL); COMMIT;
            CREATE INDEX CONCURRENTLY ai ON a (t);
            INSERT INTO a VALUES (current_setting('lock_timeout'), NULL);
            """)
        // Nothing of it holds for the next file.
        let next = try World.file(
            "20261130000002_y",
            "INSERT INTO a VALUES (current_setting('lock_timeout'), current_setting('statement_timeout'))")
        try await world.migrator.apply([file, next])
        #expect(
            try await world.run("SELECT t, x FROM a ORDER BY ctid")
                == [["100ms", "0"], ["7s", "9s"], ["3s", nil], ["7s", nil], ["100ms", "0"]])
    }

    @Test(arguments: [
        "SET LOCAL search_path = other", "SET CONSTRAINTS ALL DEFERRED", "SAVEPOINT a", "LOCK TABLE a",
        "DECLARE c CURSOR FOR SELECT 1", "CREATE TEMP TABLE t (x int)", "CREATE LOCAL TEMPORARY TABLE t (x int)",
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 1", "CREATE TABLE pg_temp.t (x int)", "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "LISTEN x", "DISCARD ALL", "SET SESSION AUTHORIZATION x", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT", "START TRANSACTION READ ONLY; SELECT 1; COMMIT",
        "BEGIN; SELECT 1; COMMIT AND CHAIN", "COMMIT PREPARED 'x'", "BEGIN; SELECT 1; PREPARE TRANSACTION 'x'",
        "COPY a FROM STDIN", "\\connect other", "SET client_encoding = 'LATIN1'", "/* x */ ROLLBACK",
    ])
    func whatAnotherSessionWouldNotKnowIsRefused(_ sql: String) {
        let error = #expect(throws: MigrationError.self) { try World.file(Self.name, sql) }
        #expect(World.codes(error) == [.file])
        #expect((error?.problems.first?.message.utf8.count ?? 0) > 30)
    }

    @Test(arguments: [
        "CREATE TABLE temp (x int)", "CREATE INDEX local ON a (x)", "SET client_encoding = 'UTF8'",
        "START TRANSACTION; SELECT 1; END",
        "BEGIN; SAVEPOINT a; RELEASE a; COMMIT", "SELECT 'SET LOCAL x'", "COPY a FROM '/tmp/stdin'",
        "BEGIN; CREATE TEMP TABLE t (x int); COMMIT",
    ])
    func whatIsOnlyLikeItIsNot(_ sql: String) throws {
        #expect(try !World.file(Self.name, sql).units.isEmpty)
    }

    /// A file that ran through finds the same as one that had to go on.
    @Test func temporaryTablesAreThoseOfTheirTransaction() async throws {
        let world = try await world()
        let file = try World.file(
            Self.name,
            "BEGIN; CREATE TEMP TABLE t AS SELECT 1 AS x; CREATE TABLE a AS SELECT x FROM t; COMMIT; INSERT INTO a SELECT x FROM t;"
        )
        let error = await #expect(throws: MigratorError.self) { try await world.migrator.apply([file]) }
        #expect(error?.description.contains("42P01") == true)
        #expect(try await world.run("SELECT count(*) FROM a") == [["1"]])
    }

    @Test func proceduresMayCommitByThemselves() async throws {
        let world = try await world()
        let file = try World.file(
            Self.name,
            """
            CREATE TABLE a (x int);
            CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO a VALUES (i); COMMIT; END LOOP; END $$;
            CALL fill();
            """)
        try await world.migrator.apply([file])
        #expect(try await world.run("SELECT count(*) FROM a") == [["3"]])
    }

    // MARK: Names

    @Test func aFileThatWasRenamedIsNotRunAgain() async throws {
        let world = try await world()
        let sql = "-- 20261130000001_a\nCREATE TABLE IF NOT EXISTS a (x int); INSERT INTO a VALUES (1);"
        try await world.migrator.apply([try World.file("20261130000001_a", sql)])
        for text in [sql, sql.replacing("_a\n", with: "_b\n")] {
            let renamed = [try World.file("20261130000001_b", text)]
            #expect(try await world.migrator.status(of: renamed).entries.map(\.standing) == [.renamed])
            #expect(try await world.migrator.status(of: renamed).entries.map(\.formerName) == ["20261130000001_a"])
            let error = await #expect(throws: MigrationError.self) { try await world.migrator.apply(renamed) }
            #expect(World.codes(error) == [.renamed])
            #expect(error?.description.contains("20261130000001_a.sql") == true)
        }
        #expect(try await world.run("SELECT count(*) FROM a") == [["1"]])
        let renamed = try World.file("20261130000001_b", sql.replacing("_a\n", with: "_b\n"))
        let accepting = try world.migrator { $0.acceptsRenamedFiles = true }
        #expect(try await accepting.apply([renamed]).isEmpty)
        #expect(try await world.run("SELECT count(*) FROM a") == [["1"]])
        #expect(try await world.migrator.status(of: [renamed]).isCurrent)
        #expect(try await world.migrator.history().map(\.name) == [renamed.name])
        // A second file that says the same is another one while the first is there.
        let again = try World.file("20261130000002_c", sql)
        #expect(try await world.migrator.apply([renamed, again]) == [again.name])
    }

    @Test func aFileThatStoppedHalfWayAndIsGoneIsToldFirst() async throws {
        let world = try await world()
        let half = try World.file("20261130000001_a", "CREATE TABLE a (x int); SELECT 1 / 0;")
        await #expect(throws: MigratorError.self) { try await world.migrator.apply([half]) }
        let other = try World.file("20261130000002_b", "CREATE TABLE b (x int);")
        let error = await #expect(throws: MigrationError.self) { try await world.migrator.apply([other]) }
        #expect(World.codes(error) == [.missing])
        // Renamed as it is it goes on under the new name.
        let renamed = try World.file("20261130000003_c", half.sql)
        let accepting = try world.migrator { $0.acceptsRenamedFiles = true }
        await #expect(throws: MigratorError.self) { try await accepting.apply([renamed]) }
        let mended = try World.file("20261130000003_c", "CREATE TABLE a (x int); SELECT 1;")
        #expect(try await world.migrator.apply([mended]) == [mended.name])
    }

    @Test func branchesComeTogether() async throws {
        let folder = MigrationFolder(
            FileManager.default.temporaryDirectory.appending(path: "branches-\(UUID().uuidString)").path)
        let other = MigrationFolder(folder.path + "-other")
        defer { for path in [folder.path, other.path] { try? FileManager.default.removeItem(atPath: path) } }
        func person(_ properties: String) throws -> Schema {
            try World.schema(#"{"name": "Person", "properties": {\#(properties)}}"#)
        }
        let (name, age, mail) = (
            #""name": "string""#, #""age": "number""#, #""mail": {"type": "string", "index": true}"#
        )
        let first = try #require(try folder.add("first", for: try person(name)))
        try FileManager.default.copyItem(atPath: folder.path, toPath: other.path)
        let one = try #require(try folder.add("age", for: try person("\(name), \(age)")))
        let two = try #require(try other.add("mail", for: try person("\(name), \(mail)")))
        #expect(one.after == [first.name] && two.after == [first.name])
        for ending in ["sql", "json"] {
            // Both may have been made in the same second: a number decides nothing but the order.
            try FileManager.default.copyItem(
                atPath: "\(other.path)/\(two.name).\(ending)",
                toPath: "\(folder.path)/\(one.name.prefix(14))_mail.\(ending)")
        }
        let both = try person("\(name), \(age), \(mail)")
        #expect(try folder.state().tables.values.first?.columns.map(\.name).sorted() == ["age", "id", "mail", "name"])
        #expect(try folder.add("nothing", for: both) == nil)
        let merged = try #require(
            try folder.add("merged", for: try person("\(name), \(age), \(mail), \"shoe\": \"number\"")))
        #expect(merged.after?.count == 2)
        #expect(merged.units.flatMap(\.statements).map { $0.contains("shoe") } == [true])
        let world = try await world()
        // A database that had one branch already gets the other.
        try await world.migrator.apply([first, one])
        #expect(try await world.migrator.apply(folder.files()).count == 2)
        #expect(
            try await world.migrator.plan(for: try person("\(name), \(age), \(mail), \"shoe\": \"number\"")).steps
                .isEmpty)
        // The order of their names on an empty one.
        let fresh = try await self.world()
        #expect(try await fresh.migrator.apply(folder.files()).count == 4)
    }

    @Test func branchesThatContradictEachOtherAreTold() throws {
        func state(_ type: String) -> TableCatalog {
            var table = TableCatalog.Table(.init("public", "person"))
            table.columns = [.init("age", type)]
            return TableCatalog([table])
        }
        let base = state("integer")
        #expect(base.merging(state("bigint"), state("integer")).catalog == state("bigint"))
        #expect(base.merging(state("bigint"), state("bigint")).conflicts.isEmpty)
        #expect(base.merging(state("bigint"), state("text")).conflicts == ["person.age"])
        #expect(base.merging(TableCatalog(), state("text")).conflicts == ["person"])
        #expect(base.merging(TableCatalog(), base).catalog.tables.isEmpty)
    }

    // MARK: Poolers

    @Test(arguments: [1, 2, 3])
    func aPoolerThatChangesSessionsIsRefused(_ sessions: Int) async throws {
        let server = try await PrivateServer.start()
        let pooler = try TransactionPooler(before: server, sessions: sessions)
        defer { pooler.close() }
        var configuration = try ConnectionConfiguration(url: pooler.url)
        configuration.user = "postgres"
        configuration.database = "postgres"
        let migrator = Migrator(configuration, logger: Logger(label: "pooled"))
        let schema = try World.schema(#"{"name": "Person"}"#)
        let files = [try World.file(Self.name, "CREATE TABLE a (x int);")]
        let ways: [() async throws -> Void] = [
            { try await migrator.apply(schema) }, { try await migrator.apply(files) },
            { try await migrator.baseline(files) },
        ]
        for way in ways {
            let error = await #expect(throws: MigratorError.self) { try await way() }
            #expect(error?.code == "MIGRATION_POOLED")
        }
        #expect(try await migrator.catalog().tables.isEmpty)
    }
}
