// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipTesting
import Testing

/// The numbers of statements that the pages for those who come from Fluent and GRDB tell.
@Suite(.timeLimit(.minutes(2))) struct ComparisonTests {
    let harness: TestHarness

    init() async throws {
        harness = try await TestHarness.shared(
            "comparison", schema: try Shop.schema.get(), trees: TreeOptions(strategy: .byLevel))
    }

    @Test func `Reading takes what is told`() async throws {
        try await harness.rollingBack { session in
            let order = try await session.make(Order.self) { $0.total = 2000 }
            try await expectingStatements(1, roundTrips: 1) {
                try await session.query(Order.self)
                    .where { $0.status == .open && ($0.total > 1000 || $0.total < 10) }
                    .order { $0.total.descending }.limit(20).all()
            }
            let customers = try await expectingStatements(2, roundTrips: 2) {
                try await session.query(Customer.self)
                    .include(\.orders) { $0.where { $0.status == .open }.order { $0.total.descending }.limit(3) }.all()
            }
            #expect(try customers.map { try $0.orders.records } == [[order]])
            try await expectingStatements(2) {
                try await session.query(Customer.self).include(\.orders, count: true, sum: [\.total]).all()
            }
            try await expectingStatements(1) {
                try await session.query(Customer.self).where { $0.orders.some { $0.total > 1000 } }.all()
            }
            try await expectingStatements(1) {
                try await session.query(Customer.self).where { $0.orders.none { $0.total > 1000 } }.count()
            }
            let query = session.query(Order.self).order { $0.placedAt.descending }.limit(20)
            try await expectingStatements(1) { try await query.page() }
            try await expectingStatements(2) { try await query.page(total: true) }
        }
    }

    @Test func `Writing takes what is told`() async throws {
        try await harness.rollingBack { session in
            let customer = try await session.make(Customer.self)
            let order = try await expectingStatements(1, roundTrips: 1) {
                try await session.make(Order.self) { $0.customerId = customer.id }
            }
            var changed = order
            changed.status = .paid
            try await expectingStatements(1, roundTrips: 1) { try await session.save(changed, from: order) }
            try await expectingStatements(1) {
                try await session.query(Order.self).where { $0.id == order.id }.update { $0.total += 1 }
            }
            try await expectingStatements(1) {
                try await session.query(Order.self).where { $0.total < 0 }.delete()
            }
            try await expectingStatements(1) { try await session.deleteRecord(changed) }
            var other = customer
            (other.id, other.email) = (customer.id + 1000, "other@example.org")
            changed.customerId = 0
            other.orders = Many([changed])
            // An INSERT for each model, and what reads them afterwards.
            try await expectingStatements(4) { try await session.createGraph(other) }
        }
    }

    @Test func `Links take one statement, and a lock where nothing is unique`() async throws {
        let schema = try Schema(models: [Planet.self, Tag.self])
        let harness = try await TestHarness.shared("links", schema: schema)
        try await harness.rollingBack { session in
            let planet = try await session.make(Planet.self)
            let tag = try await session.make(Tag.self)
            let tags = planet.related(\.tags, in: session)
            let (_, added) = try await counting { try await tags.add(tag) }
            #expect(added.roundTrips == 1 && added.statements.count <= 2)
            #expect(try await tags.count() == 1)
            try await expectingStatements(1, roundTrips: 1) { try await tags.remove(tag) }
            #expect(try await tags.count() == 0)
        }
    }
}

struct Planet: TypedModel {
    var id: Int
    var tags = Many<Tag>("tags")

    static let definition = TypedDefinition<Planet>("Planet") {
        $0.id("id", \.id)
        $0.hasAndBelongsToMany("tags", \.tags)
    }

    init(row: inout RecordReader) throws { id = try row("id") }
}

struct Tag: TypedModel {
    var id: Int

    static let definition = TypedDefinition<Tag>("Tag") { $0.id("id", \.id) }

    init(row: inout RecordReader) throws { id = try row("id") }
}
