// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Makes a record of a struct.
    ///
    /// ```swift
    /// let order = try await database.create(draft)
    /// ```
    ///
    /// Keys that the database generates are left to it; relations aren't stored.
    ///
    /// - Returns: the record as the database has it now.
    /// - Throws: as ``create(_:_:filter:)``; ``ModelError`` where the answer isn't of the model's types.
    /// - Note: One statement and round trip.
    @discardableResult
    public func create<Record: TypedModel>(_ record: Record) async throws -> Record {
        let definition = Record.definition
        let graph = try await create(
            definition.name, .object(definition.data(of: record)), filter: definition.answer)
        return try graph.records(as: Record.self)[0]
    }

    /// Makes many records of structs (D35): all of them or none.
    ///
    /// - Returns: the records in the order of the structs.
    /// - Throws: as ``createAll(_:_:filter:)``.
    /// - Note: One statement and round trip; none for no records.
    @discardableResult
    public func createAll<Record: TypedModel>(_ records: [Record]) async throws -> [Record] {
        let definition = Record.definition
        return try await createAll(
            definition.name, records.map { .object(definition.data(of: $0)) }, filter: definition.answer
        ).records(as: Record.self)
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
    /// - Returns: the record as the database has it now; without any difference the record itself.
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` where there is no such record, `CONFLICT` where it has been changed since `old` was
    ///   read and its changes are counted (``Model/version``); as ``updateById(_:id:_:filter:)``.
    /// - Note: One statement and round trip; none without a difference.
    @discardableResult
    public func save<Record: TypedModel>(_ record: Record, from old: Record? = nil) async throws -> Record {
        let definition = Record.definition
        let before = old.map { definition.data(of: $0) } ?? []
        let keys = definition.keyNames
        var data = definition.data(of: record).filter { !keys.contains($0.key) && !before.contains($0) }
        if data.isEmpty, old != nil { return record }
        // Where changes are counted the one that was read is told, so that nobody writes over what they haven't seen.
        if let version = context.state.planning.schema.model(definition.name)?.version?.name,
            let seen = before.first(where: { $0.key == version })
        {
            data.removeAll { $0.key == version }
            data.append(seen)
        }
        let graph = try await updateById(
            definition.name, id: try definition.key(of: record), .object(data), filter: definition.answer)
        return try graph.records(as: Record.self)[0]
    }

    /// Deletes the record with a struct's key.
    ///
    /// - Returns: whether there was one.
    /// - Throws: as ``deleteById(_:id:)``.
    /// - Note: One statement and round trip.
    @discardableResult
    public func deleteRecord<Record: TypedModel>(_ record: Record) async throws -> Bool {
        let definition = Record.definition
        return try await deleteById(definition.name, id: try definition.key(of: record)).count > 0
    }
}

extension TypedDefinition {
    /// What is written of a record; generated keys aren't.
    fileprivate func data(of record: Record) -> [JSONValue.Member] {
        properties.compactMap { property in
            guard let written = property.written, !property.definition.isGenerated else { return nil }
            return JSONValue.Member(property.name, written(record))
        }
    }

    /// The record's key: its one property, or an object of several.
    fileprivate func key(of record: Record) throws(ModelError) -> JSONValue {
        let names = keyNames
        let members = names.compactMap { name -> JSONValue.Member? in
            properties.first { $0.name == name }?.written.map { JSONValue.Member(name, $0(record)) }
        }
        guard !members.isEmpty else {
            throw ModelError(
                .invalidModel, "The definition of \(name) names no key; write $0.id(\"id\", \\.id).", model: name)
        }
        return members.count == 1 ? members[0].value : .object(members)
    }

    /// What comes back of a change: the struct's properties.
    fileprivate var answer: JSONValue? {
        isPartial ? ["fields": .array(shownNames.map { .string($0) })] : nil
    }
}
