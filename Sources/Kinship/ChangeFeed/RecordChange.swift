// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A record that was made, changed or deleted, as the database has told it when that was committed. See ``Database/changes(of:)``.
///
/// ```swift
/// if change.kind != .remove {
///     let graph = try await database.findById(change.model, id: change.key)
///     print(String(decoding: try graph.json(), as: UTF8.self))
/// }
/// ```
public struct RecordChange: Sendable, Hashable {
    /// What was done.
    public enum Kind: String, Sendable, CaseIterable {
        /// A record was made.
        case create
        /// It was changed.
        case update
        /// It was deleted.
        case remove
    }

    /// The name of the model.
    public let model: String
    /// What was done.
    public let kind: Kind
    /// The key, as ``Session/findById(_:id:filter:)`` takes it: a value, or an object where the key has several properties.
    public let key: JSONValue
}
