// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A relation of one record, as one of its methods gets it: for the time of the call. What it finds and changes is the record's.
///
/// ```swift
/// let cancel = RelationMethod { orders in
///     try await orders.updateAll(where: ["status": "open"], ["status": "cancelled"])
/// }
/// ```
public struct RelationHandle: MethodSubject {
    /// What it is about.
    public static var subject: MethodDefinition.Subject { .relation }

    /// The transaction of the call, for all else.
    public let session: Transaction
    /// The name of the model that has the relation.
    public let model: String
    /// The record's key.
    public let id: JSONValue
    /// The relation's name.
    public let relation: String
    /// The record as it was when the call began: `record["name"]`, hidden properties too.
    public let record: ParentRecord
    /// How the relation is defined.
    public let definition: RelationDefinition

    // MARK: Reading

    /// What it leads to; see ``Session/related(_:id:relation:scopes:filter:)-(String,_,String,[ScopeRequest],JSONValue?)``.
    public func find(scopes: [ScopeRequest] = [], filter: JSONValue? = nil) async throws -> RelatedRecords {
        try await session.related(model, id: id, relation: relation, scopes: scopes, filter: filter)
    }

    /// One of them, by its key; see ``Session/relatedFindById(_:id:relation:key:)``.
    public func find(key: some FilterPart) async throws -> RelatedRecords {
        try await session.relatedFindById(model, id: id, relation: relation, key: key)
    }

    /// How many there are; see ``Session/relatedCount(_:id:relation:scopes:where:)-(String,_,String,[ScopeRequest],JSONValue?)``.
    public func count(where condition: JSONValue? = nil) async throws -> Int64 {
        try await session.relatedCount(model, id: id, relation: relation, where: condition).count
    }

    /// Whether one is among them; see ``Session/relatedExists(_:id:relation:key:)``.
    public func exists(key: some FilterPart) async throws -> Bool {
        try await session.relatedExists(model, id: id, relation: relation, key: key).count > 0
    }

    // MARK: Changing

    /// Makes records; see ``Session/createRelated(_:id:relation:_:filter:)``.
    @discardableResult
    public func create(_ data: JSONValue, filter: JSONValue? = nil) async throws -> ChangedRecords {
        try await session.createRelated(model, id: id, relation: relation, data, filter: filter)
    }

    /// Makes records with data of their links; see ``Session/createRelated(_:id:relation:_:through:filter:)``.
    @discardableResult
    public func create(
        _ data: JSONValue, through link: JSONValue, filter: JSONValue? = nil
    ) async throws -> ChangedRecords {
        try await session.createRelated(model, id: id, relation: relation, data, through: link, filter: filter)
    }

    /// Finds the first that a filter finds, or makes it; see ``Session/findOrCreateRelated(_:id:relation:filter:_:)``.
    @discardableResult
    public func findOrCreate(
        filter: JSONValue, _ data: JSONValue
    ) async throws -> (record: ChangedRecords, isCreated: Bool) {
        try await session.findOrCreateRelated(model, id: id, relation: relation, filter: filter, data)
    }

    /// Links one that is there; see ``Session/addRelated(_:id:relation:key:_:)``.
    @discardableResult
    public func add(key: some FilterPart, _ data: JSONValue = [:]) async throws -> Graph {
        try await session.addRelated(model, id: id, relation: relation, key: key, data)
    }

    /// Lets it lead to these and no others; see ``Session/setRelated(_:id:relation:keys:)``.
    @discardableResult
    public func set(keys: [JSONValue]) async throws -> Graph {
        try await session.setRelated(model, id: id, relation: relation, keys: keys)
    }

    /// Changes one of them; see ``Session/updateRelated(_:id:relation:key:_:)``.
    @discardableResult
    public func update(key: some FilterPart, _ data: JSONValue) async throws -> ChangedRecords {
        try await session.updateRelated(model, id: id, relation: relation, key: .some(try key.part()), data)
    }

    /// Changes that of a relation to one record; see ``Session/updateRelated(_:id:relation:key:_:)``.
    @discardableResult
    public func update(_ data: JSONValue) async throws -> ChangedRecords {
        try await session.updateRelated(model, id: id, relation: relation, key: .none, data)
    }

    /// Replaces one of them; see ``Session/replaceRelated(_:id:relation:key:_:filter:)``.
    @discardableResult
    public func replace(key: some FilterPart, _ data: JSONValue) async throws -> ChangedRecords {
        try await session.replaceRelated(model, id: id, relation: relation, key: .some(try key.part()), data)
    }

    /// Replaces that of a relation to one record; see ``Session/replaceRelated(_:id:relation:key:_:filter:)``.
    @discardableResult
    public func replace(_ data: JSONValue) async throws -> ChangedRecords {
        try await session.replaceRelated(model, id: id, relation: relation, key: .none, data)
    }

    /// Changes those that meet a condition, and counts them; see ``Session/updateAllRelated(_:id:relation:where:_:)``.
    @discardableResult
    public func updateAll(where condition: JSONValue? = nil, _ data: JSONValue) async throws -> Int64 {
        try await session.updateAllRelated(model, id: id, relation: relation, where: condition, data).count
    }

    /// Unlinks one; see ``Session/removeRelated(_:id:relation:key:)``.
    public func remove(key: some FilterPart) async throws {
        _ = try await session.removeRelated(model, id: id, relation: relation, key: .some(try key.part()))
    }

    /// Deletes one of them, and counts it; see ``Session/deleteRelated(_:id:relation:key:)``.
    @discardableResult
    public func delete(key: some FilterPart) async throws -> Int64 {
        try await session.deleteRelated(model, id: id, relation: relation, key: .some(try key.part())).count
    }

    /// Deletes those that meet a condition, and counts them; see ``Session/deleteAllRelated(_:id:relation:where:)``.
    @discardableResult
    public func deleteAll(where condition: JSONValue? = nil) async throws -> Int64 {
        try await session.deleteAllRelated(model, id: id, relation: relation, where: condition).count
    }
}
