// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship

// The models of the sample shop, as Documentation/ModelsInSwift.md has them.

enum OrderStatus: String, PropertyValue { case open, paid, shipped, closed }

struct Customer: TypedModel, Codable, Equatable {
    var id: Int
    var name: String
    var email: String
    var city: String
    var vip: Bool
    var born: PostgresDate?
    var createdAt: Date
    var profile = One<Profile>("profile")
    var orders = Many<Order>("orders")
    var reviews = Many<Review>("reviews")

    static let definition = TypedDefinition<Customer>("Customer") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("name", \.name)
        $0.property("email", \.email)
        $0.property("city", \.city)
        $0.property("vip", \.vip)
        $0.property("born", \.born)
        $0.property("createdAt", \.createdAt, column: "created_at")
        $0.hasOne("profile", \.profile, foreignKey: \.customerId)
        $0.hasMany("orders", \.orders, foreignKey: \.customerId)
        $0.hasMany("reviews", \.reviews, foreignKey: \.authorId)
    }
}

extension Customer {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), name: try row("name"), email: try row("email"), city: try row("city"),
            vip: try row("vip"), born: try row("born"), createdAt: try row("createdAt"))
    }
}

struct Order: TypedModel, Codable, Equatable {
    var id: Int
    var customerId: Int
    var status: OrderStatus
    var total: Decimal
    var placedAt: Date
    var customer = One<Customer>("customer")
    var items = Many<Item>("items")

    static let definition = TypedDefinition<Order>("Order", table: "orders") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("customerId", \.customerId, column: "customer_id", dataType: "integer")
        $0.property("status", \.status)
        $0.property("total", \.total)
        $0.property("placedAt", \.placedAt, column: "placed_at")
        $0.belongsTo("customer", \.customer, foreignKey: \.customerId)
        $0.hasMany("items", \.items, foreignKey: \.orderId)
        $0.scope("large") { $0.where { $0.total > 1000 } }
        $0.scope("latest") { $0.order { $0.placedAt.descending }.limit(10) }
    }
}

extension Order {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), customerId: try row("customerId"), status: try row("status"), total: try row("total"),
            placedAt: try row("placedAt"))
    }
}

struct Item: TypedModel, Codable, Equatable {
    var id: Int
    var orderId: Int
    var productId: Int
    var quantity: Int
    var price: Decimal
    var order = One<Order>("order")
    var product = One<Product>("product")

    static let definition = TypedDefinition<Item>("Item") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("orderId", \.orderId, column: "order_id", dataType: "integer")
        $0.property("productId", \.productId, column: "product_id", dataType: "integer")
        $0.property("quantity", \.quantity, dataType: "integer")
        $0.property("price", \.price)
        $0.belongsTo("order", \.order, foreignKey: \.orderId)
        $0.belongsTo("product", \.product, foreignKey: \.productId)
    }
}

extension Item {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), orderId: try row("orderId"), productId: try row("productId"),
            quantity: try row("quantity"), price: try row("price"))
    }
}

struct Product: TypedModel, Codable, Equatable {
    var id: Int
    var categoryId: Int
    var name: String
    var sku: String
    var price: Decimal
    var discontinued: Bool
    var category = One<Category>("category")
    var items = Many<Item>("items")
    var reviews = Many<Review>("reviews")

    static let definition = TypedDefinition<Product>("Product") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("categoryId", \.categoryId, column: "category_id", dataType: "integer")
        $0.property("name", \.name)
        $0.property("sku", \.sku)
        $0.property("price", \.price)
        $0.property("discontinued", \.discontinued)
        $0.belongsTo("category", \.category, foreignKey: \.categoryId)
        $0.hasMany("items", \.items, foreignKey: \.productId)
        $0.hasMany("reviews", \.reviews, foreignKey: \.productId)
    }
}

extension Product {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), categoryId: try row("categoryId"), name: try row("name"), sku: try row("sku"),
            price: try row("price"), discontinued: try row("discontinued"))
    }
}

struct Category: TypedModel, Codable, Equatable {
    var id: Int
    var name: String
    var products = Many<Product>("products")

    static let definition = TypedDefinition<Category>("Category", plural: "Categories") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("name", \.name)
        $0.hasMany("products", \.products, foreignKey: \.categoryId)
    }
}

extension Category {
    init(row: inout RecordReader) throws {
        self.init(id: try row("id"), name: try row("name"))
    }
}

struct Profile: TypedModel, Codable, Equatable {
    var id: Int
    var customerId: Int
    var bio: String?
    var newsletter: Bool
    var customer = One<Customer>("customer")

    static let definition = TypedDefinition<Profile>("Profile") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("customerId", \.customerId, column: "customer_id", dataType: "integer")
        $0.property("bio", \.bio)
        $0.property("newsletter", \.newsletter)
        $0.belongsTo("customer", \.customer, foreignKey: \.customerId)
    }
}

extension Profile {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), customerId: try row("customerId"), bio: try row("bio"), newsletter: try row("newsletter")
        )
    }
}

struct Review: TypedModel, Codable, Equatable {
    var id: Int
    var productId: Int
    var authorId: Int
    var rating: Int
    var body: String?
    var writtenAt: Date
    var product = One<Product>("product")
    var author = One<Customer>("author")

    static let definition = TypedDefinition<Review>("Review") {
        $0.id("id", \.id, dataType: "integer")
        $0.property("productId", \.productId, column: "product_id", dataType: "integer")
        $0.property("authorId", \.authorId, column: "author_id", dataType: "integer")
        $0.property("rating", \.rating, dataType: "integer")
        $0.property("body", \.body)
        $0.property("writtenAt", \.writtenAt, column: "written_at")
        $0.belongsTo("product", \.product, foreignKey: \.productId)
        $0.belongsTo("author", \.author, foreignKey: \.authorId)
    }
}

extension Review {
    init(row: inout RecordReader) throws {
        self.init(
            id: try row("id"), productId: try row("productId"), authorId: try row("authorId"),
            rating: try row("rating"), body: try row("body"), writtenAt: try row("writtenAt"))
    }
}
