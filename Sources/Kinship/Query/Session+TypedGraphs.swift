// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Makes a record of a struct with the records that were given to its relations, to any depth: all of it or nothing.
    ///
    /// ```swift
    /// var order = Order(customerId: 7, status: .open)
    /// order.items = Many([Item(productId: 3, quantity: 2), Item(productId: 4, quantity: 1)])
    /// let made = try await database.createGraph(order)
    /// print(try made.items.count)
    /// ```
    ///
    /// All records that were given are made; to refer to one that is there, set the foreign key. Keys that lead to another record of
    /// the graph are written: 0, an empty text and nil in their place mean nothing. What a query loaded isn't written.
    ///
    /// - Returns: the record as the database has it now, with the relations that were given.
    /// - Throws: as ``createGraph(_:_:)``.
    /// - Note: One transaction: a statement for each model and level, and those of the answer.
    @discardableResult
    public func createGraph<Record: TypedModel>(_ record: Record) async throws -> Record {
        let form = GraphForm(schema: context.state.planning.schema, isKept: false)
        let data = try Record.definition.graphData(of: record, form, without: [])
        return try await createGraph(Record.definition.name, data).records(as: Record.self)[0]
    }

    /// Writes what differs between a struct with its related ones as they were read, and as they are to be: all of it or nothing.
    ///
    /// ```swift
    /// let order = try await database.query(Order.self).include(\.items).get(7)
    /// var changed = order
    /// try changed.items.update { $0[0].quantity = 2 }
    /// let (saved, changes) = try await database.saveGraph(changed, comparedWith: order, removing: .delete)
    /// print(saved.items.isLoaded, changes.updated)
    /// ```
    ///
    /// Records are the same where their keys are; those with a key of 0 or nil that the database makes are new. Records that were
    /// read and are gone are kept unless `removal` says otherwise, and what wasn't read is left alone.
    ///
    /// - Parameters:
    ///   - record: the record as it is to be.
    ///   - old: the record as it was read, with the same relations.
    ///   - removal: what becomes of related records that were read and aren't there any more.
    /// - Returns: the record as the database has it now, with the relations that were loaded, whole; and how much was written.
    /// - Throws: as ``save(_:_:comparedWith:removing:filter:)-(_,_,JSONValue,_,_)``: `CONFLICT` where a record whose changes are counted
    ///   has been changed meanwhile.
    /// - Note: Those of ``save(_:_:comparedWith:removing:filter:)-(_,_,JSONValue,_,_)``, and those that read the answer.
    @discardableResult
    public func saveGraph<Record: TypedModel>(
        _ record: Record, comparedWith old: Record, removing removal: GraphRemoval = .keep
    ) async throws -> (record: Record, changes: SavedChanges) {
        let definition = Record.definition
        let form = GraphForm(schema: context.state.planning.schema, isKept: true)
        let include = definition.include("", of: [record])["scope"] ?? [:]
        let changes = try await save(
            definition.name, try definition.graphData(of: record, form, without: []),
            comparedWith: try definition.graphData(of: old, form, without: []), removing: removal, filter: include)
        guard let graph = changes.graph, graph.count > 0 else {
            throw PlannerError(
                .modelNotFound, "There is no such \(definition.name) any more.", model: definition.name)
        }
        return (try graph.records(as: Record.self)[0], changes)
    }
}

/// In which form structs are written with their related ones.
struct GraphForm: Sendable {
    let schema: Schema
    /// Whether it is about records that are there, and those that were loaded with them.
    let isKept: Bool

    /// The keys of a relation's targets that the relation writes.
    func keys(of model: String, _ relation: String) -> Set<String> {
        schema.model(model)?.relation(relation).map { schema.keys(writtenBy: $0) } ?? []
    }
}

extension TypedDefinition {
    /// A record and what is to be written with it.
    ///
    /// - Parameter keys: properties that a relation writes, where they have no value.
    func graphData(of record: Record, _ form: GraphForm, without keys: Set<String>) throws -> JSONValue {
        let model = form.schema.model(name)
        var members: [JSONValue.Member]
        if form.isKept, try !isNew(record, in: model, form.schema) {
            members = try storedData(of: record, in: form.schema)
        } else {
            members = try newData(of: record, in: form.schema)
        }
        members.removeAll { keys.contains($0.key) && $0.value.isBlank }
        for relation in relations {
            guard let data = try relation.data(record, form) else { continue }
            // Of a belongsTo it is this record's key that is written.
            if let known = model?.relation(relation.name), known.kind == .belongsTo, let model, data != .null {
                let own = Set(known.sourceKey.map { model.properties[$0].name })
                members.removeAll { own.contains($0.key) && $0.value.isBlank }
            }
            members.append(.init(relation.name, data))
        }
        return .object(members)
    }

    /// Whether a record has no key yet, which the database makes.
    private func isNew(_ record: Record, in model: Model?, _ schema: Schema) throws(PlannerError) -> Bool {
        guard let model else { return false }
        for id in model.primaryKey {
            let property = model.properties[id]
            guard let value = try value(of: property.name, in: record) else { continue }
            let isMade = property.isGenerated || schema.filling(of: property, in: model) != .none
            if value == .null || (isMade && value.isBlank) { return true }
        }
        return false
    }

    /// The include that loads of a relation what was loaded with some records.
    func include(_ relation: String, of records: [Record]) -> JSONValue {
        var scope: [JSONValue.Member] = []
        let inner = relations.compactMap { relation in records.lazy.compactMap { relation.include($0) }.first }
        if !inner.isEmpty { scope.append(.init("include", .array(inner))) }
        if let fields = answer?["fields"] { scope.append(.init("fields", fields)) }
        return ["relation": .string(relation), "scope": .object(scope)]
    }
}
