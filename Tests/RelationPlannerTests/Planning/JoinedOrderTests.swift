// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport
import Testing

/// Orders by to-one relations of the root, and includes of what is joined in for them.
@Suite struct JoinedOrderTests {
    @Test func `An order by a to-one relation's property joins it in`() throws {
        let plan = try ShopSchema.plan("Order", #"{"fields": ["id"], "order": ["customer.name DESC", "customer.id"]}"#)
        #expect(
            plan.fetches.map(\.text) == [
                #"SELECT t."id" FROM "public"."orders" AS t LEFT JOIN "public"."customer" AS j1 ON j1."id" = t."customer_id" ORDER BY j1."name" DESC, j1."id", t."id""#
            ])
    }

    @Test func `The way is joined relation by relation`() throws {
        let plan = try ShopSchema.plan(
            "Review", #"{"fields": ["id"], "order": "author.profile.id", "limit": 3}"#, unique: true)
        #expect(
            LaidOutSQL(plan.fetches[0].text)
                == #"""
                SELECT t."id"
                FROM "public"."review" AS t
                LEFT JOIN "public"."customer" AS j1 ON j1."id" = t."author_id"
                LEFT JOIN "public"."profile" AS j2 ON j2."customer_id" = j1."id"
                ORDER BY j2."id", t."id"
                LIMIT $1
                """#
        )
    }

    @Test func `What may have several rows is looked up row by row`() throws {
        // Nothing says that a customer has one profile.
        let plan = try ShopSchema.plan("Review", #"{"fields": ["id"], "order": "author.profile.id"}"#)
        #expect(!plan.fetches[0].text.contains("LEFT JOIN"))
        #expect(plan.fetches[0].text.contains("LIMIT 1"))
        let unknown = try ShopSchema.plan("Order", #"{"order": "customer.name"}"#, indexed: nil)
        #expect(!unknown.fetches[0].text.contains("LEFT JOIN"))
        let aggregate = try ShopSchema.plan("Customer", #"{"order": "orders.count"}"#)
        #expect(!aggregate.fetches[0].text.contains("LEFT JOIN"))
    }

    @Test func `The first rows by a relation bring it along when it is included`() throws {
        let plan = try ShopSchema.plan(
            "Order",
            #"{"fields": ["id"], "order": "customer.name", "limit": 10, "include": {"relation": "customer", "scope": {"fields": ["name"], "include": "reviews"}}}"#
        )
        #expect(
            LaidOutSQL(plan.fetches[0].text)
                == #"""
                SELECT t."id", j1."name", j1."id"
                FROM "public"."orders" AS t
                LEFT JOIN "public"."customer" AS j1 ON j1."id" = t."customer_id"
                ORDER BY j1."name", t."id"
                LIMIT $1
                """#
        )
        #expect(plan.fetches.count == 2)
        #expect(plan.waves == [[0], [1]])
        #expect(plan.nodes[1].link == .joined(presence: [2]))
    }

    @Test func `All rows have their shared targets asked for once each`() throws {
        let plan = try ShopSchema.plan("Order", #"{"order": "customer.name", "include": "customer"}"#)
        #expect(plan.fetches.count == 2)
        #expect(plan.fetches[1].access == .array)
    }

    @Test func `A condition on the included record is none on the one that is ordered by`() throws {
        let plan = try ShopSchema.plan(
            "Order",
            #"{"order": "customer.name", "limit": 10, "include": {"relation": "customer", "scope": {"where": {"name": "Ada"}}}}"#
        )
        #expect(plan.fetches.count == 2)
    }
}
