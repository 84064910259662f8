// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// What is written of records.
extension TypedDefinition {
    /// What is written of a record that is to be made.
    func newData(of record: Record, in schema: Schema) throws(PlannerError) -> [JSONValue.Member] {
        let model = schema.model(name)
        return try storedData(of: record, in: schema).filter { member in
            guard let model, let property = model.property(member.key) else { return true }
            // New records have been changed once.
            if property.id == model.version?.id { return false }
            let filling = schema.filling(of: property, in: model)
            let isNone = member.value == .null
            if model.primaryKey.contains(property.id), property.isGenerated, model.definition.forceId != false {
                return false
            }
            if model.primaryKey.contains(property.id), filling != .none || property.isGenerated {
                return !isNone && member.value != .number("0")
            }
            let hasDefault =
                filling != .none || property.definition.defaultValue != nil
                || property.definition.defaultFunction != nil
            return !(isNone && hasDefault)
        }
    }

    /// All that is stored of a record but what the database makes by itself.
    func storedData(of record: Record, in schema: Schema) throws(PlannerError) -> [JSONValue.Member] {
        let model = schema.model(name)
        var members: [JSONValue.Member] = []
        members.reserveCapacity(properties.count)
        for property in properties {
            guard let written = property.written, !property.definition.isGenerated else { continue }
            if let model, let known = model.property(property.name), !model.primaryKey.contains(known.id),
                known.isGenerated || known.definition.isReadOnly
                    || Self.isAlwaysMade(schema.filling(of: known, in: model))
            {
                continue
            }
            members.append(JSONValue.Member(property.name, try value(of: property, written, record)))
        }
        return members
    }

    private static func isAlwaysMade(_ filling: Catalog.Column.Filling) -> Bool {
        filling == .generated || filling == .identityAlways
    }

    /// A property of a record as it is stored; nil for what the struct doesn't have.
    func value(of name: String, in record: Record) throws(PlannerError) -> JSONValue? {
        guard let property = properties.first(where: { $0.name == name }), let written = property.written else {
            return .none
        }
        return .some(try value(of: property, written, record))
    }

    private func value(
        of property: TypedProperty<Record>, _ written: (Record) throws(CellError) -> JSONValue, _ record: Record
    ) throws(PlannerError) -> JSONValue {
        do throws(CellError) {
            return try written(record)
        } catch {
            throw PlannerError(
                .invalidValue, "\(name).\(property.name) can't be stored: \(error.explanation).", path: property.name,
                model: name, property: property.name)
        }
    }

    /// The record's key: its one property, or an object of several.
    func key(of record: Record) throws -> JSONValue {
        let members = try keyNames.compactMap { name in
            try value(of: name, in: record).map { JSONValue.Member(name, $0) }
        }
        guard !members.isEmpty else {
            throw ModelError(
                .invalidModel, "The definition of \(name) names no key; write $0.id(\"id\", \\.id).", model: name)
        }
        return members.count == 1 ? members[0].value : .object(members)
    }

    /// What comes back of a change: the struct's properties.
    package var answer: JSONValue? {
        isPartial ? ["fields": .array(shownNames.map { .string($0) })] : nil
    }

    // MARK: Relations

    /// Refuses records of relations that would be lost: they aren't written with their record.
    func refuseGiven(_ record: Record) throws(ModelError) {
        for relation in relations where relation.isGiven(record) {
            throw ModelError(
                .invalidModel,
                "\(name).\(relation.name) was given records, which aren't written with \(name). Write them by operations of their own, or all at once as JSON with createGraph or saveGraph.",
                model: name, relation: relation.name)
        }
    }

    /// Takes the relations that were loaded with a record over to what was stored of it, as far as they lead to the same still.
    ///
    /// - Parameters:
    ///   - old: the record as it was when they were loaded.
    ///   - record: the record that has them.
    func takeRelations(of old: Record, _ record: Record, to stored: inout Record, in model: Model) throws(PlannerError)
    {
        for relation in relations where relation.isAnswered(record) {
            guard let known = model.relation(relation.name) else { continue }
            var isSame = true
            for property in known.sourceKey + [known.embedded, known.polymorphic?.discriminator].compactMap({ $0 }) {
                // A discriminator may be a property of another model.
                guard model.properties.has(property) else { continue }
                let name = model.properties[property].name
                guard let before = try value(of: name, in: old), let after = try value(of: name, in: stored) else {
                    // What the struct doesn't have it can't have changed.
                    continue
                }
                isSame = isSame && before.isSame(as: after)
            }
            if isSame { relation.copy(&stored, record) }
        }
    }
}
