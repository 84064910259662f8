// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// `properties` of relations as functions, and copies that no statement makes.
@Suite(.serialized) struct PropertiesFunctionTests {
    private struct World {
        let test: TestDatabase
        let database: Database

        init(_ name: String, _ functions: ModelFunctions) async throws {
            test = try await TestDatabase.named("properties_\(name)")
            try await test.run(
                """
                DROP TABLE IF EXISTS customertag, tag, ordering, profile, customer, product;
                CREATE TABLE customer (id serial PRIMARY KEY, name text, region text, secret text, productids int[], addresses jsonb, card jsonb);
                CREATE TABLE ordering (id serial PRIMARY KEY, customerid int REFERENCES customer, region text, label text, total numeric, buyer text, customer jsonb);
                CREATE TABLE profile (id serial PRIMARY KEY, customerid int UNIQUE REFERENCES customer, region text);
                CREATE TABLE tag (id serial PRIMARY KEY, label text);
                CREATE TABLE customertag (id serial PRIMARY KEY, customerid int, tagid int);
                CREATE TABLE product (id serial PRIMARY KEY, label text);
                INSERT INTO customer (name, region, secret) VALUES ('Ada', 'north', 's1'), ('Bob', 'south', 's2');
                INSERT INTO ordering (total) VALUES (1);
                """)
            let schema = try Schema(
                definitions: Self.models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: try schema.attaching(functions), connection: ConnectionConfiguration(url: test.url))
        }

        func rows(_ sql: String) async throws -> String {
            try await test.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        private static let id = #"{"type": "number", "id": true, "generated": true}"#
        private static let models = [
            """
            {"name": "Customer", "hidden": ["secret"], "properties": {"id": \(id), "name": "string", "region": "string", "secret": "string",
              "productIds": ["number"], "addresses": ["object"], "card": "object"},
             "relations": {"orders": {"type": "hasMany", "model": "Ordering"}, "profile": {"type": "hasOne", "model": "Profile"},
              "tags": {"type": "hasAndBelongsToMany", "model": "Tag"}, "products": {"type": "referencesMany", "model": "Product", "foreignKey": "productIds"},
              "addressList": {"type": "embedsMany", "model": "Address", "property": "addresses", "properties": {"region": "region"}},
              "paying": {"type": "embedsOne", "model": "Address", "property": "card"}}}
            """,
            """
            {"name": "Ordering", "properties": {"id": \(id), "customerId": "number", "region": "string", "label": "string", "total": "number", "buyer": "string",
              "customer": "object"},
             "relations": {"owner": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId", "options": {"invertProperties": true}},
              "named": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId", "properties": {"name": "buyer"}, "options": {"invertProperties": true}},
              "customer": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId", "properties": ["name", "region"],
                "options": {"embedsProperties": true, "invertProperties": true}},
              "maker": {"type": "belongsTo", "model": "Customer", "foreignKey": "customerId"}}}
            """,
            #"{"name": "Profile", "properties": {"id": \#(id), "customerId": "number", "region": "string"}}"#,
            #"{"name": "Tag", "properties": {"id": \#(id), "label": "string"}}"#,
            #"{"name": "Product", "properties": {"id": \#(id), "label": "string"}}"#,
            #"{"name": "Address", "base": "Model", "properties": {"id": {"type": "number", "id": true}, "street": "string", "region": "string"}}"#,
        ]
    }

    private static let labelled: ModelFunctions = [
        "Customer.orders": .properties { customer, data in
            [
                "region": customer["region"],
                "label": .string(
                    "\(customer["name"].text ?? "") \(customer["secret"].text ?? "") \(data["total"]?.description ?? "")"
                ),
            ]
        },
        "Customer.profile": .properties { customer, _ in ["region": customer["region"]] },
        "Customer.tags": .properties { customer, data in
            ["label": .string("\(customer["id"]):\(data["label"]?.text ?? "")")]
        },
        "Customer.products": .properties { customer, _ in ["label": customer["name"]] },
        "Customer.paying": .properties { customer, _ in ["region": customer["region"]] },
        "Ordering.owner": .properties { customer, order in
            ["buyer": .string("\(customer["name"].text ?? "") of \(order["id"] ?? 0)")]
        },
        "Ordering.maker": .properties { order, _ in ["region": .string("of \(order["total"])")] },
    ]

    @Test func `What a function gives is written into what is made`() async throws {
        let world = try await World("made", Self.labelled)
        let database = world.database
        let one = try await database.createRelated(
            "Customer", id: 1, relation: "orders", ["total": 5, "label": "mine"])
        #expect(try one.text.contains(#""label":"Ada s1 5""#))
        try await database.createRelated(
            "Customer", id: 2, relation: "orders", [["total": 6], ["total": 7, "region": "x"]])
        #expect(
            try await world.rows(
                "SELECT customerid, region, label FROM ordering WHERE customerid IS NOT NULL ORDER BY id")
                == "1,north,Ada s1 5;2,south,Bob s2 6;2,south,Bob s2 7")
        try await database.createRelated("Customer", id: 1, relation: "profile", [:])
        #expect(try await world.rows("SELECT customerid, region FROM profile") == "1,north")
        #expect(
            await told { try await database.createRelated("Customer", id: 1, relation: "profile", [:]).text }
                == "RELATION_EXISTS")
        try await database.createRelated("Customer", id: 1, relation: "tags", [["label": "a"], ["label": "b"]])
        #expect(
            try await world.rows(
                "SELECT c.customerid, t.label FROM customertag c JOIN tag t ON t.id = c.tagid ORDER BY 2")
                == "1,1:a;1,1:b")
        try await database.createRelated("Customer", id: 1, relation: "products", [:])
        #expect(
            try await world.rows("SELECT p.label, c.productids FROM product p, customer c WHERE c.id = 1") == "Ada,{1}")
        await database.close()
    }

    @Test func `Embedded records get copies and what a function gives`() async throws {
        let world = try await World("embedded", Self.labelled)
        let database = world.database
        try await database.createRelated(
            "Customer", id: 1, relation: "addressList", [["street": "a"], ["street": "b"]])
        try await database.createRelated("Customer", id: 2, relation: "paying", ["id": 7, "street": "c"])
        #expect(
            try await world.rows(
                "SELECT x->>'street', x->>'region' FROM customer, jsonb_array_elements(addresses) x WHERE id = 1")
                == "a,north;b,north")
        #expect(try await world.rows("SELECT card->>'street', card->>'region' FROM customer WHERE id = 2") == "c,south")
        await database.close()
    }

    @Test func `Of a belongsTo it is written into either of both`() async throws {
        let world = try await World("owner", Self.labelled)
        let database = world.database
        // Into the target.
        try await database.createRelated("Ordering", id: 1, relation: "maker", ["name": "Cy"])
        #expect(try await world.rows("SELECT region FROM customer WHERE name = 'Cy'") == "of 1")
        // Into the record, made and added.
        try await database.createRelated("Ordering", id: 1, relation: "owner", ["name": "Di"])
        #expect(try await world.rows("SELECT buyer FROM ordering WHERE id = 1") == "Di of 1")
        try await database.addRelated("Ordering", id: 1, relation: "owner", key: 2)
        #expect(try await world.rows("SELECT customerid, buyer FROM ordering WHERE id = 1") == "2,Bob of 1")
        // Copied without a function, as before.
        try await database.addRelated("Ordering", id: 1, relation: "named", key: 1)
        #expect(try await world.rows("SELECT customerid, buyer, label FROM ordering WHERE id = 1") == "1,Ada,-")
        await database.close()
    }

    @Test func `A copy of the target is embedded under the relation's name`() async throws {
        let world = try await World("embeds", [:])
        let database = world.database
        try await database.addRelated("Ordering", id: 1, relation: "customer", key: 2)
        #expect(
            try await world.rows(
                "SELECT customerid, customer->>'id', customer->>'name', customer->>'region', region FROM ordering WHERE id = 1"
            )
                == "2,2,Bob,south,-")
        try await database.createRelated("Ordering", id: 1, relation: "customer", ["name": "Eve", "region": "east"])
        #expect(
            try await world.rows("SELECT customer->>'name', customer->>'region', region FROM ordering WHERE id = 1")
                == "Eve,east,-")
        await database.close()
    }

    @Test func `Whole graphs write it as well`() async throws {
        let world = try await World("graphs", Self.labelled)
        let database = world.database
        try await database.createGraph(
            "Customer", ["name": "Gus", "region": "west", "orders": [["total": 1], ["total": 2]], "profile": [:]])
        #expect(
            try await world.rows("SELECT region, label FROM ordering WHERE customerid IS NOT NULL ORDER BY total")
                == "west,Gus  1;west,Gus  2")
        #expect(try await world.rows("SELECT region FROM profile") == "west")
        try await database.createGraph("Ordering", ["total": 9, "owner": ["name": "Hal"]])
        try await database.createGraph("Ordering", ["total": 8, "customer": ["name": "Ida"]])
        try await database.createGraph("Ordering", ["total": 7, "named": ["connect": 1]])
        #expect(
            try await world.rows("SELECT buyer LIKE 'Hal of %' FROM ordering WHERE total = 9") == "t")
        #expect(try await world.rows("SELECT customer->>'name' FROM ordering WHERE total = 8") == "Ida")
        #expect(try await world.rows("SELECT buyer FROM ordering WHERE total = 7") == "Ada")
        await database.close()
    }

    @Test func `What goes wrong changes nothing`() async throws {
        let world = try await World(
            "wrong",
            [
                "Customer.orders": .properties { (customer, data) throws(PlannerError) in
                    if data["total"] == 1 { throw PlannerError(.invalidValue, "Not one.", path: "total") }
                    if data["total"] == 2 { return ["customerId": 2] }
                    if data["total"] == 3 { return ["region": customer["regoin"]] }
                    return ["total": "many"]
                }
            ])
        let database = world.database
        func create(_ data: JSONValue, id: JSONValue = 1) async -> String {
            await told { try await database.createRelated("Customer", id: id, relation: "orders", data).text }
        }
        let before = try await world.rows("SELECT count(*) FROM ordering")
        #expect(await create(["total": 1]) == "INVALID_VALUE")
        #expect(await create(["total": 2]) == "KEY_OVERRIDE")
        #expect(await create(["total": 3]) == "INVALID_DEFINITION")
        #expect(await create([["total": 4], ["total": 5]]) == "INVALID_VALUE [0].total:type [1].total:type")
        #expect(await create(["total": 4], id: 99) == "MODEL_NOT_FOUND")
        #expect(await create(["total": 4], id: .null) == "UNSAVED_INSTANCE")
        #expect(await create("x") == "INVALID_VALUE :type")
        #expect(try await world.rows("SELECT count(*) FROM ordering") == before)
        #expect(throws: SchemaError.self) {
            try Schema(definitions: [
                ModelDefinition(
                    "A", properties: [.id(), .number("aId")],
                    relations: [Self.both])
            ])
        }
        await database.close()
    }

    private static var both: RelationDefinition {
        var relation = RelationDefinition.hasMany("as", "A", foreignKey: "aId")
        relation.properties = [.init(from: "id", to: "id")]
        relation.propertiesFunction = PropertiesFunction { _, _ in [:] }
        return relation
    }

    @Test func `Many who make one at once see the record as it is`() async throws {
        let world = try await World("many", Self.labelled)
        let database = world.database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    if number % 4 == 0 {
                        try await database.updateById("Customer", id: 1, ["region": .string("r\(number)")])
                    } else if number % 4 == 1 {
                        _ = await told {
                            try await database.createRelated("Customer", id: 1, relation: "profile", [:]).text
                        }
                    } else {
                        try await database.createRelated(
                            "Customer", id: 1, relation: "orders", ["total": JSONValue(number)])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await world.rows("SELECT count(*) FROM profile") == "1")
        #expect(try await world.rows("SELECT count(*) FROM ordering WHERE region IS NULL AND customerid = 1") == "0")
        #expect(try await world.rows("SELECT count(*) FROM ordering WHERE customerid = 1") == "20")
        await database.close()
    }
}
