// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A model, as one of its methods gets it: for the time of the call.
///
/// ```swift
/// let cheapest = ModelMethod(MethodParameter<Int>("count", default: 3), verb: .get) { products, count in
///     try await products.find(filter: ["order": "price", "limit": JSONValue(count)])
/// }
/// ```
public struct ModelHandle: MethodSubject {
    /// What it is about.
    public static var subject: MethodDefinition.Subject { .model }

    /// The transaction of the call, for all else.
    public let session: Transaction
    /// The model's name.
    public let model: String

    /// Records; see ``Session/find(_:filter:)-(String,JSONValue?)``.
    public func find(filter: JSONValue? = nil) async throws -> Graph { try await session.find(model, filter: filter) }

    /// How many there are; see ``Session/count(_:where:)-(String,JSONValue?)``.
    public func count(where condition: JSONValue? = nil) async throws -> Int64 {
        try await session.count(model, where: condition).count
    }

    /// Makes a record; see ``Session/create(_:_:filter:)``.
    @discardableResult
    public func create(_ data: JSONValue, filter: JSONValue? = nil) async throws -> Graph {
        try await session.create(model, data, filter: filter)
    }

    /// Changes records, and counts them; see ``Session/updateAll(_:where:_:)``.
    @discardableResult
    public func updateAll(where condition: JSONValue?, _ data: JSONValue) async throws -> Int64 {
        try await session.updateAll(model, where: condition, data).count
    }
}
