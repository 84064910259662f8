// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

// Connections that break.
extension ConcurrentWriteTests {
    @Test func `Each change is whole or not at all, also when connections are killed`() async throws {
        let world = try await WritingWorld("race_killed", sql: "CREATE TABLE told (n int);")
        let database = world.database
        let isOver = Flag()
        let test = world.test
        let killer = Task {
            var random = SeededRandom(7)
            while !isOver.isSet {
                _ = try? await test.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%told VALUES%' ORDER BY md5(pid::text || '\(random.next())') LIMIT 1"
                )
                try? await Task.sleep(for: .milliseconds(random.number(2...15)))
            }
        }
        let outcomes = await all { number in
            var kept = 0
            for round in 0..<4 {
                let id = number * 10 + round + 1000
                let code = await told {
                    switch number % 5 {
                    case 4:
                        _ = try await database.create("Tag", ["name": "k\(id)"])
                        _ = try await test.run("INSERT INTO told VALUES (\(id))")
                    case 0:
                        _ = try await database.createRelated(
                            "Customer", id: 1, relation: "groups", ["id": .number("\(id)"), "name": "K"])
                    case 1:
                        _ = try await database.createRelated(
                            "Customer", id: 1, relation: "byInts", ["id": .number("\(id)"), "name": "K"])
                    case 2:
                        _ = try await database.createAll(
                            "Product",
                            [["id": .number("\(id)"), "name": "one"], ["id": .number("\(id + 5)"), "name": "two"]])
                    default:
                        try await database.setRelated(
                            "Customer", id: 2, relation: "groups", keys: round.isMultiple(of: 2) ? [1, 2, 3] : [])
                    }
                    return "done"
                }
                if code == "done" { kept += 1 }
            }
            return "\(kept)"
        }
        isOver.set()
        _ = await killer.value
        #expect(outcomes.count == Self.tasks)
        #expect(
            try await world.rows(
                "SELECT count(*) FROM grp g WHERE name = 'K' AND NOT EXISTS (SELECT FROM membership m WHERE m.group_id = g.id AND customer_id = 1)"
            )
                == "0")
        #expect(
            try await world.rows(
                "SELECT count(*) FROM membership m WHERE NOT EXISTS (SELECT FROM grp g WHERE g.id = m.group_id)") == "0"
        )
        #expect(
            try await world.rows(
                "SELECT count(*) FROM product p WHERE name = 'K' AND NOT EXISTS (SELECT FROM customer c WHERE p.id = ANY(c.ints))"
            ) == "0")
        #expect(
            try await world.rows(
                "SELECT count(*) FROM customer c, unnest(ints) e WHERE NOT EXISTS (SELECT FROM product p WHERE p.id = e)"
            ) == "0")
        #expect(
            try await world.rows(
                "SELECT count(*) FROM product p WHERE name IN ('one', 'two') AND NOT EXISTS (SELECT FROM product q WHERE q.id = p.id + CASE p.name WHEN 'one' THEN 5 ELSE -5 END)"
            )
                == "0")
        // What was said to be made is there once, anything else at most once.
        #expect(try await world.rows("SELECT name FROM tag WHERE name LIKE 'k%' GROUP BY 1 HAVING count(*) > 1") == "")
        #expect(
            try await world.rows("SELECT n FROM told WHERE NOT EXISTS (SELECT FROM tag WHERE name = 'k' || n)") == "")
        #expect(["0", "3"].contains(try await world.rows("SELECT count(*) FROM membership WHERE customer_id = 2")))
        // It serves again.
        #expect(try await database.updateById("Customer", id: 1, ["code": "still"]).count == 1)
        await database.close()
    }
}

/// Something that is so from some time on.
private final class Flag: Sendable {
    private let value = Locked(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
