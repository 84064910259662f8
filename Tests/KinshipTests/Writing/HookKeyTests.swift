// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Hooks that ask for old records run for every kind of key: hidden, of several parts, of text like a number, and none at all.
@Suite(.serialized) struct HookKeyTests {
    private static let models = [
        """
        {"name": "Secret", "strict": true, "hidden": ["id"], "properties": {"id": {"type": "number", "id": true, "generated": true}, "ownerId": "number", "name": "string"}}
        """,
        """
        {"name": "Pair", "strict": true, "properties": {"a": {"type": "number", "id": 1}, "b": {"type": "string", "id": 2}, "ownerId": "number", "name": "string"}}
        """,
        """
        {"name": "Priced", "strict": true, "properties": {"price": {"type": "number", "id": true}, "ownerId": "number", "name": "string"}}
        """,
        """
        {"name": "Padded", "strict": true, "properties": {"code": {"type": "string", "id": true}, "ownerId": "number", "name": "string"}}
        """,
        """
        {"name": "Loose", "strict": true, "idInjection": false, "properties": {"ownerId": "number", "name": "string"}}
        """,
        """
        {"name": "Owner", "strict": true, "options": {"postgresql": {"table": "customer"}}, "properties": {"id": {"type": "number", "id": true}, "name": "string"},
         "relations": {
          "secrets": {"type": "hasMany", "model": "Secret", "foreignKey": "ownerId"},
          "pairs": {"type": "hasMany", "model": "Pair", "foreignKey": "ownerId"},
          "prices": {"type": "hasMany", "model": "Priced", "foreignKey": "ownerId"},
          "codes": {"type": "hasMany", "model": "Padded", "foreignKey": "ownerId"}}}
        """,
    ]
    private static let tables = """
        CREATE TABLE secret (id serial PRIMARY KEY, ownerid int, name text);
        INSERT INTO secret (ownerid, name) VALUES (1, 'one'), (1, 'two'), (2, 'three');
        CREATE TABLE pair (a int, b text, ownerid int, name text, PRIMARY KEY (a, b));
        INSERT INTO pair VALUES (1, 'x', 1, 'one'), (1, 'y', 1, 'two'), (2, 'x', 2, 'three');
        CREATE TABLE priced (price numeric(8,2) PRIMARY KEY, ownerid int, name text);
        INSERT INTO priced VALUES (1, 1, 'one'), (2.5, 1, 'two'), (3, 2, 'three');
        CREATE TABLE padded (code char(4) PRIMARY KEY, ownerid int, name text);
        INSERT INTO padded VALUES ('a', 1, 'one'), ('b', 1, 'two'), ('c', 2, 'three');
        CREATE TABLE loose (ownerid int, name text);
        INSERT INTO loose VALUES (1, 'one'), (1, 'two');

        """

    private func hooks(_ log: HookLog) -> Hooks {
        var hooks = Hooks()
        for model in ["Secret", "Pair", "Priced", "Padded", "Loose"] {
            hooks.beforeSave(model, loading: .old) { save in
                guard !save.isNew, let name = save.old?["name"]?.text else { return }
                if let given = save["name"]?.text { save["name"] = .string("\(given) for \(name)") }
            }
            hooks.afterSave(model, loading: .old) {
                log.tell("= \($0.old?["name"] ?? "?") \($0.record?["name"] ?? "?")")
            }
            hooks.afterDelete(model, loading: .old) { log.tell("- \($0.old?["name"] ?? "?")") }
        }
        return hooks
    }

    @Test(arguments: [("Secret", "secrets"), ("Pair", "pairs"), ("Priced", "prices"), ("Padded", "codes")])
    func `Each record is written, and told, by its key`(model: String, relation: String) async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "hook_key_\(relation)", models: Self.models, hooks: hooks(log), sql: Self.tables)
        let database = world.database
        func names() async throws -> String {
            try await world.rows("SELECT name, ownerid FROM \(model.lowercased()) ORDER BY name")
        }
        #expect(try await database.updateAll(model, where: ["ownerId": 1], ["name": "new"]).count == 2)
        #expect(log.take().sorted() == [#"= "one" "new for one""#, #"= "two" "new for two""#])
        #expect(
            try await database.updateAllRelated("Owner", id: 1, relation: relation, ["ownerId": 1]).count == 2)
        #expect(log.take().count == 2)
        #expect(try await database.deleteAll(model, where: ["name": "new for two"]).count == 1)
        #expect(log.take() == [#"- "new for two""#])
        #expect(try await names() == "new for one,1;three,2")
        // All of one owner go to nobody, and that of the other one comes.
        let keys: [String: JSONValue] = [
            "Secret": 3, "Pair": ["a": 2, "b": "x"], "Priced": 3, "Padded": "c",
        ]
        try await database.setRelated("Owner", id: 1, relation: relation, keys: [keys[model] ?? .null])
        #expect(log.take().sorted() == [#"= "new for one" "new for one""#, #"= "three" "three""#])
        #expect(try await names() == "new for one,-;three,1")
        // Once more: nothing to do.
        try await database.setRelated("Owner", id: 1, relation: relation, keys: [keys[model] ?? .null])
        #expect(log.take() == [])
        #expect(try await database.deleteAllRelated("Owner", id: 1, relation: relation).count == 1)
        #expect(log.take() == [#"- "three""#])
        await database.close()
    }

    @Test func `Records without a key can't be told apart, and it says so`() async throws {
        let world = try await WritingWorld(
            "hook_key_none", models: Self.models, hooks: hooks(HookLog()), sql: Self.tables)
        let before = try await world.rows("SELECT * FROM loose ORDER BY 2")
        let operations: [(Database) async throws -> Void] = [
            { try await $0.updateAll("Loose", where: [:], ["name": "x"]) },
            { try await $0.deleteAll("Loose", where: ["name": "one"]) },
        ]
        for operation in operations {
            let error = await #expect(throws: PlannerError.self) { try await operation(world.database) }
            #expect(error?.code == .unsupported && error?.model == "Loose")
            #expect(error?.message.contains("hooks") == true)
        }
        #expect(try await world.rows("SELECT * FROM loose ORDER BY 2") == before)
        await world.database.close()
    }

    /// However many they are, and of however many parts: one text, and no more than a server takes.
    @Test func `Many records with keys of several parts`() async throws {
        var hooks = Hooks()
        let count = Locked(0)
        hooks.afterSave("Pair", loading: .old) { save in
            if save.record?["name"] == "new" { count.withLock { $0 += 1 } }
        }
        hooks.beforeDelete("Pair", loading: .old) { _ in count.withLock { $0 -= 1 } }
        let world = try await WritingWorld(
            "hook_key_many", models: Self.models, hooks: hooks,
            sql: Self.tables + "INSERT INTO pair SELECT n, 'k' || n, 7, 'old' FROM generate_series(1, 40000) n;")
        #expect(try await world.database.updateAll("Pair", where: ["ownerId": 7], ["name": "new"]).count == 40000)
        #expect(count.withLock { $0 } == 40000)
        #expect(try await world.database.deleteAll("Pair", where: ["ownerId": 7]).count == 40000)
        #expect(count.withLock { $0 } == 0)
        await world.database.close()
    }
}
