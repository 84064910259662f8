// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// The sample shop, with its models in Swift.
enum TypedShop {
    static let opened = Task {
        let test = try await TestDatabase.shop()
        return try await Database.open(
            schema: try Schema(models: [
                Customer.self, Order.self, Item.self, Product.self, Category.self, Profile.self, Review.self,
            ]), connection: ConnectionConfiguration(url: test.url))
    }

    /// The same with its model files.
    static let openedWithFiles = Task {
        let test = try await TestDatabase.shop()
        return try await Database.open(
            schema: SchemaLoader.load(directory: Repository.path("Examples/models")),
            connection: ConnectionConfiguration(url: test.url))
    }

    /// JSON whose members are in alphabetical order and whose numbers are written alike.
    static func comparable(_ json: JSONValue) -> JSONValue {
        switch json {
        case .number(let digits): .number(Decimal(string: digits)?.description ?? digits)
        case .array(let elements): .array(elements.map(comparable))
        case .object(let members):
            .object(members.sorted { $0.key < $1.key }.map { .init($0.key, comparable($0.value)) })
        default: json
        }
    }

    static func comparable(_ bytes: [UInt8]) throws -> JSONValue { comparable(try JSONValue(parsing: bytes)) }
    static func comparable(_ data: Data) throws -> JSONValue { try comparable(Array(data)) }
}
