// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Writes what differs between a record with its related ones as they were read, and as they are to be: all of it or nothing.
    ///
    /// ```swift
    /// let read = try await database.findById("Category", id: 1, filter: ["include": "products"])
    /// let before = try JSONValue(parsing: try read.firstJSON())
    /// let after: JSONValue = ["id": 1, "name": "Maps and charts", "products": before["products"] ?? []]
    /// let saved = try await database.save("Category", after, comparedWith: before)
    /// print(saved.updated)  // 1
    /// ```
    ///
    /// Records are the same where their keys are. One without a key is made; one with a key that wasn't read is linked when it is
    /// there, else made; what changed of others is written, and nothing of those that are the same. Records that were read and are
    /// gone are kept unless `removal` says otherwise, and what wasn't read (by `fields`, `where`, `limit`) is left alone.
    /// What a model counts as `version` has to be what was read.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - changed: the record as it is to be, in the form in which ``findById(_:id:filter:)`` gives it with an include.
    ///   - original: the same as it was read; null for one that wasn't.
    ///   - removal: what becomes of related records that were read and aren't there any more.
    ///   - filter: the answer's ``SavedChanges/graph``; without one nothing is read.
    /// - Throws: as ``updateGraph(_:id:_:)``; ``PlannerError`` `CONFLICT` where a record has been changed since it was read, of
    ///   models that count changes; `KEY_OVERRIDE` where both are different records.
    /// - Note: None where nothing differs. Else one transaction: a statement for each model and level of new records, one for each
    ///   record that is changed, linked, unlinked or deleted, and one for each model of which records are named that weren't read.
    @discardableResult
    public func save(
        _ model: String, _ changed: JSONValue, comparedWith original: JSONValue, removing removal: GraphRemoval = .keep,
        filter: JSONValue? = nil
    ) async throws -> SavedChanges {
        let planning = context.planning
        let target = try planning.model(model)
        let old = original == .null ? JSONValue?.none : original
        let key = target.keyJSON(changed)
        if let old, target.keyJSON(old) != key || key == nil { throw planning.keyOverride(target) }
        var difference = GraphDifference(planning.schema, planning.trees.filterLimits, removal)
        if let old { difference.note(old, of: target) }
        let blank = difference
        let record = try difference.record(changed, old, of: target)
        guard record != nil || filter != nil else {
            var saved = SavedChanges()
            saved.id = key ?? .null
            return saved
        }
        let first = difference
        func write(_ transaction: Transaction) async throws -> SavedChanges {
            try await transaction.save(record, changed, old, first, blank, target, planning, filter)
        }
        if case .transaction = context.source { return try await withTransaction { try await write($0) } }
        return try await withRetryingTransaction(isolation: .readCommitted) { try await write($0) }
    }

    /// ``save(_:_:comparedWith:removing:filter:)-(_,_,JSONValue,_,_)`` with the graph as it was read; of one record.
    ///
    /// ```swift
    /// let read = try await database.findById("Category", id: 1)
    /// try await database.save("Category", ["id": 1, "name": "Maps"], comparedWith: read)
    /// ```
    @discardableResult
    public func save(
        _ model: String, _ changed: JSONValue, comparedWith original: Graph, removing removal: GraphRemoval = .keep,
        filter: JSONValue? = nil
    ) async throws -> SavedChanges {
        try await save(
            model, changed, comparedWith: try JSONValue(parsing: try original.firstJSON()), removing: removal,
            filter: filter)
    }
}

extension Transaction {
    /// Writes what differs, once it is known which of the records that weren't read are there.
    fileprivate func save(
        _ record: NestedRecord?, _ changed: JSONValue, _ old: JSONValue?, _ first: GraphDifference,
        _ blank: GraphDifference, _ target: Model, _ planning: Planning, _ filter: JSONValue?
    ) async throws -> SavedChanges {
        var (record, id) = (record, target.keyJSON(changed))
        var found: Set<String> = []
        for (model, keys) in first.unknown.sorted(by: { $0.key < $1.key }) {
            found.formUnion(try await there(keys, of: planning.schema[model]))
        }
        if !found.isEmpty {
            // What hangs on them can name others, which are taken for new ones.
            var second = blank
            second.found = found
            record = try second.record(changed, old, of: target)
        }
        let writer = NestedWriter(transaction: self, planning: planning)
        var saved = SavedChanges()
        if let record {
            var isNew = old == nil
            if isNew, let id { isNew = try await exists(target.name, id: id).count == 0 }
            saved.count(record, isNew: isNew)
            let made =
                isNew
                ? try await writer.create([record], of: target)[0]
                : try await writer.update(record.withoutKey(of: target), of: target, id: id ?? .null)
            id = isNew ? writer.key(of: target, made) : id
        }
        saved.id = id ?? .null
        if let filter { saved.graph = try await findById(target.name, id: saved.id, filter: filter) }
        return saved
    }

    /// Which of some keys have a record, as the difference names them.
    private func there(_ keys: [JSONValue], of model: Model) async throws -> Set<String> {
        // One text for any number of keys, and no limit of a scope or of the session decides what is there.
        let found = try await context.answering { planning in
            var values: [[BoundValue]] = []
            for key in keys { values.append(try planning.keyValues(key, of: model)) }
            let scope = try planning.defaultCondition(of: model, unscoped: context.isUnscoped)
            return try await context.reading(
                ModelChanges(planning.schema, model).look(keys: values, scope), of: model, planning)
        }
        let records = try HookedRows.records(found, of: model)
        return Set(records.compactMap { model.keyJSON($0) }.map { model.name + $0.description })
    }
}
