// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The first of a record's related ones that a filter finds, or a new one, of every kind of relation.
@Suite(.serialized, .timeLimit(.minutes(2))) struct FindOrCreateRelatedTests {
    private typealias Look = (sql: String, rows: String)

    /// One that is found, or made, as is said.
    private static func example(
        _ name: String, _ isCreated: Bool, _ relation: String, of number: Int, _ filter: JSONValue, _ look: Look,
        shows: String, _ data: @escaping @Sendable (WritingWorld.Key) -> JSONValue
    ) -> WriteExample {
        WriteExample("\(relation): \(name)", look, most: 2) { database, key in
            let made = try await database.findOrCreateRelated(
                "Customer", id: key.json(number), relation: relation, filter: filter, data(key))
            #expect(made.isCreated == isCreated, "\(relation): \(name)")
            #expect(made.record.count == 1)
            let text = try made.record.text
            #expect(text.contains(shows), "\(relation): \(name): \(text)")
            return made.record.statistics
        }
    }

    /// One that is refused.
    private static func refused(
        _ code: String, _ relation: String, of number: Int, _ filter: JSONValue, _ look: Look,
        _ data: @escaping @Sendable (WritingWorld.Key) -> JSONValue
    ) -> WriteExample {
        WriteExample("\(relation): \(code)", code, look) { database, key in
            try await database.findOrCreateRelated(
                "Customer", id: key.json(number), relation: relation, filter: filter, data(key)
            ).record.statistics
        }
    }

    // MARK: Keyed

    private static func orders(_ rows: String) -> Look {
        (
            "SELECT string_agg(id || ':' || coalesce(right(customer_id::text, 1), '-') || coalesce(sku, ''), ' ' ORDER BY id) FROM orders",
            rows
        )
    }
    private static let same = orders("11:1s11 12:1s12 21:2s21 99:-s99")
    private static func profiles(_ rows: String) -> Look {
        ("SELECT string_agg(id || ':' || right(customer_id::text, 1) || bio, ' ' ORDER BY id) FROM profile", rows)
    }
    private static func pictures(_ rows: String) -> Look {
        (
            "SELECT string_agg(id || ':' || left(owner_type, 1) || right(owner_id::text, 1) || url, ' ' ORDER BY id) FROM picture",
            rows
        )
    }
    private static let samePictures = pictures("1:C1u1 2:C1u2 3:C2u3 4:G1u4")

    private static let hasMany: [WriteExample] = [
        example("found", false, "orders", of: 1, ["where": ["status": "open"]], same, shows: #""id":11"#) { _ in
            ["sku": "n"]
        },
        example("the first of an order", false, "orders", of: 1, ["order": "id DESC"], same, shows: #""id":12"#) { _ in
            ["sku": "n"]
        },
        example("behind others", false, "orders", of: 1, ["skip": 1], same, shows: #""id":12"#) { _ in ["sku": "n"] },
        example(
            "made", true, "orders", of: 3, ["where": ["sku": "n"]], orders("11:1s11 12:1s12 21:2s21 99:-s99 1001:3n"),
            shows: #""sku":"n""#
        ) { _ in ["sku": "n"] },
        example(
            "another record's isn't found", true, "orders", of: 1, ["where": ["sku": "s21"]],
            orders("11:1s11 12:1s12 21:2s21 99:-s99 1001:1n"), shows: #""sku":"n""#
        ) { _ in ["sku": "n"] },
        example(
            "what the scope leaves out isn't found", true, "openOrders", of: 1, ["where": ["sku": "s12"]],
            orders("11:1s11 12:1s12 21:2s21 99:-s99 1001:1n"), shows: #""sku":"n""#
        ) { _ in ["sku": "n"] },
        example("the scope's order", false, "lastOrders", of: 1, [:], same, shows: #""id":12"#) { _ in ["sku": "n"] },
        example("by another property", false, "coded", of: 1, ["where": ["status": "paid"]], same, shows: #""id":12"#) {
            _ in ["sku": "n"]
        },
        example(
            "made by another property", true, "coded", of: 3, ["where": ["status": "paid"]],
            (
                "SELECT string_agg(id || ':' || customer_code || sku, ' ' ORDER BY id) FROM orders WHERE id > 20",
                "21:twos21 1001:threen"
            ), shows: #""customerCode":"three""#
        ) { _ in ["sku": "n"] },
        example("only what is asked for", false, "orders", of: 1, ["fields": ["sku"]], same, shows: #"[{"sku":"s11"}]"#)
        {
            _ in ["sku": "n"]
        },
        refused("MODEL_NOT_FOUND", "orders", of: 7, [:], same) { _ in ["sku": "n"] },
        refused("UNKNOWN_PROPERTY", "orders", of: 1, ["where": ["nope": 1]], same) { _ in ["sku": "n"] },
        refused("VALIDATION_ERROR nope:unknown-property", "orders", of: 1, [:], same) { _ in ["nope": 1] },
        refused("KEY_OVERRIDE", "orders", of: 1, ["where": ["sku": "n"]], same) { ["customerId": $0.json(2)] },
        refused("INVALID_VALUE", "orders", of: 1, [:], same) { _ in [["sku": "n"]] },
        refused("23505", "orders", of: 3, ["where": ["sku": "s11"]], same) { _ in ["sku": "s11"] },
        refused("UNKNOWN_RELATION", "nothing", of: 1, [:], same) { _ in ["sku": "n"] },
    ]

    private static let hasOne: [WriteExample] = [
        example("found", false, "profile", of: 1, [:], profiles("1:1a 2:2b"), shows: #""bio":"a""#) { _ in
            ["bio": "n"]
        },
        example("made", true, "profile", of: 3, [:], profiles("1:1a 2:2b 1001:3n"), shows: #""bio":"n""#) { _ in
            ["bio": "n"]
        },
        refused("RELATION_EXISTS", "profile", of: 1, ["where": ["bio": "z"]], profiles("1:1a 2:2b")) { _ in
            ["bio": "z"]
        },
        refused("MODEL_NOT_FOUND", "profile", of: 7, [:], profiles("1:1a 2:2b")) { _ in ["bio": "z"] },
        example("found", false, "avatar", of: 1, [:], samePictures, shows: #""id":1"#) { _ in ["url": "n"] },
        example(
            "made", true, "avatar", of: 3, [:], pictures("1:C1u1 2:C1u2 3:C2u3 4:G1u4 1001:C3n"), shows: #""url":"n""#
        ) { _ in ["url": "n"] },
    ]

    private static let polymorphic: [WriteExample] = [
        example("found", false, "pictures", of: 1, ["where": ["url": "u2"]], samePictures, shows: #""id":2"#) { _ in
            ["url": "u2"]
        },
        example(
            "another type's isn't found", true, "pictures", of: 1, ["where": ["url": "u4"]],
            pictures("1:C1u1 2:C1u2 3:C2u3 4:G1u4 1001:C1n"), shows: #""ownerType":"Customer""#
        ) { _ in ["url": "n"] },
        refused("KEY_OVERRIDE", "pictures", of: 3, [:], samePictures) { _ in ["ownerType": "Group"] },
        refused("MODEL_NOT_FOUND", "pictures", of: 7, [:], samePictures) { _ in ["url": "n"] },
    ]

    // MARK: Linked

    private static func groups(_ links: String, _ groups: String = "1A 2B 3C") -> Look {
        (
            "SELECT (SELECT string_agg(right(customer_id::text, 1) || right(group_id::text, 1) || role, ' ' ORDER BY id) FROM membership) UNION ALL SELECT string_agg(right(id::text, 1) || name, ' ' ORDER BY id) FROM grp",
            "\(links);\(groups)"
        )
    }
    private static func tags(_ links: String, _ tags: String = "xyz") -> Look {
        (
            "SELECT (SELECT string_agg(right(customerid::text, 1) || tagid, ' ' ORDER BY id) FROM customertag) UNION ALL SELECT string_agg(name, '' ORDER BY id) FROM tag",
            "\(links);\(tags)"
        )
    }
    private static func labels(_ links: String, _ labels: String = "pq") -> Look {
        (
            "SELECT (SELECT string_agg(left(thing_type, 1) || right(thing_id::text, 1) || label_id, ' ' ORDER BY id) FROM labelling) UNION ALL SELECT string_agg(name, '' ORDER BY id) FROM label",
            "\(links);\(labels)"
        )
    }

    private static let linked: [WriteExample] = [
        example(
            "found", false, "groups", of: 1, ["where": ["name": "B"]], groups("11boss 12member 22member"),
            shows: #""name":"B""#
        ) { ["id": $0.json(4), "name": "B"] },
        example(
            "one that isn't linked isn't found", true, "groups", of: 3, ["where": ["name": "B"]],
            groups("11boss 12member 22member 34member", "1A 2B 3C 4B"), shows: #""name":"B""#
        ) { ["id": $0.json(4), "name": "B"] },
        refused("23505", "groups", of: 3, ["where": ["name": "B"]], groups("11boss 12member 22member")) {
            ["id": $0.json(2), "name": "B"]
        },
        refused("MODEL_NOT_FOUND", "groups", of: 7, ["where": ["name": "B"]], groups("11boss 12member 22member")) {
            ["id": $0.json(4), "name": "B"]
        },
        example("found", false, "tagged", of: 1, ["order": "name DESC"], tags("11 12 22"), shows: #""name":"y""#) { _ in
            ["name": "n"]
        },
        example(
            "made", true, "tagged", of: 2, ["where": ["name": "x"]], tags("11 12 22 21001", "xyzx"),
            shows: #""id":1001"#
        ) { _ in ["name": "x"] },
        example("found", false, "labels", of: 1, [:], labels("C11 G11"), shows: #""name":"p""#) { _ in
            ["name": "n"]
        },
        example("made", true, "labels", of: 2, [:], labels("C11 G11 C21001", "pqn"), shows: #""name":"n""#) { _ in
            ["name": "n"]
        },
    ]

    // MARK: Lists of keys, and what the record refers to

    private static func listed(_ relation: String, _ list: String) -> [WriteExample] {
        func look(_ lists: String, _ products: String = "1pen 2ink 3pad") -> Look {
            (
                "SELECT string_agg(coalesce(regexp_replace(\(list)::text, '[^0-9]+', '', 'g'), ''), ' ' ORDER BY id) FROM customer UNION ALL SELECT string_agg(id || name, ' ' ORDER BY id) FROM product",
                "\(lists);\(products)"
            )
        }
        return [
            example("found", false, relation, of: 1, ["where": ["name": "ink"]], look("12 2 "), shows: #""id":2"#) {
                _ in ["id": 8, "name": "ink"]
            },
            example(
                "the first", true, relation, of: 3, [:], look("12 2 8", "1pen 2ink 3pad 8n"), shows: #""id":8"#
            ) { _ in ["id": 8, "name": "n"] },
            example(
                "one that isn't in the list isn't found", true, relation, of: 2, ["where": ["name": "pad"]],
                look("12 28 ", "1pen 2ink 3pad 8pad"), shows: #""id":8"#
            ) { _ in ["id": 8, "name": "pad"] },
            refused("MODEL_NOT_FOUND", relation, of: 7, [:], look("12 2 ")) { _ in ["id": 8] },
        ]
    }

    private static let owners: [WriteExample] = {
        func owner(
            _ name: String, _ isCreated: Bool, of order: Int, _ filter: JSONValue, _ rows: String
        ) -> WriteExample {
            let sql =
                "SELECT string_agg(id || ':' || coalesce(right(customer_id::text, 1), '-'), ' ' ORDER BY id) FROM orders UNION ALL SELECT string_agg(name, ' ' ORDER BY id) FROM customer"
            return WriteExample("owner: \(name)", (sql, rows), most: 2) { database, key in
                let made = try await database.findOrCreateRelated(
                    "Order", id: JSONValue.number("\(order)"), relation: "customer", filter: filter,
                    ["id": key.json(4), "name": "Eve"])
                #expect(made.isCreated == isCreated, "owner: \(name)")
                return made.record.statistics
            }
        }
        return [
            owner("found", false, of: 11, [:], "11:1 12:1 21:2 99:-;Ada Bob Cy"),
            owner("made", true, of: 99, [:], "11:1 12:1 21:2 99:4;Ada Bob Cy Eve"),
            owner("another one", true, of: 11, ["where": ["name": "Bob"]], "11:4 12:1 21:2 99:-;Ada Bob Cy Eve"),
        ]
    }()

    private static let all = [
        hasMany, hasOne, polymorphic, linked, listed("byInts", "ints"), listed("byJson", "jsons"),
        listed("byText", "texts"), owners,
    ]

    @Test(arguments: WritingWorld.Key.allCases)
    func `Each finds or makes one, or is refused without a trace`(key: WritingWorld.Key) async throws {
        let world = try await WritingWorld("find_related_\(key.rawValue)", key: key)
        try await WriteExample.check(Self.all, in: world)
        await world.database.close()
    }

    @Test func `Foreign keys and unique indexes change nothing of it`() async throws {
        let world = try await WritingWorld("find_related_kept", isKept: true)
        try await WriteExample.check([Self.hasMany, Self.hasOne, Self.polymorphic, Self.linked], in: world)
        await world.database.close()
    }

    @Test func `Records of several models can't be looked among by one filter`() async throws {
        let world = try await WritingWorld("find_related_several")
        #expect(
            await told {
                try await world.database.findOrCreateRelated(
                    "Picture", id: 1, relation: "owner", filter: [:], ["Group": ["id": 9]]
                ).record.text
            } == "UNSUPPORTED")
        #expect(
            await told {
                try await world.database.findOrCreateRelated(
                    "Customer", id: JSONValue.null, relation: "orders", filter: [:], ["sku": "n"]
                ).record.text
            } == "UNSAVED_INSTANCE")
        await world.database.close()
    }

    @Test func `What isn't to be seen is neither shown nor asked about`() async throws {
        let world = try await WritingWorld(
            "find_related_hidden", sql: "UPDATE customer SET secret = 's' || right(id::text, 1);"
        ) { definitions in
            for index in definitions.indices where definitions[index].name == "Customer" {
                definitions[index].protected.append("code")
            }
        }
        let database = world.database
        let found = try await database.findOrCreateRelated(
            "Group", id: 1, relation: "members", filter: [:], ["name": "n"])
        #expect(!found.isCreated)
        let made = try await database.findOrCreateRelated(
            "Group", id: 1, relation: "members", filter: ["where": ["name": "n"]],
            ["id": 8, "name": "n", "code": "eight", "secret": "s8"])
        #expect(made.isCreated)
        for text in [try found.record.text, try made.record.text] {
            // What relations of one record show is shown.
            #expect(!text.contains("secret") && text.contains("code"), "\(text)")
        }
        #expect(try await world.rows("SELECT code, secret FROM customer WHERE id = 8") == "eight,s8")
        #expect(
            await told {
                try await database.findOrCreateRelated(
                    "Group", id: 1, relation: "members", filter: ["where": ["secret": "s1"]], ["id": 9, "name": "n"]
                ).record.text
            } == "PROHIBITED_PROPERTY")
        await database.close()
    }
}
