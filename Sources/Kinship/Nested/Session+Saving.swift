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
    ///   relation and level of records that are changed, linked, unlinked or deleted, and one for each model of which records are named
    ///   that weren't read.
    @discardableResult
    public func save(
        _ model: String, _ changed: JSONValue, comparedWith original: JSONValue, removing removal: GraphRemoval = .keep,
        filter: JSONValue? = nil
    ) async throws -> SavedChanges {
        let planning = context.planning
        let target = try planning.model(model)
        let old = original == .null ? JSONValue?.none : original
        let key = target.keyJSON(changed)
        if let old, RecordName(old, of: target) != RecordName(changed, of: target) || key == nil {
            throw planning.keyOverride(target)
        }
        var difference = GraphDifference(planning.schema, planning.trees.filterLimits, removal)
        if let old { difference.note(old, of: target) }
        let blank = difference
        difference.noteChanged(changed, of: target)
        let record = try difference.root(changed, old, of: target)
        guard record != nil || !difference.deletions.isEmpty || filter != nil else {
            var saved = SavedChanges()
            saved.id = key ?? .null
            return saved
        }
        let first = difference
        return try await writingGraph { transaction, looks in
            try await transaction.save(
                record, changed, old, first, blank, target, planning, looks, filter)
        }
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
        _ blank: GraphDifference, _ target: Model, _ planning: Planning, _ looks: GraphLooks,
        _ filter: JSONValue?
    ) async throws -> SavedChanges {
        var (record, id, difference) = (record, target.keyJSON(changed), first)
        var found: [RecordName: RecordName] = [:]
        for (model, keys) in first.unknown.sorted(by: { $0.key < $1.key }) {
            found.merge(try await there(keys, of: planning.schema[model], planning)) { one, _ in one }
        }
        if found.count < first.unknown.values.reduce(0, { $0 + $1.count }) { looks.noteMissing() }
        if !found.isEmpty {
            // What hangs on them can name others, which are taken for new ones.
            difference = blank
            difference.found = found
            difference.noteChanged(changed, of: target)
            record = try difference.root(changed, old, of: target)
        }
        try await requireUnchanged(difference.seen, planning)
        let references: GraphReferences?
        if var read = record {
            references = try GraphReferences(&read, of: target, isNew: old == nil, planning.schema)
            record = read
        } else {
            references = nil
        }
        let writer = NestedWriter(self, planning, looks, references)
        var saved = SavedChanges()
        if let record {
            var isNew = old == nil
            if isNew, let id { isNew = try await exists(target.name, id: id).count == 0 }
            if isNew, id != nil { looks.noteMissing() }
            saved.count(record, isNew: isNew)
            let made =
                isNew
                ? writer.key(of: target, try await writer.create([record], of: target)[0])
                : try await writer.update(record.withoutKey(of: target), of: target, id: id ?? .null)
            id = isNew ? made : id
            try await writer.finish()
        }
        for gone in difference.deletions {
            saved.deleted += 1
            let model = planning.schema[gone.model]
            try await deleteAll(model.name, where: model.condition(key: gone.key))
        }
        saved.id = id ?? .null
        if let filter { saved.graph = try await findById(target.name, id: saved.id, filter: filter) }
        return saved
    }

    /// Which of some keys have a record, and what it is called.
    private func there(
        _ keys: [JSONValue], of model: Model, _ planning: Planning
    ) async throws -> [RecordName: RecordName] {
        var found: [RecordName: RecordName] = [:]
        guard !model.hasKeysOfTheServer else {
            for key in keys {
                guard let given = RecordName(key: key, of: model) else { continue }
                let rows = try await context.records(of: model, keys: [key], lock: nil, as: .find)
                found[given] = rows.keys.first
            }
            return found
        }
        for name in try await context.records(of: model, keys: keys, lock: nil, as: .find).keys { found[name] = name }
        return found
    }

    /// Holds the records that are changed or deleted and were read with a number of changes.
    ///
    /// - Throws: ``PlannerError`` `CONFLICT` where one has been changed since.
    private func requireUnchanged(
        _ seen: [Model.ID: [RecordName: GraphDifference.SeenRecord]], _ planning: Planning
    ) async throws {
        for (id, records) in seen.sorted(by: { $0.key < $1.key }) {
            let model = planning.schema[id]
            guard let version = model.version else { continue }
            let current = try await context.records(
                of: model, keys: records.values.map(\.key), lock: .noKeyUpdate, as: .find)
            for (name, record) in records {
                // One that isn't there any more is what whoever changes it is told of.
                guard let now = current[name]?[version.name],
                    RecordName.Part(now, version) != RecordName.Part(record.version, version)
                else { continue }
                throw PlannerError(
                    .conflict,
                    "\(model.name) \(record.key.description) was changed meanwhile: its \(version.name) is \(now.description), and not \(record.version.description). Read it again.",
                    path: version.name, model: model.name, property: version.name)
            }
        }
    }
}
