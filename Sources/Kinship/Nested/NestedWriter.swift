// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Writes whole graphs in a transaction: one statement for each model and level, what is referred to ahead of what refers to it.
struct NestedWriter {
    let transaction: Transaction
    let planning: Planning
    let looks: GraphLooks
    /// What has become of the records that other places of the data name.
    let graphRecords: GraphRecords
    var context: SessionContext { transaction.context }
    var schema: Schema { planning.schema }

    init(_ transaction: Transaction, _ planning: Planning, _ looks: GraphLooks, _ references: GraphReferences? = nil) {
        self.looks = looks
        graphRecords = GraphRecords(references)
        self.transaction = transaction.with(transaction.context.readingAll)
        self.planning = planning
    }

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
        try waitForGiven(records, of: model, &own)
        var trusted = keysOfPlaces(records, given, of: model)
        try await makeReferred(by: records, of: model, &own, &trusted)
        try await deferChecks()
        let data = own.map { JSONValue.object($0 ?? []) }
        let graph = try await write(
            data, at: records.map(\.path), of: model, trusting: trusted)
        let made = Self.parents(graph, model)
        if graphRecords.references != nil {
            for (row, record) in zip(made, records) { graphRecords.note(row, of: record) }
        }
        let groups = Self.grouped(records)
        guard !groups.isEmpty else { return made }
        try await writeCopies(of: groups.map { ($0.relation, $0.parts.map(\.parent)) }, of: model, made)
        let parents = made.map { parent($0, of: model) }
        for nested in groups where !isReferred(nested.relation) {
            try await relate(nested.parts, nested.relation, of: model, parents, areNew: true)
        }
        return made
    }

    /// Makes records by one statement.
    ///
    /// - Parameter trusted: the keys of each that are those of records which this graph has looked at, or made.
    private func write(
        _ data: [JSONValue], at places: [String]? = nil, of model: Model, trusting trusted: [[TrustedKey]] = []
    ) async throws -> Graph {
        // Hidden properties can be keys, and can be copied.
        var shown = Filter()
        shown.fields = model.properties.map(\.id)
        func write(_ context: SessionContext, _ data: [JSONValue]) async throws -> Graph {
            try await context.answering { planning in
                let change = try planning.creation(
                    data, isList: true, at: places, of: model, unscoped: context.isUnscoped)
                let graph = try await context.change(
                    change, of: model, answering: shown, planning, as: .createGraph, trusting: trusted)
                guard graph.count == data.count else {
                    throw planning.notMade(data.count - graph.count, of: data.count, model)
                }
                return graph
            }
        }
        guard let hooked = context.hooked(model.name, as: .createGraph) else { return try await write(context, data) }
        return try await hooked.create(data, .init(purpose: .create, places: places, isList: true)) { session, data in
            try await write(session.context, data)
        }
    }

    /// Whether the record itself has the key: then the other one has to be there first.
    func isReferred(_ relation: Relation) -> Bool {
        relation.kind == .belongsTo || relation.kind == .referencesMany
    }

    /// The relations of several records, each with its parts and whose they are.
    static func grouped(
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

    // MARK: Related records

    /// Does what is asked of a relation of records that are there.
    ///
    /// - Parameter areNew: whether the records have been made just now, so that nothing refers to them.
    private func relate(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [NestedParent], areNew: Bool = false
    ) async throws {
        guard let target = try relation.target.map({ try schema.model($0) }) else { return }
        try await changeLinks(parts, relation, of: model, parents)
        var new = parts.flatMap { part in part.nested.create.map { (part.parent, $0) } }
        if relation.embedded == nil, let path = parts.first?.nested.path {
            new = ready(new, relation, of: model, target, parents, path)
        }
        guard !new.isEmpty else { return }
        let taken = relation.takenOfSource(model)
        if relation.embedded != nil {
            for (parent, record) in new {
                try await transaction.createRelated(
                    model.name, id: parents[parent].id, relation: relation.name, record.data)
            }
        } else if let through = relation.through {
            let made = try await create(try await filled(new, relation, of: model, parents), of: target)
            var links: [(parent: Int, target: ParentRecord, data: JSONValue?)] = []
            for ((parent, record), made) in zip(new, made) { links.append((parent, made, record.link)) }
            let rows = try await rows(of: parents, at: links.map(\.parent), of: model, taking: taken)
            try await link(links, through, relation, of: model, target, rows)
        } else if relation.kind == .hasOne, !areNew {
            // There may be one already.
            for (parent, record) in new {
                var data = [record.data.members]
                try waitForGiven([record], of: target, &data)
                var trusted = keysOfPlaces([record], [], of: target)
                try await makeReferred(by: [record], of: target, &data, &trusted)
                try await deferChecks()
                let made = try await transaction.createRelated(
                    model.name, id: parents[parent].id, relation: relation.name, .object(data[0] ?? []))
                var rest = record
                rest.relations.removeAll { isReferred($0.relation) }
                guard let row = Self.parents(made.graph, target).first else { continue }
                graphRecords.note(row, of: record)
                try await follow(rest, of: target, self.parent(row, of: target))
            }
        } else {
            let rows = try await rows(of: parents, at: new.map(\.0), of: model, taking: taken)
            let given = try rows.mapValues { try own(relation, of: model, target, $0) }
            _ = try await create(
                try await filled(new, relation, of: model, parents), of: target,
                given: new.map { given[$0.0] ?? GivenValues() })
        }
    }

    /// Does what is asked of the relations of a record that is there.
    func follow(_ record: NestedRecord, of model: Model, _ parent: NestedParent) async throws {
        try await follow([record], of: model, [parent])
    }

    /// What the place of a record says of it: the key and the type of the relation, and what is copied.
    private func own(
        _ relation: Relation, of model: Model, _ target: Model, _ parent: ParentRecord
    ) throws(PlannerError) -> GivenValues {
        var given = GivenValues()
        given.owner = model.id
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
        _ relation: Relation, of model: Model, _ target: Model, _ parents: [Int: ParentRecord]
    ) async throws {
        let link = try schema.model(through.model)
        let targets = try await rows(links.map(\.target), of: target, taking: relation.targetKey)
        var data: [JSONValue] = []
        for ((parent, _, own), record) in zip(links, targets) {
            guard let row = parents[parent] else { continue }
            var new = LinkData(own, of: link, at: "\(relation.name).through")
            for (property, key) in zip(through.sourceKey, relation.sourceKey) {
                try new.set(property, key: try row.value(model.properties[key].name))
            }
            for (property, key) in zip(through.targetKey, relation.targetKey) {
                try new.set(property, key: try record.value(target.properties[key].name))
            }
            if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
                try new.set(polymorphic.discriminator, key: .string(type))
            }
            for copy in relation.definition.throughProperties {
                new.copy(copy.to, try row.value(copy.from))
            }
            data.append(new.json)
        }
        // Both ends have been looked at.
        let ends = [
            TrustedKey(source: model.id, properties: Set(through.sourceKey)),
            TrustedKey(source: target.id, properties: Set(through.targetKey)),
        ]
        _ = try await write(data, of: link, trusting: data.map { _ in ends })
    }

    /// Does what is asked of any relation of records that are there.
    func relateOrRefer(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [NestedParent]
    ) async throws {
        guard isReferred(relation) else { return try await relate(parts, relation, of: model, parents) }
        try await changeLinks(parts, relation, of: model, parents)
        guard let target = try relation.target.map({ try schema.model($0) }) else { return }
        let new = parts.flatMap { part in part.nested.create.map { (part.parent, $0) } }
        let made = try await create(new.map(\.1), of: target)
        try await connect(
            zip(new, made).map { new, record in
                NestedLink(parent: new.0, key: key(of: target, record), link: nil, place: new.1.path)
            }, NestedLevel(relation: relation, model: model, target: target, parents: parents))
    }

    /// Changes a record, and all that its data say of its relations.
    ///
    /// - Returns: its key.
    func update(_ record: NestedRecord, of model: Model, id: JSONValue) async throws -> JSONValue {
        graphRecords.note(record.unchangedKey(of: model) ?? id, of: record)
        if let key = record.unchangedKey(of: model) {
            try await follow(record, of: model, NestedParent(id: key, isReached: false))
            return key
        }
        if record.data.members?.isEmpty == false {
            try await transaction.updateById(model.name, id: id, record.data)
        } else if try await transaction.exists(model.name, id: id).count == 0 {
            throw planning.missing(model, id)
        }
        try await follow(record, of: model, NestedParent(id: id, isReached: true))
        return id
    }

    // MARK: Records that are there

    func findOrCreate(
        _ target: Model, _ condition: JSONValue, _ create: NestedRecord
    ) async throws -> ParentRecord {
        let found = try await context.answering { planning in
            var filter = try planning.resolve(
                target, filter: ["where": condition, "limit": 1], unscoped: context.isUnscoped)
            filter.readsAll = true
            let (plan, values) = try planning.prepare(filter, for: target)
            return try await context.run(plan, values, planning, as: .find)
        }
        if let record = RecordRows.first(of: found, target) {
            graphRecords.note(found: record, for: create)
            return record
        }
        looks.noteMissing()
        return try await self.create([create], of: target)[0]
    }

    func record(_ target: Model, _ id: JSONValue, _ path: String) async throws -> ParentRecord {
        guard let record = try await context.wholeRecord(of: target, id: id, as: .createGraph) else {
            var error = planning.missing(target, id)
            error.path = path
            throw error
        }
        return record
    }

    static func parents(_ graph: Graph, _ model: Model) -> [ParentRecord] {
        guard let rows = graph.rowSets[0] else { return [] }
        return RecordRows(rows, of: graph.plan.fetches[Fetch.root], model).all
    }

    /// The key of a record as operations take it.
    func key(of model: Model, _ record: ParentRecord) -> JSONValue {
        let names = model.primaryKey.map { model.properties[$0].name }
        return names.count == 1 ? record[names[0]] : .object(names.map { .init($0, record[$0]) })
    }

    func key(_ record: NestedRecord, _ names: [String]) -> JSONValue {
        names.count == 1 ? record[names[0]] ?? .null : .object(names.map { .init($0, record[$0] ?? .null) })
    }

    func onlyNew(_ nested: NestedRelation, _ model: Model) -> PlannerError {
        PlannerError(
            .invalidValue,
            "A new \(model.name) has no \(nested.relation.name) yet that could be changed; use create, connect or connectOrCreate.",
            path: nested.path, model: model.name, relation: nested.relation.name)
    }
}
