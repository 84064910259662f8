// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension RelatedRecords {
    /// The records as values of a typed model.
    ///
    /// ```swift
    /// let orders = try await database.related("Customer", id: 3, relation: "orders").records(as: Order.self)
    /// ```
    ///
    /// - Throws: as ``Graph/records(as:)``.
    /// - Complexity: as ``Graph/records(as:)``. No statements.
    public func records<Record: TypedModel>(as type: Record.Type = Record.self) throws -> [Record] {
        let decode = try GraphDecoding(graph).decoder(Record.self, of: node.id)
        return try rows.map { try decode($0) }
    }
}

extension ChangedRecords {
    /// The records as values of a typed model.
    ///
    /// - Throws: as ``Graph/records(as:)``.
    /// - Complexity: as ``Graph/records(as:)``. No statements.
    public func records<Record: TypedModel>(as type: Record.Type = Record.self) throws -> [Record] {
        let decode = try GraphDecoding(graph).decoder(Record.self, of: node.id)
        return try rows.map { try decode($0) }
    }
}
