// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// What a save itself does to the numbers of changes is no change of others.
@Suite struct SavedVersionTests {
    /// Shelves with items of products, everything counted; items copy their shelf's and their product's name, which is kept right.
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(_ name: String) async throws {
            tables = try await TestDatabase.named("saved_version_\(name)")
            try await tables.run(
                """
                CREATE TABLE house (id serial PRIMARY KEY, name text, rev int DEFAULT 1);
                CREATE TABLE shelf (id serial PRIMARY KEY, houseid int, name text, rev int DEFAULT 1);
                CREATE TABLE product (id serial PRIMARY KEY, name text, rev int DEFAULT 1);
                CREATE TABLE item (id serial PRIMARY KEY, shelfid int, productid int, shelfname text, productname text, amount int, rev int DEFAULT 1);
                INSERT INTO house (name) VALUES ('h');
                INSERT INTO shelf (houseid, name) VALUES (1, 'a'), (1, 'b');
                INSERT INTO product (name) VALUES ('p'), ('q');
                INSERT INTO item (shelfid, productid, shelfname, productname, amount) VALUES
                  (1, 1, 'a', 'p', 1), (1, 2, 'a', 'q', 2), (2, 1, 'b', 'p', 3);
                """)
            let own = #""id": {"type": "number", "id": true, "generated": true}, "name": "string", "rev": "number""#
            let models = [
                #"{"name": "House", "version": "rev", "properties": {\#(own)}, "relations": {"shelves": {"type": "hasMany", "model": "Shelf", "foreignKey": "houseId"}}}"#,
                #"""
                {"name": "Shelf", "version": "rev", "properties": {\#(own), "houseId": "number"},
                 "relations": {"items": {"type": "hasMany", "model": "Item", "foreignKey": "shelfId", "properties": {"name": "shelfName"}, "sync": true}}}
                """#,
                #"{"name": "Product", "version": "rev", "properties": {\#(own)}}"#,
                #"""
                {"name": "Item", "version": "rev", "properties": {"id": {"type": "number", "id": true, "generated": true}, "rev": "number", "shelfId": "number",
                  "productId": "number", "shelfName": "string", "productName": "string", "amount": "number"},
                 "relations": {"product": {"type": "belongsTo", "model": "Product", "foreignKey": "productId", "properties": {"name": "productName"},
                  "options": {"invertProperties": true, "sync": true}}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: tables.url))
        }

        func read() async throws -> JSONValue {
            let items: JSONValue = ["relation": "items", "scope": ["include": "product", "order": "id"]]
            return try JSONValue(
                parsing: try await database.findById(
                    "House", id: 1,
                    filter: ["include": ["relation": "shelves", "scope": ["include": [items], "order": "id"]]]
                ).firstJSON())
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }
    }

    /// JSON with a value elsewhere.
    private static func with(_ json: JSONValue, _ path: [JSONValue], _ value: JSONValue) -> JSONValue {
        guard let step = path.first else { return value }
        let rest = Array(path.dropFirst())
        if let name = step.text {
            return .object(
                (json.members ?? []).filter { $0.key != name } + [.init(name, with(json[name] ?? .null, rest, value))])
        }
        var elements = json.elements ?? []
        let place = Int(step.description) ?? 0
        elements[place] = with(elements[place], rest, value)
        return .array(elements)
    }

    private static func items(_ json: JSONValue, _ shelf: Int) -> [JSONValue] {
        json["shelves"]?.elements?[shelf]["items"]?.elements ?? []
    }

    private static let items = "SELECT id, shelfid, shelfname, productname, amount FROM item ORDER BY id"

    @Test func `A source and its copies are changed together`() async throws {
        let world = try await World("synced")
        for round in 1...2 {
            let read = try await world.read()
            let renamed = Self.with(read, ["shelves", 0, "name"], .string("A\(round)"))
            let changed = Self.with(renamed, ["shelves", 0, "items", 0, "amount"], .number("\(10 + round)"))
            let saved = try await world.database.save("House", changed, comparedWith: read)
            #expect(saved.updated == 2)
            #expect(
                try await world.rows(Self.items) == "1,1,A\(round),p,\(10 + round);2,1,A\(round),q,2;3,2,b,p,3")
        }
        // One of them is deleted in the same save.
        let read = try await world.read()
        let renamed = Self.with(read, ["shelves", 0, "name"], "B")
        let less = Self.with(renamed, ["shelves", 0, "items"], .array([Self.items(read, 0)[0]]))
        #expect(try await world.database.save("House", less, comparedWith: read, removing: .delete).deleted == 1)
        #expect(try await world.rows(Self.items) == "1,1,B,p,12;3,2,b,p,3")
        await world.database.close()
    }

    @Test func `A record moves and is changed`() async throws {
        let world = try await World("moved")
        for removal in [GraphRemoval.keep, .unlink, .delete] {
            for (from, to) in [(0, 1), (1, 0)] {
                let read = try await world.read()
                let moved = Self.with(Self.items(read, from)[0], ["amount"], .number("\(20 + to)"))
                let less = Self.with(
                    read, ["shelves", .number("\(from)"), "items"], .array(Array(Self.items(read, from).dropFirst())))
                let changed = Self.with(
                    less, ["shelves", .number("\(to)"), "items"], .array(Self.items(read, to) + [moved]))
                try await world.database.save("House", changed, comparedWith: read, removing: removal)
                let id = moved["id"]?.description ?? ""
                #expect(
                    try await world.rows("SELECT shelfid, shelfname, amount FROM item WHERE id = \(id)")
                        == "\(to + 1),\(to == 0 ? "a" : "b"),\(20 + to)", "\(removal), from \(from)")
                #expect(try await world.rows("SELECT count(*) FROM item") == "3")
            }
        }
        await world.database.close()
    }

    @Test func `A record at several places is changed once`() async throws {
        let world = try await World("twice")
        let read = try await world.read()
        // The product of two items, at each of which it is changed in the same way, at one of them only, and in two ways.
        let both = Self.with(
            Self.with(read, ["shelves", 0, "items", 0, "product", "name"], "P"),
            ["shelves", 1, "items", 0, "product", "name"], "P")
        let saved = try await world.database.save("House", both, comparedWith: read)
        #expect(saved.updated == 1)
        #expect(try await world.rows("SELECT name, rev FROM product ORDER BY id") == "P,2;q,1")
        #expect(try await world.rows(Self.items) == "1,1,a,P,1;2,1,a,q,2;3,2,b,P,3")
        let again = try await world.read()
        let one = Self.with(again, ["shelves", 1, "items", 0, "product", "name"], "Q")
        try await world.database.save("House", one, comparedWith: again)
        #expect(try await world.rows("SELECT name, rev FROM product WHERE id = 1") == "Q,3")
        #expect(try await world.rows(Self.items) == "1,1,a,Q,1;2,1,a,q,2;3,2,b,Q,3")
        await world.database.close()
    }

    @Test func `A change of others is found all the same`() async throws {
        let world = try await World("others")
        let read = try await world.read()
        try await world.database.updateById("Item", id: 1, ["amount": 99])
        let renamed = Self.with(read, ["shelves", 0, "name"], "A")
        let moved = Self.with(
            Self.with(renamed, ["shelves", 0, "items"], .array([Self.items(read, 0)[1]])),
            ["shelves", 1, "items"],
            .array(Self.items(read, 1) + [Self.with(Self.items(read, 0)[0], ["amount"], 5)]))
        let deleted = Self.with(renamed, ["shelves", 0, "items"], .array([Self.items(read, 0)[1]]))
        for changed in [Self.with(renamed, ["shelves", 0, "items", 0, "amount"], 5), moved, deleted] {
            let error = await #expect(throws: PlannerError.self) {
                try await world.database.save("House", changed, comparedWith: read, removing: .delete)
            }
            #expect(error?.code == .conflict)
            #expect(try await world.rows(Self.items) == "1,1,a,p,99;2,1,a,q,2;3,2,b,p,3")
        }
        await world.database.close()
    }

    @Test(.timeLimit(.minutes(1))) func `Many related records are compared in one pass`() async throws {
        let world = try await World("many")
        try await world.tables.run(
            "TRUNCATE item; INSERT INTO item (id, shelfid, shelfname, amount) SELECT i, 1, 'a', i FROM generate_series(1, 9900) AS i"
        )
        let read = try await world.read()
        #expect(Self.items(read, 0).count == 9900)
        let reversed = Self.with(read, ["shelves", 0, "items"], .array(Self.items(read, 0).reversed()))
        #expect(try await world.database.save("House", reversed, comparedWith: read, removing: .delete).isEmpty)
        let one = Self.with(reversed, ["shelves", 0, "items", 17, "amount"], 5)
        #expect(try await world.database.save("House", one, comparedWith: read, removing: .delete).updated == 1)
        await world.database.close()
    }
}
