// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The record that a to-one relation of one record leads to, and the changes that go through it.
///
/// ```swift
/// let customer = try await order.related(\.customer, in: database).get()
/// try await order.related(\.customer, in: database).set(other)
/// ```
public struct RelatedRecord<Record: TypedModel>: Sendable {
    let root: RelationRoot

    init(_ root: RelationRoot) { self.root = root }

    /// The record, nil where there is none.
    ///
    /// - Parameter scope: what it is to include, and conditions that it has to meet.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where the record itself isn't there; else as
    ///   ``Session/related(_:id:relation:scopes:filter:)``.
    /// - Note: One statement for the record's keys, one for the related row, and one for each included relation.
    public func get(_ scope: (TypedFilter<Record>) -> TypedFilter<Record> = { $0 }) async throws -> Record? {
        try await root.session.related(
            root.model, id: try root.id, relation: root.relation, filter: try scope(TypedFilter()).filter
        ).records(as: Record.self).first
    }

    /// Lets the relation lead to a record that is there.
    ///
    /// - Throws: as ``Session/addRelated(_:id:relation:key:_:)``.
    /// - Note: As ``Session/addRelated(_:id:relation:key:_:)``.
    public func set(_ record: Record) async throws {
        try await root.session.addRelated(
            root.model, id: try root.id, relation: root.relation, key: try Record.definition.key(of: record))
    }

    /// Lets the relation lead to nothing; the record that it led to stays. Of a belongsTo.
    ///
    /// - Throws: as ``Session/removeRelated(_:id:relation:key:)``.
    /// - Note: As ``Session/removeRelated(_:id:relation:key:)``.
    public func clear() async throws {
        try await root.session.removeRelated(root.model, id: try root.id, relation: root.relation)
    }

    /// Makes the record that the relation leads to; see ``RelatedQuery/create(_:_:)``.
    @discardableResult
    public func create(_ record: Record, _ more: (inout Changes<Record>) -> Void = { _ in }) async throws -> Record {
        try await root.session.createRelated(
            root.model, id: try root.id, relation: root.relation, try root.newData(of: record, more),
            filter: Record.definition.answer
        ).records(as: Record.self)[0]
    }

    /// The record that the relation leads to, or a new one where there is none; see ``RelatedQuery/findOrCreate(_:_:)``.
    @discardableResult
    public func findOrCreate(
        _ record: Record, _ more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> (record: Record, isNew: Bool) {
        let found = try await root.session.findOrCreateRelated(
            root.model, id: try root.id, relation: root.relation, filter: Record.definition.answer ?? [:],
            try root.newData(of: record, more))
        return (try found.record.records(as: Record.self)[0], found.isCreated)
    }

    /// Changes the record that the relation leads to.
    ///
    /// - Returns: the record as the database has it now.
    /// - Throws: as ``Session/updateRelated(_:id:relation:key:_:filter:)``: `RELATION_EMPTY` where there is none.
    /// - Note: As ``Session/updateRelated(_:id:relation:key:_:filter:)``.
    @discardableResult
    public func update(_ set: (inout Changes<Record>) -> Void) async throws -> Record {
        var changes = Changes<Record>()
        set(&changes)
        return try await root.session.updateRelated(
            root.model, id: try root.id, relation: root.relation, try changes.json, filter: Record.definition.answer
        ).records(as: Record.self)[0]
    }

    /// Deletes the record that the relation leads to; a belongsTo refers to nothing then, and its target stays (K6).
    ///
    /// - Throws: as ``Session/deleteRelated(_:id:relation:key:)``: `RELATION_EMPTY` where there is none.
    /// - Note: As ``Session/deleteRelated(_:id:relation:key:)``.
    public func delete() async throws {
        try await root.session.deleteRelated(root.model, id: try root.id, relation: root.relation)
    }
}
