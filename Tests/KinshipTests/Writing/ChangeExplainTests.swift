// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Changes explained before they are made, and as they are.
@Suite(.serialized) struct ChangeExplainTests {
    @Test func `Nothing is changed by looking`() async throws {
        let world = try await WritingWorld("explain_none")
        let database = world.database
        let before = try await world.everything()
        let explanation = try await database.explain { session in
            try await session.createRelated("Customer", id: 3, relation: "orders", ["total": 5])
        }
        #expect(explanation.steps.count == 1)
        #expect((explanation.statements, explanation.roundTrips) == (1, 1))
        let fetch = try #require(explanation.steps.first?.plan.fetches.first)
        #expect(fetch.parts.map(\.name) == ["parent", "made"])
        #expect(fetch.parts.map(\.action) == [.find, .insert])
        #expect(fetch.parts.map(\.takes) == [[], ["parent"]])
        #expect(fetch.parts.map(\.answers) == [false, true])
        let text = explanation.tree.text()
        for line in [
            "1 statement in 1 round trip", "parent looks Customer up", "made makes Order, by parent: the answer",
            "INSERT INTO",
            "a statement by itself is whole or not at all", "from the data",
        ] {
            #expect(text.contains(line), "\(line) in\n\(text)")
        }
        // Each of them ends before it changes anything.
        typealias Call = @Sendable (Database) async throws -> Void
        let calls: [Call] = [
            { try await $0.create("Order", ["total": 1]) },
            { try await $0.createAll("Order", [["total": 1], ["sku": "q"]]) },
            { try await $0.updateById("Order", id: 11, ["total": 2]) },
            { try await $0.updateAll("Order", where: [:], ["total": 2]) },
            { try await $0.replaceById("Order", id: 11, ["total": 2]) },
            { try await $0.upsert("Order", ["id": 11, "total": 2]) },
            { try await $0.replaceOrCreate("Order", ["id": 11, "total": 2]) },
            { try await $0.upsertWithWhere("Order", where: ["sku": "s11"], ["total": 2]) },
            { _ = try await $0.findOrCreate("Order", filter: ["where": ["sku": "z"]], ["sku": "z"]) },
            { try await $0.deleteById("Order", id: 11) }, { try await $0.deleteAll("Order", where: [:]) },
            {
                _ = try await $0.findOrCreateRelated(
                    "Customer", id: 3, relation: "orders", filter: ["where": ["sku": "z"]], ["sku": "z"])
            },
            { try await $0.addRelated("Customer", id: 3, relation: "groups", key: 1) },
            { try await $0.setRelated("Customer", id: 1, relation: "groups", keys: [3]) },
            { try await $0.setRelated("Customer", id: 1, relation: "byInts", keys: [3]) },
            { _ = try await $0.removeRelated("Customer", id: 1, relation: "groups", key: 1) },
            { _ = try await $0.updateRelated("Customer", id: 1, relation: "orders", key: 11, ["total": 3]) },
            { _ = try await $0.replaceRelated("Customer", id: 1, relation: "orders", key: 11, ["total": 3]) },
            { _ = try await $0.updateAllRelated("Customer", id: 1, relation: "orders", ["total": 3]) },
            { _ = try await $0.deleteRelated("Customer", id: 1, relation: "orders", key: 11) },
            { _ = try await $0.deleteAllRelated("Customer", id: 1, relation: "orders") },
            { try await $0.createGraph("Customer", ["id": 9, "name": "x", "orders": [["total": 1]]]) },
        ]
        for (number, call) in calls.enumerated() {
            let told = try await database.explain { try await call($0) }
            #expect(told.steps.last?.plan.fetches.first?.parts.isEmpty == false, "\(number)")
            #expect(told.tree.json.description.contains("\"parts\":"), "\(number)")
        }
        #expect(try await world.everything() == before)
        await database.close()
    }

    @Test func `Locks ahead are told, and what is around the statements`() async throws {
        let world = try await WritingWorld("explain_locks")
        let explanation = try await world.database.explain { session in
            try await session.createRelated("Customer", id: 3, relation: "profile", ["bio": "b"])
        }
        #expect((explanation.statements, explanation.roundTrips) == (2, 1))
        let text = explanation.tree.text()
        #expect(text.contains("ahead of it, in the same round trip, a lock:"))
        #expect(text.contains("FOR NO KEY UPDATE"))
        #expect(text.contains("BEGIN and COMMIT go out with the statements"))
        let found = try await world.database.explain { session in
            try await session.findOrCreateRelated(
                "Customer", id: 3, relation: "orders", filter: ["where": ["sku": "z"]], ["sku": "z"])
        }
        #expect((found.statements, found.roundTrips) == (2, 1))
        let parts = try #require(found.steps.first?.plan.fetches.first).parts
        #expect(parts.map(\.name) == ["parent", "found", "made"])
        #expect(parts.map(\.answers) == [false, true, true])
        #expect(parts.map(\.takes) == [[], ["parent"], ["parent", "found"]])
        #expect(found.tree.text().contains("pg_advisory_xact_lock"))
        let included = try await world.database.explain { session in
            try await session.updateById("Order", id: 11, ["total": 3], filter: ["include": "customer"])
        }
        #expect(included.tree.text().contains("COMMIT in a round trip of its own"))
        #expect(included.steps[0].plan.fetches.count == 2)
        // What is wrong with the data is told as it else is.
        let wrong = await told {
            try await world.database.explain { try await $0.create("Order", ["total": "x"]) }.tree.text()
        }
        #expect(wrong == "INVALID_VALUE total:type")
        await world.database.close()
    }

    @Test func `A whole graph is run, told step by step, and rolled back`() async throws {
        let world = try await WritingWorld("explain_run")
        let database = world.database
        let before = try await world.everything()
        let graph: JSONValue = [
            "id": 9, "name": "Nia", "orders": [["total": 1, "sku": "n1"], ["total": 2, "sku": "n2"]],
            "groups": ["connect": [1]],
        ]
        let first = try await database.explain { try await $0.createGraph("Customer", graph) }
        #expect(first.goesOn)
        #expect(first.steps.count == 1)
        #expect(first.tree.text().contains("what follows depends on what comes of this change"))
        let all = try await database.explain(analyze: .run) { try await $0.createGraph("Customer", graph) }
        #expect(!all.goesOn)
        let changes = all.steps.filter { $0.plan.fetches.first?.parts.isEmpty == false }
        #expect(changes.count == 3)
        #expect(all.steps.count == 4)
        #expect(all.tree.children.map(\.title).first?.hasPrefix("step 1: ") == true)
        #expect(all.tree.text().contains("2 rows"))
        #expect(all.steps.allSatisfy { $0.statistics != nil })
        #expect(try await world.everything() == before)
        // Inside of a transaction only what is explained goes.
        try await database.withTransaction { transaction in
            try await transaction.updateById("Customer", id: 1, ["name": "Eva"])
            let told = try await transaction.explain(analyze: .run) { session in
                try await session.updateById("Customer", id: 1, ["name": "Eve"])
            }
            #expect(told.tree.text().contains("in the caller's transaction"))
            #expect(try await transaction.findById("Customer", id: 1).text.contains("Eva"))
        }
        #expect(all.tree.svg().hasPrefix("<svg"))
        await database.close()
    }

    /// Statements of the program's own, imports and methods: nobody knows what they change, so they aren't sent.
    @Test func `What isn't planned is not sent either, and a transaction that is only looked at is rolled back`()
        async throws
    {
        let log = HookLog()
        let world = try await WritingWorld("explain_own", hooks: log.hooks("Tag"))
        let database = world.database
        let before = try await world.everything()
        let records = AsyncStream<JSONValue> { continuation in
            continuation.yield(["name": "imported"])
            continuation.finish()
        }
        typealias Call = @Sendable (Database) async throws -> Void
        let calls: [(name: String, code: String, run: Call)] = [
            (
                "execute", "UNSUPPORTED",
                { _ = try await $0.withTransaction { try await $0.execute("DELETE FROM orders") } }
            ),
            (
                "retrying", "UNSUPPORTED",
                { _ = try await $0.withRetryingTransaction { try await $0.execute("DELETE FROM orders") } }
            ),
            (
                "connection", "UNSUPPORTED",
                { _ = try await $0.withTransaction { try await $0.connection.execute("DELETE FROM orders") } }
            ),
            (
                "inside", "UNSUPPORTED",
                {
                    try await $0.withTransaction {
                        _ = try await $0.withTransaction { try await $0.execute("DELETE FROM orders") }
                    }
                }
            ),
            ("import", "UNSUPPORTED", { try await $0.importRecords(into: "Label", records: records) }),
            // What is caught is still not done.
            (
                "caught", "ok",
                { session in
                    try await session.withTransaction { transaction in
                        _ = try? await transaction.execute("DELETE FROM orders")
                        _ = try await transaction.find("Order")
                    }
                }
            ),
            ("hooked", "ok", { try await $0.create("Tag", ["name": "t"]) }),
            ("save", "ok", { _ = try await $0.withTransaction { try await $0.deleteById("Order", id: 11) } }),
        ]
        for call in calls {
            let outcome = await told {
                _ = try await database.explain { try await call.run($0) }
                return "ok"
            }
            #expect(outcome == call.code, "\(call.name)")
            #expect(try await world.everything() == before, "\(call.name)")
            let inside = await told {
                try await database.withTransaction { transaction in
                    try await transaction.explain { session in
                        _ = try await session.withTransaction { try await $0.execute("DELETE FROM orders") }
                    }.tree.text()
                }
            }
            #expect(inside == "UNSUPPORTED")
        }
        #expect(log.take() == [])
        // The caller's own transaction goes on, and may write.
        try await database.withTransaction { transaction in
            _ = try await transaction.explain { try await $0.withTransaction { _ = try await $0.find("Order") } }
            try await transaction.create("Label", ["name": "after"])
        }
        #expect(try await world.rows("SELECT count(*) FROM label") == "3")
        #expect(try await world.rows("SELECT count(*) FROM orders") == "4")
        await database.close()
    }
}
