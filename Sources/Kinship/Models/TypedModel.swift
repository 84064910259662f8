// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A model as a struct of its own: each property with its type, each relation loaded or not.
///
/// ```swift
/// struct Order: TypedModel {
///     var id: Int
///     var status: String
///     var placedAt: Date
///     var customer = One<Customer>("customer")
///     var items = Many<Item>("items")
///
///     static let definition = TypedDefinition<Order>("Order", table: "orders") {
///         $0.id("id", \.id)
///         $0.property("status", \.status)
///         $0.property("placedAt", \.placedAt, column: "placed_at")
///         $0.belongsTo("customer", \.customer, foreignKey: "customerId")
///         $0.hasMany("items", \.items, foreignKey: "orderId")
///     }
///
///     init(row: inout RecordReader) throws {
///         id = try row("id")
///         status = try row("status")
///         placedAt = try row("placedAt")
///     }
/// }
///
/// let orders = try await database.query(Order.self).where { $0.status == "open" }.include(\.items).all()
/// ```
///
/// A model may be described as well by a model file: then the definition says only what the properties are called, and `Schema`
/// is loaded from the file. With `Codable` a record's JSON is that of ``Graph/json(_:)``.
public protocol TypedModel: Sendable, Identifiable where ID: Hashable & Sendable {
    /// What the model's properties and relations are called, and how they are kept: a `static let`.
    static var definition: TypedDefinition<Self> { get }

    /// Reads a record; each property by its name, in any order but always the same one.
    ///
    /// - Throws: ``ModelError`` for a property that wasn't fetched, and a value that isn't of the property's type.
    init(row: inout RecordReader) throws
}
