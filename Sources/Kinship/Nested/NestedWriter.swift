// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Writes whole graphs in a transaction: one statement for each model and level, what is referred to ahead of what refers to it.
struct NestedWriter {
    let transaction: Transaction
    let planning: Planning
    var context: SessionContext { transaction.context }
    var schema: Schema { planning.schema }

    // MARK: New records

    /// Makes records with all that belongs to them.
    ///
    /// - Parameter given: what each has beside its data: keys of others, and copies of them.
    /// - Returns: the records, in their order.
    func create(
        _ records: [NestedRecord], of model: Model, given: [GivenValues] = []
    ) async throws -> [ParentRecord] {
        guard !records.isEmpty else { return [] }
        var own = records.map(\.data.members)
        if !given.isEmpty {
            for position in own.indices {
                own[position] = try adding(given[position], to: own[position], records[position], model)
            }
        }
        try await makeReferred(by: records, of: model, &own)
        let data = own.map { JSONValue.object($0 ?? []) }
        let graph = try await write(data, at: records.map(\.path), of: model)
        let made = Self.parents(graph, model)
        try await writeCopies(of: Self.grouped(records).map { ($0.relation, $0.parts.map(\.parent)) }, of: model, made)
        for nested in Self.grouped(records) where !isReferred(nested.relation) {
            try await relate(nested.parts, nested.relation, of: model, made, areNew: true)
        }
        return made
    }

    /// Makes records by one statement.
    private func write(_ data: [JSONValue], at places: [String]? = nil, of model: Model) async throws -> Graph {
        // Hidden properties can be keys, and can be copied.
        var shown = Filter()
        shown.fields = model.properties.map(\.id)
        func write(_ context: SessionContext, _ data: [JSONValue]) async throws -> Graph {
            try await context.answering { planning in
                let checked = try planning.records(
                    data, isList: true, at: places, of: model, unscoped: context.isUnscoped)
                let graph = try await context.change(
                    ModelChanges(planning.schema, model).create(checked), of: model, answering: shown, planning,
                    as: .createGraph)
                guard graph.count == checked.count else {
                    throw planning.notMade(checked.count - graph.count, of: checked.count, model)
                }
                return graph
            }
        }
        guard let hooked = context.hooked(model.name, as: .createGraph) else { return try await write(context, data) }
        return try await hooked.create(data, .init(purpose: .create, places: places, isList: true)) { session, data in
            try await write(session.context, data)
        }
    }

    /// Adds values that others say to the data of a record, which may only say the same of keys.
    private func adding(
        _ given: GivenValues, to members: [JSONValue.Member]?, _ record: NestedRecord, _ model: Model
    ) throws(PlannerError) -> [JSONValue.Member] {
        var members = members ?? []
        for (name, value) in given.keys.sorted(by: { $0.key < $1.key }) {
            if let own = record[name] {
                guard own == value || own.text == value.description else {
                    throw PlannerError(
                        .keyOverride,
                        "The place of the record says what \(model.name).\(name) is; leave it out, or give the same.",
                        path: NestedReader.path(record.path, name), model: model.name, property: name)
                }
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

    /// Whether the record itself has the key: then the other one has to be there first.
    private func isReferred(_ relation: Relation) -> Bool {
        relation.kind == .belongsTo || relation.kind == .referencesMany
    }

    /// The relations of several records, each with its parts and whose they are.
    private static func grouped(
        _ records: [NestedRecord]
    ) -> [(relation: Relation, parts: [(parent: Int, nested: NestedRelation)])] {
        var groups: [(relation: Relation, parts: [(parent: Int, nested: NestedRelation)])] = []
        for (parent, record) in records.enumerated() {
            for nested in record.relations {
                if let known = groups.firstIndex(where: {
                    $0.relation.id == nested.relation.id && $0.relation.target == nested.relation.target
                }) {
                    groups[known].parts.append((parent, nested))
                } else {
                    groups.append((nested.relation, [(parent, nested)]))
                }
            }
        }
        return groups
    }

    /// Makes and finds what new records refer to, and writes its keys into their data.
    private func makeReferred(
        by records: [NestedRecord], of model: Model, _ own: inout [[JSONValue.Member]?]
    ) async throws {
        for (relation, parts) in Self.grouped(records) where isReferred(relation) {
            guard let target = try relation.target.map({ try schema.model($0) }) else { continue }
            for (_, nested) in parts where !nested.isNew { throw onlyNew(nested, model) }
            var found: [[ParentRecord]] = Array(repeating: [], count: records.count)
            for (parent, record) in try await targets(parts, of: target) { found[parent].append(record) }
            for parent in Set(parts.map(\.parent)).sorted() where !found[parent].isEmpty {
                func set(_ name: String, _ value: JSONValue) {
                    own[parent]?.removeAll { $0.key == name }
                    own[parent]?.append(.init(name, value))
                }
                for (property, key) in zip(relation.sourceKey, relation.targetKey) {
                    let values = try found[parent].map { try $0.value(target.properties[key].name) }
                    set(
                        model.properties[property].name,
                        relation.kind == .referencesMany ? .array(values) : values[0])
                }
                if let polymorphic = relation.polymorphic, relation.kind == .belongsTo {
                    set(model.properties[polymorphic.discriminator].name, .string(target.name))
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
            for (condition, create) in nested.connectOrCreate {
                found.append((parent, try await findOrCreate(target, condition, create)))
            }
        }
        return found
    }

    // MARK: Related records

    /// Does what is asked of a relation of records that are there.
    ///
    /// - Parameter areNew: whether the records have been made just now, so that nothing refers to them.
    private func relate(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [ParentRecord], areNew: Bool = false
    ) async throws {
        guard let target = try relation.target.map({ try schema.model($0) }) else { return }
        for (parent, nested) in parts {
            try await changeLinks(nested, of: model, parents[parent])
        }
        let new = parts.flatMap { part in part.nested.create.map { (part.parent, $0) } }
        if relation.embedded != nil {
            for (parent, record) in new {
                try await transaction.createRelated(
                    model.name, id: key(of: model, parents[parent]), relation: relation.name, record.data)
            }
        } else if let through = relation.through {
            let made = try await create(try await filled(new, relation, of: model, parents), of: target)
            var links: [(parent: Int, target: ParentRecord, data: JSONValue?)] = []
            for ((parent, record), made) in zip(new, made) { links.append((parent, made, record.link)) }
            try await link(links, through, relation, of: model, target, parents)
        } else if relation.kind == .hasOne, !areNew {
            // There may be one already.
            for (parent, record) in new {
                let made = try await transaction.createRelated(
                    model.name, id: key(of: model, parents[parent]), relation: relation.name, record.data)
                try await follow(record, of: target, Self.parents(made.graph, target))
            }
        } else {
            let given = try new.map { parent, _ in try own(relation, of: model, target, parents[parent]) }
            _ = try await create(
                try await filled(new, relation, of: model, parents), of: target, given: given)
        }
    }

    /// Does what is asked of the relations of a record that is there.
    func follow(_ record: NestedRecord, of model: Model, _ parents: [ParentRecord]) async throws {
        guard !parents.isEmpty else { return }
        for (relation, parts) in Self.grouped([record]) { try await relateOrRefer(parts, relation, of: model, parents) }
    }

    /// What the place of a record says of it: the key and the type of the relation, and what is copied.
    private func own(
        _ relation: Relation, of model: Model, _ target: Model, _ parent: ParentRecord
    ) throws(PlannerError) -> GivenValues {
        var given = GivenValues()
        for (own, other) in zip(relation.sourceKey, relation.targetKey) {
            given.keys[target.properties[other].name] = try parent.value(model.properties[own].name)
        }
        if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
            given.keys[target.properties[polymorphic.discriminator].name] = .string(type)
        }
        if !relation.definition.invertProperties {
            for copy in relation.definition.properties where given.keys[copy.to] == nil {
                given.copies[copy.to] = try parent.value(copy.from)
            }
        }
        return given
    }

    /// Links new targets to their records, in one statement.
    private func link(
        _ links: [(parent: Int, target: ParentRecord, data: JSONValue?)], _ through: Relation.Through,
        _ relation: Relation, of model: Model, _ target: Model, _ parents: [ParentRecord]
    ) async throws {
        guard !links.isEmpty else { return }
        let link = try schema.model(through.model)
        var data: [JSONValue] = []
        for (parent, record, own) in links {
            var new = LinkData(own, of: link, at: "\(relation.name).through")
            for (property, key) in zip(through.sourceKey, relation.sourceKey) {
                try new.set(property, key: try parents[parent].value(model.properties[key].name))
            }
            for (property, key) in zip(through.targetKey, relation.targetKey) {
                try new.set(property, key: try record.value(target.properties[key].name))
            }
            if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
                try new.set(polymorphic.discriminator, key: .string(type))
            }
            for copy in relation.definition.throughProperties {
                new.copy(copy.to, try parents[parent].value(copy.from))
            }
            data.append(new.json)
        }
        _ = try await write(data, of: link)
    }

    /// Does what is asked of any relation of records that are there.
    func relateOrRefer(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [ParentRecord]
    ) async throws {
        guard isReferred(relation) else { return try await relate(parts, relation, of: model, parents) }
        for (parent, nested) in parts {
            let id = key(of: model, parents[parent])
            try await changeLinks(nested, of: model, parents[parent])
            guard let target = try relation.target.map({ try schema.model($0) }) else { continue }
            for record in try await create(nested.create, of: target) {
                try await transaction.addRelated(
                    model.name, id: id, relation: relation.name, key: typed(key(of: target, record), relation))
            }
        }
    }

    /// Changes a record, and all that its data say of its relations.
    func update(_ record: NestedRecord, of model: Model, id: JSONValue) async throws -> ParentRecord {
        if let known = record.asRead(of: model) {
            try await follow(record, of: model, [known])
            return known
        }
        let graph =
            record.data.members?.isEmpty == false
            ? try await transaction.updateById(model.name, id: id, record.data)
            : try await transaction.findById(model.name, id: id)
        guard let parent = Self.parents(graph, model).first else { throw planning.missing(model, id) }
        try await follow(record, of: model, [parent])
        return parent
    }

    // MARK: Records that are there

    func findOrCreate(
        _ target: Model, _ condition: JSONValue, _ create: NestedRecord
    ) async throws -> ParentRecord {
        let found = try await transaction.find(target.name, filter: ["where": condition, "limit": 1])
        if let record = Self.parents(found, target).first { return record }
        return try await self.create([create], of: target)[0]
    }

    private func record(_ target: Model, _ id: JSONValue, _ path: String) async throws -> ParentRecord {
        let found = try await transaction.findById(target.name, id: id)
        guard let record = Self.parents(found, target).first else {
            var error = planning.missing(target, id)
            error.path = path
            throw error
        }
        return record
    }

    static func parents(_ graph: Graph, _ model: Model) -> [ParentRecord] {
        guard let rows = graph.rowSets[0] else { return [] }
        return (0..<rows.count).map { ParentRecord(rows, row: $0, of: graph.plan.fetches[Fetch.root], model) }
    }

    /// The key of a record as operations take it.
    func key(of model: Model, _ record: ParentRecord) -> JSONValue {
        let names = model.primaryKey.map { model.properties[$0].name }
        return names.count == 1 ? record[names[0]] : .object(names.map { .init($0, record[$0]) })
    }

    func key(_ record: NestedRecord, _ names: [String]) -> JSONValue {
        names.count == 1 ? record[names[0]] ?? .null : .object(names.map { .init($0, record[$0] ?? .null) })
    }

    private func onlyNew(_ nested: NestedRelation, _ model: Model) -> PlannerError {
        PlannerError(
            .invalidValue,
            "A new \(model.name) has no \(nested.relation.name) yet that could be changed; use create, connect or connectOrCreate.",
            path: nested.path, model: model.name, relation: nested.relation.name)
    }
}
