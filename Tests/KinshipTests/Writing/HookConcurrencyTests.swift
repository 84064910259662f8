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

    /// `isNew` is true of the one that makes it and of nobody else: a hook that gives it an owner gives it one.
    @Test(arguments: ["upsert", "replaceOrCreate", "upsertWithWhere", "hook's key"])
    func `Upserts tell hooks which of the two it is`(operation: String) async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.beforeSave("Product") { save in
            if operation == "hook's key" { save["id"] = 77 }
            save["name"] = .string(save.isNew ? "made" : "changed")
        }
        hooks.afterSave("Product") { #expect($0.record?["name"] == ($0.isNew ? "made" : "changed")) }
        hooks.afterCommit("Product") { log.tell($0.kind.rawValue) }
        let world = try await WritingWorld(
            "hook_upserts_\(operation.replacing(" ", with: "_").replacing("'", with: "").lowercased())", hooks: hooks,
            sql: """
                CREATE TABLE told (line text);
                CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  PERFORM pg_sleep(0.002); INSERT INTO told VALUES (TG_OP || ' ' || new.name); RETURN NULL; END $$;
                CREATE TRIGGER tell AFTER INSERT OR UPDATE ON product FOR EACH ROW EXECUTE FUNCTION tell();
                """)
        let database = world.database
        let failed = HookLog()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    let outcome = await told {
                        switch operation {
                        case "upsert": try await database.upsert("Product", ["id": 77, "name": .string("\(number)")])
                        case "replaceOrCreate":
                            try await database.replaceOrCreate("Product", ["id": 77, "name": .string("\(number)")])
                        case "upsertWithWhere":
                            try await database.upsertWithWhere("Product", where: ["id": 77], ["id": 77])
                        default: try await database.upsert("Product", ["name": .string("\(number)")])
                        }
                        return "ok"
                    }
                    if outcome != "ok" { failed.tell(outcome) }
                }
            }
            try await group.waitForAll()
        }
        let ends = log.take()
        let lines = try await world.rows("SELECT line, count(*) FROM told GROUP BY 1 ORDER BY 1")
        if operation == "hook's key" {
            // Nobody could look for it before: who comes later has a record of that key already.
            #expect(ends == ["create"] && lines == "INSERT made,1")
            #expect(failed.take() == Array(repeating: "CONFLICT", count: 15))
        } else {
            #expect(failed.take() == [])
            #expect(ends.filter { $0 == "create" }.count == 1 && ends.count == 16)
            #expect(lines == "INSERT made,1;UPDATE changed,15")
        }
        await database.close()
    }

    /// What is run again because of another one is all of it, where an operation inside loses.
    @Test func `An operation inside of a hook that loses lets all be run again`() async throws {
        let log = HookLog()
        let meddle = Locked<(@Sendable () async throws -> Void)?>(nil)
        var hooks = Hooks()
        hooks.afterSave("Label") { save in
            log.tell("label")
            try await save.transaction.upsert("Product", ["id": 77, "name": "inner"])
        }
        hooks.beforeSave("Product") { save in
            log.tell(save.kind.rawValue)
            let own = meddle.withLock { meddle in
                defer { meddle = nil }
                return meddle
            }
            try await own?()
        }
        let world = try await WritingWorld("hook_inner_race", hooks: hooks)
        let test = world.test
        meddle.withLock { own in own = { try await test.run("INSERT INTO product VALUES (77, 'other')") } }
        try await world.database.create("Label", ["name": "l"])
        #expect(log.take() == ["label", "create", "label", "update"])
        #expect(try await world.rows("SELECT name FROM product WHERE id = 77") == "inner")
        #expect(try await world.rows("SELECT count(*) FROM label WHERE name = 'l'") == "1")
        await world.database.close()
    }

    /// A link is made once, and changed by all others, whether an index keeps links apart or not.
    @Test(arguments: [false, true])
    func `Links that many make at once have one who makes them`(isKept: Bool) async throws {
        let log = HookLog()
        let failed = HookLog()
        var hooks = Hooks()
        hooks.beforeSave("Membership", loading: .old) { save in
            save["role"] = .string(save.isNew ? "made" : "changed from \(save.old?["role"]?.text?.prefix(7) ?? "?")")
        }
        hooks.afterCommit("Membership") { log.tell($0.kind.rawValue) }
        let world = try await WritingWorld(
            "hook_links_\(isKept)", isKept: isKept, hooks: hooks, sql: WritingWorld.slowly("membership"))
        let database = world.database
        for key in [1, 2] {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let outcome = await told {
                            if key == 1 {
                                try await database.addRelated("Customer", id: 3, relation: "groups", key: 1)
                            } else if number.isMultiple(of: 2) {
                                try await database.setRelated("Customer", id: 3, relation: "groups", keys: [1, 2])
                            } else {
                                try await database.addRelated("Group", id: 2, relation: "members", key: 3)
                            }
                            return "ok"
                        }
                        if outcome != "ok" { failed.tell(outcome) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(failed.take() == [])
            #expect(log.take().filter { $0 == "create" }.count == 1)
            #expect(
                try await world.rows("SELECT count(*) FROM membership WHERE customer_id = 3 AND group_id = \(key)")
                    == "1")
        }
        await database.close()
    }

    /// Who has many links doesn't hold them all for one of them.
    @Test(arguments: [false, true])
    func `Only the links in question are held`(isKept: Bool) async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "hook_held_\(isKept)", isKept: isKept, hooks: log.hooks("Membership", loading: .old),
            sql: """
                INSERT INTO grp SELECT n, 'g' || n FROM generate_series(10, 3009) n;
                INSERT INTO membership (customer_id, group_id) SELECT 1, n FROM generate_series(10, 3009) n;
                """ + WritingWorld.set("lock_timeout", "5s"))
        let database = world.database
        try await database.withTransaction { other in
            try await other.execute("SELECT 1 FROM membership WHERE customer_id = 1 AND group_id > 2 FOR UPDATE")
            try await database.addRelated("Customer", id: 1, relation: "groups", key: 3)
            try await database.addRelated("Customer", id: 1, relation: "groups", key: 3, ["role": "again"])
            _ = try await database.removeRelated("Customer", id: 1, relation: "groups", key: 2)
            try await database.createRelated("Customer", id: 1, relation: "groups", [["id": 5000], ["id": 5001]])
            _ = try await database.deleteRelated("Customer", id: 1, relation: "groups", key: 1)
        }
        #expect(
            log.take().filter { $0.hasPrefix("after commit") }.map { $0.split(separator: " ")[3] }
                == ["create", "update", "delete", "create", "create", "delete"])
        // All of them at once: each is told, in time that grows with them and not with their square.
        try await database.setRelated("Customer", id: 1, relation: "groups", keys: (10...3009).map { .number("\($0)") })
        #expect(log.take().filter { $0.hasPrefix("after commit") }.count == 3)
        #expect(try await database.deleteAllRelated("Customer", id: 1, relation: "groups").count == 3000)
        #expect(log.take().filter { $0.hasPrefix("after commit Membership delete") }.count == 3000)
        await database.close()
    }
}
