// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Whatever part of what names a source of copies is written: the copy comes from the row that all of it names, and from none that is kept
/// back.
@Suite struct SyncKeyTests {
    /// Sites have a key of two parts, owners are persons or firms by a type, and clients are named by a code; each is kept back where its
    /// name begins with "secret".
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String) async throws {
            tables = try await TestDatabase.named("sync_key_\(name)")
            try await tables.run(
                """
                CREATE TABLE site (country text, number int, name text, PRIMARY KEY (country, number));
                CREATE TABLE person (id int PRIMARY KEY, name text);
                CREATE TABLE firm (id int PRIMARY KEY, name text);
                CREATE TABLE client (id int PRIMARY KEY, code text UNIQUE, name text);
                CREATE TABLE visit (id int PRIMARY KEY, country text, number int, sitename text, ownerid int, ownertype text, ownername text, code text, clientname text, n int);
                INSERT INTO site VALUES ('de', 1, 'one'), ('de', 2, 'two'), ('fr', 1, 'secret one'), ('de', 9, 'secret nine');
                INSERT INTO person VALUES (1, 'Ann'), (2, 'secret Bob'), (3, 'Cy');
                INSERT INTO firm VALUES (1, 'secret Firm'), (2, 'Works'), (3, 'Mill');
                INSERT INTO client VALUES (1, 'a', 'A'), (2, 'b', 'secret B');
                INSERT INTO visit VALUES (1, 'de', 1, 'one', 1, 'Person', 'Ann', 'a', 'A', 1), (2, 'de', 2, 'two', 2, 'Firm', 'Works', NULL, NULL, 1);
                """)
            let models = [
                #"""
                {"name": "Site", "properties": {"country": {"type": "string", "id": 1}, "number": {"type": "number", "id": 2}, "name": "string"},
                 "relations": {"visits": {"type": "hasMany", "model": "Visit", "foreignKey": ["country", "number"], "properties": {"name": "siteName"}, "sync": true}}}
                """#,
                #"""
                {"name": "Person", "properties": {"id": {"type": "number", "id": true}, "name": "string"},
                 "relations": {"visits": {"type": "hasMany", "model": "Visit", "polymorphic": "owner", "properties": {"name": "ownerName"}, "sync": true}}}
                """#,
                #"""
                {"name": "Firm", "properties": {"id": {"type": "number", "id": true}, "name": "string"},
                 "relations": {"visits": {"type": "hasMany", "model": "Visit", "polymorphic": "owner", "properties": {"name": "ownerName"}, "sync": true}}}
                """#,
                #"""
                {"name": "Client", "properties": {"id": {"type": "number", "id": true}, "code": "string", "name": "string"},
                 "relations": {"visits": {"type": "hasMany", "model": "Visit", "foreignKey": "code", "primaryKey": "code", "properties": {"name": "clientName"}, "sync": true}}}
                """#,
                #"""
                {"name": "Visit", "properties": {"id": {"type": "number", "id": true}, "country": "string", "number": "number", "siteName": "string",
                  "ownerId": "number", "ownerType": "string", "ownerName": "string", "code": "string", "clientName": "string", "n": "number"},
                 "relations": {"client": {"type": "belongsTo", "model": "Client", "foreignKey": "code", "primaryKey": "code"},
                  "owner": {"type": "belongsTo", "polymorphic": true}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            var hooks = Hooks()
            for model in ["Site", "Person", "Firm", "Client"] {
                hooks.access(model) { $0.narrow(["name": ["nlike": "secret%"]]) }
            }
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url), hooks: hooks)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        func visits() async throws -> String {
            try await rows(
                "SELECT id, country, number, sitename, ownerid, ownertype, ownername, code, clientname FROM visit ORDER BY id"
            )
        }
    }

    @Test func `A part of what names a source leads to none that is kept back`() async throws {
        let world = try await World("parts")
        let database = world.database
        let before = try await world.visits()
        let changes: [(Int, JSONValue)] = [
            (1, ["country": "fr"]), (1, ["number": 9]), (1, ["$inc": ["number": 8]]), (1, ["ownerId": 2]),
            (1, ["ownerType": "Firm"]), (2, ["ownerId": 1]), (2, ["ownerType": "Person"]), (1, ["code": "b"]),
            (1, ["ownerType": "firm", "ownerId": 1]), (1, ["number": 77]),
        ]
        for (id, change) in changes {
            let key = JSONValue.number("\(id)")
            let attempts: [(String, () async throws -> Void)] = [
                ("update", { try await database.updateById("Visit", id: key, change) }),
                ("all", { try await database.updateAll("Visit", where: ["id": key], change) }),
                ("graph", { try await database.updateGraph("Visit", id: key, change) }),
                (
                    "transaction",
                    {
                        try await database.withTransaction { transaction in
                            let error = await #expect(throws: PlannerError.self) {
                                try await transaction.updateById("Visit", id: key, change)
                            }
                            // What is refused is undone, and the transaction goes on.
                            try await transaction.updateById("Visit", id: key, ["n": 1])
                            if let error { throw error }
                        }
                    }
                ),
            ]
            for (name, attempt) in attempts {
                let error = await #expect(throws: PlannerError.self, "\(name) \(change)") { try await attempt() }
                #expect(error?.code == .modelNotFound, "\(name) \(change): \(error?.message ?? "")")
                #expect(try await world.visits() == before, "\(name) \(change)")
            }
        }
        await database.close()
    }

    @Test func `The copy is that of the row which all of the key names`() async throws {
        let world = try await World("right")
        let database = world.database
        try await database.updateById("Visit", id: 1, ["number": 2])
        try await database.updateById("Visit", id: 1, ["ownerId": 3])
        #expect(try await world.visits().hasPrefix("1,de,2,two,3,Person,Cy,a,A;"))
        try await database.updateById("Visit", id: 1, ["ownerType": "Firm"])
        try await database.updateAll("Visit", where: ["id": 2], ["$inc": ["number": -1]])
        #expect(try await world.visits() == "1,de,2,two,3,Firm,Mill,a,A;2,de,1,one,2,Firm,Works,-,-")
        // A type that says another model, and nobody.
        try await database.updateById("Visit", id: 1, ["ownerId": .null])
        try await database.updateById("Visit", id: 2, ["country": .null])
        #expect(try await world.rows("SELECT ownerid, country FROM visit ORDER BY id") == "-,de;2,-")
        await database.close()
    }

    @Test func `A relation that names nobody lets no key beside it pass`() async throws {
        let world = try await World("beside")
        let database = world.database
        let before = try await world.visits()
        let graphs: [JSONValue] = [
            ["id": 5, "code": "b", "client": ["connect": []]], ["id": 5, "code": "b", "client": ["create": []]],
            ["id": 5, "code": "b", "client": []], ["id": 5, "code": "b", "client": .null],
            ["id": 5, "code": "b", "client": ["connect": false]], ["id": 5, "code": "b"],
            ["id": 5, "ownerId": 2, "ownerType": "Person", "owner": ["Person": ["connect": []]]],
            // What was looked at is a person, and no firm.
            ["id": 5, "ownerId": 1, "ownerType": "Firm"],
        ]
        for graph in graphs {
            let told = await told { try await database.createGraph("Visit", graph).text }
            #expect(told == "MODEL_NOT_FOUND", "\(graph): \(told)")
            #expect(try await world.visits() == before)
        }
        try await database.createGraph("Visit", ["id": 6, "code": "a", "client": ["connect": []]])
        // What the graph makes itself counts, whoever may reach it.
        try await database.createGraph(
            "Visit", ["id": 7, "client": ["create": ["id": 9, "code": "z", "name": "secret Z"]]])
        try await database.createGraph(
            "Client", ["id": 8, "code": "y", "name": "secret Y", "visits": [["id": 8, "code": "y"]]])
        #expect(
            try await world.rows("SELECT id, clientname FROM visit WHERE id > 5 ORDER BY id")
                == "6,A;7,secret Z;8,secret Y")
        await database.close()
    }
}
