// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Makes a record of a struct.
    ///
    /// ```swift
    /// let order = try await database.create(draft)
    /// let user = try await database.create(draft) { $0.set("password", hash) }
    /// ```
    ///
    /// What the database makes itself is left to it, and so is a key of 0 or nil that it can make, and nil where the property or its
    /// column has a default. The number of changes begins with 1. Relations aren't stored with their record.
    ///
    /// - Parameter more: what is to be written besides: hidden properties, say, which the struct hasn't.
    /// - Returns: the record as the database has it now.
    /// - Throws: as ``create(_:_:filter:)``; ``ModelError`` `INVALID_MODEL` for a relation that the program has given records, and where
    ///   the answer isn't of the model's types.
    /// - Note: One statement and round trip.
    @discardableResult
    public func create<Record: TypedModel>(
        _ record: Record, _ more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> Record {
        let definition = Record.definition
        try definition.refuseGiven(record)
        var changes = Changes<Record>(try definition.newData(of: record, in: context.state.planning.schema))
        more(&changes)
        let graph = try await create(definition.name, try changes.newJSON, filter: definition.answer)
        return try graph.records(as: Record.self)[0]
    }

    /// Makes a record of what is set: what isn't gets its default, or is made by the database.
    ///
    /// ```swift
    /// let order = try await database.create(Order.self) {
    ///     $0.status = .open
    ///     $0.customerId = 7
    /// }
    /// ```
    ///
    /// - Returns: the record as the database has it now.
    /// - Throws: as ``create(_:_:filter:)``; ``ModelError`` where the answer isn't of the model's types.
    /// - Note: One statement and round trip.
    @discardableResult
    public func create<Record: TypedModel>(
        _ type: Record.Type, _ set: (inout Changes<Record>) -> Void
    ) async throws -> Record {
        var changes = Changes<Record>()
        set(&changes)
        let definition = Record.definition
        return try await create(definition.name, try changes.newJSON, filter: definition.answer)
            .records(as: Record.self)[0]
    }

    /// Makes many records of structs (D35): all of them or none.
    ///
    /// - Returns: the records in the order of the structs.
    /// - Throws: as ``create(_:_:)-(Record,_)`` and ``createAll(_:_:filter:)``.
    /// - Note: One statement and round trip; none for no records.
    @discardableResult
    public func createAll<Record: TypedModel>(_ records: [Record]) async throws -> [Record] {
        let definition = Record.definition
        let schema = context.state.planning.schema
        var data: [JSONValue] = []
        data.reserveCapacity(records.count)
        for record in records {
            try definition.refuseGiven(record)
            data.append(.object(try definition.newData(of: record, in: schema)))
        }
        return try await createAll(definition.name, data, filter: definition.answer).records(as: Record.self)
    }

    /// Stores what was changed of a record: all its properties, or with `old` those that differ from it.
    ///
    /// ```swift
    /// var changed = order
    /// changed.status = .paid
    /// let stored = try await database.save(changed, from: order)
    /// ```
    ///
    /// - Parameters:
    ///   - record: the record, named by its key.
    ///   - old: the record as it was read; nil to write all.
    /// - Returns: the record as the database has it now, with those relations that were loaded and lead where they did; without any
    ///   difference the record itself.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where there is no such record, `KEY_OVERRIDE` where `old` is another one, `CONFLICT`
    ///   where it has been changed since `old` was read and its changes are counted (``Model/version``), `INVALID_VALUE` for a value
    ///   that can't be stored; as ``updateById(_:id:_:filter:)``; ``ModelError`` `INVALID_MODEL` for a relation that the program has given records.
    /// - Note: One statement and round trip; none without a difference.
    @discardableResult
    public func save<Record: TypedModel>(_ record: Record, from old: Record? = nil) async throws -> Record {
        let definition = Record.definition
        try definition.refuseGiven(record)
        let schema = context.state.planning.schema
        let model = schema.model(definition.name)
        let key = try definition.key(of: record)
        if let old, try definition.key(of: old) != key {
            throw PlannerError(
                .keyOverride, "The key of records can't be changed: these are two records of \(definition.name).",
                path: definition.keyNames.first, model: definition.name, property: definition.keyNames.first)
        }
        let before = try old.map { (old) throws(PlannerError) in try definition.storedData(of: old, in: schema) } ?? []
        let keys = definition.keyNames
        var data = try definition.storedData(of: record, in: schema).filter { member in
            !keys.contains(member.key)
                && !before.contains { $0.key == member.key && $0.value.isSame(as: member.value) }
        }
        if data.isEmpty, old != nil { return record }
        // Where changes are counted the one that was read is told, so that nobody writes over what they haven't seen.
        if let version = model?.version?.name, let seen = before.first(where: { $0.key == version }) {
            data.removeAll { $0.key == version }
            data.append(seen)
        }
        let graph = try await updateById(definition.name, id: key, .object(data), filter: definition.answer)
        var stored = try graph.records(as: Record.self)[0]
        if let model { try definition.takeRelations(of: old ?? record, record, to: &stored, in: model) }
        return stored
    }

    /// Deletes the record with a struct's key.
    ///
    /// - Returns: whether there was one.
    /// - Throws: ``PlannerError`` `CONFLICT` where it has been changed since the struct was read and its changes are counted
    ///   (``Model/version``), unless the struct doesn't have their number; else as ``deleteById(_:id:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func deleteRecord<Record: TypedModel>(_ record: Record) async throws -> Bool {
        let definition = Record.definition
        let version = context.state.planning.schema.model(definition.name)?.version?.name
        let seen = try version.flatMap { try definition.value(of: $0, in: record) } ?? .null
        return try await deleteById(
            definition.name, id: try definition.key(of: record), seen: seen == .null ? JSONValue?.none : .some(seen)
        ).count > 0
    }
}
