// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport
import Testing

/// Trees in one round trip: what the statements hand over to each other.
@Suite struct StrategyTests {
    @Test func `The whole tree goes out in one round trip`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"include": [{"orders": "items"}, "reviews"]}"#, .oneTrip)
        #expect(plan.waves == [[0, 1, 2, 3]])
        #expect(plan.fetches.map(\.passing) == [.none, .handedOver, .handedOver, .handedOver])
    }

    @Test func `Parents leave their keys on the server, children take them from there`() throws {
        let plan = try ShopSchema.plan("Customer", #"{"where": {"name": "x"}, "include": "orders"}"#, .oneTrip)
        #expect(
            LaidOutSQL(plan.fetches[0].text)
                == #"""
                WITH r AS MATERIALIZED (
                    SELECT t."id", t."name"
                    FROM "public"."customer" AS t
                    WHERE t."name" = $1
                    ORDER BY t."id"
                )
                SELECT r.*
                FROM r
                WHERE (
                    SELECT set_config('kinship.k1_1', coalesce(array_agg(r."id")::text, '{}'), true)
                    FROM r
                ) IS NOT NULL
                """#
        )
        #expect(
            LaidOutSQL(plan.fetches[1].text)
                == #"""
                SELECT t."id", t."total", t."customer_id"
                FROM "public"."orders" AS t
                WHERE t."customer_id" = ANY((SELECT current_setting(CASE current_setting('kinship.k1_1', true) WHEN '' THEN 'kinship.k1_1_lost' ELSE 'kinship.k1_1' END))::integer[])
                ORDER BY t."id"
                """#
        )
        #expect(plan.fetches[1].slots.isEmpty)
    }

    @Test func `Foreign keys are handed over once each, without NULL`() throws {
        let plan = try ShopSchema.plan("Order", #"{"include": "customer"}"#, .oneTrip)
        #expect(
            plan.fetches[0].text.hasSuffix(
                #"set_config('kinship.k1_1', coalesce(array_agg(DISTINCT r."customer_id") FILTER (WHERE r."customer_id" IS NOT NULL)::text, '{}'), true) FROM r) IS NOT NULL"#
            ))
    }

    @Test func `A limit for each parent needs no numbers on keys that compare by value`() throws {
        let plan = try ShopSchema.plan(
            "Customer", #"{"include": {"relation": "orders", "scope": {"limit": 2}}}"#, .oneTrip)
        #expect(
            LaidOutSQL(plan.fetches[1].text)
                == #"""
                SELECT t."id", t."total", t."customer_id"
                FROM unnest((SELECT current_setting(CASE current_setting('kinship.k1_1', true) WHEN '' THEN 'kinship.k1_1_lost' ELSE 'kinship.k1_1' END))::integer[]) AS k("key")
                CROSS JOIN LATERAL (
                    SELECT t."id", t."total", t."customer_id"
                    FROM "public"."orders" AS t
                    WHERE t."customer_id" = k."key"
                    ORDER BY greatest(t."id", t."id")
                    LIMIT $1
                ) AS t
                """#
        )
        #expect(plan.nodes[1].link == .key(KeySource(fetch: 0, columns: [0]), child: [2]))
    }

    @Test func `A tree of one statement hands nothing over`() throws {
        let plan = try ShopSchema.plan("Order", "{}", .oneTrip)
        let other = try ShopSchema.plan("Order", "{}", .byLevel)
        #expect(plan.fetches.map(\.text) == other.fetches.map(\.text))
    }

    @Test(arguments: Strategy.allCases)
    func `What hangs from a root that is asked for by its key goes out with it`(strategy: Strategy) throws {
        let plan = try ShopSchema.plan("Customer", #"{"where": {"id": 1}, "include": ["orders", "reviews"]}"#, strategy)
        #expect(plan.waves == [[0, 1, 2]])
        #expect(plan.fetches[1].passing == .known)
        #expect(plan.fetches[1].slots == [.knownKey(0, element: .int4)])
        #expect(plan.fetches[1].text.contains(#"t."customer_id" = ANY((SELECT $1)::integer[])"#))
        #expect(!plan.fetches[0].text.contains("set_config"))
    }

    @Test func `A key that a list names twice is looked up once`() throws {
        let plan = try ShopSchema.plan(
            "Customer",
            #"{"where": {"id": {"inq": [1, 1]}}, "include": {"relation": "orders", "scope": {"limit": 2}}}"#)
        #expect(plan.waves == [[0, 1]])
        #expect(
            plan.fetches[1].text.contains(
                #"FROM (SELECT DISTINCT unnest($1::integer[])) AS k("key") CROSS JOIN LATERAL ("#))
    }

    @Test func `Several keys are known too, when nothing else is asked`() throws {
        let known = try ShopSchema.plan("Customer", #"{"where": {"id": {"inq": [1, 2]}}, "include": "orders"}"#)
        #expect(known.waves == [[0, 1]])
        #expect(known.fetches[1].slots == [.value(0, ColumnType.int4.array)])
        for filter in [
            #"{"where": {"id": {"inq": [1, 2]}, "name": "x"}, "include": "orders"}"#,
            #"{"where": {"id": {"inq": [1, 2]}}, "limit": 1, "include": "orders"}"#,
            #"{"where": {"id": {"nin": [1, 2]}}, "include": "orders"}"#,
            #"{"where": {"or": [{"id": 1}, {"name": "x"}]}, "include": "orders"}"#,
        ] {
            #expect(try ShopSchema.plan("Customer", filter).waves == [[0], [1]], "\(filter)")
        }
    }
}
