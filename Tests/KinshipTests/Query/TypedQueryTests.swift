// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// A typed query is the filter that it says: the same plan, the same values, the same answer.
@Suite struct TypedQueryTests {
    private var database: Database { get async throws { try await TypedShop.opened.value } }

    private func check<Record: TypedModel>(
        _ query: TypedQuery<Record>, _ filter: JSONValue, _ database: Database,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let model = Record.definition.name
        #expect(try query.plan == database.plan(model, filter: filter), sourceLocation: sourceLocation)
        let (own, other) = (try await query.graph().json(), try await database.find(model, filter: filter).json())
        #expect(own == other, sourceLocation: sourceLocation)
        #expect(!own.isEmpty, sourceLocation: sourceLocation)
        _ = try await query.all()
    }

    @Test func `Comparisons`() async throws {
        let database = try await database
        let orders = database.query(Order.self).limit(5)
        func order(_ condition: JSONValue) -> JSONValue { ["where": condition, "limit": 5] }
        let date = Date(timeIntervalSince1970: 1_650_000_000)
        try await check(orders.where { $0.id == 7 }, order(["id": ["eq": 7]]), database)
        try await check(orders.where { $0.status == .open }, order(["status": ["eq": "open"]]), database)
        try await check(orders.where { $0.status != .open }, order(["status": ["neq": "open"]]), database)
        try await check(orders.where { $0.total > 100 }, order(["total": ["gt": 100]]), database)
        try await check(orders.where { $0.total >= 100 }, order(["total": ["gte": 100]]), database)
        try await check(orders.where { $0.total < 100.5 }, order(["total": ["lt": 100.5]]), database)
        try await check(orders.where { $0.total <= 100 }, order(["total": ["lte": 100]]), database)
        try await check(orders.where { $0.placedAt > date }, order(["placedAt": ["gt": JSONValue(date)]]), database)
        try await check(orders.where { $0.total.between(10, 20) }, order(["total": ["between": [10, 20]]]), database)
        try await check(
            orders.where { $0.status.isIn([.open, .paid]) }, order(["status": ["inq": ["open", "paid"]]]), database)
        try await check(
            orders.where { $0.status.isNotIn([.open, .paid]) }, order(["status": ["nin": ["open", "paid"]]]), database)
        try await check(
            orders.where { $0.id == $0.customerId }, order(["id": ["eq": ["column": "customerId"]]]), database)
        try await check(
            orders.where { $0.id != $0.customerId }, order(["id": ["neq": ["column": "customerId"]]]), database)
        try await check(
            orders.where { $0.id > $0.customerId }, order(["id": ["gt": ["column": "customerId"]]]), database)
        try await check(
            orders.where { $0.id >= $0.customerId }, order(["id": ["gte": ["column": "customerId"]]]), database)
        try await check(
            orders.where { $0.id < $0.customerId }, order(["id": ["lt": ["column": "customerId"]]]), database)
        try await check(
            orders.where { $0.id <= $0.customerId }, order(["id": ["lte": ["column": "customerId"]]]), database)
        try await check(
            orders.where { $0.total.operator("gt", 100) }, order(["total": ["gt": 100]]), database)
        try await check(orders.where { $0.total.text.like("1%") }, order(["total": ["like": "1%"]]), database)
    }

    @Test func `NULL`() async throws {
        let database = try await database
        let customers = database.query(Customer.self).limit(5)
        func customer(_ condition: JSONValue) -> JSONValue { ["where": condition, "limit": 5] }
        try await check(customers.where { $0.born == nil }, customer(["born": ["eq": nil]]), database)
        try await check(customers.where { $0.born != nil }, customer(["born": ["neq": nil]]), database)
        try await check(customers.where { $0.born.exists() }, customer(["born": ["exists": true]]), database)
        try await check(customers.where { $0.born.exists(false) }, customer(["born": ["exists": false]]), database)
        let day = try #require(PostgresDate(year: 1970, month: 1, day: 1))
        try await check(customers.where { $0.born < day }, customer(["born": ["lt": "1970-01-01"]]), database)
        try await check(
            customers.where { $0.born.isIn([day, nil]) }, customer(["born": ["inq": ["1970-01-01", nil]]]), database)
    }

    @Test func `Texts`() async throws {
        let database = try await database
        let customers = database.query(Customer.self).limit(5)
        func customer(_ condition: JSONValue) -> JSONValue { ["where": ["name": condition], "limit": 5] }
        try await check(customers.where { $0.name.like("A%") }, customer(["like": "A%"]), database)
        try await check(customers.where { $0.name.notLike("A%") }, customer(["nlike": "A%"]), database)
        try await check(customers.where { $0.name.ilike("a%") }, customer(["ilike": "a%"]), database)
        try await check(customers.where { $0.name.notIlike("a%") }, customer(["nilike": "a%"]), database)
        try await check(customers.where { $0.name.matches("/^a/i") }, customer(["regexp": "/^a/i"]), database)
        try await check(customers.where { $0.name.startsWith("Ada") }, customer(["startsWith": "Ada"]), database)
        try await check(customers.where { $0.name.endsWith("Ito") }, customer(["endsWith": "Ito"]), database)
        try await check(customers.where { $0.name.contains("da A") }, customer(["contains": "da A"]), database)
        let reviews = database.query(Review.self).limit(5)
        for syntax in SearchSyntax.allCases {
            try await check(
                reviews.where { $0.body.search("good", syntax, language: "english") },
                [
                    "where": [
                        "body": ["match": ["query": "good", "syntax": .string(syntax.rawValue), "language": "english"]]
                    ],
                    "limit": 5,
                ], database)
        }
    }

    @Test func `Conditions joined`() async throws {
        let database = try await database
        let customers = database.query(Customer.self).limit(5)
        try await check(
            customers.where { $0.vip == true && $0.name.like("A%") && $0.id > 10 && $0.id < 1000 },
            ["where": ["vip": ["eq": true], "name": ["like": "A%"], "id": ["gt": 10, "lt": 1000]], "limit": 5], database
        )
        try await check(
            customers.where { $0.vip == true || $0.id == 3 || $0.id == 4 },
            ["where": ["or": [["vip": ["eq": true]], ["id": ["eq": 3]], ["id": ["eq": 4]]]], "limit": 5], database)
        try await check(
            customers.where { !($0.vip == true) }, ["where": ["not": ["vip": ["eq": true]]], "limit": 5], database)
        try await check(
            customers.where { $0.id > 3 }.where { $0.id > 5 },
            ["where": ["and": [["id": ["gt": 3]], ["id": ["gt": 5]]]], "limit": 5], database)
    }

    @Test func `Conditions are written as a person would`() async throws {
        let database = try await database
        let customers = database.query(Customer.self)
        #expect(
            try customers.where { $0.vip == true && $0.name.like("A%") }.where { $0.id > 1 }.filter
                == ["where": ["vip": ["eq": true], "name": ["like": "A%"], "id": ["gt": 1]]])
        #expect(try customers.filter == [:])
        var many = FilterExpression([:])
        for id in 1...100 { many = many || FilterExpression(["id": ["eq": JSONValue(id)]]) }
        let chain = many
        // No chain is too deep for its nesting; the empty condition is true.
        #expect(try await customers.where { _ in chain }.count() == 2000)
        var all = FilterExpression([:])
        for id in 1...100 { all = all && FilterExpression(["id": ["neq": JSONValue(id)]]) }
        let rest = all
        #expect(try await customers.where { _ in rest }.count() == 1900)
    }

    @Test func `Related rows`() async throws {
        let database = try await database
        let customers = database.query(Customer.self).limit(5)
        func customer(_ condition: JSONValue) -> JSONValue { ["where": condition, "limit": 5] }
        try await check(
            customers.where { $0.orders.some { $0.total > 100 } },
            customer(["orders": ["some": ["total": ["gt": 100]]]]), database)
        try await check(customers.where { $0.orders.some() }, customer(["orders": ["some": [:]]]), database)
        try await check(
            customers.where { $0.orders.every { $0.total > 100 } },
            customer(["orders": ["every": ["total": ["gt": 100]]]]), database)
        try await check(customers.where { $0.orders.none() }, customer(["orders": ["none": [:]]]), database)
        try await check(
            customers.where { $0.orders.none { $0.items.some { $0.quantity > 3 && $0.price < 5 } } },
            customer(["orders": ["none": ["items": ["some": ["quantity": ["gt": 3], "price": ["lt": 5]]]]]]), database)
        let orders = database.query(Order.self).limit(5)
        func order(_ condition: JSONValue) -> JSONValue { ["where": condition, "limit": 5] }
        try await check(
            orders.where { $0.customer.is { $0.vip == true } }, order(["customer": ["is": ["vip": ["eq": true]]]]),
            database)
        try await check(
            orders.where { $0.customer.isNot { $0.vip == true } },
            order(["customer": ["isNot": ["vip": ["eq": true]]]]), database)
        try await check(customers.where { $0.profile.exists() }, customer(["profile": ["isNot": nil]]), database)
        try await check(customers.where { $0.profile.exists(false) }, customer(["profile": ["is": nil]]), database)
    }

    @Test func `Orders`() async throws {
        let database = try await database
        let orders = database.query(Order.self).limit(5)
        func order(_ terms: JSONValue) -> JSONValue { ["order": terms, "limit": 5] }
        try await check(orders.order { $0.total.ascending }, order("total"), database)
        try await check(orders.order { $0.total.descending }, order("total DESC"), database)
        try await check(orders.order { $0.total.descending.nullsLast }, order("total DESC NULLS LAST"), database)
        try await check(orders.order { $0.total.ascending.nullsFirst }, order("total NULLS FIRST"), database)
        try await check(
            orders.order { $0.status.ascending }.order { $0.total.descending }, order(["status", "total DESC"]),
            database)
        try await check(orders.order { $0.customer.name.descending }, order("customer.name DESC"), database)
        let customers = database.query(Customer.self).limit(5)
        try await check(customers.order { $0.orders.count.descending }, order("orders.count DESC"), database)
        try await check(customers.order { $0.orders.sum(\.total).ascending }, order("orders.sum(total)"), database)
        try await check(customers.order { $0.orders.average(\.total).ascending }, order("orders.avg(total)"), database)
        try await check(
            customers.order { $0.orders.min(\.placedAt).ascending }, order("orders.min(placedAt)"), database)
        try await check(
            customers.order { $0.orders.max(\.total).descending }, order("orders.max(total) DESC"), database)
        try await check(
            database.query(Item.self).limit(5).order { $0.order.customer.name.ascending }, order("order.customer.name"),
            database)
    }

    @Test func `Includes of every kind and with every option`() async throws {
        let database = try await database
        let customers = database.query(Customer.self).limit(5)
        func customer(_ include: JSONValue) -> JSONValue { ["limit": 5, "include": [include]] }
        try await check(customers.include(\.orders), customer("orders"), database)
        try await check(customers.include(\.profile), customer("profile"), database)
        try await check(
            customers.include(\.orders) {
                $0.where { $0.total > 10 }.order { $0.total.descending }.limit(3).skip(1).include(\.items) {
                    $0.include(\.product)
                }
            },
            customer([
                "relation": "orders",
                "scope": [
                    "where": ["total": ["gt": 10]], "order": "total DESC", "limit": 3, "skip": 1,
                    "include": ["relation": "items", "scope": ["include": "product"]],
                ],
            ]), database)
        try await check(
            customers.include(\.orders, count: true, sum: [\.total], max: [\.placedAt, \.total], rows: true),
            customer([
                "relation": "orders", "count": true, "aggregate": ["sum": ["total"], "max": ["placedAt", "total"]],
                "rows": true,
            ]), database)
        try await check(
            database.query(Order.self).limit(5).include(\.customer).include(\.items),
            ["limit": 5, "include": ["customer", "items"]], database)
        try await check(
            customers.skip(3).order { $0.id.ascending }.after(["id": 9]),
            ["limit": 5, "skip": 3, "order": "id", "after": ["id": 9]], database)
        try await check(
            customers.before(["id": 9]), ["limit": 5, "before": ["id": 9]], database)
    }
}
