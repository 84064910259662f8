// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

extension Session {
    /// Makes a record with related ones, to any depth: all of it or nothing.
    ///
    /// ```swift
    /// let order = try await database.createGraph("Category", [
    ///     "id": 91, "name": "Charts",
    ///     "products": [["id": 9100, "name": "The sea", "sku": "SEA-1", "price": 9]],
    /// ])
    /// ```
    ///
    /// A relation's data say what becomes of what it leads to: `create`, `connect`, `connectOrCreate`; a plain object or list means
    /// `create`. Links of many-to-many relations get the properties that stand beside as `through`.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - data: the record, with its related ones under the names of the relations.
    /// - Returns: the record with all relations that the data name, as the database has them now.
    /// - Throws: ``ValidationError`` and ``PlannerError`` with the place in the data; ``ConstraintViolation``; `MODEL_NOT_FOUND` where
    ///   what is to be linked isn't there.
    /// - Note: One transaction: a statement for each model and level, however many records there are, one for each relation and level of
    ///   links to records that are there, and those of the answer.
    @discardableResult
    public func createGraph(_ model: String, _ data: JSONValue) async throws -> Graph {
        try await nested(model, data, isNew: true) { writer, record, target in
            writer.key(of: target, try await writer.create([record], of: target)[0])
        }
    }

    /// Changes a record and related ones, to any depth: all of it or nothing.
    ///
    /// ```swift
    /// try await database.updateGraph("Order", id: 3, [
    ///     "status": "closed", "items": ["update": [["id": 5, "quantity": 2]], "delete": [6]],
    /// ])
    /// ```
    ///
    /// A relation's data are an object of `create`, `connect`, `connectOrCreate`, `disconnect`, `set`, `update`, `upsert` and `delete`.
    ///
    /// - Parameter id: the record's key, as ``findById(_:id:filter:)`` takes it.
    /// - Returns: as ``createGraph(_:_:)``.
    /// - Throws: as ``createGraph(_:_:)``, and as the operations on relations: `MODEL_NOT_FOUND` for another record's targets …
    /// - Note: One transaction, with the statements of ``createGraph(_:_:)`` for what is new, and one for each relation, level and word of
    ///   what is changed, linked, unlinked or deleted, however many records these are; with hooks one for each record.
    @discardableResult
    public func updateGraph(_ model: String, id: some FilterPart, _ data: JSONValue) async throws -> Graph {
        let id = try id.part()
        return try await nested(model, data, isNew: false) { writer, record, target in
            try await writer.update(record, of: target, id: id)
        }
    }

    /// Changes the record with the key that the data have, and related ones; makes all of it where there is none.
    ///
    /// - Returns: as ``createGraph(_:_:)``.
    /// - Throws: as ``updateGraph(_:id:_:)``.
    /// - Note: A statement more than ``updateGraph(_:id:_:)``.
    @discardableResult
    public func upsertGraph(_ model: String, _ data: JSONValue) async throws -> Graph {
        try await nested(model, data, isNew: true) { writer, record, target in
            let names = target.primaryKey.map { target.properties[$0].name }
            let id: JSONValue =
                names.count == 1 ? record[names[0]] ?? .null : .object(names.map { .init($0, record[$0] ?? .null) })
            let isNamed = !names.isEmpty && names.allSatisfy { record[$0] != nil && record[$0] != .null }
            guard isNamed, try await writer.transaction.exists(target.name, id: id).count > 0 else {
                if isNamed { writer.looks.noteMissing() }
                return writer.key(of: target, try await writer.create([record], of: target)[0])
            }
            return try await writer.update(record, of: target, id: id)
        }
    }

    private func nested(
        _ model: String, _ data: JSONValue, isNew: Bool,
        _ body: @escaping @Sendable (NestedWriter, NestedRecord, Model) async throws -> JSONValue
    ) async throws -> Graph {
        let planning = context.planning
        let target = try planning.model(model)
        var reader = NestedReader(planning.schema, planning.trees.filterLimits)
        var read = try reader.record(data, of: target)
        let references = try GraphReferences(&read, of: target, isNew: isNew, planning.schema)
        let record = read
        return try await writingGraph { transaction, looks in
            context.recorder?.noteMore()
            let writer = NestedWriter(transaction, planning, looks, references)
            let id = try await body(writer, record, target)
            try await writer.finish()
            let include = record.namedRelations
            return try await transaction.findById(
                model, id: id, filter: include == [] ? nil : ["include": include])
        }
    }
}

extension NestedRecord {
    /// What the data name of relations, as an include.
    fileprivate var namedRelations: JSONValue {
        var names: [(name: String, records: [NestedRecord])] = []
        for nested in relations {
            let records = nested.create + nested.update + nested.upsert + nested.connectOrCreate.map(\.create)
            if let known = names.firstIndex(where: { $0.name == nested.relation.name }) {
                names[known].records += records
            } else {
                names.append((nested.relation.name, records))
            }
        }
        return .array(
            names.map { name, records in
                var below = NestedRecord(data: .null, path: "")
                below.relations = records.flatMap(\.relations)
                let include = below.namedRelations
                return include == [] ? .string(name) : ["relation": .string(name), "scope": ["include": include]]
            })
    }
}
