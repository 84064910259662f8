// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Which copies can be kept right, and what is asked of data that have some.
@Suite struct SyncDefinitionTests {
    @Test(arguments: [
        (#""type": "hasMany", "model": "B", "foreignKey": "aId", "sync": true"#, "there are none"),
        (
            #""type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"nme": "n"}, "sync": true"#,
            "no property of A"
        ),
        (
            #""type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "aId"}, "sync": true"#,
            "is a key"
        ),
        (#""type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "id"}, "sync": true"#, "is a key"),
        (
            #""type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "n"}, "options": {"sync": true, "invertProperties": true}"#,
            "stand where the key stands"
        ),
        (
            #""type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "n"}, "sync": true, "scope": {"where": {"n": "x"}}"#,
            "that a scope finds"
        ),
        (
            #""type": "belongsTo", "model": "B", "foreignKey": "bId", "properties": {"n": "n"}, "sync": true"#,
            "invertProperties"
        ),
        (#""type": "referencesMany", "model": "B", "properties": {"n": "n"}, "sync": true"#, "beside a key"),
        (
            #""type": "embedsMany", "model": "B", "property": "list", "properties": {"n": "n"}, "sync": true"#,
            "beside a key"
        ),
        (
            #""type": "hasMany", "model": "B", "through": "L", "properties": {"n": "n"}, "sync": true"#,
            "through.properties"
        ),
        (
            #""type": "hasMany", "model": "A", "foreignKey": "aId", "properties": {"n": "n"}, "sync": true"#,
            "a copy of itself"
        ),
        (
            #""type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "n"}, "sync": "maybe""#,
            "true or false"
        ),
    ])
    func `Copies that can't be kept right are told`(relation: String, message: String) throws {
        let own = #""n": "string", "aId": "number", "bId": "number", "list": "any""#
        let models = [
            "{\"name\": \"A\", \"properties\": {\(own)}, \"relations\": {\"r\": {\(relation)}}}",
            "{\"name\": \"B\", \"properties\": {\(own)}}", "{\"name\": \"L\", \"properties\": {\(own)}}",
        ]
        let error = #expect(throws: SchemaError.self) {
            try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        }
        let problem = error?.problems.first
        #expect(problem?.code == .invalidDefinition)
        #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
    }

    @Test func `A property is the copy of one thing only, and circles are told`() throws {
        func problem(_ back: String) -> String? {
            let models = [
                #"{"name": "A", "properties": {"n": "string", "m": "string", "bId": "number"}, "relations": {"bs": {"type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"n": "x"}, "sync": true}}}"#,
                #"{"name": "B", "properties": {"x": "string", "aId": "number"}, "relations": {"r": {\#(back)}}}"#,
            ]
            do {
                _ = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
                return nil
            } catch {
                return (error as? SchemaError)?.problems.first?.message
            }
        }
        let inverted = #""options": {"invertProperties": true, "sync": true}"#
        #expect(
            problem(#""type": "belongsTo", "model": "A", "foreignKey": "aId", "properties": {"n": "x"}, \#(inverted)"#)
                == nil)
        #expect(
            problem(#""type": "belongsTo", "model": "A", "foreignKey": "aId", "properties": {"m": "x"}, \#(inverted)"#)?
                .contains("something else already") == true)
        #expect(
            problem(#""type": "hasMany", "model": "A", "foreignKey": "bId", "properties": {"x": "n"}, "sync": true"#)?
                .contains("never ends") == true)
    }

    @Test func `A copy that is required needs no value where something is referred to`() async throws {
        let tables = try await TestDatabase.named("sync_required")
        try await tables.run(
            """
            CREATE TABLE a (id int PRIMARY KEY, n int);
            CREATE TABLE b (id serial PRIMARY KEY, aid int, x text NOT NULL);
            INSERT INTO a VALUES (1, 7);
            """)
        let models = [
            #"{"name": "A", "properties": {"id": {"type": "number", "id": true}, "n": "number"}}"#,
            #"""
            {"name": "B", "properties": {"id": {"type": "number", "id": true, "generated": true}, "aId": "number", "x": {"type": "string", "required": true}},
             "relations": {"a": {"type": "belongsTo", "model": "A", "foreignKey": "aId", "properties": {"n": "x"}, "options": {"invertProperties": true}, "sync": true}}}
            """#,
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        // A number becomes the text that it is kept as.
        try await database.create("B", ["aId": 1])
        try await database.updateById("A", id: 1, ["n": 8])
        #expect(try await tables.run("SELECT x FROM b") == [["8"]])
        for data: JSONValue in [[:], ["aId": .null]] {
            await #expect(throws: ValidationError.self) { try await database.create("B", data) }
        }
        // What refers to nobody has no other's value.
        await #expect(throws: ConstraintViolation.self) { try await database.create("B", ["aId": 5]) }
        #expect(try await tables.run("SELECT count(*) FROM b") == [["1"]])
        await database.close()
    }
}
