// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// Changes the record that has a struct's values of some properties; makes it where there is none.
    ///
    /// ```swift
    /// let product = try await database.upsert(Product(id: 0, sku: "SEA-1", price: 9), on: \.sku)
    /// ```
    ///
    /// Who upserts the same values meanwhile waits, so that only one of them makes a record. What is nil and has a default is left as
    /// it is; a number of changes isn't looked at.
    ///
    /// - Parameters:
    ///   - record: the record; a key of 0 or nil that the database makes isn't written.
    ///   - properties: those that say which record it is; a unique index has to keep records apart by them. Without any the key.
    ///   - more: what is to be written besides.
    /// - Returns: the record as the database has it now.
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where no unique index has exactly these properties, `INVALID_VALUE` for one without a
    ///   value, `KEY_OVERRIDE` where the record that is there has another key; ``ConstraintViolation`` where the default scope hides it;
    ///   else as ``upsertWithWhere(_:where:_:filter:)`` and ``create(_:_:)-(Record,_)``.
    /// - Note: A lock and one statement, in one round trip.
    @discardableResult
    public func upsert<Record: TypedModel>(
        _ record: Record, on properties: PartialKeyPath<Record>..., more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> Record {
        let definition = Record.definition
        try definition.refuseGiven(record)
        let condition = try uniqueCondition(of: record, properties)
        var changes = Changes<Record>(try definition.newData(of: record, in: context.state.planning.schema))
        more(&changes)
        return try await upsertWithWhere(
            definition.name, where: condition, try changes.newJSON, filter: definition.answer
        ).records(as: Record.self)[0]
    }

    /// The record that has a struct's values of some properties; makes it where there is none.
    ///
    /// ```swift
    /// let (tag, isNew) = try await database.findOrCreate(Tag(id: 0, label: "new"), on: \.label)
    /// ```
    ///
    /// - Returns: the record as the database has it, and whether it is new.
    /// - Throws: as ``upsert(_:on:more:)``.
    /// - Note: A lock and one statement, in one round trip.
    @discardableResult
    public func findOrCreate<Record: TypedModel>(
        _ record: Record, on properties: PartialKeyPath<Record>..., more: (inout Changes<Record>) -> Void = { _ in }
    ) async throws -> (record: Record, isNew: Bool) {
        let definition = Record.definition
        try definition.refuseGiven(record)
        var filter = [JSONValue.Member("where", try uniqueCondition(of: record, properties))]
        if let fields = definition.answer?["fields"] { filter.append(.init("fields", fields)) }
        var changes = Changes<Record>(try definition.newData(of: record, in: context.state.planning.schema))
        more(&changes)
        let found = try await findOrCreate(definition.name, filter: .object(filter), try changes.newJSON)
        return (try found.graph.records(as: Record.self)[0], found.isCreated)
    }

    /// The condition that a record has a struct's values, by which an index keeps records apart.
    private func uniqueCondition<Record: TypedModel>(
        of record: Record, _ paths: [PartialKeyPath<Record>]
    ) throws(PlannerError) -> JSONValue {
        let properties = try uniqueProperties(of: Record.self, paths)
        var members: [JSONValue.Member] = []
        for property in properties {
            members.append(.init(property.name, .object([.init("eq", try uniqueValue(of: property.name, in: record))])))
        }
        return .object(members)
    }

    /// The value that tells a record apart from others.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` where there is none.
    func uniqueValue<Record: TypedModel>(
        of name: String, in record: Record
    ) throws(PlannerError) -> JSONValue {
        let definition = Record.definition
        let value = try definition.value(of: name, in: record) ?? .null
        guard value != .null else {
            throw PlannerError(
                .invalidValue,
                "\(definition.name).\(name) has no value, and says nothing of which record is meant.",
                path: name, model: definition.name, property: name)
        }
        return value
    }

    /// The properties by which an index keeps records apart; without paths those of the key.
    ///
    /// - Throws: ``PlannerError`` `INVALID_FILTER` where no unique index has exactly these.
    func uniqueProperties<Record: TypedModel>(
        of _: Record.Type, _ paths: [PartialKeyPath<Record>]
    ) throws(PlannerError) -> [Property] {
        let definition = Record.definition
        let names = paths.isEmpty ? definition.keyNames : paths.map { definition.name(of: $0) }
        let schema = context.state.planning.schema
        let model = try schema.named(definition.name)
        var properties: [Property] = []
        for name in names {
            guard let property = model.property(name) else {
                throw PlannerError(
                    .unknownProperty, "\(definition.name) has no property \(name) to tell records apart by.",
                    path: name,
                    model: definition.name, property: name)
            }
            properties.append(property)
        }
        guard schema.hasArbiter(properties.map(\.id), of: model) else {
            throw PlannerError(
                .invalidFilter,
                "No unique index of \(definition.name) has exactly \(names.joined(separator: ", ")); make one, or name properties that have one.",
                path: names.first, model: definition.name, property: names.first)
        }
        return properties
    }
}

extension Schema {
    /// The model of a name.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL`.
    func named(_ name: String) throws(PlannerError) -> Model {
        try model(try id(of: name))
    }
}
