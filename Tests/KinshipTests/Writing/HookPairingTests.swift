// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What a link's hooks say is written to that link, in whatever order its row, its key and its target come.
@Suite(.serialized) struct HookPairingTests {
    /// Seats' keys are made by the server and say nothing of their order; clubs come by their names, backwards.
    private static let models = [
        """
        {"name": "Club", "strict": true, "scope": {"order": "name"}, "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
        """,
        """
        {"name": "Seat", "strict": true, "properties": {"id": {"type": "string", "id": true, "generated": true}, "customerId": "number", "clubId": "number",
          "role": "string", "version": "number"}}
        """,
        """
        {"name": "Bench", "strict": true, "idInjection": false, "properties": {"customerId": "number", "clubId": "number", "role": "string"}}
        """,
        """
        {"name": "Fan", "strict": true, "options": {"postgresql": {"table": "customer"}}, "properties": {"id": {"type": "number", "id": true}, "name": "string"},
         "relations": {
          "clubs": {"type": "hasMany", "model": "Club", "through": "Seat", "foreignKey": "customerId", "keyThrough": "clubId"},
          "benches": {"type": "hasMany", "model": "Club", "through": "Bench", "foreignKey": "customerId", "keyThrough": "clubId"}}}
        """,
    ]
    private static let tables = """
        CREATE TABLE club (id int PRIMARY KEY, name text);
        INSERT INTO club SELECT n, chr(122 - n) FROM generate_series(1, 9) n;
        CREATE TABLE seat (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customerid int, clubid int, role text NOT NULL UNIQUE, version int DEFAULT 1);
        CREATE TABLE bench (customerid int, clubid int, role text NOT NULL);

        """
    private static let keeping = "CREATE UNIQUE INDEX ON seat (customerid, clubid);"

    /// Each link gets what goes with its club, or a number where that isn't known yet; and what its hook is told behind is its own.
    private func hooks(_ log: HookLog) -> Hooks {
        var hooks = Hooks()
        let count = Locked(0)
        for model in ["Seat", "Bench"] {
            hooks.beforeSave(model) { save in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                guard save.isNew else { return }
                save["role"] = .string(save["clubId"].map { "of \($0)" } ?? "new \(number)")
            }
            hooks.afterSave(model) { save in
                #expect(save.record?["role"] == save["role"])
                #expect(save.key == save.record?["id"])
                log.tell("\(save.record?["clubId"] ?? "?") \(save["role"]?.text ?? "?")")
            }
            hooks.afterCommit(model) { #expect($0.kind == .delete || $0.key == $0.record?["id"]) }
        }
        return hooks
    }

    @Test(arguments: [false, true])
    func `Every link has what its own hook said`(isKept: Bool) async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "pairing_\(isKept)", models: Self.models, hooks: hooks(log), sql: Self.tables + (isKept ? Self.keeping : "")
        )
        let database = world.database
        try await database.setRelated("Fan", id: 1, relation: "clubs", keys: [5, 1, 9, 3, 7, 2])
        #expect(
            log.take().sorted() == ["1 of 1", "2 of 2", "3 of 3", "5 of 5", "7 of 7", "9 of 9"])
        let wrong = "SELECT count(*) FROM seat WHERE role <> 'of ' || clubid"
        #expect(try await world.rows(wrong) == "0")
        // Those that stay keep what they have.
        try await world.test.run("UPDATE seat SET role = 'old' WHERE clubid = 9")
        try await database.setRelated("Fan", id: 1, relation: "clubs", keys: [9, 8, 4])
        #expect(log.take().sorted() == ["4 of 4", "8 of 8"])
        #expect(
            try await world.rows("SELECT clubid, role, version FROM seat ORDER BY 1") == "4,of 4,1;8,of 8,1;9,old,1")
        try await database.addRelated("Fan", id: 1, relation: "clubs", key: 6)
        #expect(log.take() == ["6 of 6"])
        // Made in the order they are given: written once, and a value that is to be unique is.
        let made = try await database.createRelated(
            "Fan", id: 2, relation: "clubs",
            [["id": 31, "name": "c"], ["id": 32, "name": "a"], ["id": 33, "name": "b"]])
        #expect(made.graph.count == 3)
        let numbers = log.take().map { $0.split(separator: " ").map(String.init) }
        #expect(numbers.map { $0[0] } == ["31", "32", "33"])
        #expect(numbers.map { Int($0[2]) ?? 0 } == numbers.map { Int($0[2]) ?? 0 }.sorted())
        #expect(
            try await world.rows("SELECT clubid, role, version FROM seat WHERE customerid = 2 ORDER BY 1")
                == numbers.map { "\($0[0]),new \($0[2]),1" }.joined(separator: ";"))
        await database.close()
    }

    @Test func `Links without a key of their own`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("pairing_keyless", models: Self.models, hooks: hooks(log), sql: Self.tables)
        let database = world.database
        try await database.setRelated("Fan", id: 1, relation: "benches", keys: [3, 1, 2])
        #expect(log.take().sorted() == ["1 of 1", "2 of 2", "3 of 3"])
        try await database.createRelated("Fan", id: 1, relation: "benches", [["id": 41], ["id": 42]])
        #expect(log.take().map { String($0.prefix(6)) } == ["41 new", "42 new"])
        #expect(try await world.rows("SELECT count(DISTINCT role), count(*) FROM bench") == "5,5")
        await database.close()
    }

    @Test func `Who may reach links doesn't keep their hooks from filling them`() async throws {
        let log = HookLog()
        var hooks = hooks(log)
        hooks.access("Seat") { $0.narrow(["role": ["like": "of %"]]) }
        let world = try await WritingWorld("pairing_access", models: Self.models, hooks: hooks, sql: Self.tables)
        try await world.database.setRelated("Fan", id: 1, relation: "clubs", keys: [2, 1])
        try await world.database.createRelated("Fan", id: 1, relation: "clubs", ["id": 51, "name": "n"])
        #expect(try await world.rows("SELECT clubid FROM seat ORDER BY 1") == "1;2;51")
        await world.database.close()
    }

    /// What a hook makes of the relation's own keys is refused, for new links of every operation.
    @Test func `Hooks can't lead a link elsewhere`() async throws {
        for name in ["clubId", "customerId"] {
            var hooks = Hooks()
            hooks.beforeSave("Seat") { save in (save["role"], save[name]) = ("r", 4) }
            let world = try await WritingWorld(
                "pairing_keys_\(name)", models: Self.models, hooks: hooks, sql: Self.tables)
            let operations: [(Database) async throws -> Void] = [
                { try await $0.setRelated("Fan", id: 1, relation: "clubs", keys: [2]) },
                { try await $0.createRelated("Fan", id: 1, relation: "clubs", ["id": 61]) },
            ]
            for operation in operations {
                let error = await #expect(throws: PlannerError.self) { try await operation(world.database) }
                #expect(error?.code == .keyOverride)
            }
            #expect(try await world.rows("SELECT count(*) FROM seat") == "0")
            #expect(try await world.rows("SELECT count(*) FROM club WHERE id > 9") == "0")
            await world.database.close()
        }
    }
}
