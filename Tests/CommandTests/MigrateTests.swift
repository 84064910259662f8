// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

/// `kinship migrate`.
@Suite(.serialized) struct MigrateTests {
    private static let person =
        #"{"name": "Person", "properties": {"name": {"type": "string"}, "age": {"type": "number"}}}"#
    private static let younger = #"{"name": "Person", "properties": {"name": {"type": "string"}}}"#

    /// A project whose database is empty.
    private func project(
        _ model: String = person, database name: String = "migrate_command"
    ) async throws -> (tool: Tool, database: TestDatabase) {
        let database = try await TestDatabase.named(name)
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["person.json": model])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": "."]
        return (tool, database)
    }

    private func write(_ model: String, for tool: Tool, to file: String = "person.json") throws {
        try model.write(toFile: tool.directory + "/" + file, atomically: true, encoding: .utf8)
    }

    @Test func modelsBecomeTables() async throws {
        let (tool, database) = try await project()
        let plan = try await tool.run(["migrate", "plan"])
        #expect(plan.status == 0)
        #expect(plan.output.hasPrefix("-- create table person: lock none\nCREATE TABLE \"public\".\"person\" ("))
        #expect(try await tool.run(["migrate", "plan", "--check"]).status == 1)
        let asked = try await tool.run(["migrate", "apply"])
        #expect(asked.status == 64)
        #expect(asked.errors.contains("give --yes"))
        #expect(try await database.run("SELECT to_regclass('person') IS NULL") == [["t"]])
        let applied = try await tool.run(["migrate", "apply", "--yes"])
        #expect(applied.status == 0)
        #expect(applied.errors.hasSuffix("create table person\n"))
        #expect(try await tool.run(["migrate", "plan", "--check"]).output == "-- Nothing to do.\n")
        let status = try await tool.run(["migrate", "status", "--check"])
        #expect(status.status == 0)
        #expect(status.lines.last == "The tables are what the models ask for.")
        #expect(status.lines.first?.hasPrefix("applied     apply  since 2") == true)
        let json = try await tool.run(["migrate", "status", "--json"])
        #expect(json.output.contains(#""plan":{"steps":[],"problems":[],"unmanaged":[],"digest":""#))
    }

    @Test func lossIsNamedAndRenamesAreSaid() async throws {
        let (tool, database) = try await project()
        #expect(try await tool.run(["migrate", "apply", "-y"]).status == 0)
        try await database.run("INSERT INTO person (name, age) VALUES ('Ada', 36)")
        try write(Self.younger, for: tool)
        let refused = try await tool.run(["migrate", "apply", "-y"])
        #expect(refused.status == 65)
        #expect(refused.errors.contains("MIGRATION_REFUSED") && refused.errors.contains("--allow-loss person.age"))
        try write(Self.person.replacing("age", with: "years"), for: tool)
        let renamed = try await tool.run(["migrate", "apply", "-y", "--rename", "Person.age=Person.years"])
        #expect(renamed.status == 0)
        #expect(try await database.run("SELECT years FROM person") == [["36"]])
        try write(Self.younger, for: tool)
        #expect(try await tool.run(["migrate", "apply", "-y", "--allow-loss", "person.years"]).status == 0)
        #expect(try await tool.run(["migrate", "status", "--check"]).status == 0)
    }

    @Test func filesAreWrittenReadAndApplied() async throws {
        let (tool, _) = try await project()
        #expect(try await tool.run(["migrate", "diff"]).status == 66)
        let made = try await tool.run(["migrate", "new", "first"])
        #expect(made.status == 0)
        let name = try #require(made.lines.first)
        #expect(name.hasPrefix("migrations/20") && name.hasSuffix("_first.sql"))
        let pending = try await tool.run(["migrate", "status", "--check"])
        #expect(pending.status == 1)
        #expect(pending.lines.first?.hasPrefix("pending     20") == true)
        #expect(try await tool.run(["migrate", "apply"]).status == 64)
        let applied = try await tool.run(["migrate", "apply", "--yes"])
        #expect(applied.status == 0)
        #expect(applied.output.hasPrefix("applied 20") && applied.output.hasSuffix("_first\n"))
        #expect(try await tool.run(["migrate", "diff", "--check"]).status == 0)
        #expect(try await tool.run(["migrate", "new", "again"]).errors.contains("Nothing to do"))

        try write(Self.younger, for: tool)
        #expect(try await tool.run(["migrate", "diff", "--check"]).status == 65)
        #expect(try await tool.run(["migrate", "new", "less"]).status == 65)
        #expect(try await tool.run(["migrate", "new", "less", "--allow-loss", "person.age"]).status == 0)
        let early = try await tool.run(["migrate", "apply", "--yes", "--allow-loss", "person.age"])
        #expect(early.status == 64)
        #expect(try await tool.run(["migrate", "apply", "--yes"]).status == 0)
        let status = try await tool.run(["migrate", "status", "--check"])
        #expect(status.status == 0)
        #expect(status.lines.count == 3)

        try "-- x".write(toFile: tool.directory + "/" + name, atomically: true, encoding: .utf8)
        let changed = try await tool.run(["migrate", "apply", "--yes"])
        #expect(changed.status == 65)
        #expect(changed.errors.contains("MIGRATION_CHANGED"))
        let direct = try await tool.run(["migrate", "apply", "--direct"])
        #expect(direct.status == 0)
        #expect(direct.errors.contains("Nothing to do"))
    }

    @Test func whatWasThereIsTakenAsItIs() async throws {
        let (tool, database) = try await project()
        try await database.run(
            "CREATE TABLE person (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text, age int, shoe int)"
        )
        let status = try await tool.run(["migrate", "status"])
        #expect(status.output.hasSuffix("No model asks for: person.shoe.\n"))
        #expect(try await tool.run(["migrate", "baseline"]).status == 0)
        try write(Self.younger, for: tool)
        #expect(try await tool.run(["migrate", "apply", "-y", "--allow-loss", "person.age"]).status == 0)
        #expect(
            try await database.run(
                "SELECT string_agg(column_name, ',' ORDER BY column_name) FROM information_schema.columns WHERE table_name = 'person'"
            ) == [["id,name,shoe"]])
        #expect(try await tool.run(["migrate", "new", "first"]).status == 0)
        #expect(try await tool.run(["migrate", "baseline"]).output.hasSuffix("_first\n"))
        #expect(try await tool.run(["migrate", "apply"]).status == 0)
    }

    /// Killed where the kernel asks nobody, it says where it stands, and goes on from there to the same end.
    @Test func whatWasKilledIsUnfinishedAndGoesOn() async throws {
        let fuller =
            #"{"name": "Person", "properties": {"name": {"type": "string", "required": true, "index": true}, "age": {"type": "number"}, "mail": {"type": "string"}}}"#
        let note =
            #"{"name": "Note", "properties": {"text": {"type": "string", "index": true}}, "relations": {"person": {"type": "belongsTo", "model": "Person"}}}"#
        func prepared(_ name: String) async throws -> (tool: Tool, database: TestDatabase) {
            let (tool, database) = try await project(database: name)
            #expect(try await tool.run(["migrate", "apply", "-y"]).status == 0)
            try await database.run("INSERT INTO person (name, age) VALUES ('Ada', 36)")
            try write(fuller, for: tool)
            try write(note, for: tool, to: "note.json")
            return (tool, database)
        }
        let (whole, wholeDatabase) = try await prepared("migrate_command_whole")
        #expect(try await whole.run(["migrate", "apply", "-y"]).status == 0)

        let (tool, database) = try await prepared("migrate_command")
        // It comes as far as the new table, and waits for the other one.
        let reader = Task {
            try await database.run("BEGIN; LOCK TABLE person IN ACCESS SHARE MODE; SELECT pg_sleep(300)")
        }
        let pid = "(SELECT min(pid) FROM pg_locks WHERE relation = to_regclass('person') AND mode = 'AccessShareLock')"
        #expect(await eventually { (try? await database.run("SELECT \(pid) IS NOT NULL")) == [["t"]] })
        let running = try tool.start(["migrate", "apply", "-y"])
        #expect(await eventually { (try? await database.run("SELECT to_regclass('note') IS NOT NULL")) == [["t"]] })
        running.send(SIGKILL)
        #expect(await running.outcome().status == -SIGKILL)

        let status = try await tool.run(["migrate", "status", "--check"])
        #expect(status.status == 1)
        #expect(status.lines.first?.hasPrefix("unfinished  apply  since 2") == true, "\(status.output)")
        #expect(status.output.contains("The tables differ from the models: "))
        #expect(try await tool.run(["migrate", "status", "--json"]).output.contains(#""standing":"unfinished""#))

        try await database.run("SELECT pg_terminate_backend(\(pid))")
        await #expect(throws: TestSession.Failure.self) { try await reader.value }
        let again = try await tool.run(["migrate", "apply", "-y"])
        #expect(again.status == 0, "\(again.errors)")
        // What was done isn't done again.
        #expect(!again.errors.contains("create table note"))
        let end = try await tool.run(["migrate", "status", "--check"])
        #expect(end.status == 0)
        #expect(end.lines.first?.hasPrefix("applied     apply  since 2") == true, "\(end.output)")
        #expect(try await tool.run(["migrate", "plan", "--check"]).status == 0)
        #expect(try await shape(of: database) == shape(of: wholeDatabase))
        #expect(try await database.run("SELECT name, age, mail FROM person") == [["Ada", "36", nil]])
    }

    /// Columns, indexes and constraints, as the server writes them.
    private func shape(of database: TestDatabase) async throws -> [[String?]] {
        try await database.run(
            """
            SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname !~ '^kinship' AND a.attnum > 0
            UNION ALL SELECT 'index', indexname, indexdef, true FROM pg_indexes
            WHERE schemaname = 'public' AND tablename !~ '^kinship'
            UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ '^kinship'
            ORDER BY 1, 2, 3
            """)
    }

    @Test func whatCannotBeIsSaid() async throws {
        let (tool, _) = try await project()
        #expect(try await tool.run(["migrate", "plan", "--rename", "a"]).status == 64)
        #expect(try await tool.run(["migrate", "apply", "--lenient", "--yes"]).status == 64)
        #expect(try await tool.run(["migrate", "apply", "--files", "nowhere"]).status == 66)
        #expect(try await tool.run(["migrate", "apply", "--files", "x", "--direct"]).status == 64)
        #expect(try await tool.run(["migrate", "plan", "--lock-timeout", "0"]).status == 64)
        #expect(try await tool.run(["migrate", "new", "../x"]).errors.contains("INVALID_MIGRATION_FILE"))
        #expect(try await tool.run(["migrate", "new", "x", "--files", "/dev/null/x"]).status == 74)
        #expect(try await tool.run(["migrate", "plan", "--database", "postgres://localhost:1/x"]).status == 69)
    }

    /// Other programs may write other kinds into the same table: who says so gets no checks, and loses those that there are.
    @Test func kindsAreCheckedUnlessItIsSaidOtherwise() async throws {
        let (tool, database) = try await project()
        for (file, model) in [
            ("picture", #"{"name": "Picture", "relations": {"subject": {"type": "belongsTo", "polymorphic": true}}}"#),
            (
                "cat",
                #"{"name": "Cat", "relations": {"pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "subject"}}}"#
            ),
        ] { try model.write(toFile: tool.directory + "/\(file).json", atomically: true, encoding: .utf8) }
        let checks = "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND conrelid = 'picture'::regclass"
        let open = ["--no-kind-checks"]
        #expect(try await !tool.run(["migrate", "plan"] + open).output.contains("CHECK"))
        #expect(try await tool.run(["migrate", "plan"]).output.contains("CHECK"))
        let made = try await tool.run(["migrate", "apply", "-y"] + open)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try await database.run(checks) == [["0"]])
        #expect(try await tool.run(["migrate", "status", "--check"] + open).status == 0)
        try await database.run("INSERT INTO picture (subjecttype, subjectid) VALUES ('Cat', 1)")
        #expect(try await tool.run(["migrate", "apply", "-y"]).status == 0)
        #expect(try await database.run(checks) == [["1"]])
        // A relation that is added with the flag leaves the kinds open as well.
        let relation = [
            "relation", "--from", "Person", "--type", "hasOne", "--to", "Picture", "--polymorphic", "subject",
        ]
        let checked = try await tool.run(relation + ["--name", "face", "--dry-run"])
        #expect(checked.status == 0 && checked.output.contains("CHECK"), "\(checked.output) \(checked.errors)")
        #expect(try await !tool.run(relation + ["--name", "face", "--dry-run"] + open).output.contains("CHECK"))
        #expect(try await tool.run(["migrate", "apply", "-y"] + open).status == 0)
        #expect(try await database.run(checks) == [["0"]])
        // In files it is said when one is made.
        #expect(try await tool.run(["migrate", "new", "first"] + open).status == 0)
        #expect(try await tool.run(["migrate", "diff", "--check"] + open).status == 0)
        #expect(try await tool.run(["migrate", "diff", "--check"]).output.contains("CHECK"))
        #expect(try await tool.run(["migrate", "diff", "."] + open).output == "-- Nothing to do.\n")
        #expect(try await tool.run(["migrate", "apply", "-y"] + open).status == 64)
    }
}
