// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The rows that are written are those that hooks were told of: no others, whatever scopes say of how many there are, and whoever else
/// is at work. A trigger writes down the former.
@Suite(.serialized) struct HookReachTests {
    private static let models = [
        """
        {"name": "Buyer", "strict": true, "options": {"postgresql": {"table": "customer"}}, "properties": {"id": {"type": "number", "id": true}, "name": "string"},
         "relations": {
          "all": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"},
          "later": {"type": "hasMany", "model": "Order", "foreignKey": "customerId", "scope": {"order": "id", "skip": 1}},
          "few": {"type": "hasMany", "model": "Order", "foreignKey": "customerId", "scope": {"order": "id", "limit": 1}},
          "one": {"type": "hasOne", "model": "Order", "foreignKey": "customerId"},
          "clubs": {"type": "hasMany", "model": "Club", "through": "Membership", "foreignKey": "customerId", "keyThrough": "groupId"},
          "laterGroups": {"type": "hasMany", "model": "Group", "through": "Membership", "foreignKey": "customerId", "keyThrough": "groupId", "scope": {"order": "id", "skip": 1}}}}
        """,
        """
        {"name": "Club", "strict": true, "scope": {"order": "name", "limit": 1}, "options": {"postgresql": {"table": "grp"}},
         "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
        """,
        """
        {"name": "Late", "strict": true, "scope": {"order": "id", "skip": 1}, "options": {"postgresql": {"table": "orders"}},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "sku": "string", "total": "number"}}
        """,
    ]
    private static let audit = """
        CREATE TABLE audit (line text);
        CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP = 'UPDATE' THEN IF new IS NOT DISTINCT FROM old THEN RETURN NULL; END IF; END IF;
          INSERT INTO audit VALUES (TG_TABLE_NAME || ' ' || TG_OP || ' ' || coalesce(new.id, old.id)::text); RETURN NULL; END $$;
        CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION audit();
        CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON membership FOR EACH ROW EXECUTE FUNCTION audit();
        CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON grp FOR EACH ROW EXECUTE FUNCTION audit();

        """
    private static let tables = [
        "Order": "orders", "Late": "orders", "Membership": "membership", "Group": "grp", "Club": "grp",
    ]
    private static let commands = ["create": "INSERT", "update": "UPDATE", "delete": "DELETE"]

    private func hooks(_ log: HookLog) -> Hooks {
        var hooks = Hooks()
        for (model, table) in Self.tables {
            hooks.beforeSave(model, loading: .old) { _ in }
            hooks.beforeDelete(model, loading: .old) { _ in }
            hooks.afterCommit(model) { commit in
                log.tell("\(table) \(Self.commands[commit.kind.rawValue] ?? "?") \(commit.key ?? "?")")
            }
        }
        return hooks
    }

    private typealias Operation = (name: String, run: @Sendable (Database) async throws -> Void)

    private static let operations: [Operation] = [
        (
            "update, skipped",
            { _ = try await $0.updateRelated("Buyer", id: 1, relation: "later", key: 11, ["total": 1]) }
        ),
        (
            "update, not skipped",
            { _ = try await $0.updateRelated("Buyer", id: 1, relation: "later", key: 12, ["total": 1]) }
        ),
        ("update all, skipped", { _ = try await $0.updateAllRelated("Buyer", id: 1, relation: "later", ["total": 1]) }),
        ("update all, limited", { _ = try await $0.updateAllRelated("Buyer", id: 1, relation: "few", ["total": 1]) }),
        ("delete, skipped", { _ = try await $0.deleteRelated("Buyer", id: 1, relation: "later", key: 11) }),
        ("delete all, skipped", { _ = try await $0.deleteAllRelated("Buyer", id: 1, relation: "later") }),
        ("delete all, limited", { _ = try await $0.deleteAllRelated("Buyer", id: 1, relation: "few") }),
        ("set, limited", { try await $0.setRelated("Buyer", id: 1, relation: "few", keys: [21]) }),
        ("set, skipped", { try await $0.setRelated("Buyer", id: 1, relation: "later", keys: [99, 12]) }),
        ("set, none", { try await $0.setRelated("Buyer", id: 1, relation: "few", keys: []) }),
        ("set links, default limit", { try await $0.setRelated("Buyer", id: 1, relation: "clubs", keys: [3, 2]) }),
        ("set links, skipped", { try await $0.setRelated("Buyer", id: 1, relation: "laterGroups", keys: [3]) }),
        ("add one", { _ = try await $0.addRelated("Buyer", id: 1, relation: "one", key: 99) }),
        ("remove one", { _ = try await $0.removeRelated("Buyer", id: 1, relation: "one") }),
        ("remove, skipped", { _ = try await $0.removeRelated("Buyer", id: 1, relation: "later", key: 11) }),
        ("remove link, skipped", { _ = try await $0.removeRelated("Buyer", id: 1, relation: "laterGroups", key: 1) }),
        ("delete link, skipped", { _ = try await $0.deleteRelated("Buyer", id: 1, relation: "laterGroups", key: 1) }),
        ("delete links, skipped", { _ = try await $0.deleteAllRelated("Buyer", id: 1, relation: "laterGroups") }),
        ("upsert where, skipped", { try await $0.upsertWithWhere("Late", where: ["sku": "s11"], ["total": 1]) }),
        ("upsert where, none", { try await $0.upsertWithWhere("Late", where: ["sku": "new"], ["sku": "new"]) }),
        ("update, default skip", { try await $0.updateById("Late", id: 11, ["total": 1]) }),
        ("update many, default skip", { try await $0.updateAll("Late", where: [:], ["total": 7]) }),
        ("upsert, default skip", { try await $0.upsert("Late", ["id": 11, "total": 1]) }),
        ("delete, default skip", { try await $0.deleteById("Late", id: 11) }),
        ("delete many, default skip", { try await $0.deleteAll("Late", where: [:]) }),
        ("update many, default limit", { try await $0.updateAll("Club", where: [:], ["name": "n"]) }),
        ("delete many, default limit", { try await $0.deleteAll("Club", where: [:]) }),
    ]

    @Test func `However many a scope lets through, hooks are told of all that is written`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("reach", models: Self.models, hooks: hooks(log), sql: Self.audit)
        let plain = try await WritingWorld("reach_plain", models: Self.models, sql: Self.audit)
        for operation in Self.operations {
            var audits: [String] = []
            for (own, isHooked) in [(world, true), (plain, false)] {
                try await own.reset()
                try await own.test.run("DELETE FROM audit")
                _ = log.take()
                let outcome = await told {
                    try await operation.run(own.database)
                    return "ok"
                }
                let written = try await own.test.run("SELECT line FROM audit ORDER BY line").compactMap { $0[0] }
                if isHooked { #expect(written == log.take().sorted(), "\(operation.name)") }
                audits.append("\(outcome): \(written)")
            }
            // With hooks it does what it does without.
            #expect(audits[0] == audits[1], "\(operation.name)")
        }
        await world.database.close()
        await plain.database.close()
    }

    /// Another one writes when all has been looked at, and nothing written yet.
    @Test func `What comes in between is not written without its hooks`() async throws {
        let log = HookLog()
        let meddle = Locked<(@Sendable () async throws -> Void)?>(nil)
        var hooks = hooks(log)
        for model in Self.tables.keys {
            hooks.beforeSave(model, loading: .old) { _ in
                let own = meddle.withLock { meddle in
                    defer { meddle = nil }
                    return meddle
                }
                try await own?()
            }
            hooks.beforeDelete(model, loading: .old) { _ in
                let own = meddle.withLock { meddle in
                    defer { meddle = nil }
                    return meddle
                }
                try await own?()
            }
        }
        let world = try await WritingWorld("reach_between", models: Self.models, hooks: hooks, sql: Self.audit)
        let (database, test) = (world.database, world.test)
        let cases: [(name: String, sql: String, run: @Sendable () async throws -> Void)] = [
            (
                "set", "INSERT INTO orders (id, customer_id) VALUES (50, 1)",
                { try await database.setRelated("Buyer", id: 1, relation: "all", keys: [11, 99]) }
            ),
            (
                "set links", "INSERT INTO membership VALUES (50, 1, 3)",
                { try await database.setRelated("Customer", id: 1, relation: "groups", keys: [2]) }
            ),
            (
                "update all", "INSERT INTO orders (id, customer_id) VALUES (50, 1)",
                { try await database.updateAllRelated("Buyer", id: 1, relation: "all", ["total": 3]) }
            ),
            (
                "delete all", "INSERT INTO orders (id, customer_id, status) VALUES (50, 1, 'open')",
                { try await database.deleteAll("Order", where: ["status": "open"]) }
            ),
            (
                "update many", "INSERT INTO orders (id, customer_id, status) VALUES (50, 1, 'open')",
                { try await database.updateAll("Order", where: ["status": "open"], ["total": 4]) }
            ),
            (
                "delete links", "INSERT INTO membership VALUES (50, 1, 3)",
                { try await database.deleteAllRelated("Customer", id: 1, relation: "groups") }
            ),
            (
                "remove one", "INSERT INTO orders (id, customer_id) VALUES (50, 1)",
                { _ = try await database.removeRelated("Buyer", id: 1, relation: "one") }
            ),
        ]
        for one in cases {
            try await world.reset()
            try await test.run("DELETE FROM audit")
            _ = log.take()
            meddle.withLock { own in
                own = {
                    try await test.run(one.sql)
                    try await test.run("DELETE FROM audit WHERE line LIKE '% INSERT 50'")
                }
            }
            let outcome = await told {
                try await one.run()
                return "ok"
            }
            #expect(outcome == "ok", "\(one.name)")
            #expect(meddle.withLock { $0 == nil }, "\(one.name)")
            let written = try await test.run("SELECT line FROM audit ORDER BY line").compactMap { $0[0] }
            #expect(written == log.take().sorted(), "\(one.name)")
        }
        await database.close()
    }
}
