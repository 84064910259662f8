// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Tables of every kind take records.
@Suite struct ImportTableTests {
    @Test func `Partitioned tables, with and without conflicts`() async throws {
        let model = #"{"name": "Part", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}"#
        let world = try await BulkWorld(
            "partitioned",
            sql: """
                CREATE TABLE part (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
                CREATE TABLE part_a PARTITION OF part FOR VALUES FROM (0) TO (10); CREATE TABLE part_b PARTITION OF part FOR VALUES FROM (10) TO (20);
                """, models: [model])
        let text = "{\"id\": 1, \"name\": \"a\"}\n{\"id\": 11, \"name\": \"b\"}"
        #expect(try await world.lines(text, into: "Part").made == 2)
        let summary = try await world.lines(text + "\n{\"id\": 12, \"name\": \"c\"}", into: "Part", onConflict: .update)
        #expect((summary.made, summary.updated) == (1, 2))
        #expect(
            await refusal { try await world.lines("{\"id\": 13}\n{\"id\": 30}", into: "Part") }
                == "2 CONSTRAINT_VIOLATION")
        #expect(try await world.rows("SELECT id, name FROM part ORDER BY id") == "1,a;11,b;12,c")
    }

    @Test func `Rows go through a view, and through row-level security`() async throws {
        let models = [
            #"{"name": "Townsman", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}"#,
            #"{"name": "Guarded", "properties": {"id": {"type": "number", "id": true}, "owner": "string"}}"#,
        ]
        let world = try await BulkWorld(
            "secured",
            sql: """
                CREATE VIEW townsman AS SELECT id, name FROM city;
                CREATE TABLE guarded (id int PRIMARY KEY, owner text); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY own ON guarded USING (owner = 'me') WITH CHECK (owner = 'me');
                """, models: models)
        #expect(
            try await world.lines("{\"id\": 7, \"name\": \"x\"}\n{\"id\": 8, \"name\": \"y\"}", into: "Townsman").made
                == 2)
        #expect(
            await refusal {
                try await world.lines("{\"id\": 9, \"name\": \"x\"}\n{\"id\": 7, \"name\": \"y\"}", into: "Townsman")
            }
                == "2 CONSTRAINT_VIOLATION id city_pkey")
        #expect(try await world.lines(#"{"id": 1, "owner": "me"}"#, into: "Guarded").made == 1)
        // Who may pass by a policy isn't kept by it.
        let isKept =
            try await world.rows("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")
            == "t"
        if isKept {
            #expect(
                await refusal {
                    try await world.lines(
                        "{\"id\": 2, \"owner\": \"me\"}\n{\"id\": 3, \"owner\": \"you\"}", into: "Guarded")
                }.hasPrefix("2 SERVER_ERROR"))
        }
    }

    @Test func `Records may refer to others of the import that come later`() async throws {
        let model = """
            {"name": "Node", "properties": {"id": {"type": "number", "id": true}, "parent": "number"}}
            """
        let world = try await BulkWorld(
            "self", sql: "CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node);", models: [model])
        var text = (1..<30_000).map { "{\"id\": \($0), \"parent\": \($0 + 1)}" }.joined(separator: "\n")
        text += "\n{\"id\": 30000}"
        #expect(try await world.lines(text, into: "Node").made == 30_000)
        #expect(
            await refusal {
                try await world.lines(
                    "{\"id\": 40000, \"parent\": 1}\n{\"id\": 40001, \"parent\": 5000000}", into: "Node")
            }
                == "- CONSTRAINT_VIOLATION parent node_parent_fkey")
        #expect(try await world.lines(text, into: "Node", onConflict: .update).updated == 30_000)
    }

    @Test func `Identities and generated columns`() async throws {
        let model = """
            {"name": "Made", "strict": true, "forceId": false,
             "properties": {"id": {"type": "number", "id": true, "generated": true}, "one": "number", "two": "number"}}
            """
        let world = try await BulkWorld(
            "made",
            sql:
                "CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, one int DEFAULT 1, two int GENERATED ALWAYS AS (one * 2) STORED);",
            models: [model])
        #expect(try await world.lines("{\"one\": 4}\n{}\n{\"id\": 70, \"one\": null}", into: "Made").made == 3)
        #expect(try await world.lines("{\"id\": 70, \"one\": 5}\n{}", into: "Made", onConflict: .update).updated == 1)
        #expect(try await world.rows("SELECT id, one, two FROM made ORDER BY id") == "1,4,8;2,1,2;3,1,2;70,5,10")
        #expect(await refusal { try await world.lines(#"{"two": 1}"#, into: "Made") } == "1 VALIDATION_ERROR two")
    }

    @Test func `What is looked at at COMMIT only is refused as well`() async throws {
        let model =
            #"{"name": "Late", "properties": {"id": {"type": "number", "id": true}, "cityId": {"type": "number", "postgresql": {"columnName": "city_id"}}}}"#
        let world = try await BulkWorld(
            "late",
            sql: "CREATE TABLE late (id int PRIMARY KEY, city_id int REFERENCES city DEFERRABLE INITIALLY DEFERRED);",
            models: [model])
        #expect(
            await refusal {
                try await world.lines("{\"id\": 1, \"cityId\": 1}\n{\"id\": 2, \"cityId\": 7}", into: "Late")
            }
            .hasSuffix("CONSTRAINT_VIOLATION cityId late_city_id_fkey"))
        #expect(try await world.rows("SELECT count(*) FROM late") == "0")
    }

    @Test func `Models without a table and unknown ones are told`() async throws {
        let world = try await BulkWorld(
            "unknown", models: [#"{"name": "Bare", "base": "Model", "properties": {"a": "string"}}"#])
        #expect(await refusal { try await world.lines("{}", into: "Nobody") } == "UNKNOWN_MODEL")
        #expect(await refusal { try await world.lines("{}", into: "Bare") } == "NO_TABLE")
    }
}
