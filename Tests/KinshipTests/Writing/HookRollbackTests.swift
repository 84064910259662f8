// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What a hook throws undoes all of it, and what is behind a transaction runs once.
@Suite(.serialized) struct HookRollbackTests {
    enum Place: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case beforeSave, validate, persist, afterSave, beforeDelete, afterDelete, access
        var testDescription: String { rawValue }
    }

    /// Hooks that write something, and refuse.
    private func hooks(_ place: Place) -> Hooks {
        var hooks = Hooks()
        let refuse: @Sendable (inout HookContext) async throws -> Void = { context in
            try await context.transaction.create("Tag", ["name": "half"])
            throw HookLog.Refused()
        }
        switch place {
        case .beforeSave: hooks.beforeSave("Order", refuse)
        case .validate:
            hooks.validate("Order") { order in
                try await order.transaction.create("Tag", ["name": "half"])
                throw HookLog.Refused()
            }
        case .persist: hooks.persist("Order", refuse)
        case .afterSave: hooks.afterSave("Order", refuse)
        case .beforeDelete: hooks.beforeDelete("Order", refuse)
        case .afterDelete: hooks.afterDelete("Order", refuse)
        case .access: hooks.access("Order") { _ in throw HookLog.Refused() }
        }
        return hooks
    }

    @Test(arguments: Place.allCases)
    func `A hook that throws undoes all of it`(place: Place) async throws {
        let world = try await WritingWorld("hook_throw_\(place.rawValue.lowercased())", hooks: hooks(place))
        let database = world.database
        let before = try await world.everything()
        let isOfDeletes = place == .beforeDelete || place == .afterDelete
        let saves: [@Sendable (any Session) async throws -> Void] = [
            { try await $0.updateById("Order", id: 11, ["total": 5]) },
            { try await $0.updateAll("Order", where: ["id": 11], ["total": 5]) },
            { try await $0.updateRelated("Customer", id: 1, relation: "orders", key: 11, ["total": 5]) },
            {
                try await $0.updateGraph(
                    "Customer", id: 1, ["name": "x", "orders": ["update": [["id": 11, "total": 5]]]])
            },
            { try await $0.upsert("Order", ["id": 11, "total": 5]) },
        ]
        let makes: [@Sendable (any Session) async throws -> Void] = [
            { try await $0.create("Order", ["sku": "n"]) }, { try await $0.createAll("Order", [["sku": "n"], [:]]) },
            { try await $0.createRelated("Customer", id: 1, relation: "orders", ["sku": "n"]) },
            { try await $0.createGraph("Customer", ["id": 8, "name": "x", "orders": [["sku": "n"]]]) },
        ]
        let deletes: [@Sendable (any Session) async throws -> Void] = [
            { try await $0.deleteById("Order", id: 11) }, { try await $0.deleteAll("Order", where: ["id": 11]) },
            { try await $0.deleteRelated("Customer", id: 1, relation: "orders", key: 11) },
            { try await $0.deleteAllRelated("Customer", id: 1, relation: "orders") },
        ]
        let operations = isOfDeletes ? deletes : place == .access ? saves + deletes : saves + makes
        for (number, operation) in operations.enumerated() {
            await #expect(throws: HookLog.Refused.self, "\(number)") { try await operation(database) }
            #expect(try await world.everything() == before, "\(number)")
            // In a transaction that goes on as if nothing had happened, too.
            _ = try? await database.withTransaction { transaction in
                try await transaction.create("Label", ["name": "other"])
                do { try await operation(transaction) } catch is HookLog.Refused {}
            }
            // What was whole without it may stay: whole graphs are undone by themselves.
            try await world.test.run("DELETE FROM label WHERE name = 'other'")
            #expect(try await world.everything() == before, "\(number)")
        }
        await database.close()
    }

    @Test func `What fails inside a transaction inside leaves the outer one whole`() async throws {
        let world = try await WritingWorld("hook_savepoint", hooks: hooks(.afterSave))
        try await world.database.withTransaction { transaction in
            try await transaction.create("Label", ["name": "kept"])
            do {
                try await transaction.withTransaction { try await $0.create("Order", ["sku": "n"]) }
            } catch is HookLog.Refused {}
        }
        #expect(try await world.rows("SELECT count(*) FROM label") == "3")
        #expect(try await world.rows("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM tag)") == "4,3")
        await world.database.close()
    }

    @Test func `A transaction that caught half of an operation is rolled back, and says so`() async throws {
        let world = try await WritingWorld("hook_half", hooks: hooks(.afterSave))
        let before = try await world.everything()
        let error = await #expect(throws: PostgresError.self) {
            try await world.database.withTransaction { transaction in
                do { try await transaction.create("Order", ["sku": "n"]) } catch is HookLog.Refused {}
            }
        }
        #expect(error?.code == .misuse)
        let later = await #expect(throws: PostgresError.self) {
            try await world.database.withTransaction { transaction in
                do { try await transaction.create("Order", ["sku": "n"]) } catch is HookLog.Refused {}
                try await transaction.create("Label", ["name": "other"])
            }
        }
        #expect(later?.code == .misuse)
        #expect(try await world.everything() == before)
        await world.database.close()
    }

    @Test func `An error that has changed nothing leaves the transaction usable`() async throws {
        let log = HookLog()
        let world = try await WritingWorld("hook_usable", hooks: log.hooks("Order"))
        try await world.database.withTransaction { transaction in
            for operation in [
                { try await transaction.updateById("Order", id: 7, ["total": 1]) },
                { try await transaction.create("Order", ["status": "odd"]) },
                { try await transaction.updateRelated("Customer", id: 1, relation: "orders", key: 21, [:]).graph },
            ] as [() async throws -> Graph] {
                await #expect(throws: (any Error).self) { try await operation() }
            }
            try await transaction.create("Order", ["sku": "after all"])
        }
        #expect(try await world.rows("SELECT count(*) FROM orders") == "5")
        #expect(log.take().last == "after commit Order create 1001")
        await world.database.close()
    }

    @Test func `A task that is cancelled in a hook leaves nothing`() async throws {
        let log = HookLog()
        var hooks = log.hooks("Tag")
        hooks.afterSave("Order") { save in
            withUnsafeCurrentTask { $0?.cancel() }
            try await save.transaction.create("Label", ["name": "half"])
        }
        let world = try await WritingWorld("hook_cancel", hooks: hooks)
        let before = try await world.everything()
        await #expect(throws: (any Error).self) {
            try await Task { try await world.database.create("Order", ["sku": "n"]) }.value
        }
        #expect(try await world.everything() == before)
        await world.database.close()
    }

    @Test func `After a commit hooks run once, after a rollback the others`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.afterCommit("Order") { log.tell("commit \($0.key ?? "?") \($0.error == nil)") }
        hooks.afterRollback("Order") {
            log.tell("rollback \($0.record?["sku"] ?? $0.data["sku"] ?? "?") \($0.error is HookLog.Refused)")
        }
        let world = try await WritingWorld("hook_ends", connections: 1, hooks: hooks)
        let database = world.database
        try await database.withTransaction { transaction in
            try await transaction.create("Order", ["sku": "a"])
            #expect(log.take() == [])
            try await transaction.withTransaction { try await $0.create("Order", ["sku": "b"]) }
            try? await transaction.withTransaction { inner in
                try await inner.create("Order", ["sku": "undone"])
                throw HookLog.Refused()
            }
            #expect(log.take() == [])
        }
        #expect(log.take() == ["commit 1001 true", "commit 1002 true", #"rollback "undone" true"#])
        await #expect(throws: HookLog.Refused.self) {
            try await database.withTransaction { transaction in
                try await transaction.create("Order", ["sku": "c"])
                try await transaction.withTransaction { try await $0.create("Order", ["sku": "d"]) }
                throw HookLog.Refused()
            }
        }
        #expect(log.take() == [#"rollback "c" true"#, #"rollback "d" true"#])
        // What the database itself refuses is rolled back as well.
        await #expect(throws: ConstraintViolation.self) { try await database.create("Order", ["sku": "s11"]) }
        #expect(log.take() == [#"rollback "s11" false"#])
        await database.close()
    }

    @Test func `What COMMIT itself refuses is rolled back, and told as a violated constraint`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.afterCommit("Order") { _ in log.tell("commit") }
        hooks.afterRollback("Order") { _ in log.tell("rollback") }
        let world = try await WritingWorld(
            "hook_deferred", hooks: hooks,
            sql: "ALTER TABLE orders ADD CONSTRAINT late UNIQUE (total) DEFERRABLE INITIALLY DEFERRED;")
        let error = await #expect(throws: ConstraintViolation.self) {
            try await world.database.create("Order", ["total": 10])
        }
        #expect(error?.constraint == "late" && log.take() == ["rollback"])
        try await world.database.create("Order", ["total": 11])
        #expect(log.take() == ["commit"])
        await world.database.close()
    }

    @Test func `Of a transaction that is run again only the attempt that was committed counts`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.afterCommit("Order") { log.tell("commit \($0.record?["sku"] ?? "?")") }
        hooks.afterRollback("Order") { _ in log.tell("rollback") }
        let world = try await WritingWorld("hook_again", hooks: hooks)
        let attempts = Locked(0)
        try await world.database.withRetryingTransaction(isolation: .repeatableRead) { transaction in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            _ = try await transaction.findById("Customer", id: 1)
            try await transaction.create("Order", ["sku": .string("try \(attempt)")])
            if attempt == 1 { try await world.test.run("UPDATE customer SET points = 5 WHERE id = 1") }
            try await transaction.updateById("Customer", id: 1, ["$inc": ["points": 1]])
        }
        #expect(attempts.withLock { $0 } == 2)
        #expect(log.take() == [#"commit "try 2""#])
        await world.database.close()
    }

    @Test func `What a hook behind a commit throws undoes nothing, and the next one runs`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.afterCommit("Order") { _ in throw HookLog.Refused() }
        hooks.afterCommit("Order") { end in
            // Outside of the transaction: it sees what is committed, on a connection that has been given back.
            log.tell("\(try await end.session.count("Order", where: ["sku": "a"]).count)")
        }
        let world = try await WritingWorld("hook_commit_throws", connections: 1, hooks: hooks)
        try await world.database.create("Order", ["sku": "a"])
        #expect(log.take() == ["1"])
        await world.database.close()
    }

    /// The pause between two attempts is no place to get lost in.
    @Test(arguments: ["operation", "transaction"])
    func `Who is cancelled between two attempts is told of the end`(kind: String) async throws {
        let log = HookLog()
        var hooks = Hooks()
        let test = Locked<TestDatabase?>(nil)
        hooks.beforeSave("Product") { save in
            // It is made by another one each time: there is always a next attempt, until nobody wants it any more.
            guard let database = test.withLock({ $0 }) else { return }
            try await database.run("INSERT INTO product VALUES (77, 'other') ON CONFLICT DO NOTHING")
            withUnsafeCurrentTask { $0?.cancel() }
        }
        hooks.afterRollback("Product") { _ in log.tell("rollback") }
        hooks.afterCommit("Product") { _ in log.tell("commit") }
        let world = try await WritingWorld("hook_pause_\(kind)", hooks: hooks)
        test.withLock { $0 = world.test }
        let database = world.database
        await #expect(throws: (any Error).self) {
            try await Task {
                if kind == "operation" {
                    try await database.upsert("Product", ["id": 77, "name": "own"])
                } else {
                    try await database.withRetryingTransaction(isolation: .serializable) { transaction in
                        try await transaction.upsert("Product", ["id": 77, "name": "own"])
                    }
                }
            }.value
        }
        #expect(log.take() == ["rollback"])
        test.withLock { $0 = nil }
        await database.close()
    }

    /// A trigger, or a hook ahead, may keep records from going.
    @Test func `Of records that stay it isn't told that they went`() async throws {
        let log = HookLog()
        var hooks = Hooks()
        hooks.beforeDelete("Order", loading: .old) { delete in
            if delete.key == 12 { try await delete.transaction.execute("DELETE FROM orders WHERE id = 21") }
        }
        hooks.afterDelete("Order", loading: .old) { log.tell("after \($0.key ?? "?")") }
        hooks.afterCommit("Order") { log.tell("commit \($0.key ?? "?")") }
        let world = try await WritingWorld(
            "hook_stay", hooks: hooks,
            sql: """
                CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  IF old.id = 11 THEN RETURN NULL; END IF; RETURN old; END $$;
                CREATE TRIGGER stay BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION stay();
                """)
        let count = try await world.database.deleteAll("Order", where: ["id": ["lt": 90]]).count
        #expect(try await world.rows("SELECT id FROM orders ORDER BY id") == "11;99")
        // 21 is gone as well, whoever it was that deleted it.
        #expect(count == 1)
        #expect(log.take() == ["after 12", "after 21", "commit 12", "commit 21"])
        await world.database.close()
    }
}
