// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Makes a record that a relation of another one leads to.
    ///
    /// ```swift
    /// let order = try await database.createRelated("Customer", id: 7, relation: "orders", ["total": 12.5])
    /// ```
    ///
    /// Keys, types and what the relation's `properties` copy are written by the database from the record itself; of a many-to-many
    /// relation the link is made with the target. Values of the relation's scope aren't written (D39).
    ///
    /// - Parameters:
    ///   - model: the name of the model that has the relation.
    ///   - id: the record's key, as ``findById(_:id:filter:)`` takes it.
    ///   - relation: the relation's name.
    ///   - data: the new record; of a to-many relation also a list of them, all of which are made or none.
    ///   - filter: what comes back: `fields` and `include`.
    /// - Returns: the new records, in the order of the data.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, `RELATION_EXISTS` of a hasOne that has one,
    ///   `KEY_OVERRIDE` where the data have another key than the record's (D24), `UNSAVED_INSTANCE` without a key; else as
    ///   ``create(_:_:filter:)``.
    /// - Note: One statement and round trip, of a hasOne with a lock ahead of it; when nothing could be made of a hasOne one more
    ///   statement says why.
    @discardableResult
    public func createRelated(
        _ model: String, id: some FilterPart, relation: String, _ data: JSONValue, filter: JSONValue? = nil
    ) async throws -> ChangedRecords {
        try await makeRelated(model, id: try id.part(), relation: relation, data, filter: filter, as: .createRelated)
    }

    /// The same through a many-to-many relation, with data of the link.
    ///
    /// ```swift
    /// try await database.createRelated(
    ///     "Physician", id: 1, relation: "patients", ["name": "Ann"], through: ["reason": "check-up"])
    /// ```
    ///
    /// - Parameter link: the link's own properties, as ``addRelated(_:id:relation:key:_:)`` takes them; of a list of records each link
    ///   gets them.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a relation without links, `KEY_OVERRIDE` where the link's data have other keys than
    ///   the records; else as ``createRelated(_:id:relation:_:filter:)``.
    /// - Note: As ``createRelated(_:id:relation:_:filter:)``.
    @discardableResult
    public func createRelated(
        _ model: String, id: some FilterPart, relation: String, _ data: JSONValue, through link: JSONValue,
        filter: JSONValue? = nil
    ) async throws -> ChangedRecords {
        try await makeRelated(
            model, id: try id.part(), relation: relation, data, through: link, filter: filter, as: .createRelated)
    }

    /// The same for whatever it is a part of.
    func makeRelated(
        _ model: String, id: JSONValue, relation: String, _ data: JSONValue,
        through link: JSONValue? = nil, filter: JSONValue?, as operation: Operation
    ) async throws -> ChangedRecords {
        if context.needsTransaction(relation, model) {
            return try await inTransaction {
                try await $0.makeRelated(
                    model, id: id, relation: relation, data, through: link, filter: filter, as: operation)
            }
        }
        if let links = try Relinking(
            context, model, id: id, relation: relation, .create(data, through: link), as: operation)
        {
            return try await links.run { session, _ in
                try await session.makeRelated(
                    model, id: id, relation: relation, data, through: link, filter: filter, as: operation)
            }
        }
        let (type, own) = try context.typed(data, of: relation, model)
        if let hooked = context.hooked(relation: relation, of: model, id: id, type: type, as: operation) {
            let isList = own.elements != nil
            let given = try await context.givenKeys(of: relation, model, id: id, type: type)
            if own.elements?.isEmpty != true, given.takesLists || !isList {
                return try await hooked.create(
                    own.elements ?? [own], .init(purpose: .create, isList: isList, given: given.keys),
                    rows: \.graph
                ) { session, data in
                    try await session.makeRelated(
                        model, id: id, relation: relation, isList ? .array(data) : data[0].typed(type), through: link,
                        filter: filter, as: operation)
                }
            }
        }
        let planning = context.planning
        guard let filling = try planning.filling(of: relation, model) else {
            return try await createAsGiven(
                model, id: id, relation: relation, data, through: link, filter: filter, as: operation)
        }
        return try await createFilled(
            filling, model, id: id, data, through: link, filter: filter, planning, as: operation)
    }

    /// The same with the data alone, and what statements copy.
    func createAsGiven(
        _ model: String, id: JSONValue, relation: String, _ data: JSONValue, through given: JSONValue?,
        filter: JSONValue?, as operation: Operation
    ) async throws -> ChangedRecords {
        try await context.answering { planning in
            let (type, data) = try planning.typed(data, of: relation, model)
            let (changes, include) = try await context.changesAndRecords(
                of: relation, model, id: id, type: type, planning)
            guard given == nil || changes.relation.through != nil else { throw changes.unsupported("data of links") }
            let list = changes.relation.isToMany ? data.elements : nil
            guard list?.isEmpty != true else { return ChangedRecords(try await createAll(changes.target.name, [])) }
            guard changes.relation.embedded == nil else {
                return try await context.createEmbedded(
                    changes, include, id: id, list ?? [data], isList: list != nil, planning, as: operation)
            }
            let records = try planning.records(
                list ?? [data], isList: list != nil, of: changes.target, takesRelated: changes.givenKeys,
                unscoped: context.isUnscoped)
            if let given, let through = changes.relation.through {
                try changes.requireOwnKeys(
                    ofLink: try planning.record(given, of: planning.schema[through.model], .update), for: records)
            }
            // Links that hooks have had their say in are made by themselves, each with what is its own.
            let links = context.hooksRun?.newLinks
            let link = links == nil ? try planning.link(given ?? [:], of: changes, isOne: records.count == 1) : nil
            let graph = try await context.change(
                try changes.create(records, link: link), of: changes.target,
                answering: try planning.answer(filter, of: changes.target), planning, as: operation)
            guard graph.count == 0 else {
                if let links { try await context.make(links, changes, planning, to: graph) }
                return ChangedRecords(graph)
            }
            throw try await unmade(records, changes, id: id, planning)
        }
    }

    /// Why nothing was made.
    func unmade(
        _ records: [RecordData], _ changes: RelationChanges, id: JSONValue, _ planning: Planning
    ) async throws -> PlannerError {
        let (model, relation) = (changes.source.name, changes.relation.name)
        let isThere = try await exists(model, id: id).count > 0
        // Data may have named a key that only the record's row could be compared with.
        let isOther =
            isThere && changes.ownKey == nil
            && records.contains { record in changes.relation.targetKey.contains { record.contents($0) != nil } }
        if isOther, try await relatedCount(model, id: id, relation: relation).count == 0 || changes.relation.isToMany {
            return changes.keyOverride
        }
        if changes.relation.kind == .hasOne, isThere { return .existing(relation, of: model, id) }
        return planning.missing(changes.source, id)
    }

    /// Links a record that is there, by a many-to-many relation or the list of a referencesMany; lets a belongsTo refer to
    /// it; makes it the record's, of a hasMany.
    ///
    /// ```swift
    /// try await database.addRelated("Physician", id: 1, relation: "patients", key: 5, ["reason": "check-up"])
    /// ```
    ///
    /// Where the two are linked already the link gets the data (D39).
    ///
    /// - Parameters:
    ///   - key: the key of the target; of a belongsTo to several models with the model's name, `{"Group": 2}`.
    ///   - data: the link's own properties.
    /// - Returns: the link; of other kinds the target.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, or no such target; `UNSUPPORTED` for other
    ///   kinds; ``ValidationError`` where the list of a referencesMany has the key already; else as ``createRelated(_:id:relation:_:filter:)``.
    /// - Note: One statement and round trip; with a lock ahead of it where no unique index keeps links from being there twice.
    @discardableResult
    public func addRelated(
        _ model: String, id: some FilterPart, relation: String, key: some FilterPart, _ data: JSONValue = [:]
    ) async throws -> Graph {
        let (id, key) = (try id.part(), try key.part())
        if context.needsTransaction(relation, model) {
            return try await inTransaction {
                try await $0.addRelated(model, id: id, relation: relation, key: key, data)
            }
        }
        if let links = try Relinking(context, model, id: id, relation: relation, .add(key, data), as: .addRelated) {
            return try await links.run(answer: { $0 }) { session, changed in
                try await session.addRelated(
                    model, id: id, relation: relation, key: key, changed)
            }
        }
        let planning = context.planning
        if let filling = try planning.filling(of: relation, model), !filling.isToTargets {
            return try await copyingBack(filling, id: id, planning) { transaction in
                try await transaction.addAsGiven(model, id: id, relation: relation, key: key, data)
            }
        }
        return try await addAsGiven(model, id: id, relation: relation, key: key, data)
    }

    /// The same with the data alone, and what statements copy.
    private func addAsGiven(
        _ model: String, id: JSONValue, relation: String, key given: JSONValue, _ data: JSONValue
    ) async throws -> Graph {
        try await context.answering { planning in
            let (type, key) = try planning.typed(given, of: relation, model)
            let changes = try await context.changes(of: relation, model, id: id, type: type, planning)
            let values = try planning.keyValues(key, of: changes.target)
            let (change, answering): (Change, Model)
            if let through = changes.relation.through {
                let link = planning.schema[through.model]
                let record = try planning.record(data, of: link, .update)
                let new = try planning.link(data, of: changes, isOne: true)
                (change, answering) = (try changes.add(values, record, new), link)
            } else if changes.relation.kind == .belongsTo {
                (change, answering) = (changes.setOwner(values), changes.target)
            } else if changes.relation.kind == .hasOne {
                (change, answering) = (changes.set([values]), changes.target)
            } else if changes.relation.kind == .hasMany {
                (change, answering) = (changes.take(values), changes.target)
            } else if changes.relation.kind == .referencesMany {
                (change, answering) = (changes.addReference(values), changes.target)
            } else {
                throw changes.unsupported("add")
            }
            let graph = try await context.change(change, of: answering, planning, as: .addRelated)
            guard graph.count > 0 else {
                if try await exists(model, id: id).count == 0 { throw planning.missing(changes.source, id) }
                if changes.relation.through != nil {
                    let there = changes.lookAtTargets([values])
                    guard try await context.looking(there, of: changes.target, planning).count > 0 else {
                        throw planning.missing(changes.target, key)
                    }
                    throw PlannerError(
                        .conflict,
                        "\(model).\(relation) has a link to \(key.description) already, which isn't to be reached or was made meanwhile; nothing was changed.",
                        model: model, relation: relation)
                }
                guard changes.relation.kind == .referencesMany,
                    try await relatedExists(model, id: id, relation: relation, key: key).count > 0
                else { throw planning.missing(changes.target, key) }
                throw ValidationError(
                    model: model,
                    [.init(.uniqueness, at: relation, property: relation, "has \(key.description) already")])
            }
            return graph
        }
    }

    /// Lets a to-many relation lead to these targets and no others.
    ///
    /// ```swift
    /// try await database.setRelated("Product", id: 1, relation: "categories", keys: [2, 3])
    /// ```
    ///
    /// Links that stay keep their data; targets of a hasMany that go refer to nobody any more; the list of a referencesMany has the order
    /// of the keys. Who sets the targets of the same record meanwhile waits.
    ///
    /// - Parameter keys: the keys of the targets; empty for none. Of a many-to-many relation also with data of the link, which the
    ///   link that is there gets, too: `{"id": 2, "through": {"role": "author"}}`.
    /// - Returns: the targets, in the order of their keys.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` when there is no such record, or one of the targets isn't there: nothing
    ///   happens then; `UNSUPPORTED` for other kinds.
    /// - Note: A lock and one statement, in one round trip. With data of links a transaction: a look at the record behind the lock, a
    ///   statement for each link with data, and that one.
    @discardableResult
    public func setRelated(
        _ model: String, id: some FilterPart, relation: String, keys: [JSONValue]
    ) async throws -> Graph {
        let id = try id.part()
        if keys.contains(where: { $0["through"] != nil }) {
            return try await setWithData(model, id: id, relation: relation, keys)
        }
        if context.needsTransaction(relation, model) {
            return try await inTransaction { try await $0.setRelated(model, id: id, relation: relation, keys: keys) }
        }
        if let links = try Relinking(context, model, id: id, relation: relation, .set(keys), as: .setRelated) {
            return try await links.run { session, _ in
                try await session.setRelated(model, id: id, relation: relation, keys: keys)
            }
        }
        return try await context.answering { planning in
            let changes = try await context.changes(of: relation, model, id: id, planning)
            let kind = changes.relation.kind
            guard changes.relation.through != nil || kind == .hasMany || kind == .referencesMany else {
                throw changes.unsupported("set")
            }
            var values: [[BoundValue]] = []
            var seen: Set<[BoundValue]> = []
            for key in keys {
                let value = try planning.keyValues(key, of: changes.target)
                if seen.insert(value).inserted { values.append(value) }
            }
            let links = context.hooksRun?.newLinks
            let link = links == nil ? try planning.link(of: changes, isOne: values.count == 1) : nil
            let graph = try await context.change(
                changes.set(values, link: link), of: changes.target, planning, as: .setRelated)
            if graph.count == values.count {
                guard values.isEmpty, try await exists(model, id: id).count == 0 else {
                    if let links { try await context.make(links, changes, planning) }
                    return graph
                }
            } else if try await exists(model, id: id).count > 0 {
                throw PlannerError(
                    .modelNotFound,
                    "Not all of the \(relation) to be set are there; nothing was changed.",
                    model: changes.target.name, relation: relation)
            }
            throw planning.missing(changes.source, id)
        }
    }
}
