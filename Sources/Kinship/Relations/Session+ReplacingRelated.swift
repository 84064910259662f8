// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Puts a record in the place of one that a relation of another one leads to: what the data leave out becomes its default, or
    /// NULL.
    ///
    /// ```swift
    /// let order = try await database.replaceRelated(
    ///     "Customer", id: 7, relation: "orders", key: 3, ["status": "paid", "total": 12.5])
    /// ```
    ///
    /// Its key stays (an embedsOne has the one that the data say), and so does what the relation writes: the keys and the type that say whose it is, and what `properties` copy.
    ///
    /// - Parameters:
    ///   - key: the key of the target; nil for that of a to-one relation.
    ///   - data: the record, as ``replaceById(_:id:_:filter:)`` takes it.
    ///   - filter: what comes back: `fields` and `include`.
    /// - Returns: the record, as it is now.
    /// - Throws: as ``updateRelated(_:id:relation:key:_:filter:)``, and ``ValidationError`` where something required isn't given.
    /// - Note: One statement and round trip; of an embedsMany with a lock ahead of it.
    @discardableResult
    public func replaceRelated(
        _ model: String, id: some FilterPart, relation: String, key: JSONValue? = nil, _ data: JSONValue,
        filter: JSONValue? = nil
    ) async throws -> ChangedRecords {
        try await changeRelated(
            model, id: try id.part(), relation: relation, key: key, data, filter: filter, .replace, as: .replaceRelated)
    }
}
