// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What records refer to, and what may be said of its keys.
extension NestedWriter {
    /// Makes and finds what new records refer to, and writes its keys into their data.
    func makeReferred(
        by records: [NestedRecord], of model: Model, _ own: inout [[JSONValue.Member]?]
    ) async throws {
        for (relation, parts) in Self.grouped(records) where isReferred(relation) {
            guard let target = try relation.target.map({ try schema.model($0) }) else { continue }
            for (_, nested) in parts where !nested.isNew { throw onlyNew(nested, model) }
            let parts = try ready(parts, relation, of: model, target, records, &own)
            var found: [[ParentRecord]] = Array(repeating: [], count: records.count)
            let all = try await targets(parts, of: target)
            // What was made for one of them can have changed another.
            let rows = try await rows(all.map(\.record), of: target, taking: relation.takenOfTarget(target))
            for ((parent, _), record) in zip(all, rows) { found[parent].append(record) }
            for parent in Set(parts.map(\.parent)).sorted() where !found[parent].isEmpty {
                func set(_ name: String, _ value: JSONValue) {
                    own[parent]?.removeAll { $0.key == name }
                    own[parent]?.append(.init(name, value))
                }
                func setKey(_ property: Property.ID, _ value: JSONValue) throws(PlannerError) {
                    let property = model.properties[property]
                    if let given = records[parent][property.name] {
                        try requireSame(given, value, property, of: model, records[parent].path)
                    }
                    set(property.name, value)
                }
                for (property, key) in zip(relation.sourceKey, relation.targetKey) {
                    let values = try found[parent].map { try $0.value(target.properties[key].name) }
                    try setKey(property, relation.kind == .referencesMany ? .array(values) : values[0])
                }
                if let polymorphic = relation.polymorphic, relation.kind == .belongsTo {
                    try setKey(polymorphic.discriminator, .string(target.name))
                }
                guard relation.definition.invertProperties, !relation.definition.embedsProperties,
                    relation.kind == .belongsTo
                else {
                    continue
                }
                for copy in relation.definition.properties {
                    set(copy.to, try found[parent][0].value(copy.from))
                }
            }
        }
    }

    /// The targets to be linked, made or found, and whose they are.
    private func targets(
        _ parts: [(parent: Int, nested: NestedRelation)], of target: Model
    ) async throws -> [(parent: Int, record: ParentRecord)] {
        var found: [(parent: Int, record: ParentRecord)] = []
        let new = parts.flatMap { part in part.nested.create.map { (part.parent, $0) } }
        let made = try await create(new.map(\.1), of: target)
        for ((parent, _), record) in zip(new, made) { found.append((parent, record)) }
        for (parent, nested) in parts {
            for case .key(let id, _) in nested.connect {
                found.append((parent, try await record(target, id, nested.path + ".connect")))
            }
            for case .new(let number, _) in nested.connect {
                if let record = try await record(number, of: target, nested.path) { found.append((parent, record)) }
            }
            for (condition, create) in nested.connectOrCreate {
                found.append((parent, try await findOrCreate(target, condition, create)))
            }
        }
        return found
    }

    // MARK: Keys

    /// The keys of new records that their places say.
    func keysOfPlaces(
        _ records: [NestedRecord], _ given: [GivenValues], of model: Model
    ) -> [Set<Property.ID>] {
        guard !schema.copies.held(by: model.id).isEmpty else { return [] }
        return records.indices.map { position in
            var keys: Set<Property.ID> = []
            if given.indices.contains(position) {
                keys.formUnion(given[position].keys.keys.compactMap { model.property($0)?.id })
            }
            for nested in records[position].relations where isReferred(nested.relation) {
                keys.formUnion(nested.relation.sourceKey)
            }
            for (relation, _) in records[position].given { keys.formUnion(relation.sourceKey) }
            return keys
        }
    }

    /// Adds values that others say to the data of a record, which may only say the same of keys.
    func adding(
        _ given: GivenValues, to members: [JSONValue.Member]?, _ record: NestedRecord, _ model: Model
    ) throws(PlannerError) -> [JSONValue.Member] {
        var members = members ?? []
        for (name, value) in given.keys.sorted(by: { $0.key < $1.key }) {
            if let own = record[name], let property = model.property(name) {
                try requireSame(own, value, property, of: model, record.path)
                continue
            }
            members.append(.init(name, value))
        }
        for (name, value) in given.copies.sorted(by: { $0.key < $1.key }) {
            members.removeAll { $0.key == name }
            members.append(.init(name, value))
        }
        return members
    }

    /// Data may only say the same of a key as their place does (D24).
    func requireSame(
        _ given: JSONValue, _ value: JSONValue, _ property: Property, of model: Model, _ path: String
    ) throws(PlannerError) {
        guard RecordName.Part(given, property) != RecordName.Part(value, property) else { return }
        throw PlannerError(
            .keyOverride,
            "The place of the record says what \(model.name).\(property.name) is; leave it out, or give the same.",
            path: NestedReader.path(path, property.name), model: model.name, property: property.name)
    }

    /// Data that name a target and have its key as well may only have that one.
    func requireSameKey(
        _ nested: NestedRelation, _ record: NestedRecord, of model: Model
    ) throws(PlannerError) {
        let relation = nested.relation
        guard relation.kind == .belongsTo, let target = relation.target.map({ schema[$0] }) else { return }
        var keys: [JSONValue] = nested.create.map(\.data)
        for case .key(let key, _) in nested.connect { keys.append(target.condition(key: key)) }
        guard let key = keys.last else { return }
        for (own, other) in zip(relation.sourceKey, relation.targetKey) {
            let property = model.properties[own]
            guard let given = record[property.name] else { continue }
            // What another key than the primary one is the database knows.
            let name = target.properties[other].name
            if key[name] == nil, nested.create.isEmpty { continue }
            try requireSame(given, key[name] ?? .null, property, of: model, record.path)
        }
    }
}
