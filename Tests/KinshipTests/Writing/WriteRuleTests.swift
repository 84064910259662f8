// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What random writes found, each as small as it gets.
@Suite struct WriteRuleTests {
    private static func open(_ name: String) async throws -> (database: Database, tables: TestDatabase) {
        let tables = try await TestDatabase.named("rules_\(name)")
        try await tables.run(
            """
            CREATE TABLE owner (id int PRIMARY KEY, name text, rev int DEFAULT 1, list jsonb);
            CREATE TABLE thing (id serial PRIMARY KEY, ownerid int, ownername text, rev int DEFAULT 1);
            CREATE TABLE badge (id serial PRIMARY KEY, ownerid int, ownername text, rev int DEFAULT 1);
            INSERT INTO owner (id, name) VALUES (1, 'Ada'), (2, 'Bob');
            INSERT INTO thing (ownerid) VALUES (2);
            INSERT INTO badge (ownerid) VALUES (2);
            """)
        let id = #""id": {"type": "number", "id": true, "generated": true}"#
        let models = [
            #"""
            {"name": "Owner", "version": "rev", "properties": {"id": {"type": "number", "id": true}, "name": "string", "rev": "number", "list": "any"},
             "relations": {"pieces": {"type": "embedsMany", "model": "Piece", "property": "list"},
              "things": {"type": "hasMany", "model": "Thing", "foreignKey": "ownerId", "properties": {"name": "ownerName"}},
              "badge": {"type": "hasOne", "model": "Badge", "foreignKey": "ownerId", "properties": {"name": "ownerName"}}}}
            """#,
            #"""
            {"name": "Thing", "version": "rev", "properties": {\#(id), "ownerId": "number", "ownerName": "string", "rev": "number"},
             "relations": {"owner": {"type": "belongsTo", "model": "Owner", "foreignKey": "ownerId", "properties": {"name": "ownerName"},
              "options": {"invertProperties": true}}}}
            """#,
            #"{"name": "Badge", "version": "rev", "properties": {\#(id), "ownerId": "number", "ownerName": "string", "rev": "number"}}"#,
            #"{"name": "Piece", "base": "Model", "properties": {"id": {"type": "number", "id": true}, "s": "string"}}"#,
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        return (try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url)), tables)
    }

    @Test func `A change of embedded records that finds none changes nothing`() async throws {
        let (database, tables) = try await Self.open("none")
        for list in ["NULL", "'[]'", #"'[{"id": 1, "s": "a"}]'"#] {
            try await tables.run("UPDATE owner SET list = \(list), rev = 1 WHERE id = 1")
            let before = try await tables.run("SELECT * FROM owner WHERE id = 1")
            let error = await #expect(throws: PlannerError.self) {
                try await database.updateRelated("Owner", id: 1, relation: "pieces", key: 9, ["s": "x"])
            }
            #expect(error?.code == .modelNotFound)
            #expect(try await database.deleteRelated("Owner", id: 1, relation: "pieces", key: 9).count == 0)
            let none: JSONValue = ["s": "none"]
            #expect(
                try await database.updateAllRelated("Owner", id: 1, relation: "pieces", where: none, ["s": "y"]).count
                    == 0)
            #expect(try await database.deleteAllRelated("Owner", id: 1, relation: "pieces", where: none).count == 0)
            #expect(try await tables.run("SELECT * FROM owner WHERE id = 1") == before)
        }
        await database.close()
    }

    @Test func `The next number is the next`() async throws {
        let (database, tables) = try await Self.open("number")
        try await database.createRelated(
            "Owner", id: 1, relation: "pieces", [["id": 4, "s": "a"], ["s": "b"], ["id": 2, "s": "c"], ["s": "d"]])
        #expect(
            try await tables.run("SELECT jsonb_path_query_array(list, '$[*].id')::text FROM owner WHERE id = 1") == [
                ["[4, 5, 2, 6]"]
            ])
        await database.close()
    }

    @Test func `What becomes a record's takes its copies, and comes back as it is`() async throws {
        let (database, tables) = try await Self.open("taken")
        func record(_ graph: Graph) throws -> JSONValue { try JSONValue(parsing: try graph.firstJSON()) }
        let set = try record(try await database.setRelated("Owner", id: 1, relation: "things", keys: [1]))
        #expect(set["ownerId"] == 1 && set["ownerName"] == "Ada" && set["rev"] == 2)
        let added = try record(try await database.addRelated("Owner", id: 2, relation: "things", key: 1))
        #expect(added["ownerId"] == 2 && added["ownerName"] == "Bob" && added["rev"] == 3)
        let badge = try record(try await database.addRelated("Owner", id: 1, relation: "badge", key: 1))
        #expect(badge["ownerId"] == 1 && badge["ownerName"] == "Ada" && badge["rev"] == 2)
        #expect(try await tables.run("SELECT ownerid, ownername FROM badge") == [["1", "Ada"]])
        await database.close()
    }

    @Test func `In graphs what is copied wins over the data, of both sides`() async throws {
        let (database, tables) = try await Self.open("graph")
        try await database.createGraph(
            "Owner", ["id": 3, "name": "Cy", "things": [["ownerName": "x"]], "badge": ["ownerName": "x"]])
        try await database.createGraph("Thing", ["ownerName": "x", "owner": ["id": 4, "name": "Di"]])
        try await database.createGraph("Thing", ["owner": ["connect": 2]])
        #expect(
            try await tables.run("SELECT ownerid, ownername FROM thing WHERE id > 1 ORDER BY id")
                == [["3", "Cy"], ["4", "Di"], ["2", "Bob"]])
        #expect(try await tables.run("SELECT ownername FROM badge WHERE ownerid = 3") == [["Cy"]])
        await database.close()
    }

    @Test func `A record that isn't there has no one record, of whatever model`() async throws {
        let (database, _) = try await Self.open("empty")
        for data: JSONValue in [["ownerName": "x"], ["ownerName": "x", "rev": 5]] {
            let error = await #expect(throws: PlannerError.self) {
                try await database.updateRelated("Owner", id: 77, relation: "badge", data)
            }
            #expect(error?.code == .relationEmpty)
        }
        await database.close()
    }
}
