// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Records that are kept in another one's row, as jsonb, json and text: changed on the server, checked as their model has it.
@Suite(.serialized) struct EmbeddedWriteTests {
    private static func open(
        _ name: String, _ type: String = "jsonb", prepends: Bool = false
    ) async throws -> (database: Database, tables: TestDatabase) {
        let made = try await TestDatabase.named(name)
        try await made.run(
            """
            DROP TABLE IF EXISTS person;
            CREATE TABLE person (id serial PRIMARY KEY, name text, addresses \(type), billing \(type), codes \(type));
            INSERT INTO person (name) VALUES ('a'), ('b');
            """)
        func kept(_ name: String, _ kind: RelationKind, _ model: String) -> RelationDefinition {
            var relation = RelationDefinition(name, kind, model: model)
            relation.property = name + "Kept"
            relation.propertyDefinition = PropertyDefinition(
                name + "Kept", .any, column: name, dataType: type)
            if prepends { relation.options = [.init("prepend", true)] }
            return relation
        }
        var zip = PropertyDefinition("zip", .string)
        zip.settings = [.init("maxLength", 5)]
        var street = PropertyDefinition("street", .string)
        street.isRequired = true
        let schema = try Schema(definitions: [
            ModelDefinition(
                "Person", properties: [.id(), .string("name")],
                relations: [
                    kept("addresses", .embedsMany, "Address"), kept("billing", .embedsOne, "Billing"),
                    kept("codes", .embedsMany, "Code"),
                ]),
            ModelDefinition(
                "Address", base: "Model", properties: [.id(), street, zip, .number("floor")], strict: .refuse),
            ModelDefinition("Billing", base: "Model", properties: [.id(), .string("iban"), .string("bank")]),
            ModelDefinition(
                "Code", base: "Model",
                properties: [PropertyDefinition("code", .string, keyPosition: 1), .string("text")], idInjection: false),
        ])
        return (
            try await Database.open(schema: schema, connection: ConnectionConfiguration(url: made.url)), made
        )
    }

    /// The records, their members by name.
    private static func text(_ records: ChangedRecords) throws -> String {
        let list = try #require(try JSONValue(parsing: try records.json()).elements)
        return JSONValue.array(
            list.map { .object(($0.members ?? []).filter { $0.value != .null }.sorted { $0.key < $1.key }) }
        ).description
    }

    private static func kept(_ tables: TestDatabase, _ column: String = "addresses") async throws -> String {
        let rows = try await tables.run("SELECT \(column)::jsonb FROM person WHERE id = 1")
        return rows.first?.first.flatMap { $0 } ?? "NULL"
    }

    @Test(arguments: ["jsonb", "json", "text"])
    func aListIsChangedOneByOneAndAsAWhole(type: String) async throws {
        let (database, tables) = try await Self.open("embedded_\(type)", type)
        func create(_ data: JSONValue) async throws -> String {
            try Self.text(try await database.createRelated("Person", id: 1, relation: "addresses", data))
        }
        #expect(try await create(["street": "A"]) == #"[{"id":1,"street":"A"}]"#)
        // Only what is new comes back; numbers go on behind the greatest, also where none is given, or null.
        let three = try await create([["street": "B", "id": 7], ["street": "C"], ["street": "D", "id": .null]])
        #expect(three.contains("\"id\":7") && three.contains("\"id\":8") && three.contains("\"id\":9"), "\(three)")
        #expect(!three.contains("\"A\""))
        let changed = try await database.updateRelated(
            "Person", id: 1, relation: "addresses", key: 7, ["zip": "12345", "floor": "3"])
        #expect(try Self.text(changed) == #"[{"floor":3,"id":7,"street":"B","zip":"12345"}]"#)
        #expect(
            try await database.updateAllRelated(
                "Person", id: 1, relation: "addresses", where: ["floor": .null], ["zip": "0"]
            ).count == 3)
        #expect(
            try await database.deleteAllRelated(
                "Person", id: 1, relation: "addresses", where: ["street": ["inq": ["A", "C", "X"]]]
            ).count == 2)
        #expect(try await database.deleteRelated("Person", id: 1, relation: "addresses", key: "7").count == 1)
        #expect(try await database.deleteRelated("Person", id: 1, relation: "addresses", key: 99).count == 0)
        #expect(try await Self.kept(tables) == #"[{"id": 9, "zip": "0", "street": "D"}]"#)
        #expect(try await database.deleteAllRelated("Person", id: 1, relation: "addresses").count == 1)
        #expect(try await Self.kept(tables) == "[]")
        // One round trip, a lock and a statement at most.
        let one = try await database.createRelated("Person", id: 1, relation: "addresses", ["street": "E"])
        #expect(one.statistics.roundTrips == 1 && one.statistics.statements == 1)
        #expect(try await tables.run("SELECT addresses FROM person WHERE id = 2") == [[nil]])
        await database.close()
    }

    @Test(arguments: ["jsonb", "text"])
    func oneRecordIsPutChangedAndTakenAway(type: String) async throws {
        let (database, tables) = try await Self.open("embedded_one_\(type)", type)
        let none = await #expect(throws: PlannerError.self) {
            try await database.updateRelated("Person", id: 1, relation: "billing", ["iban": "X"])
        }
        #expect(none?.code == .relationEmpty)
        try await database.createRelated("Person", id: 1, relation: "billing", ["id": 1, "iban": "X"])
        let changed = try await database.updateRelated("Person", id: 1, relation: "billing", ["bank": "B"])
        #expect(try Self.text(changed) == #"[{"bank":"B","iban":"X","id":1}]"#)
        // There is no choosing of one record: nothing is deleted by a condition that it doesn't meet.
        let chosen = await #expect(throws: PlannerError.self) {
            try await database.deleteAllRelated("Person", id: 1, relation: "billing", where: ["iban": "Y"])
        }
        #expect(chosen?.code == .unsupported)
        #expect(try await Self.kept(tables, "billing").contains("\"X\""))
        try await database.deleteRelated("Person", id: 1, relation: "billing")
        #expect(try await Self.kept(tables, "billing") == "NULL")
        await database.close()
    }

    @Test func whatIsWrongIsToldAndNothingIsChanged() async throws {
        let (database, tables) = try await Self.open("embedded_wrong")
        try await database.createRelated("Person", id: 1, relation: "addresses", ["street": "A", "id": 3])
        let before = try await Self.kept(tables)
        func told(_ body: () async throws -> some Sendable) async -> String {
            do {
                _ = try await body()
                return "nothing"
            } catch let error as ValidationError {
                return error.problems.map { "\($0.path):\($0.code.rawValue)" }.joined(separator: " ")
            } catch let error as PlannerError {
                return error.code.rawValue
            } catch {
                return "\(error)"
            }
        }
        func create(_ data: JSONValue, id: JSONValue = 1, relation: String = "addresses") async -> String {
            await told { try await database.createRelated("Person", id: id, relation: relation, data) }
        }
        #expect(
            await create([["zip": "123456"], ["street": "x", "nope": 1]])
                == "[0].zip:length [0].street:presence [1].nope:unknown-property")
        #expect(await create(["street": "x", "floor": "high"]) == "floor:type")
        #expect(await create(["street": "x", "id": 3]) == "addresses:uniqueness")
        #expect(await create([["street": "x", "id": 4], ["street": "y", "id": "4"]]) == "addresses:uniqueness")
        #expect(await create(["street": "x"], id: 99) == "MODEL_NOT_FOUND")
        #expect(await create(["street": "x"], id: .null) == "UNSAVED_INSTANCE")
        #expect(await create(["text": "x"], relation: "codes") == "code:presence")
        #expect(await create(["code": "a"], relation: "codes") == "nothing")
        #expect(
            await told {
                try await database.updateRelated("Person", id: 1, relation: "addresses", key: 9, ["zip": "1"])
            }
                == "MODEL_NOT_FOUND")
        #expect(
            await told {
                try await database.updateRelated("Person", id: 1, relation: "addresses", key: "3", ["id": 4])
            } == "KEY_OVERRIDE")
        #expect(
            await told {
                try await database.updateRelated(
                    "Person", id: 1, relation: "addresses", key: "3", ["id": 3, "zip": "1"])
            } == "nothing")
        // A whole record's embedded ones are checked with it; operators don't go around that.
        #expect(
            await told {
                try await database.create(
                    "Person", ["name": "c", "addressesKept": [["street": "x", "id": 1], ["street": "y", "id": 1]]])
            } == "addressesKept:uniqueness")
        #expect(
            await told { try await database.create("Person", ["addressesKept": [["zip": "1"]]]) }
                == "addressesKept[0].street:presence")
        for operators: JSONValue in [
            ["$push": ["addressesKept": ["street": 5]]], ["$set": ["addressesKept.0.street": 5]],
            ["$unset": ["billingKept.iban"]],
        ] {
            #expect(await told { try await database.updateById("Person", id: 1, operators) }.hasSuffix(":type"))
        }
        #expect(try await Self.kept(tables) == before.replacing("\"id\": 3", with: "\"id\": 3, \"zip\": \"1\""))
        await database.close()
    }

    @Test(arguments: ["jsonb", "json", "text"])
    func aRecordTakesThePlaceOfAnother(type: String) async throws {
        let (database, tables) = try await Self.open("embedded_replaced_\(type)", type)
        try await database.createRelated(
            "Person", id: 1, relation: "addresses", [["street": "A", "zip": "1"], ["street": "B", "floor": 2]])
        let replaced = try await database.replaceRelated(
            "Person", id: 1, relation: "addresses", key: 2, ["street": "C", "id": 2])
        #expect(try Self.text(replaced) == #"[{"id":2,"street":"C"}]"#)
        #expect(replaced.statistics.roundTrips == 1 && replaced.statistics.statements == 2)
        #expect(
            try await Self.kept(tables)
                == #"[{"id": 1, "zip": "1", "street": "A"}, {"id": 2, "street": "C"}]"#)
        let before = try await Self.kept(tables)
        func replace(_ key: JSONValue?, _ data: JSONValue, of relation: String = "addresses") async -> String {
            await told { try await database.replaceRelated("Person", id: 1, relation: relation, key: key, data).text }
        }
        #expect(await replace(1, ["zip": "1"]).hasSuffix("street:presence"))
        #expect(await replace(9, ["street": "D"]) == "MODEL_NOT_FOUND")
        #expect(await replace(1, ["street": "D", "id": 2]) == "KEY_OVERRIDE")
        #expect(await replace(nil, ["street": "D"]) == "INVALID_FILTER")
        #expect(await replace(nil, ["iban": "X"], of: "billing") == "RELATION_EMPTY")
        #expect(try await Self.kept(tables) == before)
        try await database.createRelated("Person", id: 1, relation: "billing", ["id": 1, "iban": "X", "bank": "B"])
        #expect(await replace(nil, ["id": 1, "iban": "Y"], of: "billing").contains(#""iban":"Y""#))
        #expect(try await Self.kept(tables, "billing") == #"{"id": 1, "iban": "Y"}"#)
        // A key that is a text.
        try await database.createRelated("Person", id: 1, relation: "codes", ["code": "a", "text": "t"])
        #expect(await replace("a", [:], of: "codes").contains(#""code":"a""#))
        #expect(try await Self.kept(tables, "codes") == #"[{"code": "a"}]"#)
        await database.close()
    }

    @Test(arguments: ["jsonb", "text"])
    func oneIsFoundOrMade(type: String) async throws {
        let (database, tables) = try await Self.open("embedded_found_\(type)", type)
        @Sendable func get(
            _ filter: JSONValue, _ data: JSONValue, _ relation: String = "addresses", id: JSONValue = 1
        ) async throws -> String {
            let one = try await database.findOrCreateRelated(
                "Person", id: id, relation: relation, filter: filter, data)
            return (one.isCreated ? "made " : "found ") + (try Self.text(one.record))
        }
        #expect(try await get(["where": ["street": "x"]], ["street": "x"]) == #"made [{"id":1,"street":"x"}]"#)
        #expect(try await get(["where": ["street": "x"]], ["street": "y"]) == #"found [{"id":1,"street":"x"}]"#)
        #expect(try await get(["where": ["street": "y"]], ["street": "y"]) == #"made [{"id":2,"street":"y"}]"#)
        #expect(try await get(["order": "street DESC"], ["street": "z"]) == #"found [{"id":2,"street":"y"}]"#)
        let before = try await Self.kept(tables)
        #expect(await told { try await get(["where": ["street": "z"]], ["zip": "1"]) }.hasSuffix("street:presence"))
        #expect(await told { try await get(["where": ["nope": 1]], ["street": "z"]) } == "UNKNOWN_PROPERTY")
        #expect(await told { try await get([:], ["street": "z"], id: 9) } == "MODEL_NOT_FOUND")
        #expect(try await Self.kept(tables) == before)
        #expect(try await get([:], ["id": 1, "iban": "X"], "billing") == #"made [{"iban":"X","id":1}]"#)
        #expect(try await get([:], ["id": 2, "iban": "Y"], "billing") == #"found [{"iban":"X","id":1}]"#)
        // The lock with a look at the record, what it has, and what is made.
        let found = try await database.findOrCreateRelated(
            "Person", id: 1, relation: "addresses", filter: [:], ["street": "z"])
        #expect(found.record.statistics.statements == 1)
        let outcomes = await ConcurrentWriteTests().all { number in
            try await get(["where": ["zip": "race"]], ["street": .string("s\(number)"), "zip": "race"], id: 2)
        }
        #expect(outcomes.count { $0.hasPrefix("made ") } == 1, "\(Set(outcomes))")
        #expect(outcomes.count { $0.hasPrefix("found ") } == ConcurrentWriteTests.tasks - 1, "\(Set(outcomes))")
        await database.close()
    }

    @Test(arguments: [false, true])
    func nobodysChangeIsLost(prepends: Bool) async throws {
        let (database, tables) = try await Self.open("embedded_race_\(prepends)", prepends: prepends)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let made = try await database.createRelated(
                        "Person", id: 1, relation: "addresses", ["street": .string("s\(number)")])
                    #expect(try Self.text(made).contains("\"s\(number)\""))
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try await tables.run(
                "SELECT count(*), count(DISTINCT e->>'id'), count(DISTINCT e->>'street') FROM person, jsonb_array_elements(addresses) e WHERE id = 1"
                    .replacing("WHERE id", with: "WHERE person.id")) == [["64", "64", "64"]])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in 1...64 {
                group.addTask {
                    if key.isMultiple(of: 2) {
                        try await database.deleteRelated(
                            "Person", id: 1, relation: "addresses", key: .number("\(key)"))
                    } else {
                        try await database.updateRelated(
                            "Person", id: 1, relation: "addresses", key: .number("\(key)"), ["floor": 1])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try await tables.run(
                "SELECT count(*), count(e->>'floor') FROM person, jsonb_array_elements(addresses) e WHERE person.id = 1"
            )
                == [["32", "32"]])
        await database.close()
    }
}
