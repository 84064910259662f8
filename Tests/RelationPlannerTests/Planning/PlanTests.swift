// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport
import Testing

/// What a filter is planned as: the statements' texts, what is bound to them, and the round trips.
@Suite struct PlanTests {
    @Test func `The root selects what is shown, in primary key order`() throws {
        let plan = try ShopSchema.plan("Customer", "{}")
        #expect(plan.fetches.map(\.text) == [#"SELECT t."id", t."name" FROM "public"."customer" AS t ORDER BY t."id""#])
        #expect(plan.waves == [[0]])
    }

    @Test func `Conditions, order and limits are parameters of the column's type`() throws {
        let plan = try ShopSchema.plan(
            "Order",
            #"{"where": {"total": {"gt": 5}, "customerId": {"inq": [1, 2]}}, "order": "total DESC", "limit": 3, "skip": 1}"#
        )
        #expect(
            LaidOutSQL(plan.fetches[0].text)
                == #"""
                SELECT t."id", t."total", t."customer_id"
                FROM "public"."orders" AS t
                WHERE (t."total" > $1 AND t."customer_id" = ANY($2))
                ORDER BY t."total" DESC, t."id"
                LIMIT $3 OFFSET $4
                """#
        )
        #expect(plan.fetches[0].slots.map(\.typeName) == ["numeric", "integer[]", "bigint", "bigint"])
    }

    @Test func `An order that already ends in the key is not completed`() throws {
        let plan = try ShopSchema.plan("Order", #"{"order": "id DESC", "fields": ["id"]}"#)
        #expect(plan.fetches[0].text == #"SELECT t."id" FROM "public"."orders" AS t ORDER BY t."id" DESC"#)
    }

    @Test func `Children are asked for with one array of keys`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"include": "orders"}"#)
        #expect(
            plan.fetches[1].text
                == #"SELECT t."id", t."total", t."customer_id" FROM "public"."orders" AS t WHERE t."customer_id" = ANY((SELECT $1)::integer[]) ORDER BY t."id""#
        )
        #expect(plan.fetches[1].slots == [.keys(part: 0, element: .int4)])
        #expect(plan.waves == [[0], [1]])
    }

    @Test func `Siblings share a round trip, levels do not`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"include": [{"orders": "items"}, "reviews"]}"#)
        #expect(plan.waves == [[0], [1, 3], [2]])
        #expect(plan.nodes.map(\.name) == ["", "orders", "items", "reviews"])
        #expect(plan.nodes[0].children == [1, 3])
    }

    @Test func `A to-one target needs no order`() throws {
        let plan = try ShopSchema.plan("Order", #"{"include": "customer"}"#)
        #expect(
            plan.fetches[1].text
                == #"SELECT t."id", t."name" FROM "public"."customer" AS t WHERE t."id" = ANY((SELECT $1)::integer[])"#)
        #expect(!plan.nodes[1].isToMany)
    }

    @Test func `A limit in an include holds for each parent: LATERAL where the key is indexed`() throws {
        let plan = try ShopSchema.plan(
            "Customer", #"{"include": {"relation": "orders", "scope": {"order": "total DESC", "limit": 2, "skip": 1}}}"#
        )
        #expect(
            LaidOutSQL(plan.fetches[1].text)
                == #"""
                SELECT t."id", t."total", t."customer_id"
                FROM unnest($1::integer[]) WITH ORDINALITY AS k("key", "kinship_ordinal")
                CROSS JOIN LATERAL (
                    SELECT t."id", t."total", t."customer_id"
                    FROM "public"."orders" AS t
                    WHERE t."customer_id" = k."key"
                    ORDER BY greatest(t."total", t."total") DESC, t."id"
                    LIMIT $2 OFFSET $3
                ) AS t
                """#
        )
        #expect(plan.nodes[1].link == .key(KeySource(fetch: 0, columns: [0]), child: [2]))
    }

    @Test func `A limit in an include holds for each parent: a window where it is not`() throws {
        let plan = try ShopSchema.plan(
            "Customer", #"{"include": {"relation": "orders", "scope": {"limit": 2, "skip": 1}}}"#, indexed: false)
        #expect(
            LaidOutSQL(plan.fetches[1].text)
                == #"""
                SELECT t."id", t."total", t."customer_id"
                FROM (
                    SELECT t."id", t."total", t."customer_id", row_number() OVER (PARTITION BY t."customer_id" ORDER BY t."id") AS "kinship_row"
                    FROM "public"."orders" AS t
                    WHERE t."customer_id" = ANY((SELECT $1)::integer[])
                ) AS t
                WHERE t."kinship_row" > $2 AND t."kinship_row" - $2 <= $3
                ORDER BY t."kinship_row"
                """#
        )
    }

    @Test func `Keys without an index are joined as a set`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"include": "orders"}"#, indexed: false)
        #expect(plan.fetches[1].text.contains(#"t."customer_id" IN (SELECT unnest($1::integer[]))"#))
        #expect(plan.fetches[1].access == .unnest)
    }

    @Test func `D20: of several hasOne candidates the first, by the key`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"include": "profile"}"#)
        #expect(
            LaidOutSQL(plan.fetches[1].text)
                == #"""
                SELECT DISTINCT ON (t."customer_id") t."id", t."customer_id"
                FROM "public"."profile" AS t
                WHERE t."customer_id" = ANY((SELECT $1)::integer[])
                ORDER BY t."customer_id", t."id"
                """#
        )
    }

    @Test func `D14: keys that only join are fetched and not shown`() throws {
        let plan = try ShopSchema.plan(
            "Customer", #"{"fields": ["name"], "include": {"relation": "orders", "scope": {"fields": ["total"]}}}"#)
        #expect(plan.fetches[0].text.hasPrefix(#"SELECT t."name", t."id" FROM"#))
        #expect(plan.nodes[0].shown.map(\.column) == [0])
        #expect(plan.fetches[1].text.hasPrefix(#"SELECT t."total", t."customer_id" FROM"#))
        #expect(plan.nodes[1].shown.map(\.column) == [0])
    }

    @Test func `K5: hidden properties are not selected`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"fields": ["id", "password"]}"#)
        #expect(!plan.fetches[0].text.contains("password"))
    }

    @Test func `Filters that differ in values and limits alone have one plan`() throws {
        let one = try ShopSchema.plan("Order", #"{"where": {"total": 1, "customerId": {"inq": [1]}}, "limit": 1}"#)
        let other = try ShopSchema.plan(
            "Order", #"{"where": {"total": 2.5, "customerId": {"inq": [1, 2, 3]}}, "limit": 50}"#)
        #expect(one == other)
    }
}
