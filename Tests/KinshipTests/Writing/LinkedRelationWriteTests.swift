// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// Every change through links of another table, and through lists of keys.
@Suite struct LinkedRelationWriteTests {
    private static func groups(_ links: String, _ groups: String = "1A;2B;3C") -> (sql: String, rows: String) {
        (
            "SELECT (SELECT string_agg(id || ':' || right(customer_id::text, 1) || right(group_id::text, 1) || role, ' ' ORDER BY id) FROM membership) UNION ALL SELECT string_agg(right(id::text, 1) || name, ';' ORDER BY id) FROM grp",
            "\(links);\(groups)"
        )
    }
    private static func tags(_ links: String, _ tags: String = "xyz") -> (sql: String, rows: String) {
        (
            "SELECT (SELECT string_agg(right(customerid::text, 1) || tagid, ' ' ORDER BY id) FROM customertag) UNION ALL SELECT string_agg(name, '' ORDER BY id) FROM tag",
            "\(links);\(tags)"
        )
    }
    private static func labels(_ links: String, _ labels: String = "pq") -> (sql: String, rows: String) {
        (
            "SELECT (SELECT string_agg(left(thing_type, 1) || right(thing_id::text, 1) || label_id, ' ' ORDER BY id) FROM labelling) UNION ALL SELECT string_agg(name, '' ORDER BY id) FROM label",
            "\(links);\(labels)"
        )
    }
    private static let same = groups("1:11boss 2:12member 3:22member")

    private static let through: [WriteExample] = [
        .init("one", groups("1:11boss 2:12member 3:22member 1001:14member", "1A;2B;3C;4D")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "groups", ["id": $1.json(4), "name": "D"])
                .statistics
        },
        .init("several", groups("1:11boss 2:12member 3:22member 1001:34member 1002:35member", "1A;2B;3C;4D;5E")) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups",
                [["id": $1.json(4), "name": "D"], ["id": $1.json(5), "name": "E"]]
            ).statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", same) {
            try await $0.createRelated("Customer", id: $1.json(7), relation: "groups", ["id": $1.json(4)]).statistics
        },
        .init("twice", "23505", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(1), relation: "groups", [["id": $1.json(4)], ["id": $1.json(3)]]
            ).statistics
        },
        .init("link", groups("1:11boss 2:12member 3:22member 1001:13guest"), most: 2) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(3), ["role": "guest"])
                .statistics
        },
        .init("link from the other side", groups("1:11boss 2:12member 3:22member 1001:13member"), most: 2) {
            try await $0.addRelated("Group", id: $1.json(3), relation: "members", key: $1.json(1)).statistics
        },
        .init("link again", same, most: 2) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(1)).statistics
        },
        .init("link again with data", groups("1:11guest 2:12member 3:22member"), most: 2) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(1), ["role": "guest"])
                .statistics
        },
        .init("link with the same keys", groups("1:11boss 2:12member 3:22member 1001:13member"), most: 2) {
            try await $0.addRelated(
                "Customer", id: $1.json(1), relation: "groups", key: $1.json(3),
                ["customerId": $1.json(1), "groupId": $1.json(3)]
            ).statistics
        },
        .init("link with another record's key", "KEY_OVERRIDE", same) {
            try await $0.addRelated(
                "Customer", id: $1.json(1), relation: "groups", key: $1.json(3), ["customerId": $1.json(2)]
            ).statistics
        },
        .init("link with another target's key", "KEY_OVERRIDE", same) {
            try await $0.addRelated(
                "Customer", id: $1.json(1), relation: "groups", key: $1.json(3), ["groupId": $1.json(2)]
            ).statistics
        },
        .init("link with what there isn't", "VALIDATION_ERROR rank:unknown-property", same) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(3), ["rank": 1])
                .statistics
        },
        .init("link to nothing", "MODEL_NOT_FOUND", same) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(7)).statistics
        },
        .init("link nobody", "MODEL_NOT_FOUND", same) {
            try await $0.addRelated("Customer", id: $1.json(7), relation: "groups", key: $1.json(1)).statistics
        },
        .init("unlink", groups("2:12member 3:22member")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(1)).statistics
        },
        .init("unlink what isn't linked", same) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(3)).statistics
        },
        .init("change", groups("1:11boss 2:12member 3:22member", "1Z;2B;3C")) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(1), ["name": "Z"])
                .statistics
        },
        .init("change what isn't linked", "MODEL_NOT_FOUND", same) {
            try await $0.updateRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(3), ["name": "Z"])
                .statistics
        },
        .init("change some", groups("1:11boss 2:12member 3:22member", "1A;2Z;3C")) {
            try await $0.updateAllRelated(
                "Customer", id: $1.json(1), relation: "groups", where: ["name": "B"], ["name": "Z"]
            ).statistics
        },
        .init("delete what isn't linked", "MODEL_NOT_FOUND", same) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(3)).statistics
        },
        .init("delete", groups("2:12member 3:22member", "2B;3C"), most: 2) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "groups", key: $1.json(1)).statistics
        },
        .init("delete some", groups("2:12member 3:22member", "2B;3C")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: "groups", where: ["name": "A"])
                .statistics
        },
        .init("set", groups("2:12member 3:22member 1001:13member"), most: 2) {
            try await $0.setRelated(
                "Customer", id: $1.json(1), relation: "groups", keys: [$1.json(2), $1.json(3), $1.json(2)]
            ).statistics
        },
        .init("set none", groups("3:22member"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "groups", keys: []).statistics
        },
        .init("set what isn't there", "MODEL_NOT_FOUND", same) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "groups", keys: [$1.json(3), $1.json(7)])
                .statistics
        },
    ]

    private static let manyToMany: [WriteExample] = [
        .init("several", tags("11 12 22 11001 11002", "xyzvw")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "tagged", [["name": "v"], ["name": "w"]])
                .statistics
        },
        .init("link", tags("11 12 22 13"), most: 2) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "tagged", key: 3).statistics
        },
        .init("link again", tags("11 12 22"), most: 2) {
            try await $0.addRelated("Tag", id: 1, relation: "customers", key: $1.json(1)).statistics
        },
        .init("unlink", tags("12 22")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "tagged", key: 1).statistics
        },
        .init("delete", tags("12 22", "yz"), most: 2) {
            try await $0.deleteRelated("Customer", id: $1.json(1), relation: "tagged", key: 1).statistics
        },
        .init("set", tags("12 22 13"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "tagged", keys: [3, 2]).statistics
        },
        .init("set from the other side", tags("11 12 31"), most: 2) {
            try await $0.setRelated("Tag", id: 1, relation: "customers", keys: [$1.json(1), $1.json(3)])
            return try await $0.setRelated("Tag", id: 2, relation: "customers", keys: [$1.json(1)]).statistics
        },
    ]

    private static let polymorphic: [WriteExample] = [
        .init("one", labels("C11 G11 C11001", "pqr")) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "labels", ["name": "r"]).statistics
        },
        .init("link", labels("C11 G11 C12"), most: 2) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "labels", key: 2).statistics
        },
        .init("link of another type", "KEY_OVERRIDE", labels("C11 G11")) {
            try await $0.addRelated("Customer", id: $1.json(1), relation: "labels", key: 2, ["thingType": "Group"])
                .statistics
        },
        .init("unlink", labels("G11")) {
            try await $0.removeRelated("Customer", id: $1.json(1), relation: "labels", key: 1).statistics
        },
        .init("set", labels("G11 C12"), most: 2) {
            try await $0.setRelated("Customer", id: $1.json(1), relation: "labels", keys: [2]).statistics
        },
        .init("change another type's", "MODEL_NOT_FOUND", labels("C11 G11")) {
            try await $0.updateRelated("Customer", id: $1.json(2), relation: "labels", key: 1, ["name": "z"]).statistics
        },
        .init("delete none", labels("C11 G11")) {
            try await $0.deleteAllRelated("Customer", id: $1.json(2), relation: "labels").statistics
        },
    ]

    /// Of each list: `ints` as an array, the others as JSON.
    private static func listed(_ relation: String) -> [WriteExample] {
        func look(_ one: String, _ three: String = "", _ products: String = "1pen 2ink 3pad") -> (
            sql: String, rows: String
        ) {
            let column = relation == "byInts" ? "ints" : relation == "byJson" ? "jsons" : "texts"
            let list =
                column == "ints"
                ? "array_to_string(ints, ' ')" : "translate(coalesce(nullif(\(column)::text, ''), '[]'), '[], ', '   ')"
            let shown = column == "ints" ? list : "regexp_replace(btrim(\(list)), ' +', ' ', 'g')"
            return (
                "(SELECT coalesce(\(shown), '') FROM customer WHERE right(id::text, 1) <> '2' ORDER BY id) UNION ALL SELECT string_agg(id || name, ' ' ORDER BY id) FROM product",
                "\(one);\(three);\(products)"
            )
        }
        return [
            .init("several", look("1 2 8 9", "", "1pen 2ink 3pad 8h 9n")) {
                try await $0.createRelated(
                    "Customer", id: $1.json(1), relation: relation, [["id": 8, "name": "h"], ["id": 9, "name": "n"]]
                ).statistics
            },
            .init("the first", look("1 2", "8", "1pen 2ink 3pad 8h")) {
                try await $0.createRelated("Customer", id: $1.json(3), relation: relation, ["id": 8, "name": "h"])
                    .statistics
            },
            .init("of nobody", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.createRelated("Customer", id: $1.json(7), relation: relation, ["id": 8]).statistics
            },
            .init("put in", look("1 2 3")) {
                try await $0.addRelated("Customer", id: $1.json(1), relation: relation, key: 3).statistics
            },
            .init("put in the first", look("1 2", "3")) {
                try await $0.addRelated("Customer", id: $1.json(3), relation: relation, key: 3).statistics
            },
            .init("put in again", "VALIDATION_ERROR \(relation):uniqueness", look("1 2")) {
                try await $0.addRelated("Customer", id: $1.json(1), relation: relation, key: 2).statistics
            },
            .init("put in what isn't there", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.addRelated("Customer", id: $1.json(1), relation: relation, key: 777).statistics
            },
            .init("put in for nobody", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.addRelated("Customer", id: $1.json(7), relation: relation, key: 3).statistics
            },
            .init("take out", look("2")) {
                try await $0.removeRelated("Customer", id: $1.json(1), relation: relation, key: 1).statistics
            },
            .init("take out what isn't in", look("1 2")) {
                try await $0.removeRelated("Customer", id: $1.json(1), relation: relation, key: 3).statistics
            },
            .init("take out for nobody", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.removeRelated("Customer", id: $1.json(7), relation: relation, key: 3).statistics
            },
            .init("take out what is gone", look("1", "", "1pen 3pad")) {
                _ = try await $0.deleteById("Product", id: 2)
                return try await $0.removeRelated("Customer", id: $1.json(1), relation: relation, key: 2).statistics
            },
            .init("change", look("1 2", "", "1pin 2ink 3pad")) {
                try await $0.updateRelated("Customer", id: $1.json(1), relation: relation, key: 1, ["name": "pin"])
                    .statistics
            },
            .init("change all", look("1 2", "", "1z 2z 3pad")) {
                try await $0.updateAllRelated("Customer", id: $1.json(1), relation: relation, ["name": "z"]).statistics
            },
            .init("change what isn't in", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.updateRelated("Customer", id: $1.json(1), relation: relation, key: 3, ["name": "pin"])
                    .statistics
            },
            .init("delete", look("2", "", "2ink 3pad"), most: 2) {
                try await $0.deleteRelated("Customer", id: $1.json(1), relation: relation, key: 1).statistics
            },
            .init("delete what isn't in", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.deleteRelated("Customer", id: $1.json(1), relation: relation, key: 3).statistics
            },
            .init("delete some", look("1", "", "1pen 3pad"), most: 2) {
                try await $0.deleteAllRelated("Customer", id: $1.json(1), relation: relation, where: ["name": "ink"])
                    .statistics
            },
            .init("set in an order", look("3 1"), most: 2) {
                try await $0.setRelated("Customer", id: $1.json(1), relation: relation, keys: [3, 1, 3]).statistics
            },
            .init("set the first", look("1 2", "2 3 1"), most: 2) {
                try await $0.setRelated("Customer", id: $1.json(3), relation: relation, keys: [2, 3, 1]).statistics
            },
            .init("set none", look(""), most: 2) {
                try await $0.setRelated("Customer", id: $1.json(1), relation: relation, keys: []).statistics
            },
            .init("set what isn't there", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.setRelated("Customer", id: $1.json(1), relation: relation, keys: [3, 777]).statistics
            },
            .init("set for nobody", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.setRelated("Customer", id: $1.json(7), relation: relation, keys: [3]).statistics
            },
            .init("set none for nobody", "MODEL_NOT_FOUND", look("1 2")) {
                try await $0.setRelated("Customer", id: $1.json(7), relation: relation, keys: []).statistics
            },
        ]
    }

    private static let all = [through, manyToMany, polymorphic, listed("byInts"), listed("byJson"), listed("byText")]

    @Test(arguments: WritingWorld.Key.allCases)
    func `Each is done, or refused without a trace`(key: WritingWorld.Key) async throws {
        let world = try await WritingWorld("linked_\(key.rawValue)", key: key)
        try await WriteExample.check(Self.all, in: world)
        await world.database.close()
    }

    @Test func `Unique indexes change nothing of it`() async throws {
        let world = try await WritingWorld(
            "linked_unique",
            sql:
                "CREATE UNIQUE INDEX ON membership (group_id, customer_id); CREATE UNIQUE INDEX ON customertag (tagid, customerid); CREATE UNIQUE INDEX ON labelling (thing_type, thing_id, label_id);"
        )
        try await WriteExample.check(Self.all, in: world)
        await world.database.close()
    }

    @Test func `An index of fewer columns, or one that holds later, is no help and no harm`() async throws {
        let world = try await WritingWorld(
            "linked_odd",
            sql: """
                CREATE UNIQUE INDEX ON labelling (thing_type, thing_id);
                ALTER TABLE membership ADD UNIQUE (customer_id, group_id) DEFERRABLE INITIALLY DEFERRED;
                CREATE UNIQUE INDEX ON customertag (customerid, tagid) WHERE tagid > 2;
                """)
        let database = world.database
        #expect(
            await told {
                try await database.addRelated("Customer", id: 2, relation: "labels", key: 2); return "linked"
            } == "linked")
        #expect(
            await told {
                try await database.addRelated("Customer", id: 2, relation: "labels", key: 1); return "linked"
            } == "23505")
        for _ in 0..<2 {
            #expect(
                await told {
                    try await database.addRelated("Customer", id: 2, relation: "groups", key: 1); return "linked"
                } == "linked")
            #expect(
                await told {
                    try await database.addRelated("Customer", id: 2, relation: "tagged", key: 3); return "linked"
                } == "linked")
            #expect(
                await told {
                    try await database.setRelated("Customer", id: 2, relation: "groups", keys: [1, 3]); return "set"
                } == "set")
        }
        #expect(try await world.rows("SELECT group_id FROM membership WHERE customer_id = 2 ORDER BY 1") == "1;3")
        #expect(try await world.rows("SELECT tagid FROM customertag WHERE customerid = 2 ORDER BY 1") == "2;3")
        await database.close()
    }
}
