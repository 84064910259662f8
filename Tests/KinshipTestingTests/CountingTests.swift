// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipTesting
import Logging
import Testing

@Suite(.timeLimit(.minutes(2))) struct CountingTests {
    let harness: TestHarness

    init() async throws { harness = try await Shop.harness() }

    @Test func `Statements and round trips are counted, in and out of transactions`() async throws {
        let database = harness.database.with(trees: TreeOptions(strategy: .byLevel))
        let (_, sent) = try await counting { try await database.query(Customer.self).include(\.orders).all() }
        // Where there is no customer nobody asks for orders.
        #expect(sent.statements.count <= 2 && sent.roundTrips == sent.statements.count)
        try await harness.rollingBack { session in
            try await session.make(Order.self)
            let read = session.with(trees: TreeOptions(strategy: .byLevel))
            let customers = try await expectingStatements(2, roundTrips: 2) {
                try await read.query(Customer.self).include(\.orders).all()
            }
            #expect(try customers.map { try $0.orders.count } == [1])
            let (_, one) = try await counting {
                try await session.with(trees: TreeOptions(strategy: .oneTrip)).find(
                    "Customer", filter: ["include": "orders"])
            }
            #expect(one.roundTrips == 1 && one.statements.count >= 2)
            #expect(one.statements.allSatisfy { $0.roundTrip == 1 && $0.error == nil })
        }
    }

    @Test func `Loggers of requests hide nothing`() async throws {
        let logger = Logger(label: "request") { _ in SwiftLogNoOpLogHandler() }
        let (_, sent) = try await counting {
            let session = harness.database.with(logger: logger)
            _ = try await session.count("Customer")
            try await session.withTransaction { _ = try await $0.count("Order") }
        }
        #expect(sent.statements.filter { $0.sql.contains("count") }.count == 2)
    }

    @Test func `Tasks are told apart`() async throws {
        let database = harness.database
        async let one = counting { for _ in 0..<5 { _ = try await database.count("Customer") } }
        async let other = counting {
            async let first = database.count("Order")
            async let second = database.count("Order")
            return try await (first.count, second.count)
        }
        let (five, two) = try await (one.sent, other.sent)
        #expect(five.statements.count == 5 && two.statements.count == 2)
        #expect(two.statements.allSatisfy { $0.sql.contains("orders") })
    }

    @Test func `Another number is an error with the texts`() async throws {
        let error = await #expect(throws: TestingError.self) {
            try await expectingStatements(0, roundTrips: 3) { try await harness.database.count("Customer") }
        }
        #expect(error?.code == .statements)
        #expect(error?.message.contains("1 statement was sent, and 0 expected; 1 round trip was made, and 3") == true)
        #expect(error?.message.contains("\"customer\"") == true)
    }

    @Test func `Statements that fail are among them`() async throws {
        try await harness.rollingBack { session in
            let (_, sent) = await counting {
                await #expect(throws: PostgresError.self) {
                    try await session.execute("select 1 / (select 0)")
                }
            }
            #expect(sent.statements.count == 1 && sent.statements[0].error?.contains("22012") == true)
        }
    }

    @Test func `Other records are told with what differs`() async throws {
        try await harness.rollingBack { session in
            let customer = try await session.make(Customer.self)
            try await session.make(Order.self, count: 2) { ($0.customerId, $0.total) = (customer.id, 5) }
            try await session.expectRecords("Order", [["total": 5.0, "status": "open"], ["total": 5]])
            let error = await #expect(throws: TestingError.self) {
                try await session.expectRecords("Order", where: ["total": 5], [["total": 5], ["total": 6]])
            }
            #expect(error?.code == .records && error?.model == "Order")
            #expect(error?.message.contains("- expected, and not there: {\"total\":6}") == true)
            #expect(error?.message.contains("+ there, and not expected: {\"id\":") == true)
        }
    }
}
