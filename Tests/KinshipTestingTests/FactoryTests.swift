// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct FactoryTests {
    private func ruled() async throws -> TestHarness {
        try await TestHarness.shared("ruled", schema: try Shop.ruled.get())
    }

    @Test func `A record gets what it needs, and its parent`() async throws {
        try await ruled().rollingBack { session in
            let towns = try await session.make("Town", count: 4, ["country": ["name": "Utopia"]])
            try await session.expectRecords("Country", [["name": "Utopia"]])
            for town in towns {
                #expect(town["size"] == "small" && town["note"] == .some(.null) && town["score"] == 3)
                #expect((town["name"]?.text?.count ?? 0) >= 20 && (town["short"]?.text?.count ?? 9) <= 4)
                #expect(["10", "11", "12"].contains(town["height"].map { "\($0)" } ?? ""))
                #expect(town["countryCode"]?.text?.wholeMatch(of: #/[A-Z]{2}\d{3}/#) != nil)
                #expect(town["place"]?["lat"] != nil && town["token"]?.text?.count == 36)
                #expect(town["founded"]?.text?.hasPrefix("2024-01-") == true)
            }
            #expect(Set(towns.map { $0["short"] }).count == 4)
        }
    }

    @Test func `Given values are kept, parents by their keys too`() async throws {
        try await Shop.harness().rollingBack { session in
            let customer = try await session.make(Customer.self) { $0.name = "Ann" }
            #expect(customer.name == "Ann" && customer.email.hasSuffix("@example.org"))
            let (order, sent) = try await counting {
                try await session.make("Order", ["customerId": .number("\(customer.id)"), "status": "paid"])
            }
            #expect(order["customerId"] == .number("\(customer.id)") && order["status"] == "paid")
            try sent.expect(statements: 1, roundTrips: 1)
            try await session.expectRecords("Customer", [["name": "Ann"]])
        }
    }

    @Test func `Types of structs say which values there are`() async throws {
        try await Shop.harness().rollingBack { session in
            let order = try await session.make(Order.self)
            #expect(order.status == .open)
            #expect(try await session.query(Customer.self).find(order.customerId) != nil)
        }
    }

    @Test(
        arguments: [
            ("Egg", [:], TestingError.Code.circle, "eggId"), ("Nobody", [:], .unknown, nil),
            ("Country", ["nope": 1], .unknown, "nope"), ("Country", [], .value, nil),
            ("Town", ["country": [:], "countryCode": "AA111"], .value, "country"),
        ] as [(String, JSONValue, TestingError.Code, String?)])
    func `What can't be made is told`(
        model: String, given: JSONValue, code: TestingError.Code, property: String?
    ) async throws {
        try await ruled().rollingBack { session in
            await #expect {
                try await session.make(model, given)
            } throws: { error in
                let error = error as? TestingError
                // Of a circle the last one of it is told.
                return error?.code == code && (error?.model == model) == (code != .circle)
                    && error?.property == property
            }
        }
    }

    @Test func `A circle ends where its value is given`() async throws {
        try await ruled().rollingBack { session in
            await #expect(throws: TestingError.self) { try await session.make("Egg") }
            let egg = try await session.withTransaction { inner in
                try await inner.execute("alter table hen drop constraint hen_eggid_fkey")
                return try await inner.make("Egg", ["hen": ["eggId": 1]])
            }
            #expect(egg["henId"] != nil)
        }
    }
}
