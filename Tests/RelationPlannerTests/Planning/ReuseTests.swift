// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Statements that needn't be sent: records joined in, rows that are there already, places that share a statement.
@Suite struct ReuseTests {
    // MARK: Joined in

    @Test func `One record brings its to-one relations along`() throws {
        let plan = try ShopSchema.plan("Order", #"{"where": {"id": 1}, "include": "customer"}"#)
        #expect(
            plan.fetches.map(\.text) == [
                #"SELECT t."id", t."total", t."customer_id", j1."id", j1."name" FROM "public"."orders" AS t LEFT JOIN "public"."customer" AS j1 ON j1."id" = t."customer_id" WHERE t."id" = $1 ORDER BY t."id""#
            ])
        #expect(plan.nodes[1].link == .joined(presence: [3]))
        #expect(plan.nodes[1].shown.map(\.column) == [3, 4])
    }

    @Test func `A scope's condition stands in the join, so that the parent stays`() throws {
        let plan = try ShopSchema.plan(
            "Order",
            #"{"where": {"id": 1}, "include": {"relation": "customer", "scope": {"where": {"name": "x"}, "fields": "name"}}}"#
        )
        #expect(plan.fetches[0].text.contains(#"ON j1."id" = t."customer_id" AND j1."name" = $1 WHERE t."id" = $2"#))
        #expect(plan.nodes[1].shown.map(\.column) == [3])
        #expect(plan.nodes[1].link == .joined(presence: [4]))
    }

    @Test func `What hangs from a joined record takes its keys from the same rows`() throws {
        let plan = try ShopSchema.plan(
            "Order", #"{"where": {"id": 1}, "include": {"customer": ["reviews", "profile"]}}"#, unique: true)
        #expect(plan.fetches.count == 2)
        #expect(plan.fetches[0].text.contains(#"LEFT JOIN "public"."profile" AS j2 ON j2."customer_id" = j1."id""#))
        #expect(plan.fetches[1].keys == [KeySource(fetch: 0, columns: [3])])
        let oneTrip = try ShopSchema.plan(
            "Order", #"{"where": {"id": 1}, "include": {"customer": "reviews"}}"#, .oneTrip)
        #expect(oneTrip.fetches[0].text.contains(#"j1."id" AS "kinship_j1_0""#))
        #expect(oneTrip.fetches[0].text.contains(#"array_agg(DISTINCT r."kinship_j1_0")"#))
    }

    @Test func `Of many records only 1:1 relations are joined in`() throws {
        let unique = try ShopSchema.plan("Customer", #"{"include": "profile"}"#, unique: true)
        #expect(unique.fetches.count == 1)
        let shared = try ShopSchema.plan("Order", #"{"include": "customer"}"#, unique: true)
        #expect(shared.fetches.count == 2)
        let repeated = try ShopSchema.plan("Customer", #"{"include": "profile"}"#)
        #expect(repeated.fetches.count == 2)
        let unknown = try ShopSchema.plan("Order", #"{"where": {"id": 1}, "include": "customer"}"#, indexed: nil)
        #expect(unknown.fetches.count == 2)
    }

    // MARK: There already

    @Test(arguments: Strategy.allCases)
    func `The way back needs no statement`(strategy: Strategy) throws {
        let plan = try ShopSchema.plan("Customer", #"{"include": {"orders": "customer"}}"#, strategy)
        #expect(plan.fetches.count == 2)
        #expect(plan.nodes[2].fetch == 0)
        #expect(plan.nodes[2].link == .key(KeySource(fetch: 1, columns: [2]), child: [0]))
    }

    @Test func `A circle ends where its rows are known`() throws {
        let plan = try ShopSchema.plan(
            "Customer", #"{"include": {"orders": {"customer": {"orders": {"customer": "reviews"}}}}}"#)
        #expect(plan.fetches.count == 3)
        #expect(plan.nodes.map(\.fetch) == [0, 1, 0, 1, 0, 2])
    }

    @Test func `The way back with a condition or other columns is asked for`() throws {
        for scope in [#"{"where": {"name": "x"}}"#, #"{"fields": ["name"]}"#] {
            let plan = try ShopSchema.plan(
                "Customer",
                #"{"fields": ["id"], "include": {"relation": "orders", "scope": {"include": {"relation": "customer", "scope": \#(scope)}}}}"#
            )
            #expect(plan.fetches.count == 3, "\(scope)")
        }
    }

    // MARK: Shared

    @Test(arguments: Strategy.allCases)
    func `Relations to the same model are asked for together`(strategy: Strategy) throws {
        let plan = try ShopSchema.plan("Message", #"{"include": ["sender", "receiver"]}"#, strategy)
        #expect(plan.fetches.count == 2)
        #expect(
            plan.fetches[1].keys == [KeySource(fetch: 0, columns: [1]), KeySource(fetch: 0, columns: [2])])
        #expect(plan.nodes.map(\.fetch) == [0, 1, 1])
        if strategy == .oneTrip {
            #expect(
                plan.fetches[0].text.hasSuffix(
                    #"(SELECT set_config('kinship.k1_1', coalesce(array_agg(d."k1")::text, '{}'), true) FROM (SELECT r."sender_id" FROM r WHERE r."sender_id" IS NOT NULL UNION SELECT r."receiver_id" FROM r WHERE r."receiver_id" IS NOT NULL) AS d("k1")) IS NOT NULL"#
                ))
        }
    }

    @Test func `Below them too, and not when they differ`() throws {
        let equal = try ShopSchema.plan(
            "Message", #"{"include": [{"sender": "orders"}, {"receiver": "orders"}]}"#)
        #expect(equal.fetches.count == 3)
        #expect(equal.nodes.map(\.fetch) == [0, 1, 2, 1, 2])
        let different = try ShopSchema.plan(
            "Message", #"{"include": ["sender", {"relation": "receiver", "scope": {"fields": ["name"]}}]}"#)
        #expect(different.fetches.count == 3)
    }

    // MARK: Keys that may repeat

    @Test func `A belongsTo over a key that may repeat takes the first row, and never one that is there by chance`()
        throws
    {
        let definitions = [
            """
            {"name": "Zone", "properties": {"id": {"type": "number", "id": true}, "code": {"type": "number"}},
             "relations": {"shops": {"type": "hasMany", "model": "Shop", "foreignKey": "zone", "primaryKey": "code"}}}
            """,
            """
            {"name": "Shop", "properties": {"id": {"type": "number", "id": true}, "zone": {"type": "number"}},
             "relations": {"area": {"type": "belongsTo", "model": "Zone", "foreignKey": "zone", "primaryKey": "code"}}}
            """,
        ]
        let schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let zone = try #require(schema.model("Zone")).id
        let (shape, _) = try ScopedSchema(schema).resolved(
            schema.filter(["include": ["shops": "area"]], for: zone), for: zone
        ).parameterized()
        for isUnique in [false, true] {
            let catalog = Catalog([
                Catalog.Table(
                    name: "zone", columns: [Catalog.Column("id", .int4), Catalog.Column("code", .int4)],
                    primaryKey: ["id"],
                    indexes: [Catalog.Index(name: "code", columns: [.init("code")], isUnique: isUnique)]),
                Catalog.Table(
                    name: "shop", columns: [Catalog.Column("id", .int4), Catalog.Column("zone", .int4)],
                    primaryKey: ["id"]),
            ])
            let plan = try Planner(schema: schema, catalog: catalog).plan(shape, for: zone)
            #expect(plan.fetches.count == (isUnique ? 2 : 3))
            guard !isUnique else { continue }
            #expect(
                plan.fetches[2].text
                    == #"SELECT DISTINCT ON (t."code") t."id", t."code" FROM "public"."zone" AS t WHERE t."code" = ANY((SELECT $1)::integer[]) ORDER BY t."code", t."id""#
            )
        }
    }
}
