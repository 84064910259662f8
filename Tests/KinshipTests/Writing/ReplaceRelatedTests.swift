// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Related records that others take the place of, of every kind of relation: what isn't given is gone, what the relation says stays.
@Suite(.serialized) struct ReplaceRelatedTests {
    private typealias Look = (sql: String, rows: String)

    private static func orders(_ rows: String) -> Look {
        (
            "SELECT id, right(customer_id::text, 1), customer_code, status, total::int, sku FROM orders WHERE id < 13 ORDER BY id",
            rows
        )
    }
    private static let same = orders("11,1,one,open,10,s11;12,1,one,paid,20,s12")
    private static let pictures =
        "SELECT string_agg(id || coalesce(url, '-') || left(owner_type, 1) || right(owner_id::text, 1), ' ' ORDER BY id) FROM picture"
    private static let groups =
        "SELECT string_agg(right(id::text, 1) || coalesce(name, '-'), ' ' ORDER BY id) FROM grp UNION ALL SELECT count(*)::text FROM membership"

    private static let all: [WriteExample] = [
        // A default of the database's own is what isn't given is again.
        .init("of a hasMany", orders("11,1,-,open,10,new;12,1,one,paid,20,s12")) {
            try await $0.replaceRelated(
                "Customer", id: $1.json(1), relation: "orders", key: 11, ["sku": "new", "total": 10]
            ).statistics
        },
        .init("with the same keys", orders("11,1,-,open,-,-;12,1,one,paid,20,s12")) {
            try await $0.replaceRelated(
                "Customer", id: $1.json(1), relation: "orders", key: 11, ["id": 11, "customerId": $1.json(1)]
            ).statistics
        },
        .init("by another property", orders("11,-,one,open,-,x;12,1,one,paid,20,s12")) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "coded", key: 11, ["sku": "x"]).statistics
        },
        .init("another record's", "MODEL_NOT_FOUND", same) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "orders", key: 21, ["sku": "x"])
                .statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", same) {
            try await $0.replaceRelated("Customer", id: $1.json(7), relation: "orders", key: 11, ["sku": "x"])
                .statistics
        },
        .init("with another record's key", "KEY_OVERRIDE", same) {
            try await $0.replaceRelated(
                "Customer", id: $1.json(1), relation: "orders", key: 11, ["customerId": $1.json(2)]
            ).statistics
        },
        .init("with another key", "KEY_OVERRIDE", same) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "orders", key: 11, ["id": 12]).statistics
        },
        .init("with what there isn't", "VALIDATION_ERROR nope:unknown-property", same) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "orders", key: 11, ["nope": 1]).statistics
        },
        .init("without what is required", "VALIDATION_ERROR name:presence", same) { database, _ in
            try await database.replaceRelated("Order", id: 11, relation: "customer", ["code": "x"]).statistics
        },
        .init("without a key", "INVALID_FILTER", same) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "orders", ["sku": "x"]).statistics
        },
        .init("of a hasOne", ("SELECT id, right(customer_id::text, 1), bio FROM profile ORDER BY id", "1,1,-;2,2,b")) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "profile", [:]).statistics
        },
        .init("of a hasOne without one", "RELATION_EMPTY", same) {
            try await $0.replaceRelated("Customer", id: $1.json(3), relation: "profile", ["bio": "z"]).statistics
        },
        .init("of a polymorphic relation", (pictures, "1-C1 2u2C1 3u3C2 4u4G1")) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "pictures", key: 1, [:]).statistics
        },
        .init(
            "of a belongsTo",
            (
                "SELECT right(id::text, 1), code, name, points, ints FROM customer WHERE name = 'New'", "1,-,New,0,-"
            )
        ) { database, _ in
            try await database.replaceRelated("Order", id: 11, relation: "customer", ["name": "New"]).statistics
        },
        .init("through links", (groups, "1- 2B 3C;3")) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(1), [:]).statistics
        },
        .init("what isn't linked", "MODEL_NOT_FOUND", (groups, "1A 2B 3C;3")) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(3), [:]).statistics
        },
        .init(
            "of a list of keys",
            ("SELECT string_agg(id || coalesce(name, '-'), ' ' ORDER BY id) FROM product", "1pen 2- 3pad")
        ) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "byJson", key: 2, [:]).statistics
        },
        .init("what the list hasn't", "MODEL_NOT_FOUND", same) {
            try await $0.replaceRelated("Customer", id: $1.json(1), relation: "byInts", key: 3, [:]).statistics
        },
    ]

    @Test(arguments: WritingWorld.Key.allCases)
    func `Each is replaced, or refused without a trace`(key: WritingWorld.Key) async throws {
        let world = try await WritingWorld("replace_related_\(key.rawValue)", key: key)
        try await WriteExample.check([Self.all], in: world)
        await world.database.close()
    }

    @Test func `Hooks hear of it as of any other change`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("replace_related_hooks", hooks: log.hooks("Order", loading: .old))
        let replaced = try await world.database.replaceRelated(
            "Customer", id: 1, relation: "orders", key: 12, ["sku": "new"])
        #expect(try replaced.text.contains(#""sku":"new""#))
        #expect(log.take().first == "before save Order update 12 old 12")
        #expect(
            try await world.rows("SELECT customer_id, customer_code, status, sku FROM orders WHERE id = 12")
                == "1,-,open,new")
        await world.database.close()
    }
}
