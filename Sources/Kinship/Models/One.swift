// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

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
    }

    @usableFromInline let state: State

    /// A relation that isn't loaded.
    ///
    /// - Parameter name: the relation's name, for the error of reading it.
    public init(_ name: StaticString) { state = .notLoaded(name) }

    /// A relation that is loaded; nil for no record.
    public init(_ record: Target?) { state = .loaded(record.map { Box($0) }) }

    @inlinable init(box: Box?) { state = .loaded(box) }

    /// Whether it was loaded.
    public var isLoaded: Bool { if case .loaded = state { true } else { false } }

    /// The record, nil where there is none.
    ///
    /// - Throws: ``ModelError`` `RELATION_NOT_LOADED` that names the include to add.
    public var record: Target? {
        get throws(ModelError) {
            switch state {
            case .loaded(let box): return box?.record
            case .notLoaded(let name): throw .notLoaded(name, Target.definition.name)
            }
        }
    }

    /// The record, or none; nil where it wasn't loaded.
    public var loaded: Target?? { if case .loaded(let box) = state { .some(box?.record) } else { .none } }

    /// Writes the record, or null.
    public func write(to encoder: any Encoder) throws {
        guard case .loaded(let box) = state else { return }
        var container = encoder.singleValueContainer()
        if let box { try container.encode(EncodedRecord(box.record)) } else { try container.encodeNil() }
    }

    /// Reads a record, or null.
    public static func read(_ json: JSONValue) throws -> One {
        One(json == .null ? nil : try Target.decoded(from: json))
    }
}

extension One: Equatable where Target: Equatable {
    /// Whether both have the same record, none, or were not loaded.
    public static func == (one: One, other: One) -> Bool {
        switch (one.state, other.state) {
        case (.loaded(let own), .loaded(let other)): own?.record == other?.record
        case (.notLoaded, .notLoaded): true
        default: false
        }
    }
}

extension One: Hashable where Target: Hashable {
    /// Hashes the record.
    public func hash(into hasher: inout Hasher) {
        if case .loaded(let box) = state { hasher.combine(box?.record) }
    }
}
