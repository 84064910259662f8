// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Copies and what the database makes itself: defaults where nobody is referred to, and sources that change with whatever is changed.
@Suite struct SyncFillingTests {
    /// Customers whose whole name the database works out and whose changes are counted; orders copy both, and items the number of
    /// changes of their order.
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String) async throws {
            tables = try await TestDatabase.named("sync_filling_\(name)")
            try await tables.run(
                """
                CREATE TABLE customer (id serial PRIMARY KEY, first text, last text, "full" text GENERATED ALWAYS AS (first || ' ' || last) STORED, rev int);
                CREATE TABLE orders (id serial PRIMARY KEY, customerid int, customername text NOT NULL DEFAULT 'nobody', customerrev int DEFAULT 0, note text, rev int);
                CREATE TABLE item (id serial PRIMARY KEY, orderid int, orderrev int);
                INSERT INTO customer (first, last, rev) VALUES ('Ada', 'L', 1), ('Bob', 'M', 1);
                """)
            let id = #""id": {"type": "number", "id": true, "generated": true}"#
            let inverted = #""options": {"invertProperties": true, "sync": true}"#
            let models = [
                #"{"name": "Customer", "version": "rev", "properties": {\#(id), "first": "string", "last": "string", "full": "string", "rev": "number"}}"#,
                #"""
                {"name": "Order", "version": "rev", "options": {"postgresql": {"table": "orders"}},
                 "properties": {\#(id), "customerId": "number", "customerName": "string", "customerRev": "number", "note": "string", "rev": "number"},
                 "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId",
                  "properties": {"full": "customerName", "rev": "customerRev"}, \#(inverted)},
                  "items": {"type": "hasMany", "model": "Item", "foreignKey": "orderId"}}}
                """#,
                #"""
                {"name": "Item", "properties": {\#(id), "orderId": "number", "orderRev": "number"},
                 "relations": {"order": {"type": "belongsTo", "model": "Order", "foreignKey": "orderId", "properties": {"rev": "orderRev"}, \#(inverted)}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        /// How many copies aren't what they are copies of.
        func wrong() async throws -> String {
            try await rows(
                """
                SELECT (SELECT count(*) FROM orders o JOIN customer c ON c.id = o.customerid WHERE (o.customername, o.customerrev) IS DISTINCT FROM (c."full", c.rev))
                  + (SELECT count(*) FROM item i JOIN orders o ON o.id = i.orderid WHERE i.orderrev IS DISTINCT FROM o.rev)
                """)
        }
    }

    @Test func `Who refers to nobody has the column's default`() async throws {
        let world = try await World("default")
        let last = "SELECT customername, customerrev FROM orders ORDER BY id"
        let ways: [(String, @Sendable (Database, [JSONValue]) async throws -> Void)] = [
            ("createAll", { _ = try await $0.createAll("Order", $1) }),
            ("create", { database, all in for data in all { _ = try await database.create("Order", data) } }),
            ("upsert", { database, all in for data in all { _ = try await database.upsert("Order", data) } }),
            ("createGraph", { database, all in for data in all { _ = try await database.createGraph("Order", data) } }),
        ]
        for (name, run) in ways {
            try await world.tables.run("TRUNCATE orders")
            try await run(world.database, [["customerId": 1], [:], ["customerId": .null], ["customerId": 2]])
            #expect(try await world.rows(last) == "Ada L,1;nobody,0;nobody,0;Bob M,1", "\(name)")
            // What is given is kept where there is nobody.
            try await world.tables.run("TRUNCATE orders")
            try await run(
                world.database,
                [["customerId": 1, "customerName": "own"], ["customerId": .null, "customerName": "own"]])
            #expect(try await world.rows(last) == "Ada L,1;own,0", "\(name)")
        }
        await world.database.close()
    }

    @Test func `What changes with whatever is changed is copied again`() async throws {
        let world = try await World("generated")
        try await world.database.createAll("Order", [["customerId": 1], ["customerId": 1], ["customerId": 2]])
        try await world.database.createAll("Item", [["orderId": 1], ["orderId": 3]])
        let ways: [(String, @Sendable (Database) async throws -> Void)] = [
            ("updateById", { _ = try await $0.updateById("Customer", id: 1, ["first": "A"]) }),
            ("updateAll", { _ = try await $0.updateAll("Customer", where: [:], ["last": "Z"]) }),
            ("replaceById", { _ = try await $0.replaceById("Customer", id: 2, ["first": "R", "last": "S"]) }),
            ("upsert", { _ = try await $0.upsert("Customer", ["id": 1, "last": "U"]) }),
            ("updateRelated", { _ = try await $0.updateRelated("Order", id: 1, relation: "customer", ["last": "V"]) }),
            (
                "updateGraph",
                { _ = try await $0.updateGraph("Order", id: 3, ["customer": ["update": ["first": "W"]]]) }
            ),
            ("nothing but the number", { _ = try await $0.updateById("Order", id: 1, ["note": "n"]) }),
            (
                "all of a relation",
                { _ = try await $0.updateAllRelated("Item", id: 1, relation: "order", ["note": "m"]) }
            ),
        ]
        for (name, run) in ways {
            let before = try await world.rows("SELECT sum(rev) FROM orders")
            try await run(world.database)
            #expect(try await world.wrong() == "0", "\(name)")
            #expect(try await world.rows("SELECT sum(rev) FROM orders") != before, "\(name)")
        }
        #expect(try await world.rows("SELECT customername FROM orders ORDER BY id") == "A V;A V;W S")
        await world.database.close()
    }

    @Test func `A number of changes that changes itself never ends, and is told`() throws {
        func problem(_ copies: (String, String)) -> String? {
            let models = [
                #"{"name": "A", "version": "v", "properties": {"v": "number", "n": "number", "m": "number", "bId": "number"}, "relations": {"bs": {"type": "hasMany", "model": "B", "foreignKey": "aId", "properties": {"\#(copies.0)": "n"}, "sync": true}}}"#,
                #"{"name": "B", "version": "v", "properties": {"v": "number", "n": "number", "m": "number", "aId": "number"}, "relations": {"as": {"type": "hasMany", "model": "A", "foreignKey": "bId", "properties": {"\#(copies.1)": "n"}, "sync": true}}}"#,
            ]
            do {
                _ = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
                return nil
            } catch {
                return (error as? SchemaError)?.problems.first?.message
            }
        }
        #expect(problem(("v", "v"))?.contains("never ends") == true)
        #expect(problem(("n", "n"))?.contains("never ends") == true)
        // What is copied of one isn't copied back: it ends.
        #expect(problem(("m", "m")) == nil)
        #expect(problem(("m", "v")) == nil)
    }

    @Test(arguments: [true, false])
    func `A column that the database works out is no copy`(isHolder: Bool) async throws {
        let tables = try await TestDatabase.named("sync_filling_worked_\(isHolder)")
        let own = "int GENERATED ALWAYS AS (aid + 1) STORED"
        try await tables.run(
            """
            CREATE TABLE a (id serial PRIMARY KEY, n int, bn int, bid int, g int GENERATED ALWAYS AS (bn + 1) STORED);
            CREATE TABLE b (id serial PRIMARY KEY, aid int, x \(isHolder ? own : "int"), y int GENERATED ALWAYS AS (\(isHolder ? "aid" : "x") + 1) STORED);
            INSERT INTO a (n) VALUES (1);
            """)
        let id = #""id": {"type": "number", "id": true, "generated": true}"#
        let back =
            #", "back": {"type": "hasMany", "model": "A", "foreignKey": "bId", "properties": {"y": "bn"}, "sync": true}"#
        let models = [
            #"{"name": "A", "properties": {\#(id), "n": "number", "bn": "number", "bId": "number", "g": "number"}}"#,
            #"""
            {"name": "B", "properties": {\#(id), "aId": "number", "x": "number", "y": "number"},
             "relations": {"a": {"type": "belongsTo", "model": "A", "foreignKey": "aId", "properties": {"\#(isHolder ? "n" : "g")": "x"}, "options": {"invertProperties": true, "sync": true}}\#(isHolder ? "" : back)}}
            """#,
        ]
        let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        let error = await #expect(throws: PlannerError.self) {
            if isHolder {
                try await database.create("B", ["aId": 1])
            } else {
                try await database.updateById("A", id: 1, ["n": 2])
            }
        }
        #expect(error?.code == .invalidDefinition)
        #expect(error?.message.contains(isHolder ? "works B.x out itself" : "never ends") == true)
        #expect(try await tables.run("SELECT n FROM a") == [["1"]])
        await database.close()
    }
}
