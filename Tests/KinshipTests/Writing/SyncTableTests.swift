// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Copies that are kept right belong to tables: several models can be kept in one, and one relation can be that of several models.
@Suite struct SyncTableTests {
    private static let id = #""id": {"type": "number", "id": true, "generated": true}"#

    private static func schema(_ models: [String]) throws -> Schema {
        try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    /// Customers and orders, which each are several models: all of the columns, without some of the copies, without any.
    private static func open(_ name: String) async throws -> (Database, TestDatabase) {
        let tables = try await TestDatabase.named("sync_table_\(name)")
        try await tables.run(
            """
            CREATE TABLE customer (id serial PRIMARY KEY, name text, city text, code text);
            CREATE TABLE orders (id serial PRIMARY KEY, customerid int, customername text, customercity text, total int);
            INSERT INTO customer (name, city) VALUES ('Ada', 'Oslo'), ('Bob', 'Rome');
            INSERT INTO orders (customerid, customername, customercity) VALUES (1, 'Ada', 'Oslo'), (2, 'Bob', 'Rome');
            """)
        func model(_ name: String, _ table: String, _ properties: String, _ relations: String = "")
            -> String
        {
            #"{"name": "\#(name)", "options": {"postgresql": {"table": "\#(table)"}}, "properties": {\#(id), \#(properties)}, "relations": {\#(relations)}}"#
        }
        let orders =
            #""orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId", "properties": {"name": "customerName", "city": "customerCity"}, "sync": true}"#
        let models = [
            model(
                "Customer", "customer", #""name": "string", "city": "string", "code": "string""#, orders),
            model(
                "Client", "customer", #""title": {"type": "string", "postgresql": {"columnName": "name"}}"#),
            model("Code", "customer", #""code": "string""#),
            model(
                "Order", "orders",
                #""customerId": "number", "customerName": "string", "customerCity": "string", "total": "number""#
            ),
            model(
                "Purchase", "orders",
                #""buyer": {"type": "number", "postgresql": {"columnName": "customerid"}}, "customerName": "string", "customerCity": "string""#
            ),
            model("Lean", "orders", #""customerId": "number", "total": "number""#),
            model("Sum", "orders", #""total": "number""#),
        ]
        let database = try await Database.open(
            schema: schema(models), connection: ConnectionConfiguration(url: tables.url))
        return (database, tables)
    }

    private static let orders =
        "SELECT id, customerid, customername, customercity FROM orders ORDER BY id"

    @Test func `Every model of a table keeps its copies right`() async throws {
        let (database, tables) = try await Self.open("all")
        func rows() async throws -> String {
            try await tables.run(Self.orders).map { $0.map { $0 ?? "-" }.joined(separator: ",") }
                .joined(separator: ";")
        }
        // Of the source.
        try await database.updateById("Client", id: 1, ["title": "Eve"])
        #expect(try await rows() == "1,1,Eve,Oslo;2,2,Bob,Rome")
        try await database.updateAll("Client", where: [:], ["title": "All"])
        #expect(try await rows() == "1,1,All,Oslo;2,2,All,Rome")
        try await database.upsert("Client", ["id": 2, "title": "Kim"])
        #expect(try await rows() == "1,1,All,Oslo;2,2,Kim,Rome")
        try await database.updateById("Code", id: 2, ["code": "c"])
        // Of the holder.
        try await database.create("Purchase", ["buyer": 2])
        try await database.updateById("Purchase", id: 1, ["buyer": 2])
        try await database.updateById("Purchase", id: 2, ["customerName": "own"])
        #expect(try await rows() == "1,2,Kim,Rome;2,2,Kim,Rome;3,2,Kim,Rome")
        try await database.updateById("Sum", id: 1, ["total": 7])
        try await database.create("Sum", ["total": 8])
        try await database.create("Lean", ["total": 9])
        #expect(try await rows() == "1,2,Kim,Rome;2,2,Kim,Rome;3,2,Kim,Rome;4,-,-,-;5,-,-,-")
        // One that hasn't the copies can't write the key.
        let refused: [@Sendable () async throws -> Void] = [
            { try await database.create("Lean", ["customerId": 1]) },
            { try await database.createAll("Lean", [["customerId": 1], [:]]) },
            { try await database.updateById("Lean", id: 1, ["customerId": 1]) },
            { try await database.updateAll("Lean", where: [:], ["customerId": 1]) },
            { try await database.importRecords(into: "Lean", records: [["total": 1]].stream) },
            { try await database.importRecords(into: "Purchase", records: [["buyer": 1]].stream) },
            {
                try await database.importRecords(
                    into: "Client", records: [["id": 1, "title": "x"]].stream, onConflict: .update)
            },
        ]
        for (number, run) in refused.enumerated() {
            let error = await #expect(throws: PlannerError.self, "\(number)") { try await run() }
            #expect(error?.code == .unsupported, "\(number)")
        }
        #expect(try await rows() == "1,2,Kim,Rome;2,2,Kim,Rome;3,2,Kim,Rome;4,-,-,-;5,-,-,-")
        await database.close()
    }

    private static let holder =
        #"{"name": "Note", "properties": {\#(id), "partyId": "number", "partyType": "string", "partyName": "string"}}"#

    private static func party(_ relation: String, table: String = "party", heir: String = "")
        -> [String]
    {
        [
            #"{"name": "Party", "options": {"postgresql": {"table": "party"}}, "properties": {\#(id), "name": "string"}, "relations": {"notes": {\#(relation)}}}"#,
            #"{"name": "Person", "base": "Party", "options": {"postgresql": {"table": "\#(table)"}}, "properties": {"age": "number"}, "relations": {\#(heir)}}"#,
            holder,
        ]
    }

    @Test func `A relation that heirs have is theirs where it says so`() throws {
        let copies = #""properties": {"name": "partyName"}, "sync": true"#
        let keyed = #""type": "hasMany", "model": "Note", "foreignKey": "partyId", \#(copies)"#
        func problem(_ models: [String]) -> String? {
            do {
                _ = try Self.schema(models)
                return nil
            } catch {
                return (error as? SchemaError)?.problems.first?.message
            }
        }
        // One table, and one key with types.
        #expect(problem(Self.party(keyed)) == nil)
        #expect(
            problem(
                Self.party(
                    #""type": "hasMany", "model": "Note", "polymorphic": "party", \#(copies)"#,
                    table: "person"))
                == nil)
        // Two tables by one key.
        let told = problem(Self.party(keyed, table: "person"))
        #expect(
            told?.contains("give one of them a relation of that name without \"sync\"") == true,
            "\(told ?? "")")
        #expect(
            problem(
                Self.party(
                    keyed, table: "person",
                    heir: #""notes": {"type": "hasMany", "model": "Note", "foreignKey": "partyId"}"#)) == nil)
    }

    @Test func `A base and its heir in one table write the same copies`() async throws {
        let tables = try await TestDatabase.named("sync_table_heir")
        try await tables.run(
            """
            CREATE TABLE party (id serial PRIMARY KEY, name text, age int);
            CREATE TABLE note (id serial PRIMARY KEY, partyid int, partytype text, partyname text);
            INSERT INTO party (name) VALUES ('Ada'); INSERT INTO note (partyid, partyname) VALUES (1, 'Ada');
            """)
        let relation =
            #""type": "hasMany", "model": "Note", "foreignKey": "partyId", "properties": {"name": "partyName"}, "sync": true"#
        let database = try await Database.open(
            schema: Self.schema(Self.party(relation)),
            connection: ConnectionConfiguration(url: tables.url))
        for (model, name) in [("Party", "Eve"), ("Person", "Kim")] {
            try await database.updateById(model, id: 1, ["name": .string(name)])
            #expect(try await tables.run("SELECT partyname FROM note") == [[name]])
        }
        try await database.createRelated("Person", id: 1, relation: "notes", [:])
        #expect(try await tables.run("SELECT partyname FROM note ORDER BY id") == [["Kim"], ["Kim"]])
        await database.close()
    }
}

extension [JSONValue] {
    fileprivate var stream: AsyncStream<JSONValue> {
        AsyncStream { continuation in
            for value in self { continuation.yield(value) }
            continuation.finish()
        }
    }
}
