// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Copies that are kept right (`sync`), whatever changes them or what they are copies of.
@Suite struct SyncTests {
    /// A change, and a look at what it leaves.
    private struct Example: Sendable {
        let name: String
        let sql: String
        let rows: String
        let run: @Sendable (Database) async throws -> ExecutionStatistics?
        /// How many statements it takes; nil where that isn't looked at.
        let statements: Int?

        init(
            _ name: String, _ sql: String, _ rows: String, statements: Int? = nil,
            _ run: @escaping @Sendable (Database) async throws -> ExecutionStatistics?
        ) {
            (self.name, self.sql, self.rows, self.statements, self.run) = (name, sql, rows, statements, run)
        }
    }

    private static func check(_ examples: [Example], _ world: SyncWorld) async throws {
        for example in examples {
            let statistics = try await example.run(world.database)
            #expect(try await world.rows(example.sql) == example.rows, "\(example.name)")
            #expect(try await world.wrong() == "0", "\(example.name)")
            if let statements = example.statements {
                #expect(statistics?.statements == statements, "\(example.name)")
                #expect(statistics?.roundTrips == 1, "\(example.name)")
            }
        }
    }

    private static let orders = "SELECT id, customername FROM orders ORDER BY id"
    private static let items = "SELECT id, label, revision FROM item ORDER BY id"
    private static let notes = "SELECT id, ownername FROM note ORDER BY id"

    @Test(arguments: [true, false]) func `Every change of the source changes the copies`(isKept: Bool) async throws {
        let world = try await SyncWorld("source_\(isKept)", isKept: isKept)
        try await Self.check(
            [
                // Orders, notes, bills, and the items behind the orders.
                .init("updateById", Self.orders, "1,Eve;2,Eve;3,Bob;4,nobody", statements: 5) {
                    try await $0.updateById("Customer", id: 1, ["name": "Eve"]).statistics
                },
                .init("what is the same is not written", Self.items, "1,Eve,2;2,Bob,1") {
                    try await $0.updateById("Customer", id: 1, ["name": "Eve"]).statistics
                },
                .init("another property", Self.items, "1,Eve,2;2,Bob,1") {
                    try await $0.updateById("Order", id: 1, ["total": 5]).statistics
                },
                .init("replaceById", Self.items, "1,Zoe,3;2,Bob,1") {
                    try await $0.replaceById("Customer", id: 1, ["name": "Zoe", "code": "a"]).statistics
                },
                .init("replaceById without it", Self.orders, "1,-;2,-;3,Bob;4,nobody") {
                    try await $0.replaceById("Customer", id: 1, ["code": "a"]).statistics
                },
                .init("updateAll", Self.orders, "1,All;2,All;3,All;4,nobody") {
                    let changed = try await $0.updateAll("Customer", where: ["id": ["inq": [1, 2]]], ["name": "All"])
                    #expect(changed.count == 2)
                    return changed.statistics
                },
                .init("upsert", Self.orders, "1,Ada;2,Ada;3,All;4,nobody") {
                    try await $0.upsert("Customer", ["id": 1, "name": "Ada"]).statistics
                },
                .init("replaceOrCreate", Self.orders, "1,Ada;2,Ada;3,Bob;4,nobody") {
                    try await $0.replaceOrCreate("Customer", ["id": 2, "name": "Bob", "code": "b"]).statistics
                },
                .init("upsertWithWhere", Self.orders, "1,Amy;2,Amy;3,Bob;4,nobody") {
                    try await $0.upsertWithWhere("Customer", where: ["code": "a"], ["name": "Amy"]).statistics
                },
                .init("through a relation", Self.orders, "1,Amy;2,Amy;3,Ben;4,nobody") {
                    try await $0.updateRelated("Order", id: 3, relation: "customer", ["name": "Ben"]).statistics
                },
                .init("all of a relation", Self.orders, "1,Kim;2,Kim;3,Ben;4,nobody") {
                    try await $0.updateAllRelated("Group", id: 1, relation: "members", ["name": "Kim"]).statistics
                },
                .init("a graph", Self.items, "1,Lea,9;2,Ben,4") {
                    try await $0.updateGraph("Order", id: 1, ["customer": ["update": ["name": "Lea"]]]).statistics
                },
                .init("a key of two parts", "SELECT id, sitename FROM visit ORDER BY id", "1,East;2,South") {
                    try await $0.updateById("Site", id: ["k1": 1, "k2": "x"], ["name": "East"]).statistics
                },
                .init("of one type", Self.notes, "1,Lea;2,Pink;3,Blue") {
                    try await $0.updateById("Group", id: 1, ["name": "Pink"]).statistics
                },
                .init("links", "SELECT id, groupname FROM membership", "1,Teal") {
                    try await $0.updateById("Group", id: 1, ["name": "Teal"]).statistics
                },
                .init("in a transaction", Self.orders, "1,Max;2,Max;3,Ben;4,nobody") { database in
                    try await database.withTransaction { try await $0.updateById("Customer", id: 1, ["name": "Max"]) }
                        .statistics
                },
                .init("with an include", Self.orders, "1,Uma;2,Uma;3,Ben;4,nobody") {
                    let graph = try await $0.updateById(
                        "Customer", id: 1, ["name": "Uma"], filter: ["include": "orders"])
                    let json = try JSONValue(parsing: try graph.firstJSON())
                    #expect(json["orders"]?.elements?.allSatisfy { $0["customerName"] == "Uma" } == true)
                    return nil
                },
            ], world)
        await world.database.close()
    }

    @Test func `Whoever refers to another record has its values`() async throws {
        let world = try await SyncWorld("holder")
        let last = "SELECT customername FROM orders ORDER BY id DESC LIMIT 1"
        try await Self.check(
            [
                .init("create", last, "Ada", statements: 1) {
                    try await $0.create("Order", ["customerId": 1]).statistics
                },
                .init("its own value is nobody's", last, "Bob") {
                    try await $0.create("Order", ["customerId": 2, "customerName": "x"]).statistics
                },
                .init("of nobody it is kept", last, "x") {
                    try await $0.create("Order", ["customerName": "x"]).statistics
                },
                .init("createAll", "SELECT customername FROM orders ORDER BY id DESC LIMIT 3", "y;Bob;Ada") {
                    try await $0.createAll(
                        "Order",
                        [["customerId": 1], ["customerId": 2, "customerName": "x"], ["customerName": "y"]]
                    ).statistics
                },
                .init("the key is changed", Self.items, "1,Bob,2;2,Bob,1") {
                    try await $0.updateById("Order", id: 1, ["customerId": 2]).statistics
                },
                .init("the copy is changed", "SELECT customername FROM orders WHERE id = 1", "Bob") {
                    try await $0.updateById("Order", id: 1, ["customerName": "x"]).statistics
                },
                .init("let go it is kept", "SELECT customername FROM orders WHERE id = 1", "Bob") {
                    try await $0.removeRelated("Order", id: 1, relation: "customer").statistics
                },
                .init("addRelated", "SELECT customername FROM orders WHERE id = 1", "Ada") {
                    try await $0.addRelated("Customer", id: 1, relation: "orders", key: 1).statistics
                },
                .init("setRelated", Self.items, "1,Bob,4;2,Bob,1") {
                    try await $0.setRelated("Customer", id: 2, relation: "orders", keys: [1, 3]).statistics
                },
                .init("createRelated", last, "Ada") {
                    try await $0.createRelated("Customer", id: 1, relation: "orders", [["total": 1], ["total": 2]])
                        .statistics
                },
                .init("belongsTo, set", Self.items, "1,Bob,4;2,-,2") {
                    try await $0.create("Order", [:])
                    let last = try await $0.find("Order", filter: ["order": "id DESC", "limit": 1, "fields": ["id"]])
                    let id = try JSONValue(parsing: try last.firstJSON())["id"] ?? .null
                    return try await $0.addRelated("Item", id: 2, relation: "order", key: id).statistics
                },
                .init("belongsTo, made", Self.items, "1,Bob,4;2,Bob,3") {
                    try await $0.createRelated("Item", id: 2, relation: "order", ["customerId": 2]).statistics
                },
                .init("updateAll of keys", "SELECT DISTINCT customername FROM orders", "Ada") {
                    try await $0.updateAll("Order", where: [:], ["customerId": 1]).statistics
                },
                .init("upsert of a key", "SELECT customername FROM orders WHERE id = 2", "Bob") {
                    try await $0.upsert("Order", ["id": 2, "customerId": 2]).statistics
                },
                .init("replace", "SELECT customername FROM orders WHERE id = 2", "Ada") {
                    try await $0.replaceById("Order", id: 2, ["customerId": 1]).statistics
                },
                .init("a type is changed", Self.notes, "1,Red;2,Red;3,Blue") {
                    try await $0.updateById("Note", id: 1, ["ownerType": "Group"]).statistics
                },
                .init("both", Self.notes, "1,Bob;2,Red;3,Blue") {
                    try await $0.updateById("Note", id: 1, ["ownerType": "Customer", "ownerId": 2]).statistics
                },
                .init("linked", "SELECT groupname FROM membership ORDER BY id", "Red;Blue") {
                    try await $0.addRelated("Customer", id: 1, relation: "groups", key: 2).statistics
                },
                .init("links set", "SELECT DISTINCT groupname FROM membership", "Blue") {
                    try await $0.setRelated("Group", id: 2, relation: "members", keys: [1, 2])
                    try await $0.setRelated("Group", id: 1, relation: "members", keys: [])
                    return nil
                },
                .init("graph", last, "New") {
                    try await $0.createGraph(
                        "Order", ["customer": ["name": "New", "notes": [["txt": "n"]]], "items": [["label": "x"]]]
                    ).statistics
                },
            ], world)
        await world.database.close()
    }

    @Test func `A key that others refer to already brings its values`() async throws {
        let world = try await SyncWorld("dangling", isKept: false)
        try await world.tables.run(
            "INSERT INTO orders (id, customerid) VALUES (50, 77); INSERT INTO bill (code) VALUES ('z');")
        try await world.database.upsert("Customer", ["id": 77, "name": "Late", "code": "z"])
        #expect(try await world.rows("SELECT customername FROM orders WHERE id = 50") == "Late")
        #expect(try await world.rows("SELECT payer FROM bill WHERE code = 'z'") == "Late")
        // A key that becomes another one is found by those who refer to it then.
        try await world.tables.run("INSERT INTO bill (code) VALUES ('q')")
        try await world.database.updateById("Customer", id: 77, ["code": "q"])
        #expect(try await world.rows("SELECT payer FROM bill WHERE code = 'q'") == "Late")
        await world.database.close()
    }

    @Test func `Copies are right whoever was first`() async throws {
        let world = try await SyncWorld(
            "race", connections: 16,
            sql: WritingWorld.slowly("orders", "customer") + WritingWorld.set("deadlock_timeout", "20ms"))
        let database = world.database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<12 {
                        let customer = JSONValue.number("\(1 + (task + round) % 2)")
                        switch task % 4 {
                        case 0:
                            try await database.updateById(
                                "Customer", id: customer, ["name": .string("n\(task).\(round)")])
                        case 1:
                            try await database.createRelated(
                                "Customer", id: customer, relation: "orders", ["total": 1])
                        case 2:
                            let order = JSONValue.number("\(1 + round % 3)")
                            try await database.updateById("Order", id: order, ["customerId": customer])
                        default:
                            try await database.createGraph(
                                "Order", ["customer": ["connect": customer], "items": [["label": "x"]]])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await world.wrong() == "0")
        #expect(try await world.rows("SELECT count(*) > 90 FROM orders") == "t")
        await database.close()
    }
}
