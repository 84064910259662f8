// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

extension TypedFiltering where Record == Order {
    /// A scope of a program's own.
    fileprivate var large: Self { self.where { $0.total > 1000 } }
    fileprivate func placed(since date: Date) -> Self { self.where { $0.placedAt >= date } }
}

/// What a query can be asked for: records, one, the first, numbers, pages, streams, tuples.
@Suite struct TypedReadingTests {
    private var database: Database { get async throws { try await TypedShop.opened.value } }

    @Test func `First, one, by key, count and existence`() async throws {
        let customers = try await database.query(Customer.self)
        #expect(try await customers.order { $0.id.descending }.first()?.id == 2000)
        #expect(try await customers.where { $0.id == -1 }.first() == nil)
        #expect(try await customers.where { $0.id == 5 }.one().id == 5)
        let none = await #expect(throws: PlannerError.self) { try await customers.where { $0.id == -1 }.one() }
        #expect(none?.code == .modelNotFound)
        let several = await #expect(throws: PlannerError.self) { try await customers.where { $0.id < 5 }.one() }
        #expect(several?.code == .multipleInstances)
        #expect(try await customers.find(7)?.id == 7)
        #expect(try await customers.find(-7) == nil)
        #expect(try await customers.count() == 2000)
        #expect(try await customers.where { $0.id <= 10 }.limit(3).count() == 10)
        #expect(try await customers.where { $0.id == 5 }.exists())
        #expect(try await !customers.where { $0.id == -5 }.exists())
    }

    @Test func `Pages by exact cursors lead through all records once, and back`() async throws {
        let query = try await database.query(Order.self).where { $0.customerId <= 20 }
            .order { $0.status.ascending }.order { $0.placedAt.descending }.limit(7)
        let all = try await query.limit(nil).all().map(\.id)
        var page = try await query.page(total: true)
        #expect(page.total == all.count && page.previousCursor == nil)
        var walked = page.records.map(\.id)
        var last: Page<Order>?
        while let cursor = page.nextCursor {
            last = page
            page = try await query.page(after: cursor)
            #expect(page.total == nil)
            walked += page.records.map(\.id)
        }
        #expect(walked == all && all.count > 7)
        let back = try await query.page(before: try #require(page.previousCursor))
        #expect(back.records == last?.records)
        await #expect(throws: PlannerError.self) { try await query.page(after: "nonsense") }
    }

    @Test func `A stream gives each record once, with what it includes`() async throws {
        let query = try await database.query(Order.self).where { $0.id <= 250 }.include(\.items)
        var ids: [Int] = []
        for try await order in try query.stream(batchSize: 100) {
            ids.append(order.id)
            #expect(order.items.isLoaded)
        }
        #expect(ids == Array(1...250))
        var first: Order?
        for try await order in try query.stream() {
            first = order
            break
        }
        #expect(first?.id == 1)
        #expect(throws: PlannerError.self) { try query.stream(batchSize: 0) }
    }

    @Test func `Some properties as tuples`() async throws {
        let query = try await database.query(Customer.self).where { $0.id <= 3 }
        let pairs = try await query.fields { ($0.id, $0.name, $0.born) }.all()
        let whole = try await query.all()
        #expect(pairs.map(\.0) == whole.map(\.id) && pairs.map(\.1) == whole.map(\.name))
        #expect(pairs.map(\.2) == whole.map(\.born))
        let single: [String] = try await query.fields { $0.city }.all()
        #expect(single == whole.map(\.city))
        let cities = try await database.query(Customer.self).order { $0.city.ascending }.fields { $0.city }.distinct()
        #expect(try await cities.all().count == 10)
        #expect(try cities.filter == ["distinct": true, "fields": ["city"], "order": ["city"]])
        let first = try await query.fields { ($0.id, $0.vip) }.first()
        #expect(first?.0 == 1)
    }

    @Test func `Scopes of a program's own are extensions, of queries and of includes`() async throws {
        let database = try await database
        let date = Date(timeIntervalSince1970: 1_650_000_000)
        let orders = try await database.query(Order.self).large.placed(since: date).all()
        #expect(!orders.isEmpty && orders.allSatisfy { $0.total > 1000 && $0.placedAt >= date })
        let customers = try await database.query(Customer.self).limit(50).include(\.orders) { $0.large }.all()
        for customer in customers { #expect(try customer.orders.records.allSatisfy { $0.total > 1000 }) }
    }

    @Test func `Queries run in transactions, and explain themselves`() async throws {
        let database = try await database
        let names = try await database.withTransaction { transaction in
            try await transaction.query(Customer.self).limit(2).all().map(\.name)
        }
        #expect(names.count == 2)
        let text = try await database.query(Customer.self).include(\.orders).explain().tree.text()
        #expect(text.contains("orders"))
    }
}
