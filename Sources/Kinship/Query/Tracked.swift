// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A record and what it was when it was read, so that what has changed is known when it is stored.
///
/// ```swift
/// var order = Tracked(try await database.query(Order.self).get(7))
/// order.status = .paid
/// order = try await database.save(order)  // writes the status alone
/// ```
///
/// Its properties are those of the record.
@dynamicMemberLookup
public struct Tracked<Record: TypedModel>: Sendable {
    /// The record as it was read.
    public let original: Record
    /// The record as it is to be.
    public var record: Record

    /// A record that hasn't been changed yet.
    public init(_ record: Record) {
        original = record
        self.record = record
    }

    /// A property of the record.
    public subscript<Value>(dynamicMember path: WritableKeyPath<Record, Value>) -> Value {
        get { record[keyPath: path] }
        set { record[keyPath: path] = newValue }
    }

    /// What the record says of itself.
    public subscript<Value>(dynamicMember path: KeyPath<Record, Value>) -> Value { record[keyPath: path] }

    /// Takes the changes back.
    public mutating func reset() { record = original }
}

extension Tracked: Equatable where Record: Equatable {}
extension Tracked: Hashable where Record: Hashable {}

extension Session {
    /// Stores what was changed of a record since it was read, as ``save(_:from:)`` does.
    ///
    /// - Returns: the record as the database has it now, to be changed again.
    /// - Throws: as ``save(_:from:)``: `CONFLICT` where it has been changed meanwhile and its changes are counted.
    /// - Note: One statement and round trip; none without a difference.
    @discardableResult
    public func save<Record: TypedModel>(_ tracked: Tracked<Record>) async throws -> Tracked<Record> {
        Tracked(try await save(tracked.record, from: tracked.original))
    }
}
