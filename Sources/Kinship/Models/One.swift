// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The record that a to-one relation leads to, none, or that it wasn't loaded.
///
/// ```swift
/// struct Order: TypedModel {
///     var customer = One<Customer>("customer")
///     …
/// }
/// let orders = try await database.query(Order.self).include(\.customer).all()
/// print(try orders[0].customer.record?.name ?? "nobody")
/// ```
///
/// Reading what wasn't included throws; nothing is ever fetched by reading.
public struct One<Target: TypedModel>: ToOneProperty {
    /// Models lead to each other, so one can't lie inside the other. Records that several refer to are shared.
    @usableFromInline final class Box: Sendable {
        @usableFromInline let record: Target
        @inlinable init(_ record: Target) { self.record = record }
    }

    @usableFromInline enum State: Sendable {
        case notLoaded(StaticString)
        case loaded(Box?)
        /// Put there by a program.
        case given(Box?)
    }

    @usableFromInline let state: State

    /// A relation that isn't loaded.
    ///
    /// - Parameter name: the relation's name, for the error of reading it.
    public init(_ name: StaticString) { state = .notLoaded(name) }

    /// A relation that is loaded; nil for no record.
    public init(_ record: Target?) { state = .given(record.map { Box($0) }) }

    @inlinable init(box: Box?) { state = .loaded(box) }

    /// Whether it was loaded.
    public var isLoaded: Bool { if case .notLoaded = state { false } else { true } }

    /// Whether it was loaded.
    public var isAnswered: Bool { isLoaded }

    /// Whether a program put it there, and not a query.
    public var isGiven: Bool { if case .given = state { true } else { false } }

    /// The record, nil where there is none.
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` that names the include to add.
    public var record: Target? {
        get throws(ModelError) {
            switch state {
            case .loaded(let box), .given(let box): return box?.record
            case .notLoaded(let name): throw .notLoaded(name, Target.definition.name)
            }
        }
    }

    /// The record, or none; nil where it wasn't loaded.
    public var loaded: Target?? {
        switch state {
        case .loaded(let box), .given(let box): .some(box?.record)
        case .notLoaded: .none
        }
    }

    /// The record in a list, which is empty where there is none; nil where it wasn't loaded.
    public var targets: [Target]? { loaded.map { $0.map { [$0] } ?? [] } }

    /// The record, which there has to be.
    ///
    /// ```swift
    /// print(try order.customer.required.name)
    /// ```
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` that names the include to add; `UNREADABLE_VALUE` where there is none.
    public var required: Target {
        get throws(ModelError) {
            guard let record = try record else {
                throw ModelError(
                    .unreadableValue,
                    "The relation leads to no \(Target.definition.name); ask for record where there may be none.",
                    model: Target.definition.name)
            }
            return record
        }
    }

    /// Writes the record, or null.
    public func write(to encoder: any Encoder) throws {
        guard let loaded else { return }
        var container = encoder.singleValueContainer()
        if let record = loaded { try container.encode(EncodedRecord(record)) } else { try container.encodeNil() }
    }

    /// Reads a record, or null.
    public init(from decoder: any Decoder, _ name: StaticString) throws {
        let container = try decoder.singleValueContainer()
        let isNone = container.decodeNil()
        state = .loaded(isNone ? nil : Box(try container.decode(DecodedRecord<Target>.self).record))
    }
}

extension One: Equatable where Target: Equatable {
    /// Whether both have the same record, none, or were not loaded.
    public static func == (one: One, other: One) -> Bool {
        one.loaded == other.loaded
    }
}

extension One: Hashable where Target: Hashable {
    /// Hashes the record.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(loaded)
    }
}
