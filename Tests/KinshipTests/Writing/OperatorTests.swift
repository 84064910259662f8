// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// The atomic operators inside JSON, and what they cost.
@Suite(.serialized) struct OperatorTests {
    private static func open(_ name: String) async throws -> (database: Database, tables: TestDatabase) {
        let made = try await TestDatabase.named(name)
        try await made.run(
            """
            DROP TABLE IF EXISTS doc;
            CREATE TABLE doc (id serial PRIMARY KEY, body jsonb, note text, n int);
            INSERT INTO doc (body, note) VALUES ('{"list": [{"id": 1, "a": 1}, 2], "old": 1, "text": "t"}', '{"k": 1}'),
                (NULL, NULL);
            """)
        let schema = try Schema(definitions: [
            ModelDefinition(
                "Doc",
                properties: [.id(), .object("body"), PropertyDefinition("note", .any, dataType: "text"), .number("n")])
        ])
        return (
            try await Database.open(schema: schema, connection: ConnectionConfiguration(url: made.url)), made
        )
    }

    @Test func placesInJSONAreSet() async throws {
        let (database, tables) = try await Self.open("operators")
        try await database.updateById(
            "Doc", id: 1,
            [
                "$set": ["body.list.0.a": 5, "body.new.deep.er": true, "body.text.x": 1, "note.k": [1, 2]],
                "$unset": ["body.old"],
            ])
        // What stands beside what is set stays: members of an element of a list too.
        #expect(
            try await tables.run("SELECT body, note::jsonb FROM doc WHERE id = 1") == [
                [
                    #"{"new": {"deep": {"er": true}}, "list": [{"a": 5, "id": 1}, 2], "text": {"x": 1}}"#,
                    #"{"k": [1, 2]}"#,
                ]
            ])
        try await database.updateById("Doc", id: 2, ["$set": ["body.a.b": "x", "note.c": 1], "$inc": ["n": 2]])
        #expect(
            try await tables.run("SELECT body, note::jsonb, n FROM doc WHERE id = 2")
                == [[#"{"a": {"b": "x"}}"#, #"{"c": 1}"#, "2"]])
        await database.close()
    }

    /// A path of 32 keys, and 100 operators on one property: the text grows with their number and no faster.
    @Test func aSmallBodyIsASmallStatement() async throws {
        let (database, tables) = try await Self.open("operators_large")
        let path = "body" + String(repeating: ".a", count: 31)
        try await database.updateById("Doc", id: 2, ["$set": [path: 1]])
        let place = Array(repeating: "a", count: 31).joined(separator: ",")
        #expect(try await tables.run("SELECT body #> '{\(place)}' FROM doc WHERE id = 2") == [["1"]])
        let many = (0..<100).map { JSONValue.Member("body.k\($0).v", .number("\($0)")) }
        try await database.updateById("Doc", id: 2, ["$set": .object(many)])
        #expect(
            try await tables.run("SELECT count(*) FROM doc, jsonb_object_keys(body) WHERE id = 2") == [["101"]])
        for body: JSONValue in [
            ["$inc": ["n": "NaN"]], ["$inc": ["n": 1.5]], ["$inc": ["n": 99_999_999_999]],
            ["$set": .object(many + [.init("body.z.v", 1)])], ["$set": [path + ".a": 1]],
            ["$set": .object((0..<50_000).map { .init("nope\($0)", 1) })],
        ] {
            let error = await #expect(throws: ValidationError.self) {
                try await database.updateById("Doc", id: 2, body)
            }
            #expect(error?.status == 400)
        }
        await database.close()
    }

    @Test func nothingIsMadeOfNoRecords() async throws {
        let (database, _) = try await Self.open("operators_none")
        let none = try await database.createAll("Doc", [])
        #expect(none.count == 0 && none.statistics.statements == 0)
        #expect(String(decoding: try none.json(), as: UTF8.self) == "[]")
        await database.close()
    }

    /// Whatever is true of every record by its form only is no condition.
    @Test(arguments: [
        #"{"and": []}"#, #"{"and": [{}]}"#, #"{"or": [{}, {"n": 1}]}"#, #"{"not": {"id": {"inq": []}}}"#,
        #"{"nor": [{"id": {"inq": []}}]}"#, #"{"id": {"nin": []}}"#, #"{"not": {"not": {}}}"#,
    ])
    func aConditionThatIsNoneIsRefused(condition: String) async throws {
        let (database, _) = try await Self.open("operators_conditions")
        let error = await #expect(throws: PlannerError.self) {
            try await database.deleteAll("Doc", where: try JSONValue(parsing: condition))
        }
        #expect(error?.code == .invalidFilter)
        #expect(try await database.count("Doc").count == 2)
        await database.close()
    }
}
