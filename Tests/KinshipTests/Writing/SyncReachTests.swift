// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Copies that are kept right are shown to whoever has them: who may reach the source decides about that, and what the database can cast.
@Suite struct SyncReachTests {
    private struct World {
        let tables: TestDatabase
        let database: Database

        /// - Parameter copy: the type of the copy.
        init(_ name: String, copy: String = "text", isSynced: Bool = true, hooks: Hooks = Hooks()) async throws {
            tables = try await TestDatabase.named("sync_reach_\(name)")
            try await tables.run(
                """
                CREATE TABLE client (id serial PRIMARY KEY, name text, number int, tenant int);
                CREATE TABLE bill (id serial PRIMARY KEY, clientid int, clientname \(copy), total int);
                INSERT INTO client (name, number, tenant) VALUES ('12', 1, 1), ('34', 2, 2), ('56', 3, 1);
                """)
            let kind = copy == "text" ? "string" : copy == "int" ? "number" : "string"
            let models = [
                #"""
                {"name": "Client", "properties": {"id": {"type": "number", "id": true, "generated": true}, "name": "string", "number": "number", "tenant": "number"},
                 "relations": {"bills": {"type": "hasMany", "model": "Bill", "foreignKey": "clientId", "properties": {"\#(copy == "uuid" ? "number" : "name")": "clientName"}, "sync": \#(isSynced)}}}
                """#,
                #"""
                {"name": "Bill", "properties": {"id": {"type": "number", "id": true, "generated": true}, "clientId": "number", "clientName": "\#(kind)", "total": "number"},
                 "relations": {"client": {"type": "belongsTo", "model": "Client", "foreignKey": "clientId"}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url), hooks: hooks)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }
    }

    @Test func `Nobody gets the values of a source that is kept back`() async throws {
        var hooks = Hooks()
        hooks.access("Client") { $0.narrow(["tenant": 1]) }
        let world = try await World("access", hooks: hooks)
        let database = world.database
        try await database.create("Bill", ["clientId": 1])
        #expect(try await world.rows("SELECT id, clientid, clientname FROM bill") == "1,1,12")
        let before = try await world.rows("SELECT * FROM bill ORDER BY id")
        let attempts: [(String, () async throws -> Void)] = [
            ("create", { try await database.create("Bill", ["clientId": 2]) }),
            ("none", { try await database.create("Bill", ["clientId": 99]) }),
            ("all", { try await database.createAll("Bill", [["clientId": 1], ["clientId": 2], ["total": 1]]) }),
            ("update", { try await database.updateById("Bill", id: 1, ["clientId": 2]) }),
            ("every", { try await database.updateAll("Bill", where: [:], ["clientId": 2]) }),
            ("replace", { try await database.replaceById("Bill", id: 1, ["clientId": 2]) }),
            ("upsert", { try await database.upsert("Bill", ["id": 1, "clientId": 2]) }),
            ("either", { try await database.upsertWithWhere("Bill", where: ["id": 1], ["clientId": 2]) }),
            ("related", { try await database.createRelated("Client", id: 2, relation: "bills", ["total": 1]) }),
            ("owner", { try await database.addRelated("Bill", id: 1, relation: "client", key: 2) }),
            ("graph", { try await database.createGraph("Bill", ["clientId": 2]) }),
            ("connect", { try await database.createGraph("Bill", ["client": ["connect": 2]]) }),
            ("saved", { try await database.save("Bill", ["clientId": 2], comparedWith: .null) }),
        ]
        for (name, attempt) in attempts {
            let error = await #expect(throws: PlannerError.self, "\(name)") { try await attempt() }
            #expect(error?.code == .modelNotFound, "\(name): \(error?.message ?? "")")
        }
        #expect(try await world.rows("SELECT * FROM bill ORDER BY id") == before)
        try await database.createAll("Bill", [["clientId": 1], ["clientId": 3], ["clientId": .null], ["clientId": 1]])
        // What a graph makes itself, whoever may reach it.
        try await database.createGraph("Client", ["name": "78", "tenant": 5, "bills": [["total": 7], ["total": 8]]])
        #expect(
            try await world.rows("SELECT clientid, clientname FROM bill WHERE id > 1 ORDER BY id")
                .hasSuffix("1,12;3,56;-,-;1,12;4,78;4,78"))
        await database.close()
    }

    @Test func `The keys of what was changed don't stay`() async throws {
        let world = try await World("settings")
        try await world.database.createAll("Bill", [["clientId": 1], ["clientId": 2]])
        try await world.database.withTransaction { transaction in
            try await transaction.updateAll("Client", where: [:], ["name": "90"])
            let left = try await transaction.execute("SELECT current_setting('kinship.c0_1')")
            #expect(try left.decode(String.self, row: 0, column: 0) == "{}")
            try await transaction.updateById("Client", id: 1, ["name": "91"])
        }
        #expect(try await world.rows("SELECT clientname FROM bill ORDER BY id") == "91;90")
        await world.database.close()
    }

    @Test(arguments: [true, false])
    func `What the database can't cast is told, what it can is cast alike`(isSynced: Bool) async throws {
        // From text to numbers.
        let numbers = try await World("numbers_\(isSynced)", copy: "int", isSynced: isSynced)
        try await numbers.database.createRelated("Client", id: 1, relation: "bills", ["total": 1])
        #expect(try await numbers.rows("SELECT clientname FROM bill") == "12")
        if isSynced {
            try await numbers.database.create("Bill", ["clientId": 2])
            try await numbers.database.updateById("Client", id: 1, ["name": "13"])
            #expect(try await numbers.rows("SELECT clientname FROM bill ORDER BY id") == "13;34")
        }
        await numbers.database.close()
        let impossible = try await World("uuid_\(isSynced)", copy: "uuid", isSynced: isSynced)
        let attempts: [() async throws -> Void] =
            [{ try await impossible.database.createRelated("Client", id: 1, relation: "bills", ["total": 1]) }]
            + (isSynced
                ? [
                    { try await impossible.database.create("Bill", ["clientId": 2]) },
                    { try await impossible.database.updateById("Client", id: 1, ["number": 7]) },
                ] : [])
        for attempt in attempts {
            let error = await #expect(throws: PlannerError.self) { try await attempt() }
            #expect(error?.code == .invalidDefinition && error?.model == "Bill" && error?.property == "clientName")
        }
        #expect(try await impossible.rows("SELECT count(*) FROM bill") == "0")
        await impossible.database.close()
    }
}
