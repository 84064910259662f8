// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Changes through a relation whose scope is a function of the record: what the function says of the record, which is held, holds.
@Suite struct ScopeFunctionWriteTests {
    private static let refused = PlannerError(.invalidScope, "The function refuses.")

    /// Orders of customers with points are paid ones, of others open ones; groups begin with the customer's letter.
    private func open(_ name: String, hooks: Hooks = Hooks()) async throws -> WritingWorld {
        try await WritingWorld("scope_function_\(name)", hooks: hooks) { definitions in
            for index in definitions.indices where definitions[index].name == "Customer" {
                for relation in definitions[index].relations.indices {
                    switch definitions[index].relations[relation].name {
                    case "orders":
                        definitions[index].relations[relation].scopeFunction = ScopeFunction {
                            (parent) throws(PlannerError) -> JSONValue in
                            if parent["name"] == "refuse" { throw Self.refused }
                            return ["where": ["status": parent["points"] == 0 ? "open" : "paid"]]
                        }
                    case "groups":
                        definitions[index].relations[relation].scopeFunction = ScopeFunction { parent in
                            ["where": ["name": .string(String(parent["name"].text?.prefix(1) ?? "-"))]]
                        }
                    default: continue
                    }
                }
            }
        }
    }

    private static let orders = "SELECT id, status, total::int FROM orders WHERE customer_id = 1 ORDER BY id"

    @Test func `What the function leaves out is out of reach`() async throws {
        let world = try await open("reach")
        let database = world.database
        let refused: [(String, () async throws -> Void)] = [
            (
                "update",
                { try await database.updateRelated("Customer", id: 1, relation: "orders", key: 12, ["total": 1]) }
            ),
            ("delete", { try await database.deleteRelated("Customer", id: 1, relation: "orders", key: 12) }),
            ("add", { try await database.addRelated("Customer", id: 3, relation: "orders", key: 12) }),
            ("set", { try await database.setRelated("Customer", id: 3, relation: "orders", keys: [11, 12]) }),
            ("link", { try await database.addRelated("Customer", id: 1, relation: "groups", key: 3) }),
            ("none", { try await database.createRelated("Customer", id: 77, relation: "orders", ["total": 1]) }),
            (
                "graph",
                {
                    try await database.updateGraph(
                        "Customer", id: 1, ["orders": ["update": [["id": 11, "total": 1], ["id": 12, "total": 1]]]])
                }
            ),
        ]
        let before = try await world.everything()
        for (name, change) in refused {
            let error = await #expect(throws: PlannerError.self, "\(name)") { try await change() }
            #expect(error?.code == .modelNotFound, "\(name): \(error?.message ?? "")")
        }
        #expect(try await database.removeRelated("Customer", id: 1, relation: "orders", key: 12).count == 0)
        #expect(try await database.updateAllRelated("Customer", id: 77, relation: "orders", ["total": 1]).count == 0)
        #expect(try await database.deleteAllRelated("Customer", id: 77, relation: "orders").count == 0)
        #expect(try await world.everything() == before)
        await database.close()
    }

    @Test func `What it lets through is changed`() async throws {
        let world = try await open("changed")
        let database = world.database
        try await database.updateRelated("Customer", id: 1, relation: "orders", key: 11, ["total": 1])
        #expect(try await database.updateAllRelated("Customer", id: 1, relation: "orders", ["total": 2]).count == 1)
        #expect(try await world.rows(Self.orders) == "11,open,2;12,paid,20")
        // Its values aren't written (D39).
        try await database.createRelated("Customer", id: 1, relation: "orders", ["total": 3, "status": "gone"])
        #expect(try await world.rows(Self.orders) == "11,open,2;12,paid,20;1001,gone,3")
        // It is asked anew.
        try await database.updateById("Customer", id: 1, ["points": 5])
        try await database.updateRelated("Customer", id: 1, relation: "orders", key: 12, ["total": 4])
        #expect(try await database.deleteAllRelated("Customer", id: 1, relation: "orders").count == 1)
        #expect(try await world.rows(Self.orders) == "11,open,2;1001,gone,3")
        // Those that it hides stay when the others are set.
        try await database.updateById("Customer", id: 1, ["points": 0])
        try await database.setRelated("Customer", id: 1, relation: "orders", keys: [99])
        #expect(try await world.rows(Self.orders) == "99,open,1;1001,gone,3")
        #expect(try await database.removeRelated("Customer", id: 1, relation: "orders", key: 99).count == 1)
        try await database.addRelated("Customer", id: 1, relation: "orders", key: 99)
        #expect(try await database.deleteRelated("Customer", id: 1, relation: "orders", key: 99).count == 1)
        try await database.updateRelated("Customer", id: 1, relation: "groups", key: 1, ["name": "A"])
        #expect(try await database.removeRelated("Customer", id: 1, relation: "groups", key: 1).count == 1)
        try await database.addRelated("Customer", id: 1, relation: "groups", key: 1, ["role": "back"])
        #expect(
            try await world.rows("SELECT group_id, role FROM membership WHERE customer_id = 1 ORDER BY group_id")
                == "1,back;2,member")
        try await database.updateGraph(
            "Customer", id: 2, ["orders": ["update": [["id": 21, "total": 7]], "create": [["total": 8]]]])
        #expect(try await world.rows("SELECT total::int FROM orders WHERE customer_id = 2 ORDER BY id") == "7;8")
        await database.close()
    }

    @Test func `The record is held until the transaction ends, and what the function throws undoes all`() async throws {
        let world = try await open("held")
        let database = world.database
        try await database.withTransaction { transaction in
            let count = try await transaction.updateAllRelated(
                "Customer", id: 1, relation: "orders", ["total": 2]
            ).count
            #expect(count == 1)
            let waited = try? await world.test.run(
                "SET lock_timeout = '200ms'; UPDATE customer SET points = 9 WHERE id = 1")
            #expect(waited == nil)
        }
        try await database.updateById("Customer", id: 1, ["name": "refuse"])
        let before = try await world.everything()
        let first = await #expect(throws: PlannerError.self) {
            try await database.updateGraph(
                "Customer", id: 1, ["points": 3, "orders": ["update": [["id": 11, "total": 9]]]])
        }
        let second = await #expect(throws: PlannerError.self) {
            try await database.deleteAllRelated("Customer", id: 1, relation: "orders")
        }
        #expect(first?.code == .invalidScope && second?.code == .invalidScope)
        #expect(try await world.everything() == before)
        await database.close()
    }

    /// Whoever changes what the function reads comes before or behind, never between.
    @Test(.timeLimit(.minutes(2))) func `Changes of the record come before or behind`() async throws {
        let world = try await open("race")
        let database = world.database
        try await world.test.run(
            """
            CREATE TABLE told (status text, points int);
            CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO told SELECT new.status, c.points FROM customer c WHERE c.id = new.customer_id; RETURN NULL; END $$;
            CREATE TRIGGER tell AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION tell();
            """)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<20 {
                        _ = try? await database.updateById(
                            "Customer", id: 1, ["points": .number("\((task + round) % 2)")])
                    }
                }
                group.addTask {
                    for _ in 0..<20 {
                        do {
                            try await database.updateAllRelated("Customer", id: 1, relation: "orders", ["total": 1])
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
        }
        #expect(try await world.rows("SELECT count(*) FROM told") == "80")
        #expect(try await world.rows("SELECT count(*) FROM told WHERE (status = 'open') <> (points = 0)") == "0")
        await database.close()
    }

    @Test func `Hooks of the targets run for those that are reached`() async throws {
        let log = HookLog()
        let world = try await open("hooks", hooks: log.hooks("Order", loading: .old))
        #expect(
            try await world.database.updateAllRelated("Customer", id: 1, relation: "orders", ["total": 2]).count == 1)
        #expect(log.take().filter { $0.hasPrefix("after commit") } == ["after commit Order update 11 old 11"])
        try await world.database.updateRelated("Customer", id: 1, relation: "orders", key: 11, ["total": 3])
        try await world.database.removeRelated("Customer", id: 1, relation: "orders", key: 11)
        #expect(
            log.take().filter { $0.hasPrefix("after commit") } == [
                "after commit Order update 11 old 11", "after commit Order update 11 old 11",
            ])
        #expect(try await world.rows(Self.orders) == "12,paid,20")
        await world.database.close()
    }

    /// Pictures of odd keys lead to customers with points and to groups of their own letter only.
    @Test func `A belongsTo to several models asks the function for the one that is meant`() async throws {
        let asked = Locked<[JSONValue]>([])
        let world = try await WritingWorld("scope_function_types") { definitions in
            for index in definitions.indices where definitions[index].name == "Picture" {
                for relation in definitions[index].relations.indices
                where definitions[index].relations[relation].name == "owner" {
                    definitions[index].relations[relation].scopeFunction = ScopeFunction { picture in
                        asked.withLock { $0.append(picture["id"]) }
                        return ["where": ["name": picture["url"]]]
                    }
                }
            }
        }
        let database = world.database
        try await world.test.run(
            "UPDATE picture SET url = 'Ada' WHERE id = 1; UPDATE picture SET url = 'B' WHERE id = 2")
        let before = try await world.everything()
        let refused: [(String, () async throws -> Void)] = [
            ("customer", { try await database.addRelated("Picture", id: 1, relation: "owner", key: ["Customer": 2]) }),
            ("group", { try await database.addRelated("Picture", id: 2, relation: "owner", key: ["Group": 1]) }),
            ("other model", { try await database.addRelated("Picture", id: 1, relation: "owner", key: ["Group": 1]) }),
            (
                "update",
                { try await database.updateRelated("Picture", id: 3, relation: "owner", ["Customer": ["points": 1]]) }
            ),
            ("none", { try await database.addRelated("Picture", id: 77, relation: "owner", key: ["Customer": 1]) }),
            (
                "graph",
                { try await database.updateGraph("Picture", id: 2, ["owner": ["Customer": ["connect": 1]]]) }
            ),
        ]
        for (name, change) in refused {
            let error = await #expect(throws: PlannerError.self, "\(name)") { try await change() }
            #expect(error?.code == .modelNotFound || error?.code == .relationEmpty, "\(name): \(error?.message ?? "")")
        }
        #expect(try await world.everything() == before)
        asked.withLock { $0.removeAll() }
        try await database.addRelated("Picture", id: 2, relation: "owner", key: ["Group": 2])
        #expect(asked.withLock { $0 } == [2])
        try await database.updateRelated("Picture", id: 1, relation: "owner", ["Customer": ["points": 7]])
        try await database.updateGraph("Picture", id: 4, ["url": "Bob", "owner": ["Customer": ["connect": 2]]])
        #expect(
            try await world.rows("SELECT id, owner_id, owner_type FROM picture ORDER BY id")
                == "1,1,Customer;2,2,Group;3,2,Customer;4,2,Customer")
        #expect(try await world.rows("SELECT points FROM customer WHERE id = 1") == "7")
        try await database.createRelated("Picture", id: 1, relation: "owner", ["Group": ["id": 9, "name": "I"]])
        #expect(try await database.removeRelated("Picture", id: 2, relation: "owner").count == 1)
        #expect(
            try await world.rows("SELECT owner_id, owner_type FROM picture WHERE id < 3 ORDER BY id") == "9,Group;-,-")
        await database.close()
    }
}
