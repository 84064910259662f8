// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Old values are those that are changed, whoever else is at work.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HookConcurrencyTests {
    @Test func `Old values form a chain, each seen once`() async throws {
        let seen = Locked<[(Int, Int)]>([])
        var hooks = Hooks()
        hooks.beforeSave("Customer", loading: .old) { save in
            save["points"] = .number("\((Int(save.old?["points"]?.description ?? "") ?? -1) + 1)")
        }
        hooks.afterSave("Customer", loading: .old) { save in
            let (old, new) = (save.old?["points"]?.description ?? "", save.record?["points"]?.description ?? "")
            seen.withLock { $0.append((Int(old) ?? -1, Int(new) ?? -1)) }
        }
        let world = try await WritingWorld("hook_chain", hooks: hooks)
        let database = world.database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    switch number % 3 {
                    case 0: try await database.updateById("Customer", id: 1, ["code": .string("c\(number)")])
                    case 1: try await database.updateAll("Customer", where: ["id": 1], ["code": .string("c\(number)")])
                    default: try await database.upsert("Customer", ["id": 1, "code": .string("c\(number)")])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await world.rows("SELECT points FROM customer WHERE id = 1") == "24")
        let pairs = seen.withLock { $0 }.sorted { $0.0 < $1.0 }
        #expect(pairs.count == 24 && pairs.enumerated().allSatisfy { $1.0 == $0 && $1.1 == $0 + 1 })
        await database.close()
    }

    @Test func `Many at once that make the same record make one, and its hooks behind run once`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.beforeSave("Product") { save in save["name"] = .string(save.isNew ? "new" : "changed") }
        hooks.afterCommit("Product") { log.tell($0.kind.rawValue) }
        let world = try await WritingWorld("hook_same", hooks: hooks)
        let database = world.database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { try await database.findOrCreate("Product", filter: ["where": ["id": 77]], ["id": 77]) }
            }
            try await group.waitForAll()
        }
        #expect(log.take() == ["create"])
        #expect(try await world.rows("SELECT name FROM product WHERE id = 77") == "new")
        await database.close()
    }
}
