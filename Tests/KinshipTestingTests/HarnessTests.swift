// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct HarnessTests {
    let harness: TestHarness

    init() async throws { harness = try await Shop.harness() }

    @Test func `A test leaves nothing behind, savepoints inside or not`() async throws {
        let name = try await harness.rollingBack { session in
            let customer = try await session.make(Customer.self) { $0.vip = true }
            let order = try await session.withTransaction { inner in
                try await inner.make(Order.self) { $0.customerId = customer.id }
            }
            await #expect(throws: ConstraintViolation.self) {
                try await session.withTransaction { inner in
                    _ = try await inner.make(Customer.self) { $0.email = customer.email }
                }
            }
            let found = try await session.query(Customer.self).include(\.orders).get(customer.id)
            #expect(try found.orders.records == [order])
            return customer.name
        }
        #expect(try await harness.database.count("Customer", where: ["name": .string(name)]).count == 0)
    }

    @Test func `What a test throws comes out, and is undone too`() async throws {
        struct Mistake: Error {}
        await #expect(throws: Mistake.self) {
            try await harness.rollingBack { session in
                try await session.make("Customer", ["name": "mistaken"])
                throw Mistake()
            }
        }
        #expect(try await harness.database.count("Customer", where: ["name": "mistaken"]).count == 0)
    }

    @Test func `A statement that fails as expected ends a test well`() async throws {
        try await harness.rollingBack { session in
            let customer = try await session.make(Customer.self)
            await #expect(throws: ConstraintViolation.self) {
                try await session.make("Customer", ["email": .string(customer.email)])
            }
        }
    }

    @Test func `Many tests at once don't wait for each other`() async throws {
        let harness = harness
        try await withThrowingTaskGroup(of: [String].self) { group in
            for test in 0..<8 {
                group.addTask {
                    try await harness.rollingBack(seed: "\(test)") { session in
                        let customers = try await session.make(Customer.self, count: 3)
                        try await session.make(Order.self) { $0.customerId = customers[0].id }
                        return customers.map(\.email)
                    }
                }
            }
            var emails: [String] = []
            for try await some in group { emails += some }
            #expect(Set(emails).count == 24)
        }
    }

    @Test func `Made values are the same in each run of a test`() async throws {
        func run() async throws -> [String] {
            try await harness.rollingBack { session in
                try await session.make(Customer.self, count: 2).map { "\($0.name) \($0.email)" }
            }
        }
        let (one, other) = (try await run(), try await run())
        #expect(one == other && Set(one).count == 2)
    }

    @Test func `Constraints that wait for the end are looked at`() async throws {
        let harness = try await TestHarness.shared(
            "deferred", schema: try Shop.schema.get(),
            tables: [
                .models,
                .sql(
                    "alter table orders drop constraint if exists late; alter table orders add constraint late foreign key (customerid) references customer deferrable initially deferred; insert into customer (id, name, email, vip) values (1, 'a;b', 'a', false)"
                ),
            ])
        // The one that migrations made isn't deferrable.
        #expect(try await harness.database.count("Customer").count == 1)
        try await harness.database.withTransaction { transaction in
            try await transaction.execute("alter table orders drop constraint if exists orders_customerid_fkey")
        }
        await #expect {
            try await harness.rollingBack { session in
                try await session.execute(
                    "insert into orders (id, customerid, status, total, placedat) values (1, \(99), 'open', 1, now())")
            }
        } throws: { error in (error as? PostgresError)?.sqlState == "23503" }
    }

    @Test func `A database is gone when its harness is closed`() async throws {
        let schema = try Shop.schema.get()
        let own = try await TestHarness.start("short-lived", schema: schema)
        let name = try #require(own.configuration.database)
        #expect(name.hasPrefix("kinship_test_") && name.contains("short_lived"))
        try await own.database.make("Customer")
        try await own.close()
        try await own.close()
        let rows = try await harness.database.pool.execute("SELECT 1 FROM pg_database WHERE datname = \(name)")
        #expect(rows.count == 0)
    }

    @Test func `Tables that can't be made are told, and leave no database behind`() async throws {
        let before = try await databases()
        for tables in [TestTables.sql("create table x ("), .files(["/nowhere/tables.sql"])] {
            await #expect {
                _ = try await TestHarness.start("broken", schema: try Shop.schema.get(), tables: tables)
            } throws: { error in (error as? TestingError)?.code == .tables }
        }
        #expect(try await databases().filter { $0.contains("broken") } == before.filter { $0.contains("broken") })
    }

    private func databases() async throws -> [String] {
        let rows = try await harness.database.pool.execute("SELECT datname::text FROM pg_database")
        return try (0..<rows.count).map { try rows.decode(String.self, row: $0, column: 0) }
    }
}
