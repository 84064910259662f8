// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Synchronization
import TestSupport
import Testing

/// Ways around a tenant that nothing of the relations' own shows: links without a model, second models of a table, copies, parts of keys.
@Suite(.serialized) struct TenantReachTests {
    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    private static let models = [
        """
        {"name": "Customer", "tenant": "org", "properties": {"id": {"type": "number", "id": true}, "org": "number", "name": "string"},
         "relations": {"tags": {"type": "hasAndBelongsToMany", "model": "Tag"}}}
        """,
        """
        {"name": "Tag", "tenant": "org", "properties": {"id": {"type": "number", "id": true}, "org": "number", "word": "string"}}
        """,
        """
        {"name": "Order", "tenant": "org", "options": {"postgresql": {"table": "orders"}},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "org": "number", "customerId": "number", "customerName": "string"},
         "relations": {"customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId",
          "properties": {"name": "customerName"}, "options": {"invertProperties": true, "sync": true}}}}
        """,
        """
        {"name": "OrderRow", "tenant": "org", "options": {"postgresql": {"table": "orders"}},
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "org": "number", "customerId": "number", "customerName": "string"}}
        """,
        """
        {"name": "Product", "tenant": "org", "properties": {"shelf": {"type": "string", "id": 1}, "code": {"type": "string", "id": 2}, "org": "number"}}
        """,
        """
        {"name": "Line", "tenant": "org",
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "org": "number", "shelf": "string", "code": "string"},
         "relations": {"product": {"type": "belongsTo", "model": "Product", "foreignKey": ["shelf", "code"]}}}
        """,
        """
        {"name": "Basket", "tenant": "org", "properties": {"id": {"type": "number", "id": true}, "org": "number", "tagIds": ["number"]},
         "relations": {"words": {"type": "referencesMany", "model": "Tag", "foreignKey": "tagIds"}}}
        """,
    ]
    private static let tables = """
        DROP TABLE IF EXISTS customer, tag, customertag, orders, product, line, basket;
        CREATE TABLE customer (id int PRIMARY KEY, org int NOT NULL, name text);
        CREATE TABLE tag (id int PRIMARY KEY, org int NOT NULL, word text);
        CREATE TABLE customertag (id serial PRIMARY KEY, customerid int, tagid int);
        CREATE TABLE orders (id serial PRIMARY KEY, org int NOT NULL, customerid int, customername text);
        CREATE TABLE product (shelf text, code text, org int NOT NULL, PRIMARY KEY (shelf, code));
        CREATE TABLE line (id serial PRIMARY KEY, org int NOT NULL, shelf text DEFAULT 'A', code text);
        CREATE TABLE basket (id int PRIMARY KEY, org int NOT NULL, tagids int[]);
        INSERT INTO customer VALUES (1, 1, 'mine'), (2, 2, 'theirs');
        INSERT INTO tag VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 1, 'c'), (4, 1, 'd');
        INSERT INTO customertag (customerid, tagid) VALUES (1, 1), (2, 2);
        INSERT INTO orders (org, customerid) VALUES (1, 1), (1, 2);
        INSERT INTO product VALUES ('A', 'theirs', 2), ('A', 'mine', 1);
        INSERT INTO basket VALUES (1, 1, '{1,77}')
        """

    private func open(_ name: String, hooks: Hooks = Hooks()) async throws -> (Database, TestDatabase) {
        let made = try await TestDatabase.named("tenant_reach_\(name)")
        try await made.run(Self.tables)
        let database = try await Database.open(
            schema: try Schema(
                definitions: try Self.models.map { try ModelDefinition(json: Array($0.utf8), file: nil) }),
            connection: ConnectionConfiguration(url: made.url), pool: PoolConfiguration(maximumConnections: 2),
            hooks: hooks)
        return (database, made)
    }

    private func code(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "ok"
        } catch let error as PlannerError { return error.code.rawValue } catch { return "\(error)" }
    }

    @Test func `Links that nobody described are followed, and not asked for`() async throws {
        var hooks = Hooks()
        let seen = Counter()
        hooks.beforeSave("CustomerTag") { _ in seen.count.add(1, ordering: .relaxed) }
        let (database, made) = try await open("links", hooks: hooks)
        let mine = database.tenant(1)
        for name in ["CustomerTag", "TagCustomer"] where database.schema.model(name) != nil {
            #expect(await code { _ = try await mine.find(name) } == "UNSUPPORTED")
            #expect(await code { _ = try await mine.count(name) } == "UNSUPPORTED")
            #expect(await code { _ = try await mine.findById(name, id: 2) } == "UNSUPPORTED")
            #expect(await code { _ = try await mine.create(name, ["customerId": 1, "tagId": 2]) } == "UNSUPPORTED")
            #expect(await code { _ = try await mine.updateAll(name, where: [:], ["tagId": 1]) } == "UNSUPPORTED")
            #expect(await code { _ = try await mine.deleteAll(name, where: [:]) } == "UNSUPPORTED")
            #expect(await code { _ = try mine.stream(name) } == "UNSUPPORTED")
            #expect(await code { for try await _ in mine.changes(of: name) { break } } == "UNSUPPORTED")
        }
        let tags = try await mine.related("Customer", id: 1, relation: "tags")
        #expect(tags.count == 1)
        // What is done to links by way of the relation has their hooks.
        try await mine.addRelated("Customer", id: 1, relation: "tags", key: 3)
        #expect(seen.count.load(ordering: .relaxed) == 1)
        #expect(
            await code { try await mine.addRelated("Customer", id: 1, relation: "tags", key: 2) } == "MODEL_NOT_FOUND")
        #expect(try await made.run("SELECT count(*) FROM customertag")[0][0] == "3")
        #expect(try await database.withoutTenant(reason: "test").count("CustomerTag").count == 3)
        await database.close()
    }

    @Test func `Copies are of the tenant's own records`() async throws {
        let (database, made) = try await open("copies")
        let mine = database.tenant(1)
        // The second order refers to another one's customer, however that came.
        for name in ["Order", "OrderRow"] {
            let text = String(
                decoding: try await mine.updateById(name, id: 2, ["customerName": "?"]).json(), as: UTF8.self)
            #expect(!text.contains("theirs"), "\(name): \(text)")
        }
        try await mine.updateById("Order", id: 1, ["customerName": "?"])
        #expect(try await made.run("SELECT customername FROM orders ORDER BY id") == [["mine"], ["?"]])
        try await database.tenant(2).updateById("Customer", id: 2, ["name": "secret"])
        try await mine.updateById("Customer", id: 1, ["name": "again"])
        #expect(try await made.run("SELECT customername FROM orders ORDER BY id") == [["again"], ["?"]])
        let order = try await mine.create("Order", ["customerId": 1])
        #expect(String(decoding: try order.json(), as: UTF8.self).contains("again"))
        await database.close()
    }

    @Test func `No copy says whose a record is`() throws {
        let definitions = try Self.models.map { text in
            try ModelDefinition(
                json: Array(text.replacing(#"{"name": "customerName"}"#, with: #"{"org": "org"}"#).utf8), file: nil)
        }
        #expect {
            try Schema(definitions: definitions)
        } throws: { error in
            (error as? SchemaError)?.problems.contains {
                $0.code == .invalidDefinition && $0.message.contains("says whose a record is")
            } == true
        }
    }

    @Test func `A second model of a table refers to no more than the first`() async throws {
        let (database, made) = try await open("models")
        let mine = database.tenant(1)
        #expect(await code { _ = try await mine.create("OrderRow", ["customerId": 2]) } == "MODEL_NOT_FOUND")
        #expect(
            await code { _ = try await mine.createAll("OrderRow", [["customerId": 1], ["customerId": 2]]) }
                == "MODEL_NOT_FOUND")
        #expect(await code { _ = try await mine.updateById("OrderRow", id: 1, ["customerId": 2]) } == "MODEL_NOT_FOUND")
        #expect(await code { _ = try await mine.create("OrderRow", ["customerId": 1]) } == "ok")
        #expect(try await made.run("SELECT count(*) FROM orders WHERE customerid = 2")[0][0] == "1")
        await database.close()
    }

    @Test func `What the database makes of a key may be anybody's`() async throws {
        let (database, made) = try await open("defaults")
        let mine = database.tenant(1)
        #expect(await code { _ = try await mine.create("Line", ["code": "theirs"]) } == "UNSUPPORTED")
        #expect(
            await code { _ = try await mine.createAll("Line", [["shelf": "A", "code": "mine"], ["code": "theirs"]]) }
                == "UNSUPPORTED")
        #expect(
            await code { _ = try await mine.create("Line", ["shelf": "A", "code": "theirs"]) } == "MODEL_NOT_FOUND")
        #expect(await code { _ = try await mine.create("Line", ["shelf": "A", "code": "mine"]) } == "ok")
        #expect(await code { _ = try await mine.create("Line", [:]) } == "ok")
        #expect(await code { _ = try await mine.create("Line", ["shelf": .null, "code": "theirs"]) } == "ok")
        #expect(try await made.run("SELECT count(*) FROM line WHERE shelf = 'A' AND code = 'theirs'")[0][0] == "0")
        await database.close()
    }

    @Test func `Keys without records stay in lists that others come to`() async throws {
        let (database, made) = try await open("lists")
        let mine = database.tenant(1)
        try await mine.updateGraph("Basket", id: 1, ["words": ["connect": [3, 4]]])
        #expect(try await made.run("SELECT tagids FROM basket")[0][0] == "{1,77,3,4}")
        try await mine.updateGraph("Basket", id: 1, ["words": ["disconnect": [3, 4]]])
        #expect(try await made.run("SELECT tagids FROM basket")[0][0] == "{1,77}")
        #expect(
            await code { _ = try await mine.updateGraph("Basket", id: 1, ["words": ["connect": [3, 2]]]) } != "ok")
        #expect(try await made.run("SELECT tagids FROM basket")[0][0] == "{1,77}")
        await database.close()
    }
}
