// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner
import TestSupport
import Testing

@testable import Kinship

/// Plans of changes are kept by their shapes: values, and how many records there are, make no other one.
@Suite(.serialized) struct ChangeCacheTests {
    @Test func `Values make no other plan, and texts don't depend on them`() async throws {
        let world = try await WritingWorld("cached", isKept: true)
        let database = world.database
        func plans() -> Int { database.context.planning.changes.count }
        func made(_ name: String, _ calls: [@Sendable (Database) async throws -> Graph]) async throws {
            let before = plans()
            var texts: Set<String> = []
            for call in calls {
                let graph = try await call(database)
                texts.insert(graph.plan.fetches[0].text)
            }
            #expect(texts.count == 1, "\(name): \(texts)")
            #expect(plans() == before + 1, "\(name)")
        }
        try await made(
            "create",
            [
                { try await $0.create("Order", ["total": 1, "sku": "a"]) },
                { try await $0.create("Order", ["total": 2, "sku": "b"]) },
                { try await $0.create("Order", ["total": 3, "sku": .null]) },
                { try await $0.create("Order", ["sku": "c", "total": 3]) },
            ])
        try await made(
            "createAll",
            [
                { try await $0.createAll("Order", [["total": 1, "sku": "d"], ["total": 2, "sku": "e"]]) },
                { try await $0.createAll("Order", (0..<100).map { ["total": 1, "sku": .string("f\($0)")] }) },
            ])
        try await made(
            "update",
            [
                { try await $0.updateById("Order", id: 11, ["total": 5]) },
                { try await $0.updateById("Order", id: 12, ["total": .null]) },
            ])
        try await made(
            "lists of lists",
            [
                {
                    try await $0.createAll(
                        "Customer", [["id": 20, "name": "a", "ints": [1, 2]], ["id": 21, "name": "b", "ints": []]])
                },
                {
                    try await $0.createAll(
                        "Customer",
                        [
                            ["id": 22, "name": "a", "ints": [3]], ["id": 23, "name": "b", "ints": [4, 5, 6]],
                            ["id": 24, "name": "c", "ints": .null],
                        ])
                },
            ])
        #expect(
            try await world.rows("SELECT id, ints FROM customer WHERE id BETWEEN 20 AND 24 ORDER BY id")
                == "20,{1,2};21,{};22,{3};23,{4,5,6};24,-")
        try await made(
            "locks by name",
            [
                { try await $0.upsertWithWhere("Order", where: ["sku": "u1"], ["total": 1, "sku": "u1"]) },
                { try await $0.upsertWithWhere("Order", where: ["sku": "u2"], ["total": 2, "sku": "u2"]) },
            ])
        try await made(
            "operators",
            [
                { try await $0.updateById("Customer", id: 1, ["$inc": ["points": 2], "$push": ["tags": "x"]]) },
                { try await $0.updateById("Customer", id: 2, ["$inc": ["points": 3], "$push": ["tags": ["y"]]]) },
            ])
        #expect(
            try await world.rows("SELECT points, tags FROM customer WHERE id < 3 ORDER BY id")
                == "2,[\"x\"];3,[[\"y\"]]")
        try await made(
            "related",
            [
                { try await $0.createRelated("Customer", id: 1, relation: "orders", ["total": 1]).graph },
                { try await $0.createRelated("Customer", id: 2, relation: "orders", ["total": 2]).graph },
            ])
        try await made(
            "with an include",
            [
                {
                    try await $0.updateById(
                        "Order", id: 11, ["total": 7],
                        filter: ["include": ["relation": "customer", "scope": ["where": ["name": "Ada"]]]])
                },
                {
                    try await $0.updateById(
                        "Order", id: 21, ["total": 8],
                        filter: ["include": ["relation": "customer", "scope": ["where": ["name": "Bob"]]]])
                },
            ])
        #expect(
            try await database.updateById(
                "Order", id: 21, ["total": 8],
                filter: ["include": ["relation": "customer", "scope": ["where": ["name": "Bob"]]]]
            )
            .text.contains(#""name":"Bob""#))
        // A new catalog is planned for anew.
        try await database.refreshCatalog()
        #expect(plans() == 0)
        await database.close()
    }

    @Test func `Who changes other properties, or shows others, has another plan`() async throws {
        let world = try await WritingWorld("cached_apart")
        let database = world.database
        func plans() -> Int { database.context.planning.changes.count }
        try await database.updateById("Order", id: 11, ["total": 5])
        #expect(plans() == 1)
        try await database.updateById("Order", id: 11, ["sku": "n"])
        #expect(plans() == 2)
        try await database.updateById("Order", id: 11, ["total": 5], filter: ["fields": ["id"]])
        #expect(plans() == 3)
        try await database.unscoped.updateById("Order", id: 11, ["total": 5])
        try await database.with(trees: TreeOptions(strategy: .byLevel)).updateById("Order", id: 11, ["total": 6])
        #expect(plans() == 3)
        await database.close()
    }
}
