// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A belongsTo to several models is followed by the type's name in any case (D18), by what writes as by what reads.
@Suite struct TypeNameTests {
    /// - Parameter type: the type of the column that has the name.
    private static func open(_ name: String, type: String = "text", more: [String] = []) async throws -> (
        Database, TestDatabase
    ) {
        let tables = try await TestDatabase.named("type_name_\(name)")
        try await tables.run(
            """
            CREATE TYPE kind AS ENUM ('Customer', 'customer', 'CUSTOMER', 'Group', 'group');
            CREATE TABLE customer (id serial PRIMARY KEY, name text);
            CREATE TABLE grp (id serial PRIMARY KEY, name text);
            CREATE TABLE note (id serial PRIMARY KEY, ownerid int, ownertype \(type), ownername text DEFAULT 'nobody');
            INSERT INTO customer (name) VALUES ('Ada'); INSERT INTO grp (name) VALUES ('Red');
            INSERT INTO note (ownerid, ownertype, ownername) VALUES (1, 'customer', 'Ada'), (1, 'Customer', 'Ada'), (1, 'group', 'Red');
            """)
        let id = #""id": {"type": "number", "id": true, "generated": true}"#
        let models =
            [
                #"{"name": "Customer", "properties": {\#(id), "name": "string"}, "relations": {"notes": {"type": "hasMany", "model": "Note", "polymorphic": "owner"}}}"#,
                #"{"name": "Group", "options": {"postgresql": {"table": "grp"}}, "properties": {\#(id), "name": "string"}, "relations": {"notes": {"type": "hasMany", "model": "Note", "polymorphic": "owner"}}}"#,
                #"""
                {"name": "Note", "properties": {\#(id), "ownerId": "number", "ownerType": "string", "ownerName": "string"},
                 "relations": {"owner": {"type": "belongsTo", "polymorphic": {"selector": "owner"}, "properties": {"name": "ownerName"},
                  "options": {"invertProperties": true, "sync": true}}}}
                """#,
            ] + more
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        return (database, tables)
    }

    @Test(arguments: ["text", "varchar(20)", "char(12)", "kind"])
    func `Copies and changes follow a name in any case`(type: String) async throws {
        let (database, tables) = try await Self.open(type.filter(\.isLetter), type: type)
        func names() async throws -> String {
            try await tables.run("SELECT ownername FROM note ORDER BY id").map { $0[0] ?? "-" }.joined(separator: ",")
        }
        try await database.updateById("Customer", id: 1, ["name": "Eve"])
        #expect(try await names() == "Eve,Eve,Red")
        try await database.updateById("Group", id: 1, ["name": "Blue"])
        #expect(try await names() == "Eve,Eve,Blue")
        for id in 1...2 {
            try await database.updateRelated(
                "Note", id: id, relation: "owner", ["Customer": ["name": .string("Kim\(id)")]])
        }
        #expect(try await names() == "Kim2,Kim2,Blue")
        try await database.createAll(
            "Note",
            [
                ["ownerId": 1, "ownerType": "CUSTOMER"], ["ownerId": 1, "ownerType": "group"],
                ["ownerId": 9, "ownerType": "Group"],
            ])
        #expect(try await names() == "Kim2,Kim2,Blue,Kim2,Blue,nobody")
        // Another type's record isn't meant.
        let error = await #expect(throws: PlannerError.self) {
            try await database.updateRelated("Note", id: 1, relation: "owner", ["Group": ["name": "x"]])
        }
        #expect(error?.code == .relationEmpty)
        await database.close()
    }

    @Test func `A name that is just another model's is that one's`() async throws {
        let group =
            #"{"name": "GROUP", "options": {"postgresql": {"table": "customer"}}, "properties": {"id": {"type": "number", "id": true}, "name": "string"}, "relations": {"notes": {"type": "hasMany", "model": "Note", "polymorphic": "owner"}}}"#
        let (database, tables) = try await Self.open("twins", more: [group])
        try await tables.run("TRUNCATE note; INSERT INTO note (ownerid, ownertype) VALUES (1, 'Group'), (1, 'GROUP')")
        try await database.updateById("Group", id: 1, ["name": "Blue"])
        try await database.updateById("GROUP", id: 1, ["name": "Eve"])
        #expect(try await tables.run("SELECT ownername FROM note ORDER BY id") == [["Blue"], ["Eve"]])
        await database.close()
    }
}
