// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

// Beside hooks, and beside others who want the same record.
extension FindOrCreateRelatedTests {
    // MARK: Hooks

    @Test func `Hooks run where one is made`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("find_related_hooks", hooks: log.hooks("Order", "Membership"))
        let database = world.database
        let found = try await database.findOrCreateRelated(
            "Customer", id: 1, relation: "orders", filter: ["where": ["sku": "s12"]], ["sku": "s12"])
        #expect(!found.isCreated && found.record.count == 1 && log.take() == [])
        let made = try await database.findOrCreateRelated(
            "Customer", id: 1, relation: "orders", filter: ["where": ["sku": "n"]], ["sku": "n"])
        #expect(made.isCreated)
        #expect(
            log.take().map { String($0.prefix { $0 != "O" }) } == [
                "before save ", "validate ", "persist ", "after save ", "after commit ",
            ])
        #expect(
            await told {
                try await database.findOrCreateRelated(
                    "Customer", id: 7, relation: "orders", filter: [:], ["sku": "m"]
                ).record.text
            } == "MODEL_NOT_FOUND")
        #expect(log.take() == [])
        let linked = try await database.findOrCreateRelated(
            "Customer", id: 3, relation: "groups", filter: ["where": ["name": "B"]], ["id": 8, "name": "B"])
        #expect(linked.isCreated)
        #expect(log.take().first?.hasPrefix("before save Membership create") == true)
        #expect(try await world.rows("SELECT group_id FROM membership WHERE customer_id = 3") == "8")
        await database.close()
    }

    @Test func `A hook that refuses leaves nothing, and one that fills in is heard`() async throws {
        var hooks = Hooks()
        hooks.beforeSave("Order") { save in
            if save.data["sku"] == "refused" { throw HookLog.Refused() }
            #expect(save.operation == "findOrCreateRelated")
            save.data = ["sku": "filled"]
        }
        let world = try await WritingWorld("find_related_refused", hooks: hooks)
        let before = try await world.everything()
        await #expect(throws: HookLog.Refused.self) {
            try await world.database.findOrCreateRelated(
                "Customer", id: 3, relation: "orders", filter: [:], ["sku": "refused"])
        }
        #expect(try await world.everything() == before)
        let made = try await world.database.findOrCreateRelated(
            "Customer", id: 3, relation: "orders", filter: [:], ["sku": "n"])
        #expect(try made.isCreated && made.record.text.contains("filled"))
        await world.database.close()
    }

    // MARK: Many at once

    private static let contested: [(relation: String, data: @Sendable (Int) -> JSONValue, count: String)] = [
        (
            "orders", { ["status": "open", "total": .number("\($0)")] },
            "SELECT count(*) FROM orders WHERE customer_id = 3"
        ),
        ("profile", { ["bio": .string("\($0)")] }, "SELECT count(*) FROM profile WHERE customer_id = 3"),
        ("pictures", { ["url": .string("\($0)")] }, "SELECT count(*) FROM picture WHERE owner_id = 3"),
        ("tagged", { ["name": .string("\($0)")] }, "SELECT count(*) FROM customertag WHERE customerid = 3"),
        ("labels", { ["name": .string("\($0)")] }, "SELECT count(*) FROM labelling WHERE thing_id = 3"),
        (
            "groups", { ["id": .number("\(100 + $0)"), "name": "n"] },
            "SELECT count(*) FROM membership WHERE customer_id = 3"
        ),
        ("byInts", { ["id": .number("\(100 + $0)")] }, "SELECT cardinality(ints) FROM customer WHERE id = 3"),
        ("byJson", { ["id": .number("\(100 + $0)")] }, "SELECT jsonb_array_length(jsons) FROM customer WHERE id = 3"),
    ]

    @Test(arguments: contested.indices, [false, true])
    func `64 tasks make one record once`(number: Int, isHooked: Bool) async throws {
        let (relation, data, count) = Self.contested[number]
        let log = HookLog()
        let world = try await WritingWorld(
            "find_related_race_\(number)_\(isHooked)",
            hooks: isHooked
                ? log.hooks("Order", "Profile", "Picture", "Tag", "Label", "Group", "Product") : Hooks(),
            sql: WritingWorld.slowly("orders", "profile", "picture", "tag", "label", "grp", "product"))
        let database = world.database
        let outcomes = await ConcurrentWriteTests().all { task in
            let made = try await database.findOrCreateRelated(
                "Customer", id: 3, relation: relation, filter: [:], data(task))
            return made.isCreated ? "made" : "found"
        }
        #expect(outcomes.count { $0 == "made" } == 1, "\(relation): \(Set(outcomes))")
        #expect(outcomes.count { $0 == "found" } == ConcurrentWriteTests.tasks - 1, "\(relation): \(Set(outcomes))")
        #expect(try await world.rows(count) == "1", "\(relation)")
        await database.close()
    }
}
