// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What links get when targets are made, and when they are set.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LinkDataTests {
    private static let links =
        "SELECT string_agg(right(customer_id::text, 1) || right(group_id::text, 1) || role, ' ' ORDER BY id) FROM membership"
    private static let same = (sql: links, rows: "11boss 12member 22member")

    private static let created: [WriteExample] = [
        .init("one", (links, "11boss 12member 22member 34guest")) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups", ["id": $1.json(4), "name": "D"],
                through: ["role": "guest"]
            ).statistics
        },
        .init("several", (links, "11boss 12member 22member 34guest 35guest")) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups", [["id": $1.json(4)], ["id": $1.json(5)]],
                through: ["role": "guest"]
            ).statistics
        },
        .init("with the same keys", (links, "11boss 12member 22member 34guest")) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups", ["id": $1.json(4)],
                through: ["role": "guest", "customerId": $1.json(3), "groupId": $1.json(4)]
            ).statistics
        },
        .init("with another record's key", "KEY_OVERRIDE", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups", ["id": $1.json(4)], through: ["customerId": $1.json(1)]
            ).statistics
        },
        .init("with another target's key", "KEY_OVERRIDE", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups", ["id": $1.json(4)], through: ["groupId": $1.json(1)]
            ).statistics
        },
        .init("with what there isn't", "VALIDATION_ERROR rank:unknown-property", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(3), relation: "groups", ["id": $1.json(4)], through: ["rank": 1]
            ).statistics
        },
        .init("of nobody", "MODEL_NOT_FOUND", same) {
            try await $0.createRelated(
                "Customer", id: $1.json(7), relation: "groups", ["id": $1.json(4)], through: ["role": "guest"]
            ).statistics
        },
        .init("of what has no links", "UNSUPPORTED", same) {
            try await $0.createRelated("Customer", id: $1.json(1), relation: "orders", ["total": 1], through: [:])
                .statistics
        },
    ]

    @Test(arguments: WritingWorld.Key.allCases)
    func `Links of new targets have the data, or nothing is made`(key: WritingWorld.Key) async throws {
        let world = try await WritingWorld("link_data_\(key.rawValue)", key: key)
        try await WriteExample.check([Self.created], in: world)
        await world.database.close()
    }

    @Test(arguments: [false, true])
    func `Links are set with data, also where they are there`(isKept: Bool) async throws {
        let world = try await WritingWorld("link_data_set_\(isKept)", isKept: isKept)
        let database = world.database
        func set(_ keys: [JSONValue], of id: JSONValue = 1, _ relation: String = "groups") async -> String {
            await told { try await database.setRelated("Customer", id: id, relation: relation, keys: keys).text }
        }
        func links() async throws -> String {
            try await world.rows("SELECT customer_id, group_id, role FROM membership ORDER BY 1, 2")
        }
        #expect(
            await set([["id": 2, "through": ["role": "guest"]], 1, ["id": 3, "through": ["role": "new"]]])
                .contains(#""name":"C""#))
        #expect(try await links() == "1,1,boss;1,2,guest;1,3,new;2,2,member")
        #expect(await set([["id": 2], ["id": 3, "through": ["role": "old"]]]).contains(#""name":"B""#))
        #expect(try await links() == "1,2,guest;1,3,old;2,2,member")
        let before = try await world.everything()
        #expect(await set([["id": 1, "through": ["role": "x"]], 9]) == "MODEL_NOT_FOUND")
        #expect(await set([["id": 1, "through": ["role": "x"]], ["id": 9, "through": [:]]]) == "MODEL_NOT_FOUND")
        #expect(await set([["id": 1, "through": ["role": "x"]]], of: 7) == "MODEL_NOT_FOUND")
        #expect(await set([["id": 1, "through": ["rank": 1]]]) == "VALIDATION_ERROR rank:unknown-property")
        #expect(await set([["id": 1, "through": ["groupId": 2]]]) == "KEY_OVERRIDE")
        #expect(await set([["name": "A", "through": ["role": "x"]]]) == "INVALID_VALUE")
        #expect(await set([["id": 11, "through": [:]]], "orders") == "UNSUPPORTED")
        #expect(await set([["id": 11, "through": [:]]], "nothing") == "UNKNOWN_RELATION")
        // In a transaction of the caller's, which goes on, nothing of it is left either.
        try await database.withTransaction { transaction in
            let refused = await told {
                try await transaction.setRelated(
                    "Customer", id: 1, relation: "groups", keys: [["id": 1, "through": ["role": "x"]], 9]
                ).text
            }
            #expect(refused == "MODEL_NOT_FOUND")
        }
        #expect(try await world.everything() == before)
        let explained = try await database.explain { session in
            try await session.setRelated(
                "Customer", id: 1, relation: "groups", keys: [["id": 1, "through": ["role": "x"]]])
        }
        #expect(explained.goesOn && explained.steps.count == 1)
        #expect(try await world.everything() == before)
        await database.close()
    }

    @Test(arguments: [false, true])
    func `64 tasks that set the same links leave those of one`(isKept: Bool) async throws {
        let world = try await WritingWorld(
            "link_data_race_\(isKept)", isKept: isKept, sql: WritingWorld.slowly("membership"))
        let database = world.database
        let outcomes = await ConcurrentWriteTests().all { number in
            let role: JSONValue = ["role": .string("r\(number)")]
            let all: [JSONValue] = [1, 2, 3].map { .object([.init("id", $0), .init("through", role)]) }
            try await database.setRelated(
                "Customer", id: 3, relation: "groups", keys: number.isMultiple(of: 2) ? all : all.reversed())
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        #expect(
            try await world.rows("SELECT count(*), count(DISTINCT role) FROM membership WHERE customer_id = 3")
                == "3,1")
        await database.close()
    }

    @Test func `Hooks of links are told the data`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.beforeSave("Membership") { log.tell("\($0.kind.rawValue) \($0.data["role"] ?? "?")") }
        let world = try await WritingWorld("link_data_hooks", hooks: hooks)
        let database = world.database
        try await database.createRelated(
            "Customer", id: 3, relation: "groups", ["id": 8, "name": "H"], through: ["role": "guest"])
        #expect(log.take() == [#"create "guest""#])
        try await database.setRelated(
            "Customer", id: 3, relation: "groups",
            keys: [["id": 8, "through": ["role": "boss"]], ["id": 1, "through": ["role": "new"]]])
        #expect(log.take() == [#"update "boss""#, #"create "new""#])
        #expect(
            try await world.rows("SELECT group_id, role FROM membership WHERE customer_id = 3 ORDER BY 1")
                == "1,new;8,boss")
        await database.close()
    }
}
