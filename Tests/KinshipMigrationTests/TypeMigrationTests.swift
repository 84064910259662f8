// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import KinshipMigrator
import TestSupport
import Testing

/// Types of the database's own, and columns that the database makes: what models say of them is made, and what differs is told.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TypeMigrationTests {
    private func parcel(_ properties: String) throws -> Schema {
        try MigrationWorld.schema(
            """
            {"name": "Parcel", "properties": {"id": {"type": "number", "id": true, "generated": true}, \(properties)}}
            """)
    }

    private func status(_ values: String) -> String {
        #""status": {"type": "string", "enum": [\#(values)], "postgresql": {"dataType": "parcel_status"}}"#
    }

    private static let size = #""size": {"type": "number", "postgresql": {"dataType": "integer"}}"#
    private static let mail =
        #""mail": {"type": "string", "postgresql": {"dataType": "email", "domain": {"type": "TEXT", "check": ["VALUE ~ '@'", "length(VALUE) < 99"], "nullable": "N", "dbDefault": "'a@b'"}}}"#

    @Test func enumerationsAreMadeAndGrow() async throws {
        let world = try await MigrationWorld("migration_types")
        let migrator = try world.migrator
        try await migrator.apply(try parcel(status(#""open", "closed""#)))
        try await world.run("INSERT INTO parcel (status) VALUES ('open')")
        // With a table of rows and a default that uses the new value at once.
        let more = try parcel(
            #""status": {"type": "string", "enum": ["new", "open", "late's", "closed", "gone"], "default": "late's", "postgresql": {"dataType": "parcel_status"}}, "tags": {"type": ["string"], "postgresql": {"dataType": "tag[]", "enum": ["a", "b"]}}"#
        )
        let plan = try await migrator.apply(more)
        #expect(
            plan.steps.filter { $0.title.hasPrefix("add value") || $0.title.hasPrefix("create type") }.map(\.title) == [
                "add value 'new' to parcel_status", "add value 'late''s' to parcel_status",
                "add value 'gone' to parcel_status", "create type tag",
            ])
        #expect(
            try await world.run("SELECT enum_range(NULL::parcel_status)::text, enum_range(NULL::tag)::text")
                == [["{new,open,late's,closed,gone}", "{a,b}"]])
        #expect(try await migrator.plan(for: more).steps.isEmpty)
        try await world.run("INSERT INTO parcel (tags) VALUES ('{b,a}')")
        #expect(try await world.run("SELECT status::text FROM parcel ORDER BY id") == [["open"], ["late's"]])
        // Values that no model has any more stay, and so do types.
        let less = try await migrator.plan(for: try parcel(status(#""open", "new""#)))
        for line in [
            "parcel_status (order of its values)", "parcel_status (value closed)", "parcel_status (value gone)",
            "tag (type)",
        ] { #expect(less.unmanaged.contains(line), "\(less.unmanaged)") }
        #expect(!less.steps.contains { $0.title.contains("parcel_status") })
    }

    /// A check of texts that a migration made is in the way of the type, and goes ahead of it.
    @Test func textsWithACheckBecomeAnEnumeration() async throws {
        let world = try await MigrationWorld("migration_type_of_texts")
        try await world.migrator.apply(try parcel(#""status": {"type": "string", "enum": ["open", "closed"]}"#))
        try await world.run("INSERT INTO parcel (status) VALUES ('open'), ('closed'), (NULL)")
        let typed = try parcel(status(#""open", "closed""#))
        let migrator = try world.migrator { $0.allowingLoss = ["parcel.status"] }
        let titles = try await migrator.apply(typed).steps.map(\.title)
        #expect(titles == ["create type parcel_status", "drop constraint parcel", "change type parcel.status"])
        #expect(
            try await world.run("SELECT status::text, pg_typeof(status)::text FROM parcel WHERE status = 'open'")
                == [["open", "parcel_status"]])
        #expect(try await migrator.plan(for: typed).steps.isEmpty)
    }

    @Test func filesMakeThemAndTakeTheirTransactionsApart() throws {
        let first = try MigrationFile(
            name: "1_first", from: TableCatalog(), to: try DesiredTables(for: try parcel(status(#""open""#))))
        #expect(first.statements[0] == #"CREATE TYPE "public"."parcel_status" AS ENUM ('open')"#)
        #expect(first.units.count == 1)
        let state = TableCatalog(first.state.json)
        #expect(state == first.state)
        let second = try MigrationFile(
            name: "2_second", from: state, to: try DesiredTables(for: try parcel(status(#""open", "shut""#))))
        #expect(
            second.units.map(\.statements) == [
                [#"ALTER TYPE "public"."parcel_status" ADD VALUE IF NOT EXISTS 'shut' AFTER 'open'"#]
            ])
        // A state of the time when nobody wrote down types: a column has it, so it is there.
        var old = state
        old.types = [:]
        #expect(MigrationPlan(from: old, to: try DesiredTables(for: try parcel(status(#""open""#)))).steps.isEmpty)
        // What two branches say of one type.
        var (one, other) = (state, state)
        let name = Catalog.TableName("public", "parcel_status")
        one.types[name] = .enumeration(["open", "a"])
        #expect(state.merging(one, other).catalog.types == one.types)
        other.types[name] = .enumeration(["open", "b"])
        #expect(state.merging(one, other).conflicts == ["parcel_status"])
    }

    @Test func domainsAreMadeAndCompared() async throws {
        let world = try await MigrationWorld("migration_types")
        let migrator = try world.migrator
        let schema = try parcel(Self.mail)
        try await migrator.apply(schema)
        try await world.run("INSERT INTO parcel DEFAULT VALUES")
        #expect(try await world.run("SELECT mail::text FROM parcel") == [["a@b"]])
        await #expect(throws: (any Error).self) { try await world.run("INSERT INTO parcel (mail) VALUES ('x')") }
        // However it is spelled.
        let again = try await migrator.plan(for: schema)
        #expect(again.steps.isEmpty && again.problems.isEmpty && again.unmanaged.isEmpty, "\(again.unmanaged)")
        let other = try await migrator.plan(for: try parcel(Self.mail.replacing("99", with: "80")))
        #expect(other.steps.isEmpty && other.problems.isEmpty)
        #expect(other.unmanaged.count == 1 && other.unmanaged[0].contains("(domain as CREATE DOMAIN"))
        // Two properties have to agree.
        let error = #expect(throws: MigrationError.self) {
            try DesiredTables(
                for: try parcel(
                    Self.mail + ", " + Self.mail.replacing("\"mail\"", with: "\"post\"").replacing("99", with: "98")))
        }
        #expect(error?.problems.map(\.code) == [.definition])
    }

    @Test func aTypeThatNobodyDescribesIsToldBeforeAnythingIsDone() async throws {
        let world = try await MigrationWorld("migration_types")
        let migrator = try world.migrator
        let mood = #""mood": {"type": "string", "postgresql": {"dataType": "mood"}}"#
        let plan = try await migrator.plan(for: try parcel(mood))
        #expect(plan.problems.map(\.code) == [.typeMissing])
        #expect(plan.problems.map(\.subject) == ["parcel.mood"])
        await #expect(throws: MigratorError.self) { try await migrator.apply(try parcel(mood)) }
        #expect(try await migrator.catalog().tables.isEmpty)
        try await world.run("CREATE TYPE mood AS (a int)")
        #expect(try await migrator.plan(for: try parcel(mood)).problems.isEmpty)
        // What limits values of another type isn't an enumeration.
        let limited = try parcel(#""mood": {"type": "string", "enum": ["(1)"], "postgresql": {"dataType": "mood"}}"#)
        let steps = try await migrator.plan(for: limited).steps
        #expect(!steps.contains { $0.title.hasPrefix("create type") })
        let inet = try parcel(#""at": {"type": "string", "enum": ["::1"], "postgresql": {"dataType": "inet"}}"#)
        #expect(try DesiredTables(for: inet).catalog.types.isEmpty)
    }

    @Test func columnsThatTheDatabaseMakesAreMadeOnce() async throws {
        let world = try await MigrationWorld("migration_types")
        let migrator = try world.migrator
        func twice(_ expression: String) throws -> Schema {
            try parcel(
                Self.size
                    + #", "twice": {"type": "number", "readOnly": true, "postgresql": {"dataType": "integer", "generated": "\#(expression)"}}, "number": {"type": "number", "postgresql": {"dataType": "bigint", "identity": "always"}}"#
            )
        }
        try await migrator.apply(try twice("size*2"))
        try await world.run("INSERT INTO parcel (size) VALUES (4)")
        #expect(try await world.run("SELECT twice::text, number::text FROM parcel") == [["8", "1"]])
        await #expect(throws: (any Error).self) {
            try await world.run("INSERT INTO parcel (size, number) VALUES (4, 7)")
        }
        // Parentheses and blanks are the server's.
        let same = try await migrator.plan(for: try twice("(size  * 2)"))
        #expect(same.steps.isEmpty && same.problems.isEmpty && same.unmanaged.isEmpty, "\(same.unmanaged)")
        let other = try await migrator.plan(for: try twice("size*3"))
        #expect(other.steps.isEmpty && other.problems.isEmpty)
        #expect(other.unmanaged == ["parcel.twice (generated as (size * 2))"])
        // One that is there and isn't generated, and a number that can be given.
        try await world.run(
            "ALTER TABLE parcel ALTER COLUMN twice DROP EXPRESSION, ALTER COLUMN number SET GENERATED BY DEFAULT")
        let plain = try await migrator.plan(for: try twice("size*2"))
        #expect(plain.steps.isEmpty)
        #expect(plain.unmanaged == ["parcel.number (identity by default)", "parcel.twice (not generated)"])
    }

    @Test func aConstraintIsMoreThanAnIndex() throws {
        let schema = try MigrationWorld.schema(
            """
            {"name": "Parcel", "indexes": {"once": {"keys": {"a": 1, "b": 1}, "options": {"unique": true, "constraint": true}}},
             "properties": {"id": {"type": "number", "id": true}, "a": "number", "b": "number"}}
            """)
        let table = try #require(
            try DesiredTables(for: schema).catalog.tables[Catalog.TableName("public", "parcel")])
        #expect(table.uniques.map { [$0.name] + $0.columns } == [["once", "a", "b"]])
        #expect(table.indexes.isEmpty)
    }
}
