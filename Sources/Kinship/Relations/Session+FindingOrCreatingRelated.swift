// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// The first of the records that a relation of another one leads to and that a filter finds, or a new one that is made through the
    /// relation where it finds none.
    ///
    /// ```swift
    /// let order = try await database.findOrCreateRelated(
    ///     "Customer", id: 7, relation: "orders", filter: ["where": ["status": "draft"]], ["status": "draft", "total": 0])
    /// print(order.isCreated)
    /// ```
    ///
    /// Who calls it for the same record with the same condition meanwhile waits, so that only one of them makes a record. What is made is
    /// written as ``createRelated(_:id:relation:_:filter:)`` has it, whatever the filter says: repeat its values in the data. A record that
    /// a belongsTo refers to, and that the filter doesn't find, is referred to no more.
    ///
    /// - Parameters:
    ///   - model: the name of the model that has the relation.
    ///   - id: the record's key, as ``findById(_:id:filter:)`` takes it.
    ///   - relation: the relation's name.
    ///   - filter: which of the targets is meant: `where`, `order` and `skip`; `[:]` for the first there is. `fields` and `include` say
    ///     what comes back.
    ///   - data: the new record, one.
    /// - Returns: the record, and whether it is new.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, `RELATION_EXISTS` of a hasOne or embedsOne that has
    ///   one which the filter doesn't find, `INVALID_VALUE` for a list of data, `UNSUPPORTED` of a belongsTo to several models; for a filter as
    ///   ``related(_:id:relation:scopes:filter:)``; else as ``createRelated(_:id:relation:_:filter:)``.
    /// - Note: A lock and one statement, in one round trip; when neither came of it one more statement says why. In steps, each a round
    ///   trip of one transaction, where the record is to be known first (hooks, functions, embedded records): the lock with a look at
    ///   the record, what the relation leads to, and what ``createRelated(_:id:relation:_:filter:)`` takes.
    @discardableResult
    public func findOrCreateRelated(
        _ model: String, id: some FilterPart, relation: String, filter: JSONValue, _ data: JSONValue
    ) async throws -> (record: ChangedRecords, isCreated: Bool) {
        let id = try id.part()
        guard data.elements == nil else {
            throw PlannerError(
                .invalidValue, "One record is found or made, and there is a list of data; give the data of one.",
                model: model, relation: relation)
        }
        guard try isMadeInSteps(model, id: id, relation: relation, data) else {
            return try await findOrCreateAtOnce(model, id: id, relation: relation, filter: filter, data)
        }
        if case .transaction = context.source {
            return try await findOrCreateInSteps(model, id: id, relation: relation, filter: filter, data)
        }
        do {
            return try await findOrCreateInSteps(model, id: id, relation: relation, filter: filter, data)
        } catch let violation as ConstraintViolation where violation.kind == .unique {
            // Somebody has made it by another way meanwhile: it is found now, or the violation stays one.
            return try await findOrCreateInSteps(model, id: id, relation: relation, filter: filter, data)
        }
    }

    /// Whether something has to be known, or asked, before it can be made.
    private func isMadeInSteps(
        _ model: String, id: JSONValue, relation: String, _ data: JSONValue
    ) throws -> Bool {
        let planning = context.planning
        let source = try planning.model(model)
        guard let known = source.relation(relation) else { return false }
        guard known.target != nil else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(known.name) leads to records of several models, among which one filter can't look; find or create the record of its own model, and add it.",
                model: source.name, relation: known.name)
        }
        if known.embedded != nil || context.isByRecord(relation, model) { return true }
        if try planning.filling(of: relation, model) != nil { return true }
        if context.hooked(relation: relation, of: model, id: id, as: .findOrCreateRelated) != nil { return true }
        return try Relinking(
            context, model, id: id, relation: relation, .create(data, through: nil), as: .findOrCreateRelated) != nil
    }

    private func findOrCreateAtOnce(
        _ model: String, id: JSONValue, relation: String, filter: JSONValue, _ data: JSONValue
    ) async throws -> (record: ChangedRecords, isCreated: Bool) {
        try await context.answering { planning in
            let changes = try await context.changes(of: relation, model, id: id, planning)
            let target = changes.target
            // What comes back is said by the answer.
            let (asked, include) = try await context.changesAndRecords(
                of: relation, model, id: id, filter: filter.without("fields", "include"), planning)
            let new = try planning.records(
                [data], isList: false, of: target, takesRelated: changes.givenKeys, unscoped: context.isUnscoped)
            var answer = try planning.answer(filter, of: target)
            // What relations don't show isn't shown by what finds through them either.
            if let shown = include.scope.fields { answer.fields = answer.fields?.filter(shown.contains) ?? shown }
            let graph = try await context.change(
                try changes.findOrCreate(asked, new[0], link: try planning.link(of: changes, isOne: true)),
                of: target, answering: answer, planning, as: .findOrCreateRelated)
            guard graph.count > 0, let rows = graph.rowSets[0] else {
                throw try await unmade(new, changes, id: id, planning)
            }
            let part = try rows.decode(Int32.self, row: 0, column: rows.columnCount - 1)
            return (ChangedRecords(graph), part == 1)
        }
    }

    private func findOrCreateInSteps(
        _ model: String, id: JSONValue, relation: String, filter: JSONValue, _ data: JSONValue
    ) async throws -> (record: ChangedRecords, isCreated: Bool) {
        let known = context.planning.schema.model(model)?.relation(relation)
        let first = known?.isToMany == true ? filter.without("limit").with("limit", 1) : filter
        return try await inTransaction { transaction in
            // Who only looks waits for nobody.
            if context.recorder?.isRunning != false {
                try await transaction.waitToMake(model, id: id, relation: relation, filter: first)
            }
            let found = try await transaction.related(model, id: id, relation: relation, filter: first)
            guard found.count == 0 else { return (ChangedRecords(found) { Array($0.prefix(1)) }, false) }
            // The one object that there can be in the record's row isn't written over.
            if known?.kind == .embedsOne, filter != [:],
                try await transaction.related(model, id: id, relation: relation).count > 0
            {
                throw PlannerError.existing(relation, of: model, id)
            }
            let made = try await transaction.makeRelated(
                model, id: id, relation: relation, data, filter: filter, as: .findOrCreateRelated)
            return (made, true)
        }
    }

    /// Waits until nobody else finds or makes one of a record's targets with the same condition.
    private func waitToMake(_ model: String, id: JSONValue, relation: String, filter: JSONValue) async throws {
        try await context.answering { planning in
            let (asked, _) = try await context.changesAndRecords(
                of: relation, model, id: id, filter: filter, planning)
            let held = try await context.looking(asked.waitToMake(), of: asked.source, planning)
            guard held.count > 0 else { throw planning.missing(asked.source, id) }
        }
    }
}

extension JSONValue {
    /// An object without some of its members; anything else as it is.
    fileprivate func without(_ names: String...) -> JSONValue {
        members.map { .object($0.filter { !names.contains($0.key) }) } ?? self
    }

    /// An object with a member more; anything else as it is.
    fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
        members.map { .object($0 + [.init(name, value)]) } ?? self
    }
}
