// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Validators of the program's own: in the transaction, with the rules of the model, for every operation that writes.
@Suite(.serialized) struct ValidatorTests {
    private func hooks() -> Hooks {
        var hooks = Hooks()
        hooks.validate("Order") { order in
            if order["total"] == 13 { order.report("total", "brings bad luck") }
        }
        hooks.validate("Order") { order in
            guard let sku = order["sku"] else { return }
            if try await order.transaction.count("Order", where: ["sku": sku]).count > 0 {
                order.report("sku", "is there already", code: .uniqueness)
            }
        }
        return hooks
    }

    @Test func `All that is wrong is told at once, by every operation, and nothing happens`() async throws {
        let world = try await WritingWorld("validators", hooks: hooks())
        let database = world.database
        let before = try await world.everything()
        let bad: JSONValue = ["total": 13, "status": "odd"]
        let both = "VALIDATION_ERROR status:inclusion total:custom"
        func expect(_ name: String, _ outcome: String, _ operation: () async throws -> Void) async throws {
            #expect(
                await told {
                    try await operation(); return "ok"
                } == outcome, "\(name)")
            #expect(try await world.everything() == before, "\(name)")
        }
        try await expect("create", both) { try await database.create("Order", bad) }
        try await expect("createAll", "VALIDATION_ERROR [0].total:custom [1].status:inclusion [1].sku:uniqueness") {
            try await database.createAll("Order", [["total": 13], ["status": "odd", "sku": "s12"]])
        }
        try await expect("update", both) { try await database.updateById("Order", id: 11, bad) }
        try await expect("replace", both) { try await database.replaceById("Order", id: 11, bad) }
        try await expect("updateAll", both) { try await database.updateAll("Order", where: [:], bad) }
        try await expect("upsert", both) {
            try await database.upsert("Order", ["id": 11, "total": 13, "status": "odd"])
        }
        try await expect("upsert new", both) {
            try await database.upsert("Order", ["id": 1, "total": 13, "status": "odd"])
        }
        try await expect("replaceOrCreate", both) {
            try await database.replaceOrCreate("Order", ["id": 11, "total": 13, "status": "odd"])
        }
        try await expect("upsertWithWhere", both) {
            try await database.upsertWithWhere("Order", where: ["id": 11], bad)
        }
        try await expect("findOrCreate", both) {
            try await database.findOrCreate("Order", filter: ["where": ["sku": "none"]], bad)
        }
        try await expect("createRelated", both) {
            try await database.createRelated("Customer", id: 1, relation: "orders", bad)
        }
        try await expect("updateRelated", both) {
            try await database.updateRelated("Customer", id: 1, relation: "orders", key: 11, bad)
        }
        try await expect("updateAllRelated", both) {
            try await database.updateAllRelated("Customer", id: 1, relation: "orders", bad)
        }
        try await expect("graph", "VALIDATION_ERROR orders[0].total:custom orders[1].status:inclusion") {
            try await database.createGraph(
                "Customer", ["id": 8, "name": "x", "orders": [["total": 13], ["status": "odd"]]])
        }
        try await expect("type", "INVALID_VALUE total:type sku:uniqueness") {
            try await database.create("Order", ["total": "much", "sku": "s12"])
        }
        let error = await #expect(throws: ValidationError.self) { try await database.create("Order", bad) }
        #expect(error?.status == 422 && error?.codes == ["status": ["inclusion"], "total": ["custom"]])
        #expect(error?.messages["total"] == ["brings bad luck"])
        try await database.create("Order", ["total": 12, "sku": "fine"])
        await database.close()
    }

    @Test func `The record as it will be, where it is asked for`() async throws {
        var hooks = Hooks()
        hooks.validate("Order", loading: .old) { order in
            if order.record["status"] == "paid", order.record["total"] == .null { order.report("total", "is needed") }
        }
        let world = try await WritingWorld("validators_old", hooks: hooks)
        try await world.test.run("UPDATE orders SET total = NULL WHERE id = 21")
        let database = world.database
        let refused = "VALIDATION_ERROR total:custom"
        #expect(await told { try await database.updateById("Order", id: 21, ["status": "paid"]).text } == refused)
        #expect(
            await told { "\(try await database.updateAll("Order", where: [:], ["status": "paid"]).count)" } == refused)
        #expect(
            await told { "\(try await database.updateAll("Order", where: [:], ["status": "paid", "total": 1]).count)" }
                == "4")
        await database.close()
    }

    @Test func `Defaults are checked as well, and the value that was checked is written`() async throws {
        let seen = Locked<[String]>([])
        var hooks = Hooks()
        hooks.validate("Note") { note in
            seen.withLock { $0.append(note["mark"]?.text ?? "-") }
            if note["kind"] != "plain" { note.report("kind", "is odd") }
        }
        let world = try await WritingWorld(
            "validators_defaults",
            models: [
                #"{"name": "Note", "properties": {"id": {"type": "number", "id": true, "generated": true}, "mark": {"type": "string", "defaultFn": "uuid"}, "kind": {"type": "string", "default": "plain"}}}"#
            ], hooks: hooks, sql: "CREATE TABLE note (id serial PRIMARY KEY, mark text, kind text);")
        try await world.database.create("Note", [:])
        let mark = seen.withLock { $0 }
        #expect(try await world.rows("SELECT mark, kind FROM note") == "\(mark[0]),plain")
        await world.database.close()
    }

    @Test func `Records that are kept in others are checked by the validators of their model`() async throws {
        let test = try await TestDatabase.named("validators_embedded")
        try await test.run(
            "CREATE TABLE person (id serial PRIMARY KEY, name text, addresses jsonb); INSERT INTO person (name, addresses) VALUES ('a', '[{\"id\":1,\"street\":\"x\"}]')"
        )
        var kept = RelationDefinition("addresses", .embedsMany, model: "Address")
        kept.property = "kept"
        kept.propertyDefinition = PropertyDefinition("kept", .any, column: "addresses", dataType: "jsonb")
        var zip = PropertyDefinition("zip", .string)
        zip.settings = [.init("maxLength", 5)]
        let schema = try Schema(definitions: [
            ModelDefinition("Person", properties: [.id(), .string("name")], relations: [kept]),
            ModelDefinition("Address", base: "Model", properties: [.id(), .string("street"), zip]),
        ])
        let log = HookLog()
        var hooks = log.hooks("Person")
        hooks.validate("Address") { address in
            if address["street"] == "nowhere" { address.report("street", "is no street") }
        }
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url), hooks: hooks)
        let bad: JSONValue = ["street": "nowhere", "zip": "123456"]
        #expect(
            await told { try await database.create("Person", ["name": "b", "kept": [["street": "fine"], bad]]).text }
                == "VALIDATION_ERROR kept[1].zip:length kept[1].street:custom")
        #expect(
            await told { try await database.updateById("Person", id: 1, ["kept": [bad]]).text }
                == "VALIDATION_ERROR kept[0].zip:length kept[0].street:custom")
        #expect(
            await told { try await database.createRelated("Person", id: 1, relation: "addresses", bad).text }
                == "VALIDATION_ERROR zip:length street:custom")
        #expect(
            await told { try await database.updateRelated("Person", id: 1, relation: "addresses", key: 1, bad).text }
                == "VALIDATION_ERROR zip:length street:custom")
        #expect(
            try await test.run("SELECT count(*), min(addresses::text) FROM person") == [
                ["1", #"[{"id": 1, "street": "x"}]"#]
            ])
        // The record that keeps them is changed with them.
        _ = log.take()
        try await database.createRelated("Person", id: 1, relation: "addresses", ["street": "y"])
        try await database.deleteRelated("Person", id: 1, relation: "addresses", key: 1)
        #expect(
            log.take().filter { $0.hasPrefix("before save") || $0.hasPrefix("after commit") } == [
                "before save Person update 1 old 1", "after commit Person update 1 old 1",
                "before save Person update 1 old 1", "after commit Person update 1 old 1",
            ])
        await database.close()
    }

    @Test func `Also where those that keep them have no hooks, and however deep they are`() async throws {
        let test = try await TestDatabase.named("validators_deep")
        try await test.run(
            "CREATE TABLE house (id serial PRIMARY KEY, name text, floors jsonb); INSERT INTO house (name) VALUES ('a')"
        )
        var floors = RelationDefinition("floorList", .embedsMany, model: "Floor")
        floors.property = "floors"
        floors.propertyDefinition = PropertyDefinition("floors", .any, column: "floors", dataType: "jsonb")
        var doors = RelationDefinition("doorList", .embedsMany, model: "Door")
        doors.property = "doors"
        let schema = try Schema(definitions: [
            ModelDefinition("House", properties: [.id(), .string("name")], relations: [floors]),
            ModelDefinition("Floor", base: "Model", properties: [.id(), .string("name")], relations: [doors]),
            ModelDefinition("Door", base: "Model", properties: [.id(), .string("no")]),
        ])
        var hooks = Hooks()
        hooks.validate("Door") { door in
            if door["no"] == "13" { door.report("no", "is unlucky") }
        }
        let database = try await Database.open(
            schema: schema, connection: ConnectionConfiguration(url: test.url), hooks: hooks)
        let floor: JSONValue = ["id": 1, "doors": [["id": 1, "no": "1"], ["id": 2, "no": "13"]]]
        let bad: JSONValue = ["name": "b", "floors": [floor]]
        let changes: [(String, (Database) async throws -> Void)] = [
            ("floors[0].", { try await $0.create("House", bad) }),
            ("[0].floors[0].", { try await $0.createAll("House", [bad]) }),
            ("floors[0].", { try await $0.updateById("House", id: 1, bad) }),
            ("floors[0].", { try await $0.replaceById("House", id: 1, bad) }),
            ("floors[0].", { try await $0.updateAll("House", where: [:], bad) }),
            ("floors[0].", { try await $0.upsertWithWhere("House", where: ["id": 1], bad) }),
            ("floors[0].", { _ = try await $0.findOrCreate("House", filter: ["where": ["name": "b"]], bad) }),
            ("floors[0].", { try await $0.createGraph("House", bad) }),
            ("", { try await $0.createRelated("House", id: 1, relation: "floorList", floor) }),
        ]
        for (number, (place, change)) in changes.enumerated() {
            let error = await #expect(throws: ValidationError.self, "\(number)") { try await change(database) }
            #expect(error?.problems.map(\.path) == ["\(place)doors[1].no"], "\(number)")
        }
        let refused = await #expect(throws: PlannerError.self) {
            try await database.importRecords(
                into: "House", from: AsyncStream<[UInt8]> { $0.finish() }, format: .jsonLines)
        }
        #expect(refused?.code == .unsupported)
        #expect(try await test.run("SELECT name, floors FROM house") == [["a", nil]])
        await database.close()
    }
}
