// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// Migrations as files: made, read, applied once, and gone on with.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MigrationFileTests {
    private static let person = """
        {"name": "Person", "properties": {"name": {"type": "string"}, "age": {"type": "number"}}}
        """
    private static let older = """
        {"name": "Person", "properties": {"name": {"type": "string", "index": {"unique": true}}, "age": {"type": "number"},
            "mail": {"type": "string"}}}
        """

    private func emptied() async throws -> TestDatabase {
        let database = try await TestDatabase.named("migration_files")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return database
    }

    private func folder() -> MigrationFolder {
        MigrationFolder(FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)").path)
    }

    private func schema(_ models: String...) throws -> Schema {
        try Schema(uncheckedScopes: models.map { try ModelDefinition(json: Array($0.utf8)) })
    }

    private func migrator(_ database: TestDatabase) throws -> Migrator {
        var options = MigratorOptions()
        options.pause = .milliseconds(50)
        options.patience = .milliseconds(300)
        return Migrator(
            try ConnectionConfiguration(url: database.url), options: options, logger: Logger(label: "migrator"))
    }

    private func file(_ name: String, _ sql: String) throws -> MigrationFile {
        try MigrationFile(name: name, sql: sql, state: TableCatalog())
    }

    private func codes(_ error: (any Error)?) -> [MigrationProblem.Code] {
        (error as? MigrationError)?.problems.map(\.code) ?? []
    }

    // MARK: Made

    @Test func eachFileLeadsFromTheLastOneToTheModels() async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        #expect(try folder.files().isEmpty)
        let first = try #require(try folder.add("first", for: try schema(Self.person)))
        #expect(try folder.add("again", for: try schema(Self.person)) == nil)
        let second = try #require(try folder.add("second", for: try schema(Self.older)))
        #expect(try folder.files() == [first, second])
        #expect(first.name < second.name)
        #expect(second.sql.contains("CREATE UNIQUE INDEX CONCURRENTLY \"person_name_idx\""))

        let database = try await emptied()
        let migrator = try migrator(database)
        #expect(try await migrator.status(of: folder.files()).entries.map(\.standing) == [.pending, .pending])
        #expect(try await migrator.apply(folder.files()) == [first.name, second.name])
        #expect(try await migrator.apply(folder.files()).isEmpty)
        #expect(try await migrator.status(of: folder.files()).isCurrent)
        #expect(try await migrator.plan(for: try schema(Self.older)).steps.isEmpty)
    }

    @Test func whatWouldBeLostIsNamedWhenAFileIsMade() throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.add("first", for: try schema(Self.person))
        let less = try schema(#"{"name": "Person", "properties": {"name": {"type": "string"}}}"#)
        let error = #expect(throws: MigrationError.self) { try folder.add("less", for: less) }
        #expect(codes(error) == [.loss])
        #expect(try folder.files().count == 1)
        let file = try #require(try folder.add("less", for: less, allowingLoss: ["person.age"]))
        #expect(file.statements(containing: "DROP COLUMN").count == 1)
        let byHand = try #require(try folder.add("mine", for: less, isByHand: true))
        #expect(byHand.units.isEmpty)
    }

    @Test(arguments: [
        "SELECT 'open", "BEGIN; SELECT 1", "COMMIT", "BEGIN; BEGIN; COMMIT", "ROLLBACK", "SELECT (1; SELECT 2",
    ])
    func whatIsNoMigrationIsRefused(_ sql: String) {
        let error = #expect(throws: MigrationError.self) { try file("20261130000000_x", sql) }
        #expect(codes(error) == [.file])
    }

    @Test(arguments: ["", "../x", "A", "a b", "a.b", "ä", String(repeating: "a", count: 201)])
    func namesAreNamesOfFiles(_ name: String) {
        let error = #expect(throws: MigrationError.self) { try file(name, "SELECT 1") }
        #expect(codes(error) == [.file])
    }

    @Test func aFileWithoutItsTablesIsSaid() throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let made = try #require(try folder.add("first", for: try schema(Self.person)))
        let json = "\(folder.path)/\(made.name).json"
        for text in [nil, "{", "[]", "{}"] as [String?] {
            try FileManager.default.removeItem(atPath: json)
            try text?.write(toFile: json, atomically: true, encoding: .utf8)
            let error = #expect(throws: MigrationError.self) { try folder.files() }
            #expect(codes(error) == [.file])
            if text == nil { try "".write(toFile: json, atomically: true, encoding: .utf8) }
        }
    }

    @Test func endsOfLinesAreNoChange() throws {
        let one = try file("20261130000000_x", "SELECT 1;\nSELECT 2;\n")
        #expect(try file("20261130000000_x", "SELECT 1;\r\nSELECT 2;\r\n").checksum == one.checksum)
        #expect(try file("20261130000000_x", "SELECT 1; SELECT 2;\n").checksum != one.checksum)
    }

    @Test func buildsOfIndexesAreKnownByNameAndTable() {
        let build = IndexBuild("create  unique\nindex concurrently if not exists \"a \"\"b\" on only \"s t\".t (x)")
        #expect(build?.name == "a \"b")
        #expect(build?.table == "\"s t\".t")
        #expect(IndexBuild("CREATE INDEX CONCURRENTLY Ai ON public.a USING btree (x)")?.name == "ai")
        for other in ["CREATE INDEX ai ON a (x)", "CREATE INDEX CONCURRENTLY ON a (x)", "CREATE TABLE a ()", "", "\""] {
            #expect(IndexBuild(other) == nil)
        }
    }

    // MARK: Applied

    @Test func transactionsOfAFileAreWholeAndTheRestGoesOnWhereItStood() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        let name = "20261130000001_half"
        let start = "CREATE TABLE a (x int);\nCREATE INDEX CONCURRENTLY ai ON a (x);\n"
        let half = try file(name, start + "BEGIN; INSERT INTO a VALUES (1); INSERT INTO a VALUES (1 / 0); COMMIT;")
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply([half]) }
        #expect(error?.code == "MIGRATION_FAILED")
        #expect(error?.description.contains(name) == true)
        #expect(try await database.run("SELECT count(*) FROM a") == [["0"]])
        #expect(try await migrator.status(of: [half]).entries.map(\.standing) == [.unfinished])

        let other = try file(name, "CREATE TABLE b (x int);")
        let changed = await #expect(throws: MigrationError.self) { try await migrator.apply([other]) }
        #expect(codes(changed) == [.changed])

        let corrected = try file(name, start + "BEGIN; INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); COMMIT;")
        #expect(try await migrator.apply([corrected]) == [name])
        #expect(try await database.run("SELECT sum(x) FROM a") == [["3"]])
        #expect(try await migrator.status(of: [corrected]).isCurrent)
        #expect(try await migrator.history().map(\.checksum) == [corrected.checksum])
        #expect(try await migrator.status(of: [half]).entries.map(\.standing) == [.changed])
        let late = await #expect(throws: MigrationError.self) { try await migrator.apply([half]) }
        #expect(codes(late) == [.changed])
    }

    @Test func anIndexThatCouldNotBeBuiltIsBuiltAgain() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.add("first", for: try schema(Self.person))
        try await migrator.apply(folder.files())
        try await database.run("INSERT INTO person (name) VALUES ('a'), ('a'), ('b')")
        let second = try #require(try folder.add("second", for: try schema(Self.older)))
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply(folder.files()) }
        #expect(error?.description.contains("23505") == true)
        #expect(
            try await database.run("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [["1"]])
        try await database.run("DELETE FROM person WHERE ctid = (SELECT min(ctid) FROM person)")
        #expect(try await migrator.apply(folder.files()) == [second.name])
        #expect(
            try await database.run("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [["0"]])
        #expect(try await migrator.plan(for: try schema(Self.older)).steps.isEmpty)
    }

    @Test func whatIsDoneAndNotKnownToBeIsDoneOnce() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        let folder = folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.add("first", for: try schema(Self.person))
        try await migrator.apply(folder.files())
        try folder.add("second", for: try schema(Self.older))
        try await migrator.apply(folder.files())
        // As if it had been stopped between the index and the note of it, and of all behind it.
        try await database.run(
            """
            DELETE FROM kinship_migration_step s WHERE sql LIKE '%CONCURRENTLY%';
            UPDATE kinship_migration SET finished = NULL WHERE name LIKE '%second'
            """)
        #expect(try await migrator.apply(folder.files()).count == 1)
        #expect(try await migrator.status(of: folder.files()).isCurrent)
    }

    @Test func twoAtOnceApplyEachFileOnce() async throws {
        let database = try await emptied()
        let files = try (1...5).map { number in
            try file(
                "2026113000000\(number)_t",
                "CREATE TABLE t\(number) (x int); INSERT INTO t\(number) VALUES (\(number));")
        }
        let migrator = try migrator(database)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 { group.addTask { try await migrator.apply(files).count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.sorted() == [0, 0, 5])
        #expect(try await database.run("SELECT count(*) FROM t5") == [["1"]])
    }

    @Test func databasesThatWereThereBeforeAreTakenAsTheyAre() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        let files = [try file("20261130000001_a", "SELECT 1/0;"), try file("20261130000002_b", "SELECT 2/0;")]
        #expect(try await migrator.baseline(files) == files.map(\.name))
        #expect(try await migrator.baseline(files).isEmpty)
        #expect(try await migrator.apply(files).isEmpty)
        #expect(try await migrator.status(of: [files[1]]).entries.map(\.standing) == [.missing, .applied])
    }

    @Test func whoWaitsForALockIsToldWhoHasIt() async throws {
        let database = try await emptied()
        let migrator = try migrator(database)
        try await database.run("CREATE TABLE a (x int)")
        let holder = try await Connection.connect(
            try ConnectionConfiguration(url: database.url), logger: Logger(label: "holder"))
        defer { holder.close() }
        try await holder.withTransaction { holder in
            _ = try await holder.execute(Statement("LOCK TABLE a", preparation: .unnamed))
            try await Task.sleep(for: .seconds(1.2))
            let files = [try file("20261130000001_a", "ALTER TABLE a ADD COLUMN y int;")]
            let error = await #expect(throws: MigratorError.self) { try await migrator.apply(files) }
            #expect(error?.code == "MIGRATION_BLOCKED")
            #expect(error?.description.contains("process ") == true)
        }
    }

    @Test func largeTablesAreNotWrittenAnewWithoutLeave() async throws {
        let database = try await emptied()
        try await database.run(
            """
            CREATE TABLE person (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n integer);
            INSERT INTO person (n) SELECT g FROM generate_series(1, 20) g
            """)
        let wide = try schema(
            #"{"name": "Person", "properties": {"n": {"type": "number", "postgresql": {"dataType": "bigint"}}}}"#)
        var options = MigratorOptions()
        options.smallTable = 19
        let url = database.url
        func migrator() throws -> Migrator {
            Migrator(try ConnectionConfiguration(url: url), options: options, logger: Logger(label: "migrator"))
        }
        let error = await #expect(throws: MigratorError.self) { try await migrator().apply(wide) }
        #expect(error?.description.contains("REWRITE person") == true)
        #expect(error?.description.contains("--allow-rewrite person") == true)
        options.smallTable = 20
        #expect(try await migrator().plan(for: wide).problems.isEmpty)
        options.smallTable = 1
        options.allowingRewrites = ["person"]
        #expect(try await migrator().apply(wide).steps.count == 1)
    }
}

extension MigrationFile {
    fileprivate func statements(containing text: String) -> [String] {
        units.flatMap(\.statements).filter { $0.contains(text) }
    }
}
