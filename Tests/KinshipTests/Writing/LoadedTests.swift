// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What loaded hooks make of answers.
@Suite(.serialized) struct LoadedTests {
    @Test func `What is shown is what the hook leaves, wherever the record is shown`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.loaded("Order") { loaded in
            log.tell("\(loaded.records.count)")
            for index in loaded.records.indices {
                loaded.records[index]["sku"] = nil
                loaded.records[index]["total"] = "hidden"
                loaded.records[index]["extra"] = ["n": .number("\(index)")]
            }
        }
        let world = try await WritingWorld("loaded", hooks: hooks)
        let database = world.database
        let shown = #"{"id":11,"total":"hidden","extra":{"n":0}}"#
        let fields: JSONValue = ["fields": ["id", "total", "sku"], "where": ["id": 11]]
        #expect(try await database.find("Order", filter: fields).text == "[\(shown)]")
        let tree = try await database.find(
            "Customer",
            filter: ["where": ["id": 1], "fields": ["id"], "include": ["relation": "orders", "scope": fields]])
        #expect(try tree.text == #"[{"id":1,"orders":[\#(shown)]}]"#)
        let nested = try await database.find(
            "Order",
            filter: [
                "where": ["id": 11], "fields": ["id", "total"],
                "include": ["relation": "customer", "scope": ["fields": ["id"]]],
            ])
        #expect(try nested.text == #"[{"id":11,"total":"hidden","extra":{"n":0},"customer":{"id":1}}]"#)
        #expect(
            try await database.related("Customer", id: 1, relation: "orders", filter: fields).json()
                == Array("[\(shown)]".utf8))
        #expect(
            try await database.updateById("Order", id: 11, ["total": 1], filter: ["fields": ["id", "total"]]).text
                == "[\(shown)]")
        var lines: [String] = []
        for try await record in try database.stream("Order", filter: ["fields": ["id"]], batchSize: 3).records {
            lines.append(String(decoding: record, as: UTF8.self))
        }
        #expect(lines.count == 4 && lines.allSatisfy { $0.contains("hidden") })
        #expect(log.take() == ["1", "1", "1", "1", "1", "3", "1"])
        // Nobody asks it about models it has nothing to do with, nor about counts.
        _ = try await database.find("Customer")
        #expect(try await database.count("Order").count == 4)
        #expect(log.take() == [])
        await database.close()
    }

    @Test func `It may refuse, and what was changed for the answer is undone`() async throws {
        var hooks = Hooks()
        hooks.loaded("Order") { loaded in
            if loaded.records.contains(where: { $0["status"] == "gone" }) { throw HookLog.Refused() }
        }
        hooks.loaded("Tag") { loaded in loaded.records = [] }
        let world = try await WritingWorld("loaded_refuses", hooks: hooks)
        let before = try await world.everything()
        await #expect(throws: HookLog.Refused.self) {
            try await world.database.updateById("Order", id: 11, ["status": "gone"])
        }
        await #expect(throws: HookLog.Refused.self) {
            try await world.database.createRelated("Customer", id: 1, relation: "orders", ["status": "gone"])
        }
        #expect(try await world.everything() == before)
        let wrong = await #expect(throws: PlannerError.self) { try await world.database.find("Tag") }
        #expect(wrong?.code == .unsupported)
        await world.database.close()
    }

    /// Whose relation is asked for isn't shown, nor what a method is called on, nor the record whose list is changed.
    @Test func `It isn't asked about records that nobody is shown`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.loaded("Customer") { loaded in
            for record in loaded.records {
                guard record["name"] != nil else { throw HookLog.Refused() }
                log.tell("\(record["id"] ?? "?")")
            }
        }
        let world = try await WritingWorld("loaded_hidden", hooks: hooks) { definitions in
            // What a method is called on is read for it alone.
            for index in definitions.indices where definitions[index].name == "Customer" {
                definitions[index].relations = definitions[index].relations.map { relation in
                    guard relation.name == "orders" else { return relation }
                    return relation.with(scopeMethods: ["all": RelationMethod { orders in try await orders.count() }])
                }
            }
        }
        let database = world.database
        #expect(try await database.related("Customer", id: 1, relation: "orders").count == 2)
        #expect(try await database.relatedCount("Customer", id: 1, relation: "orders").count == 2)
        #expect(try await database.related("Customer", id: 1, relation: "groups").count == 2)
        try await database.addRelated("Customer", id: 1, relation: "byInts", key: 3)
        try await database.createRelated("Customer", id: 1, relation: "orders", ["sku": "n"])
        #expect(
            try await database.call("Customer", id: 1, relation: "orders", method: "all").text == "3")
        try await database.updateAll("Customer", where: ["id": 1], ["points": 1])
        try await database.deleteById("Customer", id: 3)
        #expect(log.take() == [])
        // Those that are shown are, once each.
        _ = try await database.related("Order", id: 11, relation: "customer")
        _ = try await database.related("Group", id: 2, relation: "members")
        _ = try await database.updateById("Customer", id: 1, ["points": 2])
        _ = try await database.find("Customer", filter: ["where": ["id": 1], "include": "orders"])
        #expect(log.take() == ["1", "1", "2", "1", "1"])
        await database.close()
    }
}
