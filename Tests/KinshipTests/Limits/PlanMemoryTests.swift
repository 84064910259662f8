// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

@testable import Kinship

/// What is kept of filters is bounded in bytes: a client can think of any number of large ones, each of another shape.
@Suite struct PlanMemoryTests {
    @Test func `What is kept weighs no more than it may`() {
        let cache = RecentCache<Int, Int>(limit: 100, mostWeight: 160)
        var made: [Int] = []
        func ask(_ key: Int, _ weight: Int) {
            _ = cache.value(key, weight: { _ in weight }) {
                made.append(key)
                return key
            }
        }
        // Ten of a sixteenth fill half of it.
        for key in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 9] { ask(key, 10) }
        #expect(made == Array(0...9))
        // What is too heavy by itself is made again and drops nothing.
        for _ in 0..<3 { ask(10, 11) }
        #expect(made == Array(0...9) + [10, 10, 10])
        for key in 11..<17 { ask(key, 10) }
        made = []
        // The first one to go is the one used longest ago.
        ask(17, 10)
        for key in [0, 9, 17] { ask(key, 10) }
        #expect(made == [17])
        ask(1, 10)
        #expect(made == [17, 1])
    }

    @Test func `A plan weighs what a client writes into it`() throws {
        let definitions = [
            """
            {"name": "Note", "properties": {"id": {"type": "number", "id": true}, "meta": {"type": "object", "postgresql": {"dataType": "jsonb"}}},
             "relations": {"others": {"type": "hasMany", "model": "Note", "foreignKey": "oneId", "keyThrough": "otherId", "through": "Link"}}}
            """,
            #"{"name": "Link", "properties": {"id": {"type": "number", "id": true}, "oneId": "number", "otherId": "number"}}"#,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let note = try schema.id(of: "Note")
        func size(_ filter: JSONValue) throws -> Int {
            let shape = try schema.filter(filter, for: note).parameterized().shape
            return PreparedPlan(
                try Planner(schema: schema).plan(shape, for: note), of: shape, for: note, schema: schema
            ).size
        }
        let long = String(repeating: "x", count: 4_000)
        let plain = try size([:])
        #expect(plain > 0 && plain < 1_000)
        #expect(try size(["where": .object([.init("meta." + long, ["exists": true])])]) > 4_000)
        #expect(try size(["include": ["relation": "others", "through": ["as": .string(long)]]]) > 4_000)
        let conditions = (0..<300).map {
            JSONValue.object([.init("id", .object([.init($0 % 2 == 0 ? "gt" : "lt", 1)]))])
        }
        #expect(try size(["where": ["or": .array(conditions)]]) > 4_000)
        // Values are no part of it.
        #expect(try size(["where": ["id": ["inq": .array((0..<5_000).map { .number(String($0)) })]]]) < 1_000)
    }
}
