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
    private func project(_ model: String = person) async throws -> (tool: Tool, database: TestDatabase) {
        let database = try await TestDatabase.named("migrate_command")
        try await database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: ["person.json": model])
        tool.environment = ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": "."]
        return (tool, database)
    }

    private func write(_ model: String, for tool: Tool) throws {
        try model.write(toFile: tool.directory + "/person.json", atomically: true, encoding: .utf8)
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
}
