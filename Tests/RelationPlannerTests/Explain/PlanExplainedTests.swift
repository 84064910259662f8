// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Plans as trees to show: what is said of each node, in words and for programs.
@Suite struct PlanExplainedTests {
    private func tree(
        _ model: String, _ filter: String, _ strategy: Strategy = .byLevel, unique: Bool = false
    ) throws -> ExplainTree {
        try ShopSchema.plan(model, filter, strategy, unique: unique).explained(in: ShopSchema.make())
    }

    @Test func `By level, the whole text`() throws {
        let text = try tree(
            "Customer",
            #"{"where": {"name": "x"}, "include": {"relation": "orders", "scope": {"limit": 1, "include": "items"}}}"#
        ).text()
        #expect(
            text == """
                3 statements in 3 round trips [byLevel]
                └─ Customer [root]
                   │ Customer: the root's own condition
                   │ round trip 1
                   │ SELECT t."id", t."name" FROM "public"."customer" AS t WHERE t."name" = $1 ORDER BY t."id"
                   │ $1 text: from the filter
                   └─ orders [lateral], keys of Customer.id, as a parameter
                      │ Order: limit for each parent, orders.customer_id is indexed
                      │ round trip 2, when the keys have come: they are sent as an array
                      │ SELECT t."id", t."total", t."customer_id" FROM unnest($1::integer[]) WITH ORDINALITY AS k("key", "kinship_ordinal") CROSS JOIN LATERAL (SELECT t."id", t."total", t."customer_id" FROM "public"."orders" AS t WHERE t."customer_id" = k."key" ORDER BY greatest(t."id", t."id") LIMIT $2) AS t
                      │ $1 integer[]: keys of Customer.id
                      │ $2 bigint: from the filter
                      └─ items [array], keys of Order.id, as a parameter
                           Item: item.order_id is indexed
                           round trip 3, when the keys have come: they are sent as an array
                           SELECT t."id", t."qty", t."order_id" FROM "public"."item" AS t WHERE t."order_id" = ANY((SELECT $1)::integer[]) ORDER BY t."id"
                           $1 integer[]: keys of Order.id
                """)
    }

    @Test func `In one round trip keys are handed over`() throws {
        let tree = try tree("Customer", #"{"include": "orders"}"#, .oneTrip)
        #expect(tree.title == "2 statements in 1 round trip")
        #expect(tree.badge == "oneTrip")
        let orders = try #require(tree.children.first?.children.first)
        #expect(orders.edgeLabel == "keys of Customer.id, handed over")
        #expect(
            orders.lines[1]
                == .text("round trip 1; the statement of Customer leaves the keys on the server, in kinship.k1"))
        #expect(orders.json["facts"]?["passing"] == "handed over")
        #expect(orders.json["facts"]?["parameters"] == [])
        #expect(orders.json["facts"]?["keysOf"] == ["Customer.id"])
    }

    @Test func `The key of a root that is asked for by it is known`() throws {
        let tree = try tree("Customer", #"{"where": {"id": 7}, "include": "orders"}"#)
        let orders = try #require(tree.children.first?.children.first)
        #expect(orders.edgeLabel == "keys of Customer.id, known")
        #expect(orders.lines[1] == .text("round trip 1; the filter names the root's key, so nothing is waited for"))
        #expect(orders.lines.last == .text("$1 integer[]: the root's key, from the filter"))
    }

    @Test func `What is joined in has no statement`() throws {
        let tree = try tree("Customer", #"{"include": "profile"}"#, unique: true)
        #expect(tree.title == "1 statement in 1 round trip")
        let profile = try #require(tree.children.first?.children.first)
        #expect(profile.badge == "joined in")
        #expect(profile.edgeLabel == "in the same row")
        #expect(
            profile.lines == [.text("Profile: comes with each row of Customer, joined in; no statement of its own")])
        #expect(profile.json["facts"]?["rowsOf"] == 0)
        #expect(profile.json["facts"]?["statement"] == nil)
    }

    @Test func `Rows that came before are named`() throws {
        let tree = try tree("Customer", #"{"include": {"orders": {"customer": "orders"}}}"#)
        let customer = try #require(tree.children.first?.children.first?.children.first)
        #expect(customer.badge == "reused")
        #expect(customer.edgeLabel == "by Order.customerId")
        #expect(customer.lines == [.text("Customer: rows of Customer that came before; no statement")])
        let orders = try #require(customer.children.first)
        #expect(orders.badge == "reused")
        #expect(orders.lines == [.text("Order: rows of orders that came before; no statement")])
    }

    @Test func `Places that share a statement say with whom`() throws {
        let tree = try tree("Message", #"{"include": [{"sender": "orders"}, {"receiver": "orders"}]}"#)
        let message = try #require(tree.children.first)
        #expect(tree.title == "3 statements in 3 round trips")
        #expect(message.children.map(\.badge) == ["array", "shared"])
        #expect(
            message.children[1].lines
                == [.text("Customer: asked for together with sender, all keys at once; no statement of its own")])
        #expect(message.children[1].edgeLabel == "keys of Message.receiverId")
        #expect(
            message.children[0].lines.last == .text("$1 integer[]: keys of Message.senderId and Message.receiverId"))
        #expect(
            message.children[1].children.first?.lines
                == [.text("Order: the same rows as sender.orders; no statement of its own")])
    }

    @Test func `Numbers and totals have statements of their own`() throws {
        let tree = try tree(
            "Customer",
            #"{"page": true, "limit": 2, "include": [{"relation": "orders", "count": true}, {"relation": "reviews", "count": true, "scope": {"limit": 1}}]}"#
        )
        let customer = try #require(tree.children.first)
        let statements = customer.children.map { $0.json["facts"]?["statement"]?.text ?? "" }
        #expect(customer.children.map(\.title).contains("orders"))
        #expect(customer.children.last?.title == "total")
        #expect(statements.allSatisfy { $0.contains("count(*)") || $0.contains("LIMIT") })
        #expect(customer.children.first?.lines.first?.text.hasPrefix("Order: numbers for each parent") == true)
    }

    @Test func `Advice stands where the index is missing, the rest at the head`() throws {
        let schema = try ShopSchema.make()
        let filter = #"{"include": [{"orders": "items"}, "reviews"]}"#
        let id = try #require(schema.model("Customer")).id
        let resolved = try ScopedSchema(schema).resolved(schema.filter(JSONValue(parsing: filter), for: id), for: id)
        let catalog = ShopSchema.catalog(indexed: false, unique: false)
        let advice = try IndexAdvisor(schema: schema, catalog: catalog).advice(for: resolved, of: id)
        let plan = try ShopSchema.plan("Customer", filter, indexed: false)
        let tree = try plan.explained(in: schema, because: "it was asked for", advice: advice)
        #expect(tree.lines == [.text("it was asked for")])
        let orders = try #require(tree.children.first?.children.first)
        #expect(
            orders.lines.last
                == .warning(
                    """
                    Customer.orders is joined by orders.customer_id, which no index begins with.
                    CREATE INDEX CONCURRENTLY ON "public"."orders" ("customer_id")
                    """))
        #expect(orders.children.first?.lines.last?.text.hasPrefix("Order.items is joined by item.order_id") == true)
        #expect(tree.text().contains("! Customer.reviews is joined by"))
        // The same advice for a plan that has no such place is not lost.
        let other = try ShopSchema.plan("Customer", #"{"include": "profile"}"#)
            .explained(in: schema, advice: advice)
        #expect(other.lines.map(\.kind) == [.warning, .warning, .warning])
    }

    @Test func `The catalog's rows are told, for each parent where that says something`() throws {
        let schema = try ShopSchema.make().applying(
            Catalog(
                ShopSchema.catalog(indexed: true, unique: false).tables.values.map { table in
                    var table = table
                    table.estimatedRows =
                        ["customer": 4000, "orders": 10000, "item": 30000][table.name]
                    return table
                }))
        let id = try #require(schema.model("Customer")).id
        let checked = try schema.filter(
            JSONValue(parsing: #"{"include": [{"orders": "items"}, "reviews"]}"#), for: id)
        let (shape, _) = try ScopedSchema(schema).resolved(checked, for: id).parameterized()
        let plan = try Planner(schema: schema, catalog: schema.catalog).plan(shape, for: id)
        let customer = try #require(plan.explained(in: schema).children.first)
        #expect(customer.lines.last == .text("about 4,000 rows in customer"))
        #expect(customer.children[0].lines.last == .text("about 10,000 rows in orders, 2.5 for each Customer"))
        #expect(
            customer.children[0].children[0].lines.last == .text("about 30,000 rows in item, 3 for each Order"))
        #expect(customer.children[0].json["facts"]?["estimatedTableRows"] == 10000)
        // Nobody knows about reviews.
        #expect(customer.children[1].json["facts"]?["estimatedTableRows"] == nil)
    }

    @Test func `The plan of a count has no tree and is explained all the same`() throws {
        let schema = try ShopSchema.make()
        let id = try #require(schema.model("Customer")).id
        let tree = try Planner(schema: schema).countPlan(.always, for: id).explained(in: schema)
        #expect(tree.children.map(\.title) == ["count of Customer"])
        #expect(tree.text().contains(#"SELECT count(*) FROM "public"."customer" AS t"#))
    }

    @Test func `A relation to several models has a statement for each type`() throws {
        let definitions = [
            #"{"name": "Author", "properties": {"id": {"type": "number", "id": true}}, "relations": {"pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "imageable"}}}"#,
            #"{"name": "Book", "properties": {"id": {"type": "number", "id": true}}, "relations": {"pictures": {"type": "hasMany", "model": "Picture", "polymorphic": "imageable"}}}"#,
            #"{"name": "Picture", "properties": {"id": {"type": "number", "id": true}}, "relations": {"imageable": {"type": "belongsTo", "polymorphic": true}}}"#,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let id = try #require(schema.model("Picture")).id
        let (shape, _) = try ScopedSchema(schema).resolved(
            schema.filter(JSONValue(parsing: #"{"include": {"imageable": "pictures"}}"#), for: id), for: id
        ).parameterized()
        let plan = try Planner(schema: schema).plan(shape, for: id)
        let owner = try #require(plan.explained(in: schema).children.first?.children.first)
        #expect(owner.title == "imageable")
        #expect(owner.badge == "by type")
        #expect(owner.lines == [.text("records of the types its rows name: Author, Book, Picture")])
        #expect(owner.children.map(\.title) == ["Author", "Book", "Picture"])
        #expect(
            owner.children[1].edgeLabel
                == "keys of Picture.imageableId where Picture.imageableType is Book, as a parameter")
        let pictures = try #require(owner.children[1].children.first)
        #expect(pictures.lines.contains(.text(#"$2 text: "Book", part of the plan"#)))
        let facts = pictures.json["facts"]
        #expect(facts?["relation"] == "pictures" && facts?["isToMany"] == true && facts?["roundTrip"] == 3)
    }

    @Test func `Lists of keys and embedded records are read where they are`() throws {
        let definitions = [
            """
            {"name": "Part", "properties": {"id": {"type": "number", "id": true}, "makerId": {"type": "number"}},
             "relations": {"maker": {"type": "belongsTo", "model": "Maker"}}}
            """,
            #"{"name": "Maker", "properties": {"id": {"type": "number", "id": true}}}"#,
            """
            {"name": "Box", "properties": {"id": {"type": "number", "id": true}, "makerIds": {"type": ["number"]}, "parts": {"type": ["object"]}},
             "relations": {"items": {"type": "embedsMany", "model": "Part", "property": "parts"},
                "makers": {"type": "referencesMany", "model": "Maker"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let id = try #require(schema.model("Box")).id
        let (shape, _) = try ScopedSchema(schema).resolved(
            schema.filter(JSONValue(parsing: #"{"include": [{"items": "maker"}, "makers"]}"#), for: id), for: id
        ).parameterized()
        let tree = try Planner(schema: schema).plan(shape, for: id).explained(in: schema)
        #expect(tree.title == "3 statements in 2 round trips")
        let box = try #require(tree.children.first)
        #expect(box.children.map(\.title) == ["items", "makers: lists"])
        let (items, lists) = (box.children[0], box.children[1])
        #expect(items.badge == "local" && items.edgeLabel == "in Box.parts")
        #expect(
            items.lines == [.text("Part: embedded in Box.parts; read when these rows have come, no statement")])
        #expect(items.children.first?.edgeLabel == "keys of Part.makerId, as a parameter")
        #expect(lists.badge == "local" && lists.edgeLabel == "in Box.makerIds")
        let makers = try #require(lists.children.first)
        #expect(makers.title == "makers" && makers.badge == "array")
        #expect(makers.edgeLabel == "keys of Box.makerIds, as a parameter")
        #expect(makers.lines.contains(.text("$1 integer[]: keys of Box.makerIds")))
        // Nothing is loaded below records that are only counted.
        let counted = try schema.filter(
            ["include": ["relation": "items", "scope": ["include": "maker"], "count": true]], for: id)
        let (countedShape, _) = try ScopedSchema(schema).resolved(counted, for: id).parameterized()
        let plan = try Planner(schema: schema).plan(countedShape, for: id)
        #expect(plan.fetches.filter { $0.local == nil }.count == 1)
    }
}
