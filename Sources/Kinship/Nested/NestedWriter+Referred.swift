// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What records refer to, and what may be said of its keys.
extension NestedWriter {
    /// Makes and finds what new records refer to, and writes its keys into their data.
    ///
    /// - Parameter trusted: which of their keys are those of records that have been looked at, or made.
    func makeReferred(
        by records: [NestedRecord], of model: Model, _ own: inout [[JSONValue.Member]?],
        _ trusted: inout [[TrustedKey]]
    ) async throws {
        for (relation, parts) in Self.grouped(records) where isReferred(relation) {
            guard let target = try relation.target.map({ try schema.model($0) }) else { continue }
            for (_, nested) in parts where !nested.isNew { throw onlyNew(nested, model) }
            let parts = try ready(parts, relation, of: model, target, records, &own, &trusted)
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
                if relation.kind == .belongsTo {
                    trusted[parent].append(TrustedKey(source: target.id, properties: Set(relation.sourceKey)))
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
        var connected: [(parent: Int, record: ParentRecord?)] = []
        var named: [(key: JSONValue, place: String)] = []
        for (parent, nested) in parts {
            for connect in nested.connect {
                switch connect {
                case .key(let key, _, let path):
                    connected.append((parent, nil))
                    named.append((key, path))
                case .new(let number, _, let key, let path):
                    switch graphRecords.made(number, meant: key, of: target) {
                    case .row(let row)?: connected.append((parent, row))
                    case .key(let key)?:
                        connected.append((parent, nil))
                        named.append((key, path))
                    case .absent?: throw isAbsent(target, path)
                    case nil: continue
                    }
                case .only, .named: continue
                }
            }
        }
        // In their order, those that are looked up among the others.
        var lookedUp = try await records(target, named)[...]
        for (parent, record) in connected {
            if let record = record ?? lookedUp.popFirst() { found.append((parent, record)) }
        }
        let sought = try await findOrCreate(parts.flatMap(\.nested.connectOrCreate), of: target)
        let owners = parts.flatMap { part in part.nested.connectOrCreate.map { _ in part.parent } }
        for (parent, record) in zip(owners, sought) { found.append((parent, record)) }
        return found
    }

    /// The records with some keys, by one statement where their keys can be compared here.
    ///
    /// - Throws: ``PlannerError`` `MODEL_NOT_FOUND` with the place of the first that there isn't.
    func records(_ target: Model, _ keys: [(key: JSONValue, place: String)]) async throws -> [ParentRecord] {
        let names = keys.map { RecordName(key: $0.key, of: target) }
        guard keys.count > 1, !target.hasKeysOfTheServer, !names.contains(nil) else {
            var records: [ParentRecord] = []
            for (key, place) in keys { records.append(try await record(target, key, place)) }
            return records
        }
        let found = try await context.records(of: target, keys: keys.map(\.key), lock: nil, as: .createGraph)
        var records: [ParentRecord] = []
        for (position, name) in names.enumerated() {
            guard let record = name.flatMap({ found[$0] }) else {
                var error = planning.missing(target, keys[position].key)
                error.path = keys[position].place
                throw error
            }
            records.append(record)
        }
        return records
    }

    /// The error of the name of a record that isn't made, for another one was found in its place, or in that of one above it.
    func isAbsent(_ model: Model, _ path: String) -> PlannerError {
        PlannerError(
            .invalidValue,
            "The \(model.name) that is meant here is made only where \"connectOrCreate\" finds nothing, and something was found.",
            path: path, model: model.name)
    }

    // MARK: Keys

    /// The keys of new records that their places say, and those of other new records that their data say.
    func keysOfPlaces(
        _ records: [NestedRecord], _ given: [GivenValues], of model: Model
    ) -> [[TrustedKey]] {
        guard !schema.copies.held(by: model.id).isEmpty else { return records.map { _ in [] } }
        return records.indices.map { position in
            var keys: [TrustedKey] = []
            if given.indices.contains(position), let owner = given[position].owner {
                let properties = given[position].keys.keys.compactMap { model.property($0)?.id }
                keys.append(TrustedKey(source: owner, properties: Set(properties)))
            }
            for (relation, number) in records[position].given where graphRecords.isSure(number) {
                if let target = relation.target {
                    keys.append(TrustedKey(source: target, properties: Set(relation.sourceKey)))
                }
            }
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
        for connect in nested.connect {
            switch connect {
            // Also where the graph says something of that one itself.
            case .key(let key, _, _), .new(_, _, let key?, _): keys.append(target.condition(key: key))
            case .new, .named, .only: continue
            }
        }
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
