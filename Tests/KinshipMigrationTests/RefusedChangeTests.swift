// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import TestSupport
import Testing

private typealias World = MigrationWorld

/// What is refused: nothing is changed by it, and what stands against it is shown.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RefusedChangeTests {
    @Test(arguments: MigrationCase.all.filter { $0.expect["refused"] != nil && $0.isChange })
    func refusedChangesKeepAllValues(_ example: MigrationCase) async throws {
        let world = try await World("migration_refused")
        for step in MigrationPlan(from: TableCatalog(), to: DesiredTables(exactly: example.left)).steps {
            for statement in step.statements { try await world.run(statement.sql) }
        }
        try await world.run(try #require(example.input["data"]?.text))
        try await ExpectedRows(before: example).check(in: world.database)
        let migrator = try world.migrator
        try await migrator.baseline(try example.schema("before"))
        let error = await #expect(throws: MigratorError.self) { try await migrator.apply(try example.schema()) }
        let refused = try #require(example.expect["refused"]?.text)
        let problems = if case .refused(let found)? = error { found } else { [MigrationProblem]() }
        #expect(problems.count == 1, "\(example): \(problems)")
        let problem = try #require(problems.first)
        if refused.hasPrefix("without") {
            #expect(refused == "without --allow-loss \(problem.subject)")
        } else {
            #expect(refused.hasPrefix(problem.code.rawValue + ":"), "\(example): \(problem)")
        }
        try await ExpectedRows(before: example).check(in: world.database)
        if example.name == "text-to-number" {
            #expect(
                problem.message
                    == "person.age would change from text to integer, and \"about 40\" (id = 2) is no integer. Correct the values and allow it with --allow-loss person.age, or give Person.age the type text."
            )
        }
    }

    private static let types: [(type: String, good: [String], bad: String)] = [
        ("integer", ["1", " -20 ", "2147483647"], "2147483648"), ("bigint", ["9223372036854775807"], "1.5"),
        ("smallint", ["32767"], "40000"), ("numeric(5,2)", ["999.99", "1e2", "NaN"], "1000"),
        ("double precision", ["1e300", "-0.5", "Infinity"], "1e400"), ("boolean", ["yes", "TRUE", "of", "0"], "maybe"),
        ("date", ["2026-02-28", "2024-02-29", "Jan 5, 2026"], "2026-02-29"),
        ("timestamp with time zone", ["2026-11-30 10:15:00+02", "2026-11-30T10:15:00Z"], "2026-11-30 25:00"),
        ("uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}"], "a0eebc99"),
    ]

    /// Asked of the server at once, or one by one where it can't say it: both find the same.
    @Test(arguments: 0..<9) func theFirstValueThatDoesNotFitIsShown(index: Int) async throws {
        #expect(Self.types.count == 9)
        let (type, good, bad) = Self.types[index]
        let world = try await World("migration_unfit")
        let values = (good + [bad, bad]).enumerated().map { "('k\($0.offset)', 'x', '\($0.element)')" }
        try await world.run(
            #"""
            CREATE TABLE thing (code text, "part ""a""" text, value text, PRIMARY KEY (code, "part ""a"""));
            INSERT INTO thing VALUES \#(values.joined(separator: ", ")), ('', 'x', NULL)
            """#)
        let schema = try World.schema(
            #"""
            {"name": "Thing", "properties": {"code": {"type": "string", "id": 1},
                "part": {"type": "string", "id": 2, "postgresql": {"columnName": "part \"a\""}},
                "value": {"type": "any", "postgresql": {"dataType": "\#(type)"}}}}
            """#)
        let plan = try await world.migrator.plan(for: schema)
        #expect(plan.problems.map(\.code) == [.typeChange], "\(plan.problems)")
        let key = "code = k\(good.count), part \"a\" = x"
        #expect(
            plan.problems.first?.message.contains(", and \"\(bad)\" (\(key)) is no \(type).") == true,
            "\(plan.problems)")
        // The way of older servers: what isn't surely a value is a candidate, and good ones that are odd are tried.
        let change = try #require(plan.refusedChanges.first)
        #expect(change.isOfTexts)
        let candidates = try await world.run(change.query(isExact: false, limit: 100)).compactMap { $0.first ?? nil }
        #expect(candidates.suffix(2) == [bad, bad] && Set(candidates).isSubset(of: Set(good + [bad])))
        // Where all fit nothing is made up.
        try await world.run("DELETE FROM thing WHERE value = '\(bad)'")
        let clean = try await world.migrator.plan(for: schema)
        #expect(clean.problems.first?.message.contains("which not all of its values may fit") == true)
        let allowed = try world.migrator { $0.allowingLoss = ["thing.value"] }
        try await allowed.apply(schema)
        #expect(try await world.run("SELECT count(value) FROM thing") == [[String(good.count)]])
    }

    @Test func valuesThatOthersMayNotSeeAreNotShown() async throws {
        var world = try await World("migration_unfit_hidden")
        try await World.makeRole("migration_unfit_role", on: world.database)
        try await world.run(
            """
            CREATE TABLE person (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, age text);
            INSERT INTO person (age) VALUES ('secret');
            ALTER TABLE person OWNER TO migration_unfit_role;
            ALTER TABLE person ENABLE ROW LEVEL SECURITY;
            ALTER TABLE person FORCE ROW LEVEL SECURITY;
            """)
        world.role = "migration_unfit_role"
        let plan = try await world.migrator.plan(
            for: try World.schema(#"{"name": "Person", "properties": {"age": "number"}}"#))
        #expect(plan.problems.map(\.code) == [.typeChange])
        #expect(plan.problems.first?.message.contains("secret") == false)
    }

    @Test func valuesOfRenamedColumnsAreFoundWhereTheyAre() async throws {
        var world = try await World("migration_unfit_renamed")
        try await world.run(
            """
            CREATE TABLE human (number bigint PRIMARY KEY, age text);
            INSERT INTO human VALUES (7, 'old');
            """)
        world.options.desired.renames = [
            "human": "Person", "Person.number": "Person.id", "Person.age": "Person.years",
        ]
        let plan = try await world.migrator.plan(
            for: try World.schema(
                #"{"name": "Person", "properties": {"id": {"type": "number", "id": true}, "years": "number"}}"#))
        #expect(plan.problems.map(\.subject) == ["person.years"], "\(plan.problems)")
        #expect(
            plan.problems.first?.message.contains("\"old\" (number = 7) is no integer") == true, "\(plan.problems)")
    }
}
