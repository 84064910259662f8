// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import TestSupport
import Testing

/// What LoopBack destroys, or doubles, can't be destroyed here: each of its severe defects as it is met, and its neighbours.
@Suite struct LoopBackDefectTests {
    static let relations = [
        "orders", "openOrders", "lastOrders", "coded", "profile", "pictures", "avatar", "groups", "tagged", "labels",
        "byInts", "byJson", "byText",
    ]

    /// Every change there is of what a relation leads to, for a record with a key.
    static func changes(
        of relation: String, _ model: String, id: JSONValue, on session: any Session
    ) -> [(name: String, run: @Sendable () async throws -> Void)] {
        [
            ("create", { _ = try await session.createRelated(model, id: id, relation: relation, ["name": "n"]) }),
            ("add", { try await session.addRelated(model, id: id, relation: relation, key: 1) }),
            ("set", { try await session.setRelated(model, id: id, relation: relation, keys: []) }),
            (
                "update",
                { _ = try await session.updateRelated(model, id: id, relation: relation, key: 1, ["name": "n"]) }
            ),
            ("updateAll", { _ = try await session.updateAllRelated(model, id: id, relation: relation, [:]) }),
            ("remove", { try await session.removeRelated(model, id: id, relation: relation, key: 1) }),
            ("delete", { try await session.deleteRelated(model, id: id, relation: relation, key: 1) }),
            ("deleteAll", { try await session.deleteAllRelated(model, id: id, relation: relation) }),
        ]
    }

    @Test(arguments: relations)
    func `A record without a key has nothing that could be changed, and nothing is sent`(relation: String) async throws
    {
        let world = try await WritingWorld("unsaved_\(relation.lowercased())")
        let before = try await world.everything()
        // Nothing can be sent any more: whatever would be says so.
        await world.database.close()
        for change in Self.changes(of: relation, "Customer", id: .null, on: world.database) {
            let code = await told {
                try await change.run(); return "done"
            }
            #expect(code == "UNSAVED_INSTANCE", "\(change.name)")
        }
        #expect(try await world.everything() == before)
    }

    @Test func `A key that is half there is no key`() async throws {
        let world = try await WritingWorld("half_key")
        let before = try await world.everything()
        for id: JSONValue in [[:], ["id": .null], [], [.null], "", [1, 2], true] {
            for relation in Self.relations {
                for change in Self.changes(of: relation, "Customer", id: id, on: world.database) {
                    let code = await told {
                        try await change.run(); return "done"
                    }
                    #expect(
                        ["INVALID_VALUE", "UNSAVED_INSTANCE", "INVALID_FILTER"].contains(code),
                        "\(change.name) \(id) \(code)")
                }
            }
            for code in [
                await told { "\(try await world.database.deleteById("Customer", id: id).count)" },
                await told { try await world.database.updateById("Customer", id: id, ["name": "n"]).text },
                await told { try await world.database.replaceById("Customer", id: id, ["name": "n"]).text },
            ] { #expect(["INVALID_VALUE", "UNSAVED_INSTANCE", "INVALID_FILTER"].contains(code), "\(id) \(code)") }
        }
        #expect(try await world.everything() == before)
        await world.database.close()
    }

    @Test(arguments: ["byInts", "byJson", "byText"])
    func `Deleting all that a list refers to leaves the rest of the table`(relation: String) async throws {
        let world = try await WritingWorld("all_\(relation.lowercased())")
        let gone = try await world.database.deleteAllRelated("Customer", id: 2, relation: relation)
        #expect(gone.count == 1)
        #expect(gone.statistics.roundTrips == 1)
        #expect(try await world.rows("SELECT id FROM product ORDER BY id") == "1;3")
        // Without a list nothing is meant, neither with one that is empty.
        #expect(try await world.database.deleteAllRelated("Customer", id: 3, relation: relation).count == 0)
        #expect(try await world.database.deleteAllRelated("Customer", id: 77, relation: relation).count == 0)
        #expect(try await world.rows("SELECT id FROM product ORDER BY id") == "1;3")
        let list = ["byInts": "ints", "byJson": "jsons", "byText": "texts"][relation] ?? ""
        #expect(
            try await world.rows("SELECT \(list) FROM customer WHERE id < 3 ORDER BY id")
                == (list == "ints" ? "{1,2};{}" : list == "jsons" ? "[1, 2];[]" : "[1,2];[]"))
        // A condition is one on the targets.
        #expect(
            try await world.database.deleteAllRelated("Customer", id: 1, relation: relation, where: ["name": "pad"])
                .count == 0)
        #expect(
            try await world.database.deleteAllRelated("Customer", id: 1, relation: relation, where: ["name": "pen"])
                .count == 1)
        #expect(try await world.rows("SELECT id FROM product ORDER BY id") == "3")
        await world.database.close()
    }

    @Test(arguments: [
        ("groups", "grp", "membership", "A"), ("tagged", "tag", "customertag", "x"),
        ("labels", "label", "labelling", "q"),
    ])
    func `Deleting through links with a condition takes what meets it`(
        relation: String, table: String, links: String, name: String
    ) async throws {
        let world = try await WritingWorld("where_\(relation)")
        let (rows, linked) = (
            try await world.rows("SELECT count(*) FROM \(table)"), try await world.rows("SELECT count(*) FROM \(links)")
        )
        // The condition is the target's, not the link's.
        let none = try await world.database.deleteAllRelated(
            "Customer", id: 1, relation: relation, where: ["name": "nobody"])
        #expect(none.count == 0)
        #expect(try await world.rows("SELECT count(*) FROM \(links)") == linked)
        let one = try await world.database.deleteAllRelated(
            "Customer", id: 1, relation: relation, where: ["name": .string(name)])
        let isThere = name != "q"
        #expect(one.count == (isThere ? 1 : 0))
        #expect(
            try await world.rows("SELECT count(*) FROM \(table)") == "\(Int(rows).map { $0 - (isThere ? 1 : 0) } ?? 0)")
        #expect(
            try await world.rows("SELECT count(*) FROM \(links)")
                == "\(Int(linked).map { $0 - (isThere ? 1 : 0) } ?? 0)")
        await world.database.close()
    }

    @Test func `A mistyped or hidden property in a where changes nothing`() async throws {
        let world = try await WritingWorld("mistyped")
        let before = try await world.everything()
        let database = world.database
        for (condition, code): (JSONValue, String) in [
            (["statsu": "open"], "UNKNOWN_PROPERTY"), (["and": [["statsu": "open"]]], "UNKNOWN_PROPERTY"),
            (["or": [["statsu": "open"], ["status": "open"]]], "UNKNOWN_PROPERTY"),
            (["not": ["statsu": 1]], "UNKNOWN_PROPERTY"),
            (["or": []], "EMPTY_OR"), (["status": ["equal": "open"]], "UNKNOWN_OPERATOR"), ([], "INVALID_FILTER"),
            ("status", "INVALID_FILTER"), (true, "INVALID_FILTER"), (["id": "x"], "INVALID_VALUE"),
        ] {
            #expect(
                await told { "\(try await database.deleteAll("Order", where: condition).count)" } == code,
                "\(condition)")
            #expect(
                await told { "\(try await database.updateAll("Order", where: condition, ["total": 1]).count)" }
                    == code, "\(condition)")
            #expect(
                await told { try await database.upsertWithWhere("Order", where: condition, ["total": 1]).text }
                    == code, "\(condition)")
            for relation in ["orders", "openOrders", "lastOrders", "coded"] {
                #expect(
                    await told {
                        "\(try await database.deleteAllRelated("Customer", id: 1, relation: relation, where: condition).count)"
                    } == code, "\(condition)")
                #expect(
                    await told {
                        "\(try await database.updateAllRelated("Customer", id: 1, relation: relation, where: condition, ["total": 1]).count)"
                    } == code, "\(condition)")
            }
        }
        // Without a where, or with one that is no condition, nothing of a model is changed.
        for condition: JSONValue? in [nil, .null, ["and": []], ["and": [[:]]], ["or": [[:], ["status": "open"]]]] {
            #expect(
                await told { "\(try await database.deleteAll("Order", where: condition).count)" }
                    == "INVALID_FILTER", "\(condition ?? .null)")
            #expect(
                await told { "\(try await database.updateAll("Order", where: condition, ["total": 1]).count)" }
                    == "INVALID_FILTER")
        }
        for condition: JSONValue in [["secret": "x"], ["and": [["secret": ["neq": "x"]]]]] {
            #expect(
                await told { "\(try await database.deleteAll("Customer", where: condition).count)" }
                    == "PROHIBITED_PROPERTY")
            #expect(
                await told {
                    "\(try await database.deleteAllRelated("Group", id: 1, relation: "members", where: condition).count)"
                }
                    == "PROHIBITED_PROPERTY")
        }
        #expect(try await world.everything() == before)
        await world.database.close()
    }

    @Test func `A limit of a scope limits what is deleted and changed`() async throws {
        let limited = """
            {"name": "Recent", "strict": true, "options": {"postgresql": {"table": "orders"}}, "scope": {"order": "id DESC", "limit": 2},
             "properties": {"id": {"type": "number", "id": true, "generated": true}, "status": "string", "total": "number"}}
            """
        let world = try await WritingWorld("limits", models: [limited])
        #expect(
            try await world.database.updateAllRelated("Customer", id: 1, relation: "lastOrders", ["total": 5]).count
                == 1)
        #expect(try await world.database.deleteAllRelated("Customer", id: 1, relation: "lastOrders").count == 1)
        #expect(try await world.rows("SELECT id, total FROM orders ORDER BY id") == "11,10.00;21,30.00;99,1.00")
        #expect(try await world.database.updateAll("Recent", where: [:], ["status": "gone"]).count == 2)
        #expect(try await world.rows("SELECT id FROM orders WHERE status = 'gone' ORDER BY id") == "21;99")
        #expect(try await world.database.deleteAll("Recent", where: [:]).count == 2)
        #expect(try await world.rows("SELECT id FROM orders ORDER BY id") == "11")
        // One by its key isn't held back by a limit: it is no list.
        #expect(try await world.database.deleteById("Recent", id: 11).count == 1)
        await world.database.close()
    }

    @Test(arguments: [false, true])
    func `A hasOne and a link are there once, whoever makes them at a time`(isKept: Bool) async throws {
        let world = try await WritingWorld("once_\(isKept)", isKept: isKept)
        let database = world.database
        let outcomes = await withTaskGroup(of: String.self) { group in
            for number in 0..<24 {
                group.addTask {
                    await told {
                        _ = try await database.createRelated(
                            "Customer", id: 3, relation: "profile", ["bio": .string("\(number)")]);
                        return "made"
                    }
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == "made" } == 1)
        #expect(outcomes.count { $0 == "RELATION_EXISTS" } == 23)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let code = await told {
                        if number.isMultiple(of: 2) {
                            try await database.addRelated("Customer", id: 3, relation: "groups", key: 3)
                        } else {
                            try await database.addRelated("Group", id: 3, relation: "members", key: 3)
                        }
                        return "linked"
                    }
                    #expect(code == "linked")
                }
            }
        }
        #expect(try await world.rows("SELECT count(*) FROM profile WHERE customer_id = 3") == "1")
        #expect(try await world.rows("SELECT count(*) FROM membership WHERE customer_id = 3 AND group_id = 3") == "1")
        await world.database.close()
    }
}
