// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipTesting
import Testing

@testable import shop

/// `swift test --package-path Examples/shop`
@Suite struct BestCustomersTests {
    let harness: TestHarness

    init() async throws {
        // Without it the library takes what is quicker: one round trip has a statement more.
        harness = try await TestHarness.shared(
            "shop", schema: try Schema(models: GeneratedModels.all), trees: TreeOptions(strategy: .byLevel))
    }

    @Test func theyComeByWhatTheyBoughtFor() async throws {
        try await harness.rollingBack { session in
            let customers = try await session.make(Customer.self, count: 3) { $0.vip = true }
            let stranger = try await session.make(Customer.self) { $0.vip = false }
            for (customer, total) in [(customers[0], 5), (customers[1], 70), (stranger, 900)] {
                _ = try await session.make(Order.self) {
                    $0.customerId = customer.id
                    $0.total = Decimal(total)
                }
            }
            let best = try await Shop.bestCustomers(5, in: session)
            #expect(best.map(\.id) == [customers[1].id, customers[0].id, customers[2].id])
        }
    }

    @Test func twoOrdersOfEachCome() async throws {
        try await harness.rollingBack { session in
            let customer = try await session.make(Customer.self) { $0.vip = true }
            for total in [1, 3, 2] {
                let order = try await session.make(Order.self) {
                    $0.customerId = customer.id
                    $0.total = Decimal(total)
                }
                _ = try await session.make(Item.self, count: 2) { $0.orderId = order.id }
            }
            let best = try await Shop.bestCustomers(1, in: session)
            let orders = try #require(best.first).orders.records
            #expect(orders.map(\.total) == [3, 2])
            for order in orders {
                #expect(try order.items.records.map { try $0.product.required.name }.count == 2)
            }
        }
    }

    /// However many there are, it is a statement for each level.
    @Test(arguments: [1, 20]) func statementsDoNotGrow(customers: Int) async throws {
        try await harness.rollingBack(seed: "\(customers)") { session in
            for customer in try await session.make(Customer.self, count: customers, { $0.vip = true }) {
                let order = try await session.make(Order.self) { $0.customerId = customer.id }
                _ = try await session.make(Item.self) { $0.orderId = order.id }
            }
            let (found, sent) = try await counting { try await Shop.bestCustomers(50, in: session) }
            #expect(found.count == customers)
            try sent.expect(statements: 4)
        }
    }
}
