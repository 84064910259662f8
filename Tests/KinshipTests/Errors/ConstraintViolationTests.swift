// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Each SQLSTATE of class 23 as a real server raises it, with the names that the catalog has for it.
@Suite(.timeLimit(.minutes(2))) struct ConstraintViolationTests {
    private static let tables = """
        CREATE TABLE owner (id int PRIMARY KEY);
        CREATE TABLE account (id int PRIMARY KEY, email text CONSTRAINT "odd ""key"" of; mail" UNIQUE,
            owner_id int NOT NULL REFERENCES owner, age int, years int, nick text, secret text UNIQUE, tenant int, loose int,
            CONSTRAINT grown CHECK (age > 17 AND years <> age),
            UNIQUE (secret, tenant), UNIQUE (tenant, loose));
        CREATE UNIQUE INDEX by_nick ON account (lower(nick));
        CREATE UNIQUE INDEX few ON account (age) WHERE age > 100;
        CREATE TABLE "Or""ders; x" (id int PRIMARY KEY, "customer of" int CONSTRAINT "of 'whom" REFERENCES owner);
        CREATE TABLE booking (id int PRIMARY KEY, during int4range, CONSTRAINT one_at_a_time EXCLUDE USING gist (during WITH &&),
            CONSTRAINT whole CHECK (booking IS NOT NULL OR id < 100));
        CREATE TABLE ticket (id int PRIMARY KEY, number int CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED,
            owner_id int CONSTRAINT later REFERENCES owner DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE part (id int, region text NOT NULL, weight int CONSTRAINT heavy CHECK (weight > 0),
            PRIMARY KEY (id, region)) PARTITION BY LIST (region);
        CREATE TABLE part_north PARTITION OF part FOR VALUES IN ('n');
        CREATE TABLE shared (id int PRIMARY KEY, name text UNIQUE);
        CREATE TABLE bare (id int PRIMARY KEY);
        CREATE DOMAIN grade AS int CONSTRAINT best CHECK (VALUE < 7);
        CREATE TABLE pupil (id int PRIMARY KEY, mark grade);
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'not at night' USING ERRCODE = CASE NEW.id WHEN 23000 THEN '23000' ELSE '23001' END; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON pupil FOR EACH ROW WHEN (NEW.id >= 23000) EXECUTE FUNCTION refuse();
        INSERT INTO owner VALUES (1), (2);
        INSERT INTO account VALUES (1, 'ada@example.org', 1, 200, 1, 'Ada', 's', 1, 1);
        INSERT INTO "Or""ders; x" VALUES (1, 1);
        INSERT INTO booking VALUES (1, '[1,5)');
        INSERT INTO ticket VALUES (1, 1, 1);
        INSERT INTO part VALUES (1, 'n', 1);
        INSERT INTO shared VALUES (1, 'x');
        INSERT INTO bare VALUES (1);
        """

    private static let models = [
        #"{"name": "Owner", "options": {"postgresql": {"table": "owner"}}, "properties": {"id": {"type": "number", "id": true}}}"#,
        #"{"name": "Account", "options": {"postgresql": {"table": "account"}}, "hidden": ["secret"], "properties": {"id": {"type": "number", "id": true}, "email": "string", "ownerId": {"type": "number", "postgresql": {"columnName": "owner_id"}}, "age": "number", "yearsOld": {"type": "number", "postgresql": {"columnName": "years"}}, "nick": "string", "secret": "string", "tenant": "number"}}"#,
        #"{"name": "Order", "options": {"postgresql": {"table": "Or\"ders; x"}}, "properties": {"id": {"type": "number", "id": true}, "whom": {"type": "number", "postgresql": {"columnName": "customer of"}}}}"#,
        #"{"name": "Booking", "options": {"postgresql": {"table": "booking"}}, "properties": {"id": {"type": "number", "id": true}, "during": "string"}}"#,
        #"{"name": "Ticket", "options": {"postgresql": {"table": "ticket"}}, "properties": {"id": {"type": "number", "id": true}, "number": "number", "ownerId": {"type": "number", "postgresql": {"columnName": "owner_id"}}}}"#,
        #"{"name": "Part", "options": {"postgresql": {"table": "part"}}, "properties": {"id": {"type": "number", "id": 1}, "region": {"type": "string", "id": 2}, "weight": "number"}}"#,
        #"{"name": "Shared", "options": {"postgresql": {"table": "shared"}}, "properties": {"id": {"type": "number", "id": true}, "name": "string"}}"#,
        #"{"name": "AlsoShared", "options": {"postgresql": {"table": "shared"}}, "properties": {"id": {"type": "number", "id": true}, "called": {"type": "string", "postgresql": {"columnName": "name"}}}}"#,
        #"{"name": "Pupil", "options": {"postgresql": {"table": "pupil"}}, "properties": {"id": {"type": "number", "id": true}, "mark": "number"}}"#,
    ]

    /// A statement and what it comes to.
    struct Case: Sendable {
        var sql: String
        var state: String
        var kind: ConstraintViolation.Kind
        var constraint: String?
        var table: String?
        var columns: [String] = []
        var model: String?
        var properties: [String] = []
    }

    private static let cases: [Case] = [
        // Unique: one column under an odd name, a key, several columns of which one is hidden or has no property.
        Case(
            sql: "INSERT INTO account VALUES (2, 'ada@example.org', 1)", state: "23505", kind: .unique,
            constraint: #"odd "key" of; mail"#, table: "account", columns: ["email"], model: "Account",
            properties: ["email"]),
        Case(
            sql: "INSERT INTO account VALUES (1, NULL, 1)", state: "23505", kind: .unique, constraint: "account_pkey",
            table: "account", columns: ["id"], model: "Account", properties: ["id"]),
        Case(
            sql: "INSERT INTO account VALUES (2, NULL, 1, NULL, NULL, NULL, 's')", state: "23505", kind: .unique,
            constraint: "account_secret_key", table: "account", columns: ["secret"], model: "Account"),
        Case(
            sql:
                "ALTER TABLE account DROP CONSTRAINT account_secret_key; INSERT INTO account VALUES (2, NULL, 1, NULL, NULL, NULL, 's', 1)",
            state: "23505", kind: .unique, constraint: "account_secret_tenant_key", table: "account",
            columns: ["secret", "tenant"], model: "Account", properties: ["tenant"]),
        Case(
            sql: "INSERT INTO account VALUES (2, NULL, 1, NULL, NULL, NULL, NULL, 1, 1)", state: "23505", kind: .unique,
            constraint: "account_tenant_loose_key", table: "account", columns: ["tenant", "loose"], model: "Account"),
        // What an index of expressions is about has no columns; one of some rows has.
        Case(
            sql: "INSERT INTO account VALUES (2, NULL, 1, NULL, NULL, 'ADA')", state: "23505", kind: .unique,
            constraint: "by_nick", table: "account", model: "Account"),
        Case(
            sql: "INSERT INTO account VALUES (2, NULL, 1, 200)", state: "23505", kind: .unique, constraint: "few",
            table: "account", columns: ["age"], model: "Account", properties: ["age"]),
        // A foreign key from both of its ends, and under odd names.
        Case(
            sql: "INSERT INTO account VALUES (2, NULL, 9)", state: "23503", kind: .foreignKey,
            constraint: "account_owner_id_fkey", table: "account", columns: ["owner_id"], model: "Account",
            properties: ["ownerId"]),
        Case(
            sql: #"INSERT INTO "Or""ders; x" VALUES (2, 9)"#, state: "23503", kind: .foreignKey,
            constraint: "of 'whom", table: "Or\"ders; x", columns: ["customer of"], model: "Order",
            properties: ["whom"]),
        Case(
            sql: "DELETE FROM owner WHERE id = 1", state: "23503", kind: .foreignKey,
            constraint: "account_owner_id_fkey", table: "account", columns: ["owner_id"], model: "Account",
            properties: ["ownerId"]),
        Case(
            sql: "INSERT INTO account VALUES (2)", state: "23502", kind: .notNull, table: "account",
            columns: ["owner_id"], model: "Account", properties: ["ownerId"]),
        // A condition on several columns; on a whole row, what no partition takes and a domain's, which have no column.
        Case(
            sql: "INSERT INTO account VALUES (2, NULL, 1, 3, 4)", state: "23514", kind: .check, constraint: "grown",
            table: "account", columns: ["age", "years"], model: "Account", properties: ["age", "yearsOld"]),
        Case(
            sql: "INSERT INTO booking VALUES (200)", state: "23514", kind: .check, constraint: "whole",
            table: "booking", model: "Booking"),
        Case(
            sql: "INSERT INTO part VALUES (2, 'x', 1)", state: "23514", kind: .check, table: "part", model: "Part"),
        Case(sql: "INSERT INTO pupil VALUES (1, 7)", state: "23514", kind: .check, constraint: "best"),
        Case(
            sql: "INSERT INTO booking VALUES (2, '[2,3)')", state: "23P01", kind: .exclusion,
            constraint: "one_at_a_time", table: "booking", columns: ["during"], model: "Booking",
            properties: ["during"]),
        // On a partition, whose name and constraints no model knows.
        Case(
            sql: "INSERT INTO part VALUES (1, 'n', 1)", state: "23505", kind: .unique, constraint: "part_north_pkey",
            table: "part_north"),
        Case(
            sql: "INSERT INTO part VALUES (2, 'n', 0)", state: "23514", kind: .check, constraint: "heavy",
            table: "part_north"),
        Case(
            sql: "UPDATE part SET id = NULL", state: "23502", kind: .notNull, table: "part_north", columns: ["id"]),
        // Deferred to COMMIT.
        Case(
            sql: "INSERT INTO ticket VALUES (2, 1, 1)", state: "23505", kind: .unique, constraint: "late",
            table: "ticket", columns: ["number"], model: "Ticket", properties: ["number"]),
        Case(
            sql: "INSERT INTO ticket VALUES (2, 2, 9)", state: "23503", kind: .foreignKey, constraint: "later",
            table: "ticket", columns: ["owner_id"], model: "Ticket", properties: ["ownerId"]),
        // A table of two models is neither's, one of none nobody's.
        Case(
            sql: "INSERT INTO shared VALUES (2, 'x')", state: "23505", kind: .unique, constraint: "shared_name_key",
            table: "shared", columns: ["name"]),
        Case(
            sql: "INSERT INTO bare VALUES (1)", state: "23505", kind: .unique, constraint: "bare_pkey", table: "bare"),
        // What a function of the database raises.
        Case(sql: "INSERT INTO pupil VALUES (23000)", state: "23000", kind: .other),
        Case(sql: "INSERT INTO pupil VALUES (23001)", state: "23001", kind: .foreignKey),
    ]

    private func check(_ database: Database, role: String? = nil) async throws {
        for expected in Self.cases {
            let error = await #expect(throws: PostgresError.self, "\(expected.sql)") {
                try await database.pool.withConnection { connection in
                    try await connection.withTransaction { connection in
                        if let role { try await connection.execute(Statement("SET LOCAL ROLE \(role)")) }
                        for sql in expected.sql.split(separator: "; INSERT").enumerated() {
                            let text = sql.offset == 0 ? String(sql.element) : "INSERT" + sql.element
                            if role != nil, text.hasPrefix("ALTER") {
                                try await connection.execute(Statement("RESET ROLE"))
                            }
                            try await connection.execute(Statement(text))
                        }
                    }
                }
            }
            let violation = ConstraintViolation(try #require(error), in: database.schema)
            let found = try #require(violation, "\(expected.sql): \(String(describing: error))")
            #expect(found.underlying.sqlState == expected.state, "\(expected.sql)")
            #expect(found.kind == expected.kind, "\(expected.sql)")
            #expect(found.constraint == expected.constraint, "\(expected.sql)")
            #expect(found.table?.name == expected.table, "\(expected.sql)")
            #expect(found.columns == expected.columns, "\(expected.sql)")
            #expect(found.model == expected.model, "\(expected.sql)")
            #expect(found.properties == expected.properties, "\(expected.sql)")
            let report = ErrorReport(found.underlying, in: database.schema)
            #expect(report == found.report && report == ErrorReport(found))
            #expect(report.code == "CONSTRAINT_VIOLATION" && report.status == 409 && report.fault == .conflict)
            #expect(report.sqlState == expected.state && report.fault.exitCode == 65)
            // Without a schema there is what the server says, and no more.
            let bare = try #require(ConstraintViolation(found.underlying, in: nil))
            #expect(bare.kind == expected.kind && bare.constraint == expected.constraint && bare.model == nil)
            #expect(bare.properties.isEmpty)
        }
    }

    @Test func `Each SQLSTATE of class 23 names what the catalog knows of it`() async throws {
        try await TypeFixture.with("violations", Self.tables, Self.models) { database, _ in
            try await check(database)
            let kinds = Set(Self.cases.map(\.kind))
            #expect(kinds == Set(ConstraintViolation.Kind.allCases))
        }
    }

    @Test func `So it is for a role that may read nothing`() async throws {
        try await TypeFixture.with(
            "violations_role",
            Self.tables + "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO pg_signal_backend;",
            Self.models
        ) { database, _ in
            // `WHERE` needs what it reads.
            _ = try await database.pool.execute(Statement("GRANT SELECT (id) ON owner TO pg_signal_backend"))
            try await check(database, role: "pg_signal_backend")
        }
    }

    @Test func `Of several models in a table the one that is written is meant`() async throws {
        try await TypeFixture.with("violations_shared", Self.tables, Self.models) { database, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.execute(Statement("INSERT INTO shared VALUES (2, 'x')"))
            }
            let found = try #require(error)
            let schema = database.schema
            for (name, property) in [("Shared", "name"), ("AlsoShared", "called")] {
                let violation = ConstraintViolation(found, in: schema, writing: schema.model(name))
                #expect(violation?.model == name && violation?.properties == [property])
            }
            // A trigger may have written elsewhere: the model that was meant is not the one of the table then.
            #expect(ConstraintViolation(found, in: schema, writing: schema.model("Owner"))?.model == nil)
            #expect(
                ErrorReport(found, in: schema).json.description
                    == #"{"code":"CONSTRAINT_VIOLATION","status":409,"message":"duplicate key value violates unique constraint \"shared_name_key\" (SQLSTATE 23505)","constraint":"shared_name_key","sqlState":"23505"}"#
            )
        }
    }
}
