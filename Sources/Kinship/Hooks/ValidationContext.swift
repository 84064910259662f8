// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a validator is given: the change whose data it looks at, the transaction, and where to report what is wrong.
///
/// ```swift
/// hooks.validate("Product") { product in
///     guard let sku = product["sku"] else { return }
///     let isTaken = try await product.transaction.count("Product", where: ["sku": sku]).count > 0
///     if isTaken { product.report("sku", "is another product's", code: .uniqueness) }
/// }
/// ```
@dynamicMemberLookup
public struct ValidationContext: Sendable {
    /// The transaction that the data are to be written in.
    public let transaction: Transaction
    /// The change.
    public let change: HookedChange
    /// The record as it will be where ``Hooks/Loading/old`` was asked for, but for what operators of an update make; else the data.
    public var record: JSONValue { change.expected }
    private let place: String
    private(set) var problems: [ValidationError.Problem] = []

    init(_ transaction: Transaction, _ change: HookedChange, at place: String) {
        self.transaction = transaction
        self.change = change
        self.place = place
    }

    /// Reports something that is wrong.
    ///
    /// - Parameters:
    ///   - property: what it is about; a path such as `addresses[1].street` names its place.
    ///   - message: one sentence, without the property's name ahead of it.
    ///   - code: what LoopBack's error details have for it.
    public mutating func report(_ property: String, _ message: String, code: ValidationError.Code = .custom) {
        let path = place.isEmpty || property.isEmpty ? place + property : "\(place).\(property)"
        problems.append(.init(code, at: path, property: property, message))
    }

    /// A member of the change.
    public subscript<Value>(dynamicMember member: KeyPath<HookedChange, Value>) -> Value { change[keyPath: member] }

    /// The value that the data have for a property.
    public subscript(property: String) -> JSONValue? { change[property] }
}
