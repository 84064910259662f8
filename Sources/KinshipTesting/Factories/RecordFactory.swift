// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Finds out what a record needs, and makes it up.
struct RecordFactory<Source: Session> {
    private let session: Source
    private let schema: Schema

    init(_ session: Source) {
        self.session = session
        schema = session.schema
    }

    /// The data of a record that is to be made, when its parents have been.
    func data(of name: String, _ given: JSONValue, _ types: TypedExemplars? = nil) async throws -> JSONValue {
        try await data(of: name, given, count: 1, types)[0]
    }

    /// The data of several.
    ///
    /// - Parameter types: what a typed model's types say of values.
    func data(
        of name: String, _ given: JSONValue, count: Int, _ types: TypedExemplars? = nil
    ) async throws -> [JSONValue] {
        guard count > 0 else { return [] }
        return try await data(of: try model(name), given, count: count, types, for: [])
    }

    /// - Parameter children: the models that a parent is made for, the last one first.
    private func data(
        of model: Model, _ given: JSONValue, count: Int, _ types: TypedExemplars?, for children: [Model.ID]
    ) async throws -> [JSONValue] {
        guard let members = given.members else {
            throw TestingError(
                .value, "What a \(model.name) is to have is an object, by the names of its properties.",
                model: model.name)
        }
        var known: [JSONValue.Member] = []
        var parents: [String: JSONValue] = [:]
        for member in members {
            if let relation = model.relation(member.key), relation.kind == .belongsTo, relation.embedded == nil,
                model.property(member.key) == nil
            {
                parents[relation.name] = member.value
            } else if model.property(member.key) == nil {
                throw TestingError(
                    .unknown,
                    "\(model.name) has neither a property nor a belongsTo relation called \(member.key).",
                    model: model.name, property: member.key)
            } else {
                known.append(member)
            }
        }
        for relation in model.relations where relation.kind == .belongsTo {
            known += try await keys(
                of: relation, in: model, known, parents[relation.name], types?.related(relation.name),
                for: children + [model.id])
        }
        let maker = ValueMaker(schema: schema, model: model)
        var all: [JSONValue] = []
        for _ in 0..<count {
            let number = TestNumbers.current.next(of: model.name)
            var data = known
            for property in model.properties
            where !known.contains(where: { $0.key == property.name }) && isNeeded(property, in: model) {
                let typed: JSONValue? = types?.value(property.name) ?? .none
                data.append(.init(property.name, try typed ?? maker.value(of: property, number)))
            }
            all.append(.object(data))
        }
        return all
    }

    private func model(_ name: String) throws(TestingError) -> Model {
        guard let model = schema.model(name) else {
            throw TestingError(.unknown, "There is no model called \(name) in the schema.", model: name)
        }
        return model
    }

    /// Whether a record has to be given a value: nobody else has one for it.
    private func isNeeded(_ property: Property, in model: Model) -> Bool {
        let definition = property.definition
        if definition.isReadOnly { return false }
        if property.isGenerated || definition.defaultValue != nil || definition.defaultFunction != nil { return false }
        if [model.version?.name, model.softDelete?.name].contains(property.name) { return false }
        if property.isRequired { return true }
        let column = schema.catalog?.table(model.tableSchema, model.table)?.columns[property.column]
        return !property.isNullable && column?.hasDefault != true
    }

    // MARK: Parents

    /// The keys that lead to a parent, which is made where it has to be there.
    private func keys(
        of relation: Relation, in model: Model, _ known: [JSONValue.Member], _ given: JSONValue?,
        _ types: TypedExemplars?, for children: [Model.ID]
    ) async throws -> [JSONValue.Member] {
        let properties = relation.sourceKey.map { model.properties[$0] }
        let missing = properties.filter { property in !known.contains { $0.key == property.name } }
        guard !missing.isEmpty, given != nil || missing.contains(where: { isNeeded($0, in: model) }) else {
            guard given != nil else { return [] }
            throw TestingError(
                .value, "\(model.name).\(relation.name) is given twice: by its key and by its record.",
                model: model.name, property: relation.name)
        }
        guard let target = relation.target.map({ schema[$0] }) else {
            throw TestingError(
                .value,
                "\(model.name).\(relation.name) can lead to several models: make the record it is to lead to, and give its key and kind.",
                model: model.name, property: relation.name)
        }
        guard !children.contains(target.id) else {
            throw TestingError(
                .circle,
                "\(model.name) needs a record of \(target.name) by \(relation.name), which needs one of \(model.name) in turn: give \(missing[0].name).",
                model: model.name, property: missing[0].name)
        }
        let data = try await data(of: target, given ?? [:], count: 1, types, for: children)[0]
        let keys = relation.targetKey.map { target.properties[$0] }
        let parent = try JSONValue(parsing: try await session.create(target.name, data).firstJSON())
        return try zip(properties, keys).compactMap { own, other in
            guard missing.contains(where: { $0.id == own.id }) else { return nil }
            guard let value = parent[other.name] ?? data[other.name] else {
                throw TestingError(
                    .value,
                    "The key of \(model.name).\(relation.name), \(target.name).\(other.name), isn't shown: give \(own.name).",
                    model: model.name, property: own.name)
            }
            return .init(own.name, value)
        }
    }
}
