// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Foundation
internal import Kinship

/// The benchmark's customers as an application has them.
struct TypedCustomer: TypedModel {
    var id: Int
    var name: String
    var email: String
    var age: Int
    var vip: Bool
    var createdAt: Date
    var orders = Many<TypedOrder>("orders")

    static let definition = TypedDefinition<TypedCustomer>("Customer") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("email", \.email)
        $0.property("age", \.age)
        $0.property("vip", \.vip)
        $0.property("createdAt", \.createdAt)
        $0.hasMany("orders", \.orders, foreignKey: \.customerId)
    }

    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
        email = try row("email")
        age = try row("age")
        vip = try row("vip")
        createdAt = try row("createdAt")
    }
}

/// Their orders.
struct TypedOrder: TypedModel {
    var id: Int
    var customerId: Int
    var total: Double
    var tax: Decimal
    var status: String
    var description: String
    var createdAt: Date
    var items = Many<TypedItem>("items")

    static let definition = TypedDefinition<TypedOrder>("Order") {
        $0.id("id", \.id)
        $0.property("customerId", \.customerId)
        $0.property("total", \.total)
        $0.property("tax", \.tax)
        $0.property("status", \.status)
        $0.property("description", \.description)
        $0.property("createdAt", \.createdAt)
        $0.hasMany("items", \.items, foreignKey: \.orderId)
    }

    init(row: inout RecordReader) throws {
        id = try row("id")
        customerId = try row("customerId")
        total = try row("total")
        tax = try row("tax")
        status = try row("status")
        description = try row("description")
        createdAt = try row("createdAt")
    }
}

/// What was ordered.
struct TypedItem: TypedModel {
    var id: Int
    var orderId: Int
    var productId: Int
    var quantity: Int
    var price: Double
    var product = One<TypedProduct>("product")

    static let definition = TypedDefinition<TypedItem>("Item") {
        $0.id("id", \.id)
        $0.property("orderId", \.orderId)
        $0.property("productId", \.productId)
        $0.property("quantity", \.quantity)
        $0.property("price", \.price)
        $0.belongsTo("product", \.product, foreignKey: \.productId)
    }

    init(row: inout RecordReader) throws {
        id = try row("id")
        orderId = try row("orderId")
        productId = try row("productId")
        quantity = try row("quantity")
        price = try row("price")
    }
}

/// What is sold.
struct TypedProduct: TypedModel {
    var id: Int
    var name: String
    var sku: String
    var price: Double
    var description: String

    static let definition = TypedDefinition<TypedProduct>("Product") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.property("sku", \.sku)
        $0.property("price", \.price)
        $0.property("description", \.description)
    }

    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
        sku = try row("sku")
        price = try row("price")
        description = try row("description")
    }
}
