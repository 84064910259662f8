// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A belongsTo to several models: whose record is meant is said with its model.
@Suite struct PolymorphicWriteTests {
    private static let pictures = "SELECT id, right(owner_id::text, 1), owner_type FROM picture ORDER BY id"

    private static func code(_ run: () async throws -> Void) async -> String {
        await told {
            try await run()
            return "ok"
        }
    }

    @Test(arguments: [WritingWorld.Key.int, .uuid]) func `It is set, made, changed and let go`(key: WritingWorld.Key)
        async throws
    {
        let world = try await WritingWorld("polymorphic_\(key)", key: key)
        let database = world.database
        func typed(_ model: String, _ json: JSONValue) -> JSONValue { .object([.init(model, json)]) }
        let set = try await database.addRelated("Picture", id: 1, relation: "owner", key: typed("Group", key.json(2)))
        #expect(try set.text.contains(#""name":"B""#))
        #expect(set.statistics.statements == 1 && set.statistics.roundTrips == 1)
        #expect(try await world.rows(Self.pictures).hasPrefix("1,2,Group;2,1,Customer;"))
        let made = try await database.createRelated(
            "Picture", id: 2, relation: "owner", typed("Group", ["id": key.json(7), "name": "N"]))
        #expect(made.count == 1)
        #expect(try await world.rows(Self.pictures).hasPrefix("1,2,Group;2,7,Group;"))
        try await database.updateRelated("Picture", id: 2, relation: "owner", typed("Group", ["name": "M"]))
        #expect(try await world.rows("SELECT name FROM grp ORDER BY name").hasSuffix("M"))
        // Of another type it has none.
        #expect(
            await Self.code {
                try await database.updateRelated("Picture", id: 2, relation: "owner", typed("Customer", ["name": "M"]))
            } == "RELATION_EMPTY")
        for bad: JSONValue in [key.json(1), ["Nope": 1], ["Group": 1, "Customer": 1], [:], .null] {
            #expect(
                await Self.code { try await database.addRelated("Picture", id: 1, relation: "owner", key: bad) }
                    == "INVALID_VALUE", "\(bad)")
        }
        #expect(
            await Self.code {
                try await database.addRelated("Picture", id: 1, relation: "owner", key: typed("Group", key.json(9)))
            } == "MODEL_NOT_FOUND")
        #expect(try await database.removeRelated("Picture", id: 1, relation: "owner").count == 1)
        #expect(try await database.deleteRelated("Picture", id: 2, relation: "owner").count == 1)
        #expect(try await world.rows(Self.pictures).hasPrefix("1,-,-;2,-,-;"))
        await database.close()
    }

    @Test func `Graphs name it with its model`() async throws {
        let world = try await WritingWorld("polymorphic_graph")
        let database = world.database
        try await database.createGraph("Picture", ["url": "a", "owner": ["Group": ["id": 5, "name": "E"]]])
        try await database.createGraph("Picture", ["url": "b", "owner": ["connect": ["Customer": 2]]])
        #expect(
            try await world.rows("SELECT url, owner_id, owner_type FROM picture WHERE url IN ('a', 'b') ORDER BY url")
                == "a,5,Group;b,2,Customer")
        try await database.updateGraph("Picture", id: 1, ["owner": ["update": ["Customer": ["name": "Eve"]]]])
        #expect(try await world.rows("SELECT name FROM customer WHERE id = 1") == "Eve")
        try await database.updateGraph("Picture", id: 1, ["owner": ["create": ["Group": ["id": 6, "name": "F"]]]])
        try await database.updateGraph("Picture", id: 2, ["owner": ["disconnect": true]])
        #expect(try await world.rows(Self.pictures).hasPrefix("1,6,Group;2,-,-;"))
        for bad: JSONValue in [["create": ["name": "x"]], ["Group": ["name": "x"], "Customer": [:]], 5] {
            let error = await #expect(throws: PlannerError.self) {
                try await database.updateGraph("Picture", id: 1, ["owner": bad])
            }
            #expect(error?.path == "owner", "\(bad)")
        }
        // What was read is saved with its type.
        let read = try JSONValue(
            parsing: try await database.findById("Picture", id: 3, filter: ["include": "owner"]).firstJSON())
        var members = read.members ?? []
        for place in members.indices where members[place].key == "owner" {
            members[place].value = .object(
                (members[place].value.members ?? []).map { $0.key == "name" ? .init("name", "Bea") : $0 })
        }
        #expect(try await database.save("Picture", .object(members), comparedWith: read).updated == 1)
        #expect(try await world.rows("SELECT name FROM customer WHERE id = 2") == "Bea")
        await database.close()
    }
}
