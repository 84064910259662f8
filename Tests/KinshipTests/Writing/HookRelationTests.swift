// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Operations on relations run the hooks of the models whose rows they write.
@Suite(.serialized) struct HookRelationTests {
    private static let all = [
        "Customer", "Order", "Profile", "Membership", "Group", "Tag", "Product", "Labelling", "Label",
    ]

    /// Which models were saved and deleted, and how: `save Order create`.
    private func hooks(_ log: HookLog, loading: Hooks.Loading = .old) -> Hooks {
        var hooks = Hooks()
        for model in Self.all {
            hooks.beforeSave(model, loading: loading) { save in
                log.tell("+\(save.model) \(save.kind.rawValue) \(save.data)")
            }
            hooks.afterSave(model, loading: loading) { save in
                log.tell("=\(save.model) \(save.key ?? "?") \(save.record == nil ? "?" : "")")
            }
            hooks.beforeDelete(model, loading: loading) { log.tell("-\($0.model) \($0.key ?? "?")") }
        }
        return hooks
    }

    /// Hooks are told the keys that are written, and data can't say others.
    @Test func `The keys of a link are the relation's to say`() async throws {
        for hooked in [false, true] {
            let log = HookLog()
            let world = try await WritingWorld("hook_keys_\(hooked)", hooks: hooked ? hooks(log) : Hooks())
            let before = try await world.rows("SELECT customer_id, group_id FROM membership ORDER BY id")
            for wrong in [["groupId": 99], ["customerId": 99], ["role": "x", "groupId": 2]] as [JSONValue] {
                let changes: [(Database) async throws -> Void] = [
                    { try await $0.addRelated("Customer", id: 3, relation: "groups", key: 1, wrong) },
                    {
                        try await $0.updateGraph(
                            "Customer", id: 3,
                            [
                                "groups": .array([
                                    .object([.init("id", 77), .init("name", "new"), .init("through", wrong)])
                                ])
                            ])
                    },
                ]
                for change in changes {
                    let error = await #expect(throws: PlannerError.self) { try await change(world.database) }
                    #expect(error?.code == .keyOverride, "\(wrong): \(error?.message ?? "")")
                }
            }
            #expect(try await world.rows("SELECT customer_id, group_id FROM membership ORDER BY id") == before)
            try await world.database.addRelated("Customer", id: 3, relation: "groups", key: 1, ["groupId": 1])
            #expect(
                try await world.rows("SELECT count(*) FROM membership WHERE customer_id = 3 AND group_id = 1") == "1")
        }
    }

    @Test func `Records that have their key at the target`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_keyed", hooks: hooks(log))
        let database = world.database
        try await database.createRelated("Customer", id: 1, relation: "orders", [["sku": "a"], ["sku": "b"]])
        #expect(
            log.take() == [
                #"+Order create {"sku":"a"}"#, #"+Order create {"sku":"b"}"#, "=Order 1001 ", "=Order 1002 ",
            ])
        try await database.updateRelated("Customer", id: 1, relation: "orders", key: 11, ["total": 5])
        #expect(log.take() == [#"+Order update {"total":5}"#, "=Order 11 "])
        #expect(
            try await database.updateAllRelated("Customer", id: 1, relation: "openOrders", ["total": 6]).count == 3)
        #expect(log.take().filter { $0.hasPrefix("=") } == ["=Order 11 ", "=Order 1001 ", "=Order 1002 "])
        try await database.addRelated("Customer", id: 2, relation: "orders", key: 11)
        #expect(log.take() == [#"+Order update {"customerId":2}"#, "=Order 11 "])
        try await database.removeRelated("Customer", id: 2, relation: "orders", key: 11)
        #expect(log.take() == [#"+Order update {"customerId":null}"#, "=Order 11 "])
        try await database.setRelated("Customer", id: 1, relation: "orders", keys: [12, 99])
        #expect(
            log.take() == [
                #"+Order update {"customerId":null}"#, #"+Order update {"customerId":null}"#,
                #"+Order update {"customerId":1}"#, "=Order 1001 ", "=Order 1002 ", "=Order 99 ",
            ])
        try await database.deleteRelated("Customer", id: 1, relation: "orders", key: 12)
        #expect(log.take() == ["-Order 12"])
        #expect(try await database.deleteAllRelated("Customer", id: 1, relation: "orders").count == 1)
        #expect(log.take() == ["-Order 99"])
        #expect(try await world.rows("SELECT id, customer_id FROM orders ORDER BY id") == "11,-;21,2;1001,-;1002,-")
        // The one record.
        try await database.updateRelated("Customer", id: 1, relation: "profile", ["bio": "new"])
        #expect(log.take() == [#"+Profile update {"bio":"new"}"#, "=Profile 1 "])
        try await database.addRelated("Customer", id: 1, relation: "profile", key: 2)
        #expect(
            log.take() == [
                #"+Profile update {"customerId":null}"#, #"+Profile update {"customerId":1}"#, "=Profile 1 ",
                "=Profile 2 ",
            ])
        try await database.deleteRelated("Customer", id: 1, relation: "profile")
        #expect(log.take() == ["-Profile 2"])
        // Another one's, or none: as without hooks.
        #expect(
            await told { try await database.updateRelated("Customer", id: 1, relation: "orders", key: 21, [:]).text }
                == "MODEL_NOT_FOUND")
        #expect(
            await told {
                try await "\(database.deleteRelated("Customer", id: 1, relation: "orders", key: 21).count)"
            } == "MODEL_NOT_FOUND")
        #expect(log.take() == [])
        await database.close()
    }

    @Test func `What a record refers to itself`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_owner", hooks: hooks(log))
        let database = world.database
        try await database.createRelated("Order", id: 99, relation: "customer", ["id": 9, "name": "Eve"])
        #expect(
            log.take() == [
                "+Order update {}", #"+Customer create {"id":9,"name":"Eve"}"#, "=Customer 9 ", "=Order 99 ",
            ])
        try await database.addRelated("Order", id: 99, relation: "customer", key: 2)
        #expect(log.take() == [#"+Order update {"customerId":2}"#, "=Order 99 "])
        try await database.deleteRelated("Order", id: 99, relation: "customer")
        #expect(log.take() == [#"+Order update {"customerId":null}"#, "=Order 99 "])
        #expect(try await world.rows("SELECT customer_id FROM orders WHERE id = 99") == "-")
        try await database.addRelated("Customer", id: 1, relation: "byInts", key: 3)
        #expect(log.take() == [#"+Customer update {"$push":{"ints":3}}"#, "=Customer 1 "])
        try await database.removeRelated("Customer", id: 1, relation: "byInts", key: 1)
        #expect(log.take() == [#"+Customer update {"$pull":{"ints":1}}"#, "=Customer 1 "])
        try await database.createRelated("Customer", id: 1, relation: "byInts", ["id": 7, "name": "cap"])
        #expect(
            log.take() == [
                "+Customer update {}", #"+Product create {"id":7,"name":"cap"}"#, "=Product 7 ", "=Customer 1 ",
            ])
        try await database.deleteRelated("Customer", id: 1, relation: "byInts", key: 7)
        #expect(log.take() == [#"+Customer update {"$pull":{"ints":7}}"#, "-Product 7", "=Customer 1 "])
        #expect(try await world.rows("SELECT ints::text FROM customer WHERE id = 1") == "{2,3}")
        await database.close()
    }

    @Test func `Links have hooks of their own`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_links", hooks: hooks(log))
        let database = world.database
        try await database.addRelated("Customer", id: 3, relation: "groups", key: 1, ["role": "guest"])
        #expect(
            log.take() == [#"+Membership create {"role":"guest","customerId":3,"groupId":1}"#, "=Membership 1001 "])
        try await database.addRelated("Customer", id: 3, relation: "groups", key: 1, ["role": "boss"])
        #expect(log.take() == [#"+Membership update {"role":"boss"}"#, "=Membership 1001 "])
        try await database.setRelated("Customer", id: 1, relation: "groups", keys: [2, 3])
        #expect(
            log.take() == [
                "-Membership 1", #"+Membership create {"customerId":1,"groupId":3}"#, "=Membership 1002 ",
            ])
        #expect(
            try await world.rows("SELECT customer_id, group_id, role FROM membership ORDER BY 1, 2")
                == "1,2,member;1,3,member;2,2,member;3,1,boss")
        _ = log.take()
        try await database.removeRelated("Customer", id: 1, relation: "groups", key: 2)
        #expect(log.take() == ["-Membership 2"])
        try await database.createRelated("Customer", id: 2, relation: "groups", ["id": 8, "name": "D"])
        #expect(
            log.take() == [
                #"+Membership create {"customerId":2}"#, #"+Group create {"id":8,"name":"D"}"#, "=Group 8 ",
                "=Membership 1003 ",
            ])
        try await database.deleteRelated("Customer", id: 2, relation: "groups", key: 8)
        #expect(log.take() == ["-Membership 1003", "-Group 8"])
        await database.close()
    }

    @Test func `What hooks of links add is written with them`() async throws {
        var hooks = Hooks()
        hooks.beforeSave("Membership") { save in if save.isNew { save["role"] = "new" } }
        hooks.beforeSave("Order", loading: .old) { save in save["customerCode"] = "moved" }
        let world = try await WritingWorld("hook_links_data", hooks: hooks)
        let database = world.database
        try await database.addRelated("Customer", id: 3, relation: "groups", key: 1)
        try await database.setRelated("Customer", id: 2, relation: "groups", keys: [2, 3])
        try await database.createRelated("Customer", id: 3, relation: "groups", ["id": 8, "name": "D"])
        #expect(
            try await world.rows("SELECT customer_id, group_id, role FROM membership WHERE id > 3 ORDER BY 1, 2")
                == "2,3,new;3,1,new;3,8,new")
        try await database.addRelated("Customer", id: 3, relation: "orders", key: 99)
        #expect(try await world.rows("SELECT customer_id, customer_code FROM orders WHERE id = 99") == "3,moved")
        await database.close()
    }

    @Test func `Whole graphs run the hooks of each model`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_graphs", hooks: hooks(log, loading: .nothing))
        let database = world.database
        let graph = try await database.createGraph(
            "Customer",
            [
                "id": 8, "name": "Eve", "orders": [["sku": "a"], ["sku": "b"]], "profile": ["bio": "x"],
                "groups": ["create": [["id": 9, "name": "E", "through": ["role": "head"]]]],
            ])
        #expect(graph.count == 1)
        #expect(
            log.take() == [
                #"+Customer create {"id":8,"name":"Eve"}"#, "=Customer 8 ",
                #"+Order create {"sku":"a","customerId":8}"#,
                #"+Order create {"sku":"b","customerId":8}"#, "=Order 1001 ", "=Order 1002 ",
                #"+Profile create {"bio":"x","customerId":8}"#, "=Profile 1001 ", #"+Group create {"id":9,"name":"E"}"#,
                "=Group 9 ", #"+Membership create {"role":"head","customerId":8,"groupId":9}"#, "=Membership 1001 ",
            ])
        try await database.updateGraph(
            "Customer", id: 8, ["orders": ["update": [["id": 1001, "total": 3]], "delete": [1002]]])
        #expect(log.take().contains("-Order 1002"))
        #expect(try await world.rows("SELECT id, total FROM orders WHERE customer_id = 8") == "1001,3.00")
        await database.close()
    }

    @Test func `What would write two records of one model at once is refused, and nothing happens`() async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "hook_self",
            models: [
                #"{"name": "Node", "properties": {"id": {"type": "number", "id": true, "generated": true}, "parentId": "number", "name": "string"}, "relations": {"parent": {"type": "belongsTo", "model": "Node", "foreignKey": "parentId"}, "children": {"type": "hasMany", "model": "Node", "foreignKey": "parentId"}}}"#
            ], hooks: log.hooks("Node"),
            sql:
                "CREATE TABLE node (id serial PRIMARY KEY, parentid int, name text); INSERT INTO node (name) VALUES ('a');"
        )
        let database = world.database
        let error = await #expect(throws: PlannerError.self) {
            try await database.createRelated("Node", id: 1, relation: "parent", ["name": "b"])
        }
        #expect(error?.code == .unsupported && log.take() == [])
        try await database.createRelated("Node", id: 1, relation: "children", ["name": "b"])
        try await database.addRelated("Node", id: 1, relation: "parent", key: 2)
        #expect(try await world.rows("SELECT id, parentid, name FROM node ORDER BY id") == "1,2,a;2,1,b")
        #expect(
            log.take().filter { $0.hasPrefix("after commit") } == [
                "after commit Node create 2", "after commit Node update 1 old 1",
            ])
        await database.close()
    }
}
