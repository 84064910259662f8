// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Every change through relations whose key is at the target, or at the record itself.
@Suite struct KeyedRelationWriteTests {
    static func orders(_ rows: String) -> (sql: String, rows: String) {
        ("SELECT id, right(customer_id::text, 1), status FROM orders ORDER BY id", rows)
    }
    static func totals(_ rows: String) -> (sql: String, rows: String) {
        ("SELECT id, round(total) FROM orders ORDER BY id", rows)
    }
    static func codes(_ rows: String) -> (sql: String, rows: String) {
        ("SELECT id, customer_code FROM orders ORDER BY id", rows)
    }
    static func profiles(_ rows: String) -> (sql: String, rows: String) {
        ("SELECT id, right(customer_id::text, 1), bio FROM profile ORDER BY id", rows)
    }
    static func pictures(_ rows: String) -> (sql: String, rows: String) {
        ("SELECT id, right(owner_id::text, 1), left(owner_type, 1), url FROM picture ORDER BY id", rows)
    }
    static func owners(_ rows: String) -> (sql: String, rows: String) {
        (
            "SELECT right(id::text, 1), name, (SELECT string_agg(o.id::text, '+' ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) FROM customer c ORDER BY 1",
            rows
        )
    }
    static let same = orders("11,1,open;12,1,paid;21,2,open;99,-,open")
    static let sameProfiles = profiles("1,1,a;2,2,b")
    static let samePictures = pictures("1,1,C,u1;2,1,C,u2;3,2,C,u3;4,1,G,u4")
    static let sameOwners = owners("1,Ada,11+12;2,Bob,21;3,Cy,-")

    static let hasMany: [WriteExample] = [
        .init("one", orders("11,1,open;12,1,paid;21,2,open;99,-,open;1001,1,open")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "orders", ["total": 5]).statistics
        },
        .init("several", orders("11,1,open;12,1,paid;21,2,open;99,-,open;1001,1,open;1002,1,paid")) {
            try await $0.createRelated(
                "Customer", id: $1.json(1), relation: "orders", [["total": 1], ["status": "paid"]]
            ).statistics
        },
        .init("with the same key", orders("11,1,open;12,1,paid;21,2,open;99,-,open;1001,2,open")) {
            try await $0.createRelated("Customer", id: $1.json(2), relation: "orders", ["customerId": $1.json(2)])
                .statistics
        },
        .init("with another key", "KEY_OVERRIDE", same) {
            try await $0.createRelated("Customer", id: $1.json(2), relation: "orders", ["customerId": $1.json(1)])
                .statistics
        },
        .init("one of them with another key", "KEY_OVERRIDE", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(2), relation: "orders", [[:], ["customerId": $1.json(1)]]
            ).statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", same) {
            try await $0.createRelated("Customer", id: $1.json(7), relation: "orders", ["total": 5]).statistics
        },
        .init("none of those", "VALIDATION_ERROR status:inclusion", same) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "orders", ["status": "odd"]).statistics
        },
        .init(
            "all that is wrong",
            "INVALID_VALUE [0].status:inclusion [1].total:type [1].x:unknown-property [2].id:absence", same
        ) {
            try await $0.createRelated(
                "Customer", id: $1.json(1), relation: "orders",
                [["status": "odd"], ["total": "much", "x": 1], ["id": 5]]
            ).statistics
        },
        .init("twice", "23505", same) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "orders", [[:], ["sku": "s21"]]).statistics
        },
        .init("change", totals("11,6;12,20;21,30;99,1")) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 11, ["total": 6]).statistics
        },
        .init("change to the same", totals("11,6;12,20;21,30;99,1")) {
            try await $0.updateRelated(
                "Customer", id: $1.json(1), relation: "orders", key: 11,
                ["total": 6, "id": 11, "customerId": $1.json(1)]
            ).statistics
        },
        .init("nothing to change", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 11, [:]).statistics
        },
        .init("change another's", "MODEL_NOT_FOUND", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 21, ["total": 6]).statistics
        },
        .init("change nobody's", "MODEL_NOT_FOUND", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 99, ["total": 6]).statistics
        },
        .init("change what isn't there", "MODEL_NOT_FOUND", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 777, ["total": 6])
                .statistics
        },
        .init("change whose it is", "KEY_OVERRIDE", same) {
            try await $0.updateRelated(
                "Customer", id: $1.json(1), relation: "orders", key: 11, ["customerId": $1.json(2)]
            ).statistics
        },
        .init("change its key", "KEY_OVERRIDE", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 11, ["id": 12]).statistics
        },
        .init("change all", totals("11,7;12,7;21,30;99,1")) {
            try await $0.updateAllRelated("Customer", id: $1.json(1), relation: "orders", ["total": 7]).statistics
        },
        .init("change some", totals("11,10;12,7;21,30;99,1")) {
            try await $0.updateAllRelated(
                "Customer", id: $1.json(1), relation: "orders", where: ["status": "paid"], ["total": 7]
            ).statistics
        },
        .init("change the key of all", "KEY_OVERRIDE", same) {
            try await $0.updateAllRelated("Customer", id: $1.json(1), relation: "orders", ["id": 5]).statistics
        },
        .init("change whose all are", "KEY_OVERRIDE", same) {
            try await $0.updateAllRelated("Customer", id: $1.json(1), relation: "orders", ["customerId": $1.json(2)])
                .statistics
        },
        .init("delete", orders("12,1,paid;21,2,open;99,-,open")) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "orders", key: 11).statistics
        },
        .init("delete another's", "MODEL_NOT_FOUND", same) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "orders", key: 21).statistics
        },
        .init("delete one of many", "INVALID_FILTER", same) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "orders").statistics
        },
        .init("delete all", orders("21,2,open;99,-,open")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "orders").statistics
        },
        .init("delete some", orders("11,1,open;21,2,open;99,-,open")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "orders", where: ["status": "paid"])
                .statistics
        },
        .init("delete nobody's", same) {
            try await $0.deleteAllRelated("Customer", id: $1.json(7), relation: "orders").statistics
        },
        .init("take", orders("11,1,open;12,1,paid;21,1,open;99,-,open")) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "orders", key: 21).statistics
        },
        .init("take what isn't there", "MODEL_NOT_FOUND", same) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "orders", key: 777).statistics
        },
        .init("take for nobody", "MODEL_NOT_FOUND", same) {
            try await $0.addRelated("Customer", id: $1.json(7), relation: "orders", key: 21).statistics
        },
        .init("let go", orders("11,-,open;12,1,paid;21,2,open;99,-,open")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "orders", key: 11).statistics
        },
        .init("let another's go", same) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "orders", key: 21).statistics
        },
        .init("set", orders("11,-,open;12,1,paid;21,1,open;99,-,open"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "orders", keys: [21, 12, 21]).statistics
        },
        .init("set none", orders("11,-,open;12,-,paid;21,2,open;99,-,open"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "orders", keys: []).statistics
        },
        .init("set what isn't there", "MODEL_NOT_FOUND", same) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "orders", keys: [21, 777]).statistics
        },
        .init("set for nobody", "MODEL_NOT_FOUND", same) {
            try await $0.setRelated("Customer", id: $1.json(7), relation: "orders", keys: []).statistics
        },
        .init("count its key up", "INVALID_VALUE $inc.id:type", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "orders", key: 11, ["$inc": ["id": 1]])
                .statistics
        },
    ]

    static let scoped: [WriteExample] = [
        .init("what the scope says isn't written", orders("11,1,open;12,1,paid;21,2,open;99,-,open;1001,1,paid")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "openOrders", ["status": "paid"])
                .statistics
        },
        .init("change what the scope hides", "MODEL_NOT_FOUND", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "openOrders", key: 12, ["total": 6])
                .statistics
        },
        .init("delete what the scope hides", "MODEL_NOT_FOUND", same) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "openOrders", key: 12).statistics
        },
        .init("delete what the scope shows", orders("12,1,paid;21,2,open;99,-,open")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "openOrders").statistics
        },
        .init("change what the scope shows", totals("11,7;12,20;21,30;99,1")) {
            try await $0.updateAllRelated("Customer", id: $1.json(1), relation: "openOrders", ["total": 7]).statistics
        },
        .init("delete as many as there may be", orders("11,1,open;21,2,open;99,-,open")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "lastOrders").statistics
        },
        .init("change as many as there may be", totals("11,10;12,7;21,30;99,1")) {
            try await $0.updateAllRelated("Customer", id: $1.json(1), relation: "lastOrders", ["total": 7]).statistics
        },
    ]

    static let coded: [WriteExample] = [
        .init("one", codes("11,one;12,one;21,two;99,-;1001,one")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "coded", ["total": 5]).statistics
        },
        .init("with the same key", codes("11,one;12,one;21,two;99,-;1001,one;1002,one")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "coded", [["customerCode": "one"], [:]])
                .statistics
        },
        .init("with another key", "KEY_OVERRIDE", same) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "coded", ["customerCode": "two"])
                .statistics
        },
        .init("with several keys", "KEY_OVERRIDE", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(1), relation: "coded", [["customerCode": "one"], ["customerCode": "two"]]
            )
            .statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", same) {
            try await $0.createRelated("Customer", id: $1.json(7), relation: "coded", ["customerCode": "one"])
                .statistics
        },
        .init("change to the same", totals("11,6;12,20;21,30;99,1")) {
            try await $0.updateRelated(
                "Customer", id: $1.json(1), relation: "coded", key: 11, ["total": 6, "customerCode": "one"]
            ).statistics
        },
        .init("change whose it is", "KEY_OVERRIDE", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "coded", key: 11, ["customerCode": "two"])
                .statistics
        },
        .init("change another's", "MODEL_NOT_FOUND", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "coded", key: 21, ["total": 5]).statistics
        },
        .init("delete all", codes("21,two;99,-")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "coded").statistics
        },
        .init("set", codes("11,-;12,-;21,one;99,-"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "coded", keys: [21]).statistics
        },
        .init("take", codes("11,one;12,one;21,two;99,one")) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "coded", key: 99).statistics
        },
        .init("let go", codes("11,-;12,one;21,two;99,-")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "coded", key: 11).statistics
        },
    ]

    static let all = [hasMany, scoped, coded, hasOne, polymorphic, belongsTo]

    @Test(arguments: WritingWorld.Key.allCases)
    func `Each is done, or refused without a trace`(key: WritingWorld.Key) async throws {
        let world = try await WritingWorld("keyed_\(key.rawValue)", key: key)
        try await WriteExample.check(Self.all, in: world)
        await world.database.close()
    }

    @Test func `Foreign keys and unique indexes change nothing of it`() async throws {
        let world = try await WritingWorld("keyed_kept", isKept: true)
        try await WriteExample.check(Self.all, in: world)
        await world.database.close()
    }
}
