// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// Records as structs: what was fetched, what wasn't, and JSON.
@Suite struct TypedModelTests {
    private var database: Database { get async throws { try await TypedShop.opened.value } }

    @Test func `A tree comes as structs whose relations are loaded as deep as they were included`() async throws {
        let customers = try await database.query(Customer.self)
            .where { $0.id.isIn([1, 2, 3]) }
            .include(\.profile)
            .include(\.orders) {
                $0.order { $0.placedAt.descending }.limit(2).include(\.items) { $0.include(\.product) }
            }
            .all()
        #expect(customers.map(\.id) == [1, 2, 3])
        for customer in customers {
            let orders = try customer.orders.records
            #expect(orders.count == 2)
            #expect(orders[0].placedAt > orders[1].placedAt)
            for order in orders {
                #expect(order.customerId == customer.id)
                #expect(!order.customer.isLoaded)
                for item in try order.items.records {
                    #expect(item.orderId == order.id)
                    #expect(try item.product.record?.id == item.productId)
                }
            }
            _ = try customer.profile.record
        }
    }

    @Test func `Values are those of the database`() async throws {
        let database = try await database
        let customer = try #require(try await database.query(Customer.self).find(1))
        let rows = try await database.pool.execute("select name, vip, born, created_at from customer where id = 1")
        let (name, vip, born, created) = try #require(
            try rows.decode(String.self, Bool.self, PostgresDate?.self, Date.self).first)
        #expect((customer.name, customer.vip) == (name, vip))
        #expect((customer.born, customer.createdAt) == (born, created))
        let nobody = try await database.query(Customer.self).where { $0.born == nil }.first()
        #expect(nobody?.born == nil && nobody != nil)
    }

    @Test func `Models lead back to each other to any depth`() async throws {
        let order = try #require(
            try await database.query(Order.self).include(\.customer) { $0.include(\.orders) { $0.include(\.customer) } }
                .find(7))
        let customer = try #require(try order.customer.record)
        let orders = try customer.orders.records
        #expect(orders.contains { $0.id == 7 })
        for other in orders { #expect(try other.customer.record?.id == customer.id) }
    }

    @Test func `Reading what wasn't included names the include`() async throws {
        let order = try #require(try await database.query(Order.self).find(7))
        #expect(!order.items.isLoaded && order.items.loaded == nil)
        let many = #expect(throws: ModelError.self) { try order.items.records }
        #expect(many?.code == .relationNotLoaded && many?.relation == "items")
        #expect(many?.message.contains(".include(\\.items)") == true)
        let one = #expect(throws: ModelError.self) { try order.customer.record }
        #expect(one?.message.contains(".include(\\.customer)") == true)
        #expect(throws: ModelError.self) { try order.items.count }
        #expect(throws: ModelError.self) { try order.items.sum(\.price) }
    }

    @Test func `A relation without records is loaded and empty`() async throws {
        let customer = try #require(
            try await database.query(Customer.self).include(\.orders).include(\.profile).find(2000))
        #expect(try customer.orders.records.isEmpty)
        #expect(try customer.orders.count == 0)
        #expect(customer.profile.isLoaded)
    }

    @Test func `Encoded records are the JSON of the graph, and are read back`() async throws {
        let query = try await database.query(Customer.self).limit(20).include(\.orders) { $0.include(\.items) }.include(
            \.profile)
        let graph = try await query.graph()
        let customers = try graph.records(as: Customer.self)
        let data = try JSONEncoder().encode(customers)
        #expect(try TypedShop.comparable(data) == TypedShop.comparable(try graph.json()))
        #expect(try JSONDecoder().decode([Customer].self, from: data) == customers)
        #expect(try JSONDecoder().decode([Customer].self, from: Data(try graph.json())) == customers)
    }

    @Test func `Numbers about a relation come with their types`() async throws {
        let database = try await database
        let customers = try await database.query(Customer.self).where { $0.id.isIn([1, 2000]) }
            .include(\.orders, count: true, sum: [\.total], average: [\.total], min: [\.total], max: [\.placedAt])
            .all()
        let rows = try await database.pool.execute(
            "select count(*), sum(total), avg(total), min(total), max(placed_at) from orders where customer_id = 1")
        let (count, sum, average, least, latest) = try #require(
            try rows.decode(Int.self, PostgresNumeric.self, Double.self, PostgresNumeric.self, Date.self).first)
        let orders = customers[0].orders
        #expect(try orders.count == count)
        #expect(try orders.sum(\.total)?.description == Decimal(string: sum.description)?.description)
        #expect(try orders.average(\.total) == average)
        #expect(try orders.average(\.total, as: PostgresNumeric.self) != nil)
        #expect(try orders.min(\.total)?.description == Decimal(string: least.description)?.description)
        #expect(try orders.max(\.placedAt) == latest)
        #expect(!orders.isLoaded)
        let error = #expect(throws: ModelError.self) { try orders.records }
        #expect(error?.message.contains("rows: true") == true)
        #expect(throws: ModelError.self) { try orders.sum(\.id) }
        #expect(try customers[1].orders.count == 0)
        #expect(try customers[1].orders.sum(\.total) == nil)
    }

    @Test func `Numbers and rows come together`() async throws {
        let query = try await database.query(Customer.self).where { $0.id <= 5 }
            .include(\.orders, count: true, sum: [\.total], rows: true) { $0.order { $0.total.descending }.limit(1) }
        let graph = try await query.graph()
        let customers = try graph.records(as: Customer.self)
        for customer in customers {
            #expect(try customer.orders.records.count == min(1, customer.orders.count))
        }
        let (own, other) = (
            try TypedShop.comparable(JSONEncoder().encode(customers)), try TypedShop.comparable(graph.json())
        )
        #expect(own.description == other.description)
    }
}
