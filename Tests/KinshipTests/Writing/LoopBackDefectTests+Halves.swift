// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

// Nothing is left half done.
extension LoopBackDefectTests {
    @Test func `What fails in the middle leaves nothing`() async throws {
        // Links and lists refuse what is made with them.
        let world = try await WritingWorld(
            "halves",
            sql: """
                ALTER TABLE membership ADD CHECK (customer_id <> 2 OR id < 1000);
                ALTER TABLE customertag ADD CHECK (customerid <> 2 OR id < 1000);
                ALTER TABLE labelling ADD CHECK (thing_id <> 2 OR id < 1000);
                ALTER TABLE customer ADD CHECK (id <> 2 OR cardinality(ints) < 2), ADD CHECK (id <> 2 OR jsonb_array_length(jsons) < 2),
                  ADD CHECK (id <> 2 OR length(texts) < 4);
                ALTER TABLE orders ADD CHECK (id <> 21 OR customer_id IS NOT NULL AND customer_id = 2);
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
                CREATE TRIGGER keep_label BEFORE DELETE ON label FOR EACH ROW EXECUTE FUNCTION refuse();
                CREATE TRIGGER keep_product BEFORE DELETE ON product FOR EACH ROW WHEN (old.id = 2) EXECUTE FUNCTION refuse();
                """)
        let before = try await world.everything()
        let database = world.database
        let attempts: [(String, () async throws -> Void)] = [
            (
                "through",
                { _ = try await database.createRelated("Customer", id: 2, relation: "groups", ["id": 9, "name": "N"]) }
            ),
            (
                "many-to-many",
                {
                    _ = try await database.createRelated(
                        "Customer", id: 2, relation: "tagged", [["name": "N"], ["name": "M"]])
                }
            ),
            ("labels", { _ = try await database.createRelated("Customer", id: 2, relation: "labels", ["name": "N"]) }),
            ("array", { _ = try await database.createRelated("Customer", id: 2, relation: "byInts", ["id": 9]) }),
            ("json", { _ = try await database.createRelated("Customer", id: 2, relation: "byJson", ["id": 9]) }),
            ("text", { _ = try await database.createRelated("Customer", id: 2, relation: "byText", ["id": 9]) }),
            (
                "owner",
                { _ = try await database.createRelated("Order", id: 21, relation: "customer", ["id": 9, "name": "N"]) }
            ),
            ("set", { try await database.setRelated("Customer", id: 2, relation: "groups", keys: [1, 3]) }),
            ("set many", { try await database.setRelated("Customer", id: 2, relation: "orders", keys: [11]) }),
            (
                "several",
                { _ = try await database.createAll("Order", [["sku": "new"], ["sku": "s11"], ["sku": "newer"]]) }
            ),
            (
                "several of one",
                {
                    _ = try await database.createRelated(
                        "Customer", id: 1, relation: "orders", [["sku": "new"], ["sku": "s11"]])
                }
            ),
            ("delete through", { try await database.deleteRelated("Customer", id: 1, relation: "labels", key: 1) }),
            ("delete all through", { try await database.deleteAllRelated("Customer", id: 1, relation: "labels") }),
            ("delete listed", { try await database.deleteRelated("Customer", id: 1, relation: "byInts", key: 2) }),
            ("delete all listed", { try await database.deleteAllRelated("Customer", id: 1, relation: "byText") }),
        ]
        for (name, attempt) in attempts {
            let code = await told {
                try await attempt(); return "done"
            }
            #expect(code == "23514" || code == "23505", "\(name)")
            #expect(try await world.everything() == before, "\(name)")
        }
        // Nor does what lacks a record, or a target.
        let lacking: [(String, () async throws -> Void)] = [
            (
                "owner",
                { _ = try await database.createRelated("Order", id: 77, relation: "customer", ["id": 9, "name": "N"]) }
            ),
            ("through", { _ = try await database.createRelated("Customer", id: 77, relation: "groups", ["id": 9]) }),
            ("listed", { _ = try await database.createRelated("Customer", id: 77, relation: "byInts", ["id": 9]) }),
            (
                "many",
                {
                    _ = try await database.createRelated(
                        "Customer", id: 77, relation: "orders", [["total": 1], ["total": 2]])
                }
            ),
            ("typed", { _ = try await database.createRelated("Customer", id: 77, relation: "pictures", ["url": "u"]) }),
            ("one", { _ = try await database.createRelated("Customer", id: 77, relation: "profile", ["bio": "u"]) }),
            ("set", { try await database.setRelated("Customer", id: 1, relation: "groups", keys: [3, 77]) }),
            ("set many", { try await database.setRelated("Customer", id: 1, relation: "orders", keys: [21, 77]) }),
            ("add", { try await database.addRelated("Customer", id: 1, relation: "groups", key: 77) }),
            ("add to none", { try await database.addRelated("Customer", id: 77, relation: "groups", key: 1) }),
            ("add listed", { try await database.addRelated("Customer", id: 1, relation: "byJson", key: 77) }),
            ("add owner", { try await database.addRelated("Order", id: 77, relation: "customer", key: 1) }),
            ("add no owner", { try await database.addRelated("Order", id: 11, relation: "customer", key: 77) }),
        ]
        for (name, attempt) in lacking {
            let code = await told {
                try await attempt(); return "done"
            }
            #expect(code == "MODEL_NOT_FOUND", "\(name)")
            #expect(try await world.everything() == before, "\(name)")
        }
        await world.database.close()
    }

    @Test func `What a transaction undoes is undone, whatever made it`() async throws {
        let world = try await WritingWorld("undone")
        let before = try await world.everything()
        struct Undo: Error {}
        await #expect(throws: Undo.self) {
            try await world.database.withTransaction { session in
                _ = try await session.create("Customer", ["id": 4, "name": "Dan"])
                _ = try await session.createRelated(
                    "Customer", id: 4, relation: "orders", [["total": 1], ["total": 2]])
                _ = try await session.createRelated("Customer", id: 4, relation: "profile", ["bio": "x"])
                _ = try await session.createRelated("Customer", id: 4, relation: "byInts", ["id": 9])
                try await session.addRelated("Customer", id: 4, relation: "groups", key: 1)
                try await session.setRelated("Customer", id: 1, relation: "groups", keys: [3])
                _ = try await session.findOrCreate("Tag", filter: ["where": ["name": "new"]], ["name": "new"])
                // Each sees what the one ahead of it did.
                #expect(try await session.relatedCount("Customer", id: 4, relation: "orders").count == 2)
                #expect(try await session.deleteAllRelated("Customer", id: 4, relation: "orders").count == 2)
                _ = try await session.upsert("Customer", ["id": 4, "name": "Don"])
                #expect(try await session.findById("Customer", id: 4).text.contains("Don"))
                throw Undo()
            }
        }
        #expect(try await world.everything() == before)
        await world.database.close()
    }
}
