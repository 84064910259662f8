// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigrator
import Libpq
import Logging
import TestSupport
import Testing

/// What stands on tables, is built at the moment, or was there before: told, waited for, adopted.
@Suite(.serialized, .timeLimit(.minutes(4))) struct MigrationSurroundingsTests {
    private typealias World = MigrationWorld
    private static let person = #"{"name": "Person", "properties": {"name": "string", "age": "number"}}"#
    private static let younger = #"{"name": "Person", "properties": {"name": "string"}}"#
    private static let wider =
        #"{"name": "Person", "properties": {"name": "string", "age": {"type": "number", "postgresql": {"dataType": "bigint"}}}}"#

    private func world() async throws -> World { try await World("migration_surroundings") }

    // MARK: What stands on a column

    struct Dependent: Sendable, CustomStringConvertible {
        var sql: String
        var name: String
        var blocksType = true
        /// Whether the server takes it with the column.
        var goes = false
        var description: String { name }
    }

    static let dependents = [
        Dependent(sql: "CREATE VIEW elders AS SELECT name FROM person WHERE age > 60", name: "view elders"),
        Dependent(
            sql: "CREATE MATERIALIZED VIEW ages AS SELECT age FROM person", name: "materialized view ages"),
        Dependent(
            sql: "CREATE RULE old AS ON UPDATE TO person WHERE new.age > 99 DO INSTEAD NOTHING",
            name: "rule old on table person"),
        Dependent(
            sql: "CREATE POLICY grown ON person USING (age > 17)", name: "policy grown on table person"),
        Dependent(
            sql: """
                CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
                CREATE TRIGGER aged BEFORE UPDATE OF age ON person FOR EACH ROW EXECUTE FUNCTION f()
                """, name: "trigger aged on table person"),
        Dependent(
            sql: "CREATE FUNCTION oldest() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT max(age) FROM person; END",
            name: "function oldest()"),
        Dependent(
            sql: "CREATE INDEX person_born ON person ((2026 - age))", name: "index person_born", blocksType: false,
            goes: true),
        Dependent(
            sql: "ALTER TABLE person ADD CONSTRAINT grown CHECK (age > 17 OR name <> '')",
            name: "constraint grown on table person", blocksType: false, goes: true),
        Dependent(
            sql: "CREATE STATISTICS both_of ON name, age FROM person", name: "statistics object both_of",
            blocksType: false,
            goes: true),
        Dependent(
            sql: "ALTER TABLE person ADD UNIQUE (age); CREATE TABLE other (age int REFERENCES person (age))",
            name: "constraint other_age_fkey on table other", blocksType: false),
    ]

    @Test(arguments: dependents)
    func whatStandsOnAColumnIsTold(_ dependent: Dependent) async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.person))
        try await world.run(dependent.sql)
        let drop = try await world.migrator.plan(for: try World.schema(Self.younger))
        if dependent.goes {
            #expect(drop.problems.isEmpty)
            #expect(drop.steps.flatMap(\.alsoDrops).contains(dependent.name), "\(drop.steps.flatMap(\.alsoDrops))")
            #expect(drop.description.contains("takes ") && drop.description.contains(dependent.name))
            try await world.migrator.apply(try World.schema(Self.younger))
            return
        }
        #expect(drop.problems.map(\.code) == [.dependent])
        #expect(drop.problems.first?.message.contains(dependent.name) == true, "\(drop.problems)")
        await #expect(throws: MigratorError.self) { try await world.migrator.apply(try World.schema(Self.younger)) }
        // The server says the same.
        await #expect(throws: TestSession.Failure.self) { try await world.run("ALTER TABLE person DROP COLUMN age") }
        let type = try await world.migrator.plan(for: try World.schema(Self.wider))
        #expect(type.problems.map(\.code).contains(.dependent) == dependent.blocksType, "\(type.problems)")
        if dependent.blocksType {
            #expect(type.problems.first?.message.contains(dependent.name) == true)
            await #expect(throws: TestSession.Failure.self) {
                try await world.run("ALTER TABLE person ALTER age TYPE bigint")
            }
        }
    }

    @Test func generatedColumnsStandInTheWayOfTypes() async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.person))
        try await world.run("ALTER TABLE person ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) STORED")
        let plan = try await world.migrator.plan(for: try World.schema(Self.wider))
        #expect(plan.problems.map(\.code) == [.dependent])
        #expect(plan.problems.first?.message.contains("column twice of table person") == true)
        let drop = try await world.migrator.plan(for: try World.schema(Self.younger))
        let told = drop.problems.map(\.message) + drop.steps.flatMap(\.alsoDrops)
        #expect(told.contains { $0.contains("column twice of table person") })
    }

    @Test func whatStandsOnATableIsTold() async throws {
        let world = try await world()
        let both = try World.schema(Self.person, #"{"name": "Parcel"}"#)
        try await world.migrator.apply(both)
        try await world.run(
            """
            CREATE VIEW parcels AS SELECT * FROM parcel;
            CREATE TABLE stamp (parcel bigint REFERENCES parcel);
            CREATE FUNCTION weigh(parcel) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE PUBLICATION all_parcels FOR TABLE parcel
            """)
        let allowed = try world.migrator { $0.allowingLoss = ["parcel"] }
        let plan = try await allowed.plan(for: try World.schema(Self.person))
        #expect(plan.problems.map(\.code) == [.dependent])
        let message = try #require(plan.problems.first?.message)
        for name in ["view parcels", "constraint stamp_parcel_fkey on table stamp", "function weigh(parcel)"] {
            #expect(message.contains(name), "\(message)")
        }
        #expect(plan.steps.flatMap(\.alsoDrops) == ["publication of table parcel in publication all_parcels"])
        try await world.run("DROP VIEW parcels; DROP TABLE stamp; DROP FUNCTION weigh")
        #expect(try await allowed.apply(try World.schema(Self.person)).lines == ["drop table parcel"])
        try await world.run("DROP PUBLICATION all_parcels")
    }

    @Test func columnsOfPublicationsAreTold() async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.person))
        guard try await world.run("SELECT current_setting('server_version_num')::int >= 150000") == [["t"]] else {
            return
        }
        try await world.run("CREATE PUBLICATION ages_only FOR TABLE person (id, age)")
        let plan = try await world.migrator.plan(for: try World.schema(Self.younger))
        #expect(plan.problems.first?.message.contains("publication of table person in publication ages_only") == true)
        try await world.run("DROP PUBLICATION ages_only")
    }

    // MARK: Builds

    @Test func aBuildOfAnotherSessionIsWaitedFor() async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.person))
        try await world.run("INSERT INTO person (name) SELECT 'Ann' FROM generate_series(1, 100)")
        let indexed = try World.schema(
            #"{"name": "Person", "properties": {"name": {"type": "string", "index": true}, "age": "number"}}"#)
        let file = try World.file("20261130000001_x", "CREATE INDEX CONCURRENTLY person_name_idx ON person (name);")
        let (writer, builder) = (try await world.connection(), try await world.connection())
        defer { for connection in [writer, builder] { connection.close() } }
        try await writer.execute(Statement("BEGIN", preparation: .unnamed))
        try await writer.execute(Statement("UPDATE person SET age = 1 WHERE id = 1", preparation: .unnamed))
        async let build = builder.execute(
            Statement("CREATE INDEX CONCURRENTLY person_name_idx ON person (name)", preparation: .unnamed))
        let isBuilding = try await eventually {
            try await world.run("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [["1"]]
        }
        #expect(isBuilding)
        let plan = try await world.migrator.plan(for: indexed)
        #expect(plan.problems.map(\.code) == [.building])
        #expect(plan.problems.first?.message.contains("pg_cancel_backend(") == true)
        #expect(!plan.lines.contains { $0.hasPrefix("drop") })
        let error = await #expect(throws: MigratorError.self) { try await world.migrator.apply(indexed) }
        #expect(World.codes(error) == [.building])
        let patient = try world.migrator { $0.patience = .seconds(60) }
        async let applied = patient.apply(indexed)
        try await writer.execute(Statement("COMMIT", preparation: .unnamed))
        _ = try await build
        #expect(try await applied.steps.isEmpty)
        #expect(try await world.run("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [["0"]])
        // As a file that was stopped while the server went on.
        try await world.run(
            """
            INSERT INTO kinship_migration (name, checksum, sql, state) VALUES ('\(file.name)', '', '', '{"tables": {}}');
            """)
        #expect(try await world.migrator.apply([file]) == [file.name])
    }

    @Test func whatAKilledBuildLeftIsBuiltAnew() async throws {
        let world = try await world()
        try await world.migrator.apply(try World.schema(Self.person))
        try await world.run("INSERT INTO person (name) VALUES ('Ann'), ('Ann')")
        await #expect(throws: TestSession.Failure.self) {
            try await world.run("CREATE UNIQUE INDEX CONCURRENTLY person_name_idx ON person (name)")
        }
        // It isn't what the models ask for, so it is a person's; theirs gets another name.
        let indexed = try World.schema(
            #"{"name": "Person", "properties": {"name": {"type": "string", "index": true}, "age": "number"}}"#)
        let plan = try await world.migrator.apply(indexed)
        #expect(plan.lines == ["create index person.person_name_idx1"])
        #expect(plan.unmanaged == ["person.person_name_idx"])
        // What would be theirs is taken away first.
        let unique = try World.schema(
            #"{"name": "Person", "properties": {"name": {"type": "string", "index": {"unique": true}}, "age": "number"}}"#
        )
        try await world.run("DELETE FROM person WHERE id = 2")
        #expect(try await world.migrator.plan(for: unique).lines.first == "drop invalid index person.person_name_idx")
        try await world.migrator.apply(unique)
        #expect(try await world.migrator.plan(for: unique).steps.isEmpty)
    }

    // MARK: Types

    @Test func typesAreThemselvesHoweverTheyAreWritten() async throws {
        let world = try await world()
        try await world.run(
            """
            CREATE SCHEMA other; CREATE SCHEMA "Odd One";
            CREATE TYPE "My Type" AS ENUM ('a'); CREATE TYPE mood AS ENUM ('b'); CREATE TYPE other.mood AS ENUM ('c');
            CREATE TYPE "Odd One"."My ""x"" Mood" AS ENUM ('d'); CREATE DOMAIN other.short AS varchar(5)
            """)
        let types = [
            #""My Type""#, #""My Type"[]"#, #"public."My Type""#, "mood", "public.mood", "other.mood", "OTHER.MOOD",
            "other.mood[]",
            #""other".mood"#, #""other"."mood"[]"#, #""Odd One"."My ""x"" Mood""#, "other.short", "interval",
            "interval day to second",
            "INTERVAL  DAY TO SECOND (3)", "interval(2)", "interval year to month", "interval year",
            "interval day to second[]",
            "timestamp(3)", "timestamptz(0)", "timestamp (3) with time zone", "timestamp", "time(1)", "timetz(2)",
            "timestamp(9)",
            "float(24)", "float(53)", "float8", "real", "decimal(5)", "numeric", "dec(9,2)", "numeric(6,2)[]",
            "varchar", "varchar(4)[]",
            "character varying (7)", "char", "char(3)", "bpchar", #""char""#, "bit", "bit(3)", "varbit(3)",
            "bit varying", "int", "int4[]",
            "bool", "json", "jsonb", "xml", "inet", "macaddr8", "tsvector", "int4range", "daterange", "money", "oid",
            "regclass",
            "uuid[]", "text[][]", "integer array", "name", "pg_catalog.int8", "public.mood[]",
        ]
        for (position, type) in types.enumerated() {
            let model = JSONValue.object([
                .init("name", .string("T\(position)")),
                .init(
                    "properties",
                    .object([
                        .init(
                            "v",
                            .object([
                                .init("type", "any"), .init("postgresql", .object([.init("dataType", .string(type))])),
                            ]))
                    ])),
            ])
            let schema = try Schema(uncheckedScopes: [try ModelDefinition(model)])
            try await world.migrator.apply(schema)
            try await world.run("INSERT INTO t\(position) DEFAULT VALUES")
            let again = try await world.migrator.plan(for: schema)
            #expect(again.steps.isEmpty && again.problems.isEmpty, "\(type): \(again.lines) \(again.problems)")
            let file = try MigrationFile(
                name: "20261130000001_x", from: DesiredTables(for: schema).catalog, to: try DesiredTables(for: schema))
            #expect(file.units.isEmpty, "\(type)")
        }
        // Types that only look alike are two.
        let mood = #"{"name": "M", "properties": {"v": {"type": "string", "postgresql": {"dataType": "mood"}}}}"#
        try await world.migrator.apply(try World.schema(mood))
        try await world.run("INSERT INTO m (v) VALUES ('b')")
        let moved = try await world.migrator.plan(
            for: try World.schema(mood.replacing("\"mood\"", with: "\"other.mood\"")))
        #expect(moved.problems.map(\.code) == [.typeChange])
    }

    // MARK: Adoption

    @Test func tablesThatFitNeedNothing() async throws {
        let world = try await world()
        try await world.run(
            """
            CREATE SCHEMA sales; CREATE SCHEMA crm;
            CREATE TABLE crm.clients ("Id" serial PRIMARY KEY, full_name varchar(80) NOT NULL, created timestamptz DEFAULT now(),
                boss int REFERENCES crm.clients ON DELETE SET NULL);
            CREATE INDEX clients_boss ON crm.clients (boss) INCLUDE (full_name);
            CREATE TABLE sales.tag (id serial PRIMARY KEY, label text);
            CREATE TABLE sales.client_tag (id serial PRIMARY KEY, client_id int NOT NULL REFERENCES crm.clients ON DELETE CASCADE,
                tag_id int NOT NULL REFERENCES sales.tag, UNIQUE (client_id, tag_id));
            CREATE INDEX by_tag ON sales.client_tag (tag_id, client_id);
            CREATE TABLE sales.bill (no uuid PRIMARY KEY DEFAULT gen_random_uuid(), client int REFERENCES crm.clients DEFERRABLE,
                total numeric(12,2), state text CHECK (state IN ('open', 'paid')));
            CREATE INDEX ON sales.bill (client);
            INSERT INTO crm.clients (full_name) VALUES ('Ann')
            """)
        let models = [
            #"{"name": "Entry", "abstract": true, "properties": {"created": "date", "note": "string", "secret": "string"}}"#,
            #"""
            {"name": "Client", "base": "Entry", "options": {"postgresql": {"schema": "crm", "table": "clients"}},
             "properties": {"id": {"type": "number", "id": true, "generated": true, "postgresql": {"columnName": "Id"}},
               "fullName": {"type": "string", "required": true, "length": 80, "postgresql": {"columnName": "full_name"}},
               "bossId": {"type": "number", "postgresql": {"columnName": "boss"}}, "note": false, "secret": null},
             "relations": {"boss": {"type": "belongsTo", "model": "Client", "foreignKey": "bossId"},
               "tags": {"type": "hasMany", "model": "Tag", "through": "ClientTag", "foreignKey": "clientId", "keyThrough": "tagId"},
               "bills": {"type": "hasMany", "model": "Bill", "foreignKey": "client"}}}
            """#,
            #"""
            {"name": "Tag", "options": {"postgresql": {"schema": "sales", "table": "tag"}}, "properties": {"label": "string"},
             "relations": {"clients": {"type": "hasMany", "model": "Client", "through": "ClientTag", "foreignKey": "tagId", "keyThrough": "clientId"}}}
            """#,
            #"""
            {"name": "ClientTag", "options": {"postgresql": {"schema": "sales", "table": "client_tag"}},
             "properties": {"clientId": {"type": "number", "required": true, "postgresql": {"columnName": "client_id"}},
               "tagId": {"type": "number", "required": true, "postgresql": {"columnName": "tag_id"}}},
             "relations": {"client": {"type": "belongsTo", "model": "Client", "foreignKey": "clientId"},
               "tag": {"type": "belongsTo", "model": "Tag", "foreignKey": "tagId"}}}
            """#,
            #"""
            {"name": "Bill", "options": {"postgresql": {"schema": "sales", "table": "bill"}},
             "properties": {"no": {"type": "string", "id": true, "generated": true, "postgresql": {"dataType": "uuid"}},
               "client": "number", "total": {"type": "number", "postgresql": {"dataType": "numeric", "dataPrecision": 12, "dataScale": 2}},
               "state": {"type": "string", "enum": ["open", "paid"]}}}
            """#,
        ]
        let schema = try Schema(uncheckedScopes: models.map { try ModelDefinition(json: Array($0.utf8)) })
        let plan = try await world.migrator.plan(for: schema)
        #expect(plan.steps.isEmpty && plan.problems.isEmpty, "\(plan.lines) \(plan.problems)")
        #expect(plan.unmanaged == ["crm.clients.created (default)", "sales.client_tag.by_tag"])
        try await world.migrator.apply(schema)
        try await world.migrator.baseline(schema)
        #expect(try await world.migrator.plan(for: schema).steps.isEmpty)
        #expect(try await world.run("SELECT full_name FROM crm.clients") == [["Ann"]])
    }
}
