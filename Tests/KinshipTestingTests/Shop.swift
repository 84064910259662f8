// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipTesting

enum OrderStatus: String, PropertyValue, CaseIterable { case open, paid, closed }

struct Customer: TypedModel, Equatable {
    var id: Int
    var name: String
    var email: String
    var vip: Bool
    var orders = Many<Order>("orders")

    static let definition = TypedDefinition<Customer>("Customer") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("email", \.email) { $0.isUnique = true }
        $0.property("vip", \.vip)
        $0.hasMany("orders", \.orders, foreignKey: \.customerId)
    }

    init(row: inout RecordReader) throws {
        (id, name, email, vip) = (try row("id"), try row("name"), try row("email"), try row("vip"))
    }
}

struct Order: TypedModel, Equatable {
    var id: Int
    var customerId: Int
    var status: OrderStatus
    var total: Decimal
    var placedAt: Date
    var customer = One<Customer>("customer")

    static let definition = TypedDefinition<Order>("Order", table: "orders") {
        $0.id("id", \.id)
        $0.property("customerId", \.customerId)
        $0.property("status", \.status)
        $0.property("total", \.total)
        $0.property("placedAt", \.placedAt)
        $0.belongsTo("customer", \.customer, foreignKey: \.customerId)
    }

    init(row: inout RecordReader) throws {
        (id, customerId, status) = (try row("id"), try row("customerId"), try row("status"))
        (total, placedAt) = (try row("total"), try row("placedAt"))
    }
}

/// A small shop of the tests' own.
enum Shop {
    static let schema: Result<Schema, any Error> = Result { try Schema(models: [Customer.self, Order.self]) }

    /// The same models as a file has them, with rules.
    static let ruled: Result<Schema, any Error> = Result {
        try Schema(definitions: [
            ModelDefinition(
                "Country",
                properties: [
                    property("code", .string, key: 1) { $0.settings = [.init("pattern", "^[A-Z]{2}\\d{3}$")] },
                    property("name", .string) { $0.length = 12 },
                ]),
            ModelDefinition(
                "Town",
                properties: [
                    .id(),
                    property("name", .string) { $0.settings = [.init("minLength", 20)] },
                    property("size", .string) { $0.settings = [.init("enum", ["small", "large"])] },
                    property("height", .number) { $0.settings = [.init("min", 10), .init("max", 12)] },
                    property("area", .number) { ($0.dataType, $0.precision, $0.scale) = ("numeric", 4, 2) },
                    property("founded", .date), property("token", .string) { $0.dataType = "uuid" },
                    property("seen", .date) { $0.dataType = "date" },
                    property("opens", .string) { $0.dataType = "time" },
                    property("place", .geopoint), property("facts", .object), property("tags", .array(of: .string)),
                    property("short", .string) { ($0.length, $0.isUnique) = (4, true) },
                    property("note", .string, isRequired: false), property("score", .number) { $0.defaultValue = 3 },
                ],
                relations: [
                    .belongsTo("country", "Country", foreignKey: "countryCode")
                ]),
            ModelDefinition(
                "Hen", properties: [.id(), property("eggId", .number)],
                relations: [.belongsTo("egg", "Egg", foreignKey: "eggId")]),
            ModelDefinition(
                "Egg", properties: [.id(), property("henId", .number)],
                relations: [.belongsTo("hen", "Hen", foreignKey: "henId")]),
        ])
    }

    private static func property(
        _ name: String, _ kind: PropertyKind, key: Int? = nil, isRequired: Bool = true,
        _ more: (inout PropertyDefinition) -> Void = { _ in }
    ) -> PropertyDefinition {
        var property = PropertyDefinition(name, kind, keyPosition: key, isRequired: isRequired)
        more(&property)
        return property
    }

    static func harness() async throws -> TestHarness {
        try await TestHarness.shared("shop", schema: try Shop.schema.get())
    }
}
