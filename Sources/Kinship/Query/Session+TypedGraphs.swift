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
