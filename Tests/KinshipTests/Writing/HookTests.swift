// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import TestSupport
import Testing

/// Which hooks run for operations on records, in which order, with what, and what becomes of what they change.
@Suite(.serialized) struct HookTests {
    private static let orderOfOne = ["before save", "validate", "persist", "after save", "after commit"]

    private func kinds(_ lines: [String]) -> [String] {
        lines.map {
            $0.split(separator: " ").prefix($0.hasPrefix("validate") || $0.hasPrefix("persist") ? 1 : 2).joined(
                separator: " ")
        }
    }

    @Test func `Every operation runs its hooks in order`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_order", hooks: log.hooks("Order"))
        let database = world.database
        try await database.create("Order", ["status": "open", "sku": "a"])
        let created = log.take()
        #expect(kinds(created) == Self.orderOfOne)
        #expect(created.first == "before save Order create \"?\"")
        #expect(created.last == "after commit Order create 1001")

        try await database.createAll("Order", [["sku": "b"], ["sku": "c"]])
        #expect(
            log.take() == [
                "before save Order create \"?\"", "before save Order create \"?\"", "validate Order create \"?\"",
                "validate Order create \"?\"", "persist Order create \"?\"", "persist Order create \"?\"",
                "after save Order create 1002", "after save Order create 1003", "after commit Order create 1002",
                "after commit Order create 1003",
            ])
        try await database.updateById("Order", id: 11, ["status": "paid"])
        #expect(log.take().first == "before save Order update 11")
        try await database.replaceById("Order", id: 11, ["status": "open"])
        #expect(kinds(log.take()) == Self.orderOfOne)
        try await database.upsert("Order", ["id": 11, "status": "gone"])
        #expect(log.take().first == "before save Order update 11 old 11")
        try await database.upsert("Order", ["id": 500, "status": "open"])
        #expect(log.take().last == "after commit Order create 500")
        try await database.replaceOrCreate("Order", ["id": 500, "status": "paid"])
        #expect(log.take().last == "after commit Order update 500 old 500")
        try await database.upsertWithWhere("Order", where: ["sku": "b"], ["status": "paid"])
        #expect(log.take().last == "after commit Order update 1002 old 1002")
        let found = try await database.findOrCreate("Order", filter: ["where": ["sku": "b"]], ["sku": "b"])
        #expect(!found.isCreated && log.take() == [])
        let made = try await database.findOrCreate("Order", filter: ["where": ["sku": "new"]], ["sku": "new"])
        #expect(made.isCreated && kinds(log.take()) == Self.orderOfOne)
        try await database.deleteById("Order", id: 500)
        #expect(
            log.take() == [
                "before delete Order delete 500", "after delete Order delete 500", "after commit Order delete 500",
            ])
        // Nothing there: nothing was deleted.
        try await database.deleteById("Order", id: 500)
        #expect(log.take() == ["before delete Order delete 500"])
        await database.close()
    }

    @Test func `A change of many is one change, or one for each where records are asked for`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_many", hooks: log.hooks("Order"))
        let count = try await world.database.updateAll("Order", where: ["status": "open"], ["total": 1]).count
        #expect(count == 3)
        #expect(
            log.take() == [
                #"before save Order update "?" where {"status":"open"}"#,
                #"validate Order update "?" where {"status":"open"}"#,
                #"persist Order update "?" where {"status":"open"}"#,
                #"after save Order update "?" where {"status":"open"} count 3"#,
                #"after commit Order update "?" where {"status":"open"} count 3"#,
            ])
        try await world.database.deleteAll("Order", where: ["id": 99])
        #expect(log.take().last == #"after commit Order delete "?" where {"id":99} count 1"#)
        await world.database.close()

        let each = try await WritingWorld("hook_each", hooks: log.hooks("Order", loading: .old))
        #expect(try await each.database.updateAll("Order", where: ["customerId": 1], ["total": 1]).count == 2)
        #expect(
            log.take() == [
                "before save Order update 11 old 11", "before save Order update 12 old 12",
                "validate Order update 11 old 11",
                "validate Order update 12 old 12", "persist Order update 11 old 11", "persist Order update 12 old 12",
                "after save Order update 11 old 11", "after save Order update 12 old 12",
                "after commit Order update 11 old 11", "after commit Order update 12 old 12",
            ])
        #expect(try await each.database.deleteAll("Order", where: ["customerId": 1]).count == 2)
        #expect(log.take().last == "after commit Order delete 12 old 12")
        #expect(try await each.rows("SELECT id FROM orders ORDER BY id") == "21;99")
        // Nobody to change: no hook.
        #expect(try await each.database.updateAll("Order", where: ["customerId": 7], ["total": 1]).count == 0)
        #expect(log.take() == [])
        await each.database.close()
    }

    @Test func `What hooks make of data is checked and written`() async throws {
        var hooks = Hooks()
        hooks.beforeSave("Customer") { save in
            if save.isNew { save["points"] = 7 }
            if let name = save["name"]?.text { save["name"] = .string(name.uppercased()) }
            save.state["seen"] = true
        }
        hooks.persist("Customer") { save in
            #expect(save.state["seen"] as? Bool == true)
            save["code"] = "persisted"
        }
        hooks.afterSave("Customer") { save in
            #expect(save.record?["name"]?.text?.hasPrefix("DA") == true)
            // Hidden properties too.
            #expect(save.record?.members?.contains { $0.key == "secret" } == true)
        }
        let world = try await WritingWorld("hook_data", hooks: hooks)
        let graph = try await world.database.create(
            "Customer", ["id": 9, "name": "dan"], filter: ["fields": ["id", "name"]])
        #expect(try graph.text == #"[{"id":9,"name":"DAN"}]"#)
        #expect(try await world.rows("SELECT name, points, code FROM customer WHERE id = 9") == "DAN,7,persisted")
        // As if it had been given: too long is too long.
        #expect(
            await told {
                try await world.database.create(
                    "Customer", ["id": 8, "name": .string(String(repeating: "x", count: 21))]
                ).text
            }
                == "VALIDATION_ERROR name:length")
        await world.database.close()
    }

    @Test func `What is different for each record of a change of many is written so`() async throws {
        var hooks = Hooks()
        hooks.beforeSave("Order", loading: .old) { save in
            save["customerCode"] = .string("was " + (save.old?["status"]?.text ?? "?"))
        }
        let world = try await WritingWorld("hook_each_data", hooks: hooks)
        #expect(try await world.database.updateAll("Order", where: [:], ["total": 2]).count == 4)
        #expect(
            try await world.rows("SELECT id, customer_code, total FROM orders ORDER BY id")
                == "11,was open,2.00;12,was paid,2.00;21,was open,2.00;99,was open,2.00")
        await world.database.close()
    }

    @Test func `Without hooks of its own a model takes the statements it took`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_none", hooks: log.hooks("Tag"))
        let plain = try await WritingWorld("hook_not")
        func counts(_ database: Database) async throws -> [Int] {
            var counts: [Int] = []
            func add(_ statistics: ExecutionStatistics) { counts += [statistics.statements, statistics.roundTrips] }
            add(try await database.create("Order", ["sku": "z"]).statistics)
            add(try await database.updateById("Order", id: 11, ["status": "paid"]).statistics)
            add(try await database.updateAll("Order", where: ["id": 11], ["status": "open"]).statistics)
            add(try await database.upsert("Order", ["id": 12, "status": "open"]).statistics)
            add(try await database.createRelated("Customer", id: 1, relation: "orders", ["sku": "y"]).statistics)
            add(try await database.addRelated("Customer", id: 2, relation: "groups", key: 1).statistics)
            add(try await database.deleteById("Order", id: 99).statistics)
            add(try await database.find("Customer").statistics)
            return counts
        }
        let (own, other) = (try await counts(world.database), try await counts(plain.database))
        #expect(own == other)
        #expect(log.take() == [])
        await world.database.close()
        await plain.database.close()
    }

    @Test func `Names of no model are told at once, with what may be meant`() async throws {
        var hooks = Hooks()
        hooks.afterSave("Ordr") { _ in }
        hooks.access("Custmer") { _ in }
        let names = hooks
        let error = await #expect(throws: SchemaError.self) { _ = try await WritingWorld("hook_names", hooks: names) }
        #expect(error?.problems.map(\.path) == ["hooks.Custmer", "hooks.Ordr"])
        #expect(error?.problems.last?.message.contains("Is \"Order\" meant?") == true)
        #expect(error?.problems.map(\.code) == [.invalidDefinition, .invalidDefinition])
    }

    @Test func `Hooks that call for each other end in an error`() async throws {
        var hooks = Hooks()
        hooks.maximumDepth = 4
        hooks.afterSave("Tag") { save in
            try await save.transaction.create("Tag", ["name": "again"])
        }
        hooks.afterSave("Label") { save in
            if save.record?["name"] != "end" { try await save.transaction.create("Label", ["name": "end"]) }
        }
        let world = try await WritingWorld("hook_depth", hooks: hooks)
        let error = await #expect(throws: HookError.self) { try await world.database.create("Tag", ["name": "t"]) }
        #expect(error?.depth == 4 && error?.code == "HOOK_RECURSION" && error.map { ErrorReport($0).status } == 500)
        #expect(try await world.rows("SELECT count(*) FROM tag") == "3")
        try await world.database.create("Label", ["name": "begin"])
        #expect(try await world.rows("SELECT string_agg(name, ',' ORDER BY id) FROM label WHERE id > 2") == "begin,end")
        await world.database.close()
    }

    @Test func `Hooks that go around the transaction end in an error as well`() async throws {
        let outside = Locked<Database?>(nil)
        var hooks = Hooks()
        hooks.maximumDepth = 3
        hooks.beforeSave("Tag") { _ in
            let database = outside.withLock { $0 }
            try await database?.create("Tag", ["name": "outside"])
        }
        let world = try await WritingWorld("hook_around", hooks: hooks)
        outside.withLock { $0 = world.database }
        await #expect(throws: HookError.self) { try await world.database.create("Tag", ["name": "t"]) }
        #expect(try await world.rows("SELECT count(*) FROM tag") == "3")
        outside.withLock { $0 = nil }
        await world.database.close()
    }

    /// The statements of an operation, without those that begin and end its transaction.
    private func statements(
        _ world: WritingWorld, _ operation: (Database) async throws -> Void
    ) async throws -> Int {
        let log = RecordingLog()
        try await operation(world.database.with(logger: log.logger(.trace)))
        return log.lines.filter {
            $0.contains("A statement was run.") && !$0.contains("sql=BEGIN") && !$0.contains("sql=COMMIT")
        }.count
    }

    @Test(arguments: [Hooks.Loading.nothing, .old])
    func `An operation takes the statements that the page says`(loading: Hooks.Loading) async throws {
        let isOld = loading == .old
        let world = try await WritingWorld(
            "hook_statements_\(isOld)", hooks: HookLog().hooks("Order", "Membership", loading: loading))
        func expect(
            _ name: String, _ plain: Int, old: Int, _ operation: (Database) async throws -> Void
        ) async throws {
            #expect(try await statements(world, operation) == (isOld ? old : plain), "\(name)")
        }
        try await expect("create", 1, old: 1) { try await $0.create("Order", ["sku": "a"]) }
        try await expect("createAll", 1, old: 1) { try await $0.createAll("Order", [["sku": "b"], ["sku": "c"]]) }
        try await expect("updateById", 1, old: 2) { try await $0.updateById("Order", id: 11, ["total": 1]) }
        try await expect("replaceById", 1, old: 2) { try await $0.replaceById("Order", id: 11, ["total": 1]) }
        try await expect("upsert", 2, old: 2) { try await $0.upsert("Order", ["id": 11, "total": 2]) }
        try await expect("upsertWithWhere", 3, old: 3) {
            try await $0.upsertWithWhere("Order", where: ["id": 11], ["total": 2])
        }
        try await expect("findOrCreate", 3, old: 3) {
            try await $0.findOrCreate("Order", filter: ["where": ["id": 11]], ["total": 2])
        }
        try await expect("updateAll", 1, old: 3) { try await $0.updateAll("Order", where: ["id": 11], ["total": 3]) }
        try await expect("createRelated", 1, old: 1) {
            try await $0.createRelated("Customer", id: 1, relation: "orders", ["sku": "d"])
        }
        try await expect("updateRelated", 1, old: 2) {
            try await $0.updateRelated("Customer", id: 1, relation: "orders", key: 12, ["total": 4])
        }
        try await expect("addRelated", 4, old: 4) {
            try await $0.addRelated("Customer", id: 1, relation: "orders", key: 21)
        }
        try await expect("removeRelated", 3, old: 3) {
            try await $0.removeRelated("Customer", id: 1, relation: "orders", key: 21)
        }
        try await expect("a link's removal", 2, old: 2) {
            try await $0.removeRelated("Customer", id: 1, relation: "groups", key: 1)
        }
        try await expect("deleteById", 1, old: 2) { try await $0.deleteById("Order", id: 21) }
        try await expect("deleteAll", 1, old: 2) { try await $0.deleteAll("Order", where: ["id": 12]) }
        await world.database.close()
    }
}
