// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// An access hook decides which records may be reached, whichever way leads to them.
@Suite(.serialized) struct AccessTests {
    @TaskLocal static var status = "open"

    private func hooks(_ log: HookLog = HookLog()) -> Hooks {
        var hooks = Hooks()
        hooks.access("Order") { access in
            log.tell(access.model)
            guard AccessTests.status != "all" else { return }
            access.narrow(["status": .string(AccessTests.status)])
        }
        return hooks
    }

    private func ids(_ graph: Graph) throws -> String {
        (try JSONValue(parsing: try graph.json()).elements ?? []).map { $0["id"]?.description ?? "" }.joined(
            separator: ",")
    }

    @Test func `Reads of every kind`() async throws {
        let world = try await WritingWorld("access_reads", hooks: hooks())
        let database = world.database
        #expect(try ids(try await database.find("Order")) == "11,21,99")
        #expect(try ids(try await database.unscoped.find("Order")) == "11,21,99")
        #expect(try await database.findOne("Order", filter: ["where": ["id": 12]]).count == 0)
        #expect(try await database.findById("Order", id: 12).count == 0)
        #expect(try ids(try await database.findByIds("Order", ids: [12, 11])) == "11")
        #expect(try await database.count("Order").count == 3)
        #expect(try await database.aggregate("Order", ["max": "id"]).json == ["count": 3, "max": ["id": 99]])
        #expect(try await database.exists("Order", id: 12).count == 0)
        #expect(try await database.related("Customer", id: 1, relation: "orders").count == 1)
        #expect(try await database.relatedCount("Customer", id: 1, relation: "orders").count == 1)
        #expect(try await database.relatedExists("Customer", id: 1, relation: "orders", key: 12).count == 0)
        let tree = try await database.find(
            "Customer",
            filter: [
                "where": ["id": 1], "fields": ["id"], "include": ["relation": "orders", "scope": ["fields": ["id"]]],
            ])
        #expect(try tree.text == #"[{"id":1,"orders":[{"id":11}]}]"#)
        // Conditions, orders and numbers are about those that may be reached.
        #expect(try await database.count("Customer", where: ["orders": ["some": ["status": "paid"]]]).count == 0)
        #expect(
            try ids(try await database.find("Customer", filter: ["where": ["orders": ["none": [:]]]])) == "3")
        let counted = try await database.find(
            "Customer",
            filter: ["where": ["id": 1], "fields": ["id"], "include": ["relation": "orders", "count": true]])
        #expect(try counted.text == #"[{"id":1,"orders":{"count":1}}]"#)
        var streamed: [String] = []
        for try await record in try database.stream("Order", filter: ["fields": ["id"]], batchSize: 2).records {
            streamed.append(String(decoding: record, as: UTF8.self))
        }
        #expect(streamed == [#"{"id":11}"#, #"{"id":21}"#, #"{"id":99}"#])
        let paid = try await AccessTests.$status.withValue("paid") { try ids(try await database.find("Order")) }
        #expect(paid == "12")
        let inside = try await AccessTests.$status.withValue("paid") {
            try ids(try await database.withTransaction { try await $0.find("Order") })
        }
        #expect(inside == "12")
        let all = try await AccessTests.$status.withValue("all") { try await database.count("Order").count }
        #expect(all == 4)
        // Which statement it comes to, nobody has to decide.
        #expect(try database.plan("Order").nodes.count == 1)
        #expect(try await database.explain("Order").tree.text().contains("status"))
        await database.close()
    }

    @Test func `Changes of every kind`() async throws {
        let world = try await WritingWorld("access_writes", hooks: hooks())
        let database = world.database
        let before = try await world.everything()
        func expect(_ name: String, _ code: String, _ operation: () async throws -> Void) async throws {
            #expect(
                await told {
                    try await operation(); return "ok"
                } == code, "\(name)")
            #expect(try await world.everything() == before, "\(name)")
        }
        try await expect("update", "MODEL_NOT_FOUND") { try await database.updateById("Order", id: 12, ["total": 0]) }
        try await expect("replace", "MODEL_NOT_FOUND") { try await database.replaceById("Order", id: 12, ["total": 0]) }
        try await expect("upsert", "23505") { try await database.upsert("Order", ["id": 12, "total": 0]) }
        try await expect("updateAll", "ok") {
            try await database.updateAll("Order", where: ["id": 12], ["total": 0])
        }
        try await expect("delete", "ok") { try await database.deleteById("Order", id: 12) }
        try await expect("deleteAll", "ok") {
            try await database.deleteAll("Order", where: ["id": 12])
        }
        try await expect("related", "MODEL_NOT_FOUND") {
            try await database.updateRelated("Customer", id: 1, relation: "orders", key: 12, ["total": 0])
        }
        try await expect("delete related", "MODEL_NOT_FOUND") {
            try await database.deleteRelated("Customer", id: 1, relation: "orders", key: 12)
        }
        try await expect("add", "MODEL_NOT_FOUND") {
            try await database.addRelated("Customer", id: 2, relation: "orders", key: 12)
        }
        try await expect("owner", "MODEL_NOT_FOUND") {
            try await database.addRelated("Order", id: 12, relation: "customer", key: 2)
        }
        try await expect("graph", "MODEL_NOT_FOUND") {
            try await database.updateGraph("Customer", id: 1, ["orders": ["update": [["id": 12, "total": 0]]]])
        }
        #expect(try await database.updateAll("Order", where: [:], ["total": 0]).count == 3)
        // What it says isn't written to new records.
        try await AccessTests.$status.withValue("gone") {
            try await database.create("Order", ["sku": "n"])
        }
        #expect(try await world.rows("SELECT status FROM orders WHERE sku = 'n'") == "open")
        await database.close()
    }

    @Test func `It runs once for each request that comes to the model, and what it reads is not restricted`()
        async throws
    {
        let log = HookLog()
        var hooks = hooks(log)
        hooks.access("Profile") { access in
            let orders = try await access.session.count("Order").count
            access.narrow(["id": ["lte": .number("\(orders)")]])
            access.narrow(["customer": ["is": ["name": "Ada"]]])
        }
        let world = try await WritingWorld("access_once", hooks: hooks)
        let database = world.database
        for _ in 0..<2 {
            _ = try await database.find(
                "Customer", filter: ["where": ["orders": ["some": [:]]], "include": ["orders", "coded"]])
            #expect(log.take() == ["Order"])
        }
        _ = try await database.find("Customer", filter: ["include": "groups"])
        #expect(log.take() == [])
        #expect(try await database.find("Profile").count == 1)
        #expect(log.take() == [])
        await database.close()
    }

    @Test func `A condition that can't be used is the program's fault, and shows nothing`() async throws {
        var hooks = Hooks()
        hooks.access("Order") { $0.narrow(["nope": 1]) }
        let world = try await WritingWorld("access_wrong", hooks: hooks)
        let error = await #expect(throws: PlannerError.self) { try await world.database.find("Order") }
        #expect(error?.code == .invalidScope && error?.status == 500)
        await world.database.close()
    }

    /// A scope that is a function of its record is resolved when the record has come: who may reach what it leads to is known by then.
    @Test func `What a scope function leads to is decided as well, in streams, exports and behind changes`()
        async throws
    {
        let log = HookLog()
        var hooks = hooks(log)
        hooks.access("Volume") { access in
            log.tell(access.model)
            access.narrow(["id": ["gt": 1]])
        }
        let world = try await WritingWorld(
            "access_functions",
            models: [
                """
                {"name": "Shelf", "properties": {"id": {"type": "number", "id": true}},
                 "relations": {"volumes": {"type": "hasMany", "model": "Volume", "foreignKey": "shelfId"}}}
                """,
                #"{"name": "Volume", "properties": {"id": {"type": "number", "id": true}, "shelfId": "number"}}"#,
            ], hooks: hooks,
            sql: """
                CREATE TABLE shelf (id int PRIMARY KEY); INSERT INTO shelf VALUES (1);
                CREATE TABLE volume (id int PRIMARY KEY, shelfid int); INSERT INTO volume VALUES (1, 1), (2, 1);
                """
        ) { definitions in
            for index in definitions.indices where ["Customer", "Shelf"].contains(definitions[index].name) {
                for relation in definitions[index].relations.indices
                where ["orders", "volumes"].contains(definitions[index].relations[relation].name) {
                    definitions[index].relations[relation].scopeFunction = ScopeFunction { parent in
                        ["where": ["id": ["gt": 0]], "limit": parent["id"] == 1 ? 5 : 4]
                    }
                }
            }
        }
        let database = world.database
        let filter: JSONValue = [
            "where": ["id": 1], "fields": ["id"], "include": ["relation": "orders", "scope": ["fields": ["id"]]],
        ]
        let shown = #"{"id":1,"orders":[{"id":11}]}"#
        #expect(try await database.find("Customer", filter: filter).text == "[\(shown)]")
        var streamed: [String] = []
        for try await record in try database.stream("Customer", filter: filter).records {
            streamed.append(String(decoding: record, as: UTF8.self))
        }
        #expect(streamed == [shown])
        var exported: [UInt8] = []
        for try await piece in try database.exportRecords(of: "Customer", filter: filter) { exported += piece }
        #expect(String(decoding: exported, as: UTF8.self) == shown + "\n")
        let changed = try await database.updateById(
            "Customer", id: 1, ["points": 3],
            filter: ["fields": filter["fields"] ?? .null, "include": filter["include"] ?? .null])
        #expect(try changed.text == "[\(shown)]")
        let made = try await database.create(
            "Customer", ["id": 8, "name": "Eve"],
            filter: ["fields": ["id"], "include": ["relation": "orders"]])
        #expect(try made.text == #"[{"id":8,"orders":[]}]"#)
        // The task that pulls it needn't be the one that asked.
        let paid = try AccessTests.$status.withValue("paid") {
            try database.exportRecords(of: "Order", filter: ["fields": ["id"]])
        }
        let rest = try AccessTests.$status.withValue("paid") {
            try database.stream("Order", filter: ["fields": ["id"]])
        }
        var pulled: [UInt8] = []
        for try await piece in paid { pulled += piece }
        for try await record in rest.records { pulled += record }
        #expect(String(decoding: pulled, as: UTF8.self) == #"{"id":12}"# + "\n" + #"{"id":12}"#)
        // Of models that can't be reached nobody is asked.
        _ = log.take()
        let shelf = try await database.updateById("Shelf", id: 1, [:], filter: ["include": "volumes"])
        #expect(try shelf.text == #"[{"id":1,"volumes":[{"id":2,"shelfId":1}]}]"#)
        #expect(log.take() == ["Volume"])
        await database.close()
    }

    /// Whole graphs and differences ask about each model that they come to.
    @Test func `Graphs of models whose scopes ask about others`() async throws {
        var hooks = Hooks()
        hooks.access("Group") { $0.narrow(["name": ["neq": "C"]]) }
        let world = try await WritingWorld(
            "access_graphs",
            models: [
                """
                {"name": "Guest", "strict": true, "options": {"postgresql": {"table": "guest"}}, "scope": {"where": {"group": {"is": {"id": {"gt": 0}}}}},
                 "properties": {"id": {"type": "number", "id": true}, "groupId": "number", "name": "string"},
                 "relations": {"group": {"type": "belongsTo", "model": "Group", "foreignKey": "groupId"}, "friends": {"type": "hasMany", "model": "Guest", "foreignKey": "groupId"}}}
                """
            ], hooks: hooks,
            sql:
                "CREATE TABLE guest (id int PRIMARY KEY, groupid int, name text); INSERT INTO guest VALUES (1, 1, 'a'), (3, 3, 'c');"
        )
        let database = world.database
        let made = await told {
            try await database.createGraph(
                "Guest", ["id": 5, "groupId": 2, "name": "new", "friends": [["id": 6, "name": "f"]]]
            ).text
        }
        #expect(made.contains(#""id":5"#), "\(made)")
        let saved = await told {
            try await database.withTransaction { transaction in
                _ = try await transaction.updateGraph("Guest", id: 1, ["name": "b"])
                return "ok"
            }
        }
        #expect(saved == "ok")
        #expect(try await database.findById("Guest", id: 3).count == 0)
        #expect(try await world.rows("SELECT id, name FROM guest ORDER BY id") == "1,b;3,c;5,new;6,f")
        await database.close()
    }
}
