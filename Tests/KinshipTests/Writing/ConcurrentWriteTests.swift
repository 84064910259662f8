// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Many who change the same thing at once: nothing is there twice, no change is lost, and each is whole or not at all.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConcurrentWriteTests {
    /// How many are at it.
    static let tasks = 64

    /// What so many tasks came to.
    func all(_ count: Int = Self.tasks, _ body: @escaping @Sendable (Int) async throws -> String) async
        -> [String]
    {
        await withTaskGroup(of: String.self) { group in
            for number in 0..<count { group.addTask { await told { try await body(number) } } }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
    }

    // MARK: One of a kind

    @Test(arguments: [false, true])
    func `A hasOne is made once, plain and polymorphic`(isKept: Bool) async throws {
        let world = try await WritingWorld(
            "race_one_\(isKept)", isKept: isKept, sql: WritingWorld.slowly("profile", "picture"))
        let database = world.database
        let made = await all { number in
            if number.isMultiple(of: 2) {
                _ = try await database.createRelated("Customer", id: 3, relation: "profile", ["bio": "\(number)"])
                return "profile"
            }
            _ = try await database.createRelated("Customer", id: 3, relation: "avatar", ["url": "\(number)"])
            return "avatar"
        }
        #expect(made.count { $0 == "profile" } == 1)
        #expect(made.count { $0 == "avatar" } == 1)
        #expect(made.count { $0 == "RELATION_EXISTS" } == Self.tasks - 2)
        #expect(try await world.rows("SELECT count(*) FROM profile WHERE customer_id = 3") == "1")
        #expect(try await world.rows("SELECT count(*) FROM picture WHERE owner_id = 3") == "1")
        await database.close()
    }

    @Test(arguments: [false, true])
    func `A link is there once, added from both sides and set meanwhile`(isKept: Bool) async throws {
        let world = try await WritingWorld(
            "race_link_\(isKept)", isKept: isKept, sql: WritingWorld.slowly("membership"))
        let database = world.database
        let outcomes = await all { number in
            let (customer, group): (JSONValue, JSONValue) = (
                .number("\(number / 4 % 2 + 2)"), .number("\(number / 8 % 3 + 1)")
            )
            switch number % 4 {
            case 0:
                try await database.addRelated("Customer", id: customer, relation: "groups", key: group, ["role": "a"])
            case 1: try await database.addRelated("Group", id: group, relation: "members", key: customer)
            case 2: try await database.setRelated("Customer", id: customer, relation: "groups", keys: [group, 1, 2])
            default: try await database.setRelated("Group", id: group, relation: "members", keys: [3, customer, 2])
            }
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        #expect(
            try await world.rows("SELECT customer_id, group_id FROM membership GROUP BY 1, 2 HAVING count(*) > 1") == ""
        )
        await database.close()
    }

    @Test(arguments: [false, true])
    func `Many-to-many links are there once, whatever they are called`(isKept: Bool) async throws {
        let world = try await WritingWorld(
            "race_many_\(isKept)", isKept: isKept, sql: WritingWorld.slowly("customertag", "labelling"))
        let database = world.database
        let outcomes = await all { number in
            switch number % 3 {
            case 0: try await database.addRelated("Customer", id: 3, relation: "tagged", key: 3)
            case 1: try await database.addRelated("Tag", id: 3, relation: "customers", key: 3)
            default: try await database.addRelated("Customer", id: 3, relation: "labels", key: 2)
            }
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        #expect(try await world.rows("SELECT count(*) FROM customertag WHERE customerid = 3") == "1")
        #expect(try await world.rows("SELECT count(*) FROM labelling WHERE thing_id = 3") == "1")
        await database.close()
    }

    @Test(arguments: [false, true])
    func `What is set last is what there is, and never a mixture`(isKept: Bool) async throws {
        let world = try await WritingWorld("race_set_\(isKept)", isKept: isKept, sql: WritingWorld.slowly("membership"))
        let database = world.database
        let sets: [[JSONValue]] = [[1, 2], [2, 3], [3, 1], [1], [2], []]
        let outcomes = await all { number in
            let wanted = sets[number % sets.count]
            try await database.setRelated("Customer", id: 1, relation: "groups", keys: wanted)
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        let found = try await world.rows(
            "SELECT coalesce(string_agg(group_id::text, ',' ORDER BY group_id), '') FROM membership WHERE customer_id = 1"
        )
        #expect(["1,2", "2,3", "1,3", "1", "2", ""].contains(found), "\(found)")
        // Targets of a hasMany are one record's or another's.
        let moved = await all { number in
            try await database.setRelated("Customer", id: number % 3 + 1, relation: "orders", keys: [11, 12, 21])
            return "done"
        }
        #expect(Set(moved) == ["done"], "\(Set(moved))")
        let owners = try await world.rows(
            "SELECT count(DISTINCT customer_id), count(*) FROM orders WHERE customer_id IS NOT NULL")
        #expect(owners == "1,3")
        await database.close()
    }

    @Test(arguments: [false, true])
    func `findOrCreate and upserts make one record, however the condition is written`(hasIndex: Bool) async throws {
        let world = try await WritingWorld(
            "race_find_\(hasIndex)",
            sql: (hasIndex ? "CREATE UNIQUE INDEX ON grp (name);" : "ALTER TABLE grp DROP CONSTRAINT grp_pkey;")
                + WritingWorld.slowly("grp"))
        let database = world.database
        let made = await all { number in
            let condition: JSONValue =
                number.isMultiple(of: 2) ? ["name": "N", "id": 50] : ["id": "50", "name": ["eq": "N"]]
            let found = try await database.findOrCreate("Group", filter: ["where": condition], ["name": "N", "id": 50])
            return found.isCreated ? "made" : "found"
        }
        #expect(made.count { $0 == "made" } == 1, "\(made)")
        #expect(made.count { $0 == "found" } == Self.tasks - 1, "\(Set(made))")
        let upserted = await all { number in
            switch number % 3 {
            case 0: _ = try await database.upsert("Group", ["id": 51, "name": "P"])
            case 1: _ = try await database.upsertWithWhere("Group", where: ["name": "Q"], ["name": "Q", "id": 52])
            default: _ = try await database.replaceOrCreate("Group", ["id": 53, "name": "R"])
            }
            return "done"
        }
        #expect(Set(upserted) == ["done"], "\(Set(upserted))")
        #expect(
            try await world.rows("SELECT id, name, count(*) FROM grp WHERE id >= 50 GROUP BY 1, 2 ORDER BY 1")
                == "50,N,1;51,P,1;52,Q,1;53,R,1")
        await database.close()
    }

    @Test func `findOrCreate finds what somebody else has made by another way`() async throws {
        let world = try await WritingWorld("race_made", sql: WritingWorld.slowly("grp"))
        let database = world.database
        let made = await all { number in
            let id: JSONValue = .number("\(100 + number % 4)")
            if number.isMultiple(of: 2) {
                let found = try await database.findOrCreate(
                    "Group", filter: ["where": ["id": id]], ["id": id, "name": "f"])
                return found.isCreated ? "made" : "found"
            }
            _ = try await database.upsert("Group", ["id": id, "name": "u"])
            return "done"
        }
        #expect(Set(made).isSubset(of: ["made", "found", "done"]), "\(Set(made))")
        #expect(try await world.rows("SELECT count(*) FROM grp WHERE id >= 100") == "4")
        await database.close()
    }

    @Test(arguments: ["repeatable read", "serializable"])
    func `Sessions of another isolation see what they wait for`(isolation: String) async throws {
        let world = try await WritingWorld(
            "race_\(isolation.prefix(3))",
            sql: WritingWorld.set("default_transaction_isolation", isolation)
                + WritingWorld.slowly("profile", "membership"))
        let database = world.database
        let outcomes = await all(24) { number in
            switch number % 3 {
            case 0: _ = try await database.createRelated("Customer", id: 3, relation: "profile", ["bio": "b"])
            case 1: try await database.addRelated("Customer", id: 3, relation: "groups", key: 3)
            default: _ = try await database.findOrCreate("Tag", filter: ["where": ["name": "new"]], ["name": "new"])
            }
            return "done"
        }
        // A conflict that stays one is told.
        #expect(Set(outcomes).isSubset(of: ["done", "RELATION_EXISTS", "40001"]), "\(Set(outcomes))")
        #expect(
            try await world.rows(
                "SELECT (SELECT count(*) FROM profile WHERE customer_id = 3), (SELECT count(*) FROM membership WHERE customer_id = 3), (SELECT count(*) FROM tag WHERE name = 'new')"
            )
                == "1,1,1")
        await database.close()
    }

    // MARK: Nothing lost

    @Test func `Counters and lists have every change`() async throws {
        let world = try await WritingWorld("race_counters", sql: WritingWorld.slowly("customer"))
        let database = world.database
        let outcomes = await all { number in
            _ = try await database.updateById(
                "Customer", id: 1,
                ["$inc": ["points": 1], "$push": ["tags": ["n": .number("\(number)")], "words": "w\(number)"]])
            _ = try await database.updateAll("Customer", where: ["id": 1], ["$inc": ["points": 2]])
            _ = try await database.updateRelated("Order", id: 11, relation: "customer", ["$inc": ["points": 3]])
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        #expect(
            try await world.rows(
                "SELECT points, jsonb_array_length(tags), cardinality(words), (SELECT count(DISTINCT w) FROM unnest(words) w) FROM customer WHERE id = 1"
            )
                == "\(6 * Self.tasks),\(Self.tasks),\(Self.tasks),\(Self.tasks)")
        await database.close()
    }

    @Test(arguments: [("byInts", "ints"), ("byJson", "jsons"), ("byText", "texts")])
    func `Lists of keys have what was added and not what was removed`(relation: String, list: String) async throws {
        let world = try await WritingWorld(
            "race_\(list)", sql: "INSERT INTO product SELECT g, 'g' FROM generate_series(100, 163) g;")
        let database = world.database
        let outcomes = await all { number in
            let key: JSONValue = .number("\(100 + number)")
            try await database.addRelated("Customer", id: 3, relation: relation, key: key)
            // Twice it is refused.
            let again = await told {
                try await database.addRelated("Customer", id: 3, relation: relation, key: key); return "twice"
            }
            guard again.hasPrefix("VALIDATION_ERROR") else { return again }
            _ = try await database.createRelated(
                "Customer", id: 3, relation: relation, ["id": .number("\(200 + number)")])
            if number.isMultiple(of: 2) {
                try await database.removeRelated("Customer", id: 3, relation: relation, key: key)
            }
            if number % 4 == 1 { try await database.deleteRelated("Customer", id: 3, relation: relation, key: key) }
            return "done"
        }
        #expect(Set(outcomes) == ["done"], "\(Set(outcomes))")
        let elements = list == "ints" ? "unnest(ints)" : "jsonb_array_elements_text(\(list)::jsonb)"
        let found = try await world.rows("SELECT count(*), count(DISTINCT e) FROM customer, \(elements) e WHERE id = 3")
        #expect(found == "\(Self.tasks + Self.tasks / 4),\(Self.tasks + Self.tasks / 4)")
        #expect(
            try await world.rows("SELECT count(*) FROM product WHERE id >= 100") == "\(2 * Self.tasks - Self.tasks / 4)"
        )
        #expect(
            try await world.rows(
                "SELECT count(*) FROM customer, \(elements) e WHERE customer.id = 3 AND NOT EXISTS (SELECT FROM product p WHERE p.id = e::int)"
            ) == "0")
        await database.close()
    }

    // MARK: No orphans

    @Test(arguments: [false, true])
    func `Links and targets come and go together`(isKept: Bool) async throws {
        let world = try await WritingWorld(
            "race_gone_\(isKept)", isKept: isKept,
            sql: "INSERT INTO grp SELECT g, 'g' FROM generate_series(100, 107) g;")
        let database = world.database
        let outcomes = await all { number in
            let key: JSONValue = .number("\(100 + number / 4 % 8)")
            switch number % 4 {
            case 0, 1: try await database.addRelated("Customer", id: 1, relation: "groups", key: key)
            case 2: try await database.addRelated("Group", id: key, relation: "members", key: 1)
            default: try await database.deleteRelated("Customer", id: 1, relation: "groups", key: key)
            }
            return "done"
        }
        // A foreign key tells of a target that goes while it is linked.
        let known: Set = isKept ? ["done", "MODEL_NOT_FOUND", "23503"] : ["done", "MODEL_NOT_FOUND"]
        #expect(Set(outcomes).isSubset(of: known), "\(Set(outcomes))")
        #expect(
            try await world.rows(
                "SELECT m.group_id FROM membership m WHERE NOT EXISTS (SELECT FROM grp g WHERE g.id = m.group_id)")
                == "")
        #expect(
            try await world.rows("SELECT customer_id, group_id FROM membership GROUP BY 1, 2 HAVING count(*) > 1") == ""
        )
        // Records are made below one that goes meanwhile: with it, or not at all.
        let below = await all { number in
            switch number % 4 {
            case 0: return "\(try await database.deleteById("Customer", id: 3).count)"
            case 1: _ = try await database.createRelated("Customer", id: 3, relation: "pictures", ["url": "u"])
            case 2:
                _ = try await database.createRelated(
                    "Customer", id: 3, relation: "byInts", ["id": .number("\(300 + number)")])
            default: try await database.addRelated("Customer", id: 3, relation: "labels", key: 2)
            }
            return "done"
        }
        #expect(Set(below).isSubset(of: ["done", "0", "1", "MODEL_NOT_FOUND"]), "\(Set(below))")
        #expect(below.count { $0 == "1" } == 1)
        await database.close()
    }

    @Test func `Those who lock in different orders are served all the same`() async throws {
        let world = try await WritingWorld(
            "race_deadlocks",
            sql: "INSERT INTO orders (id, status) SELECT g, 'paid' FROM generate_series(2000, 2039) g;"
                + WritingWorld.set("deadlock_timeout", "50ms"))
        let database = world.database
        let outcomes = await all { number in
            let keys = (0..<20).map { JSONValue.number("\(2000 + (number.isMultiple(of: 2) ? $0 : 39 - $0))") }
            switch number % 4 {
            case 0, 1: try await database.setRelated("Customer", id: number % 3 + 1, relation: "orders", keys: keys)
            case 2:
                _ = try await database.updateAll("Order", where: ["id": ["inq": .array(keys)]], ["$inc": ["total": 1]])
            default:
                _ = try await database.updateAllRelated(
                    "Customer", id: number % 3 + 1, relation: "orders", ["total": 1])
            }
            return "done"
        }
        // A deadlock is made good by another try; where others win each time it is told.
        #expect(Set(outcomes).isSubset(of: ["done", "40P01"]), "\(Set(outcomes))")
        #expect(outcomes.count { $0 == "done" } > Self.tasks * 3 / 4)
        await database.close()
    }
}
