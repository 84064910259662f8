// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// New records that refer to each other: what can't be written yet waits until the others are there.
extension NestedWriter {
    // MARK: Ahead of a statement

    /// What of relations by keys of their own can be done before new records are made; the rest waits for others.
    ///
    /// - Parameter own: the data of the records, which get the keys that are known already.
    func ready(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model, _ target: Model,
        _ records: [NestedRecord], _ own: inout [[JSONValue.Member]?]
    ) throws -> [(parent: Int, nested: NestedRelation)] {
        guard graphRecords.references != nil else { return parts }
        let here = Set(records.compactMap(\.number))
        let isOptional = canWait(relation, of: model)
        return try parts.map { parent, nested in
            var (now, later) = (nested, nested)
            (now.connect, now.create) = ([], [])
            (later.connect, later.create, later.connectOrCreate) = ([], [], [])
            for connect in nested.connect {
                guard case .new(let number, _) = connect, graphRecords.made(number) == nil else {
                    now.connect.append(connect)
                    continue
                }
                if let values = keyAhead(relation, of: model, target, number, here) {
                    for (property, value) in zip(relation.sourceKey, values) {
                        let name = model.properties[property].name
                        own[parent]?.removeAll { $0.key == name }
                        own[parent]?.append(.init(name, value))
                    }
                } else if isOptional {
                    later.connect.append(connect)
                } else {
                    throw isCircular(relation, of: model, nested.path)
                }
            }
            for record in nested.create {
                if isOptional, !graphRecords.missing(needs(of: record, target)).isEmpty {
                    later.create.append(record)
                } else {
                    now.create.append(record)
                }
            }
            if !later.connect.isEmpty || !later.create.isEmpty, let number = records[parent].number {
                graphRecords.wait(.init(owner: .record(number), model: model.id, nested: later))
            }
            return (parent, now)
        }
    }

    /// Leaves keys of records that aren't there yet out of the data of new ones, where the database would refuse them.
    func waitForGiven(_ records: [NestedRecord], of model: Model, _ own: inout [[JSONValue.Member]?]) throws {
        guard graphRecords.references != nil else { return }
        let here = Set(records.compactMap(\.number))
        for (position, record) in records.enumerated() {
            for (relation, number) in record.given where graphRecords.made(number) == nil {
                guard let target = relation.target.map({ schema[$0] }),
                    keyAhead(relation, of: model, target, number, here) == nil
                else { continue }
                guard canWait(relation, of: model), let ownNumber = record.number else {
                    throw isCircular(relation, of: model, record.path)
                }
                let names = relation.sourceKey.map { model.properties[$0].name }
                own[position]?.removeAll { names.contains($0.key) }
                var nested = NestedRelation(relation: relation, target: target, path: record.path)
                nested.connect = [.new(number, link: nil)]
                graphRecords.wait(.init(owner: .record(ownNumber), model: model.id, nested: nested))
            }
        }
    }

    /// Targets that can be made now: the others wait for what they can't be without.
    func ready(
        _ new: [(Int, NestedRecord)], _ relation: Relation, of model: Model, _ target: Model, _ parents: [NestedParent],
        _ path: String
    ) -> [(Int, NestedRecord)] {
        guard graphRecords.references != nil else { return new }
        let needs = new.map { graphRecords.missing(self.needs(of: $0.1, target)) }
        var ready = Set(new.indices)
        while true {
            // Those of one statement may refer to each other by keys that are known.
            let here = Set(
                ready.compactMap { new[$0].1.number }.filter {
                    graphRecords.given($0, target.primaryKey, of: target) != nil
                })
            let left = ready.filter { needs[$0].isSubset(of: here) }
            guard left.count < ready.count else { break }
            ready = left
        }
        for index in new.indices where !ready.contains(index) {
            var nested = NestedRelation(relation: relation, target: target, path: path)
            nested.create = [new[index].1]
            graphRecords.wait(.init(owner: .parent(parents[new[index].0]), model: model.id, nested: nested))
        }
        return new.indices.filter(ready.contains).map { new[$0] }
    }

    /// The records of the graph that have to be there before a record with all that belongs to it can be made.
    private func needs(of record: NestedRecord, _ model: Model) -> Set<Int> {
        var (needed, made): (Set<Int>, Set<Int>) = ([], [])
        func look(_ record: NestedRecord, _ model: Model) {
            if let number = record.number { made.insert(number) }
            func need(_ relation: Relation, _ number: Int) {
                guard !canWait(relation, of: model), let target = relation.target.map({ schema[$0] }),
                    keyAhead(relation, of: model, target, number, record.number.map { [$0] } ?? [], isAsked: true)
                        == nil
                else { return }
                needed.insert(number)
            }
            for (relation, number) in record.given { need(relation, number) }
            for nested in record.relations {
                for case .new(let number, _) in nested.connect where isReferred(nested.relation) {
                    need(nested.relation, number)
                }
                guard let target = nested.target else { continue }
                for below in nested.create + nested.connectOrCreate.map(\.create) { look(below, target) }
            }
        }
        look(record, model)
        return needed.subtracting(made)
    }

    /// Whether a record can be made without what a relation leads to.
    private func canWait(_ relation: Relation, of model: Model) -> Bool {
        relation.sourceKey.allSatisfy {
            let property = model.properties[$0]
            return property.isNullable && !property.isRequired
        }
    }

    /// The key of a record that isn't there yet, where data give it and the database lets it be written: in the statement that makes both,
    /// where nothing watches over it, or where it is looked at when all is there.
    private func keyAhead(
        _ relation: Relation, of model: Model, _ target: Model, _ number: Int, _ here: Set<Int>, isAsked: Bool = false
    ) -> [JSONValue]? {
        guard relation.kind == .belongsTo, relation.polymorphic == nil, !relation.copiesFromTarget,
            let values = graphRecords.given(number, relation.targetKey, of: target)
        else { return nil }
        guard !here.contains(number) else { return values }
        let table = schema.catalog?.table(model.tableSchema, model.table)
        guard let table, table.kind == .table || table.kind == .partitioned else { return nil }
        let columns = Set(relation.sourceKey.map { model.properties[$0].column })
        let keys = table.foreignKeys.filter { !columns.isDisjoint(with: $0.columns) }
        guard keys.allSatisfy(\.isDeferrable) else { return nil }
        if !isAsked {
            for key in keys where !key.isDeferred {
                graphRecords.deferCheck(of: Self.quoted(table.schema) + "." + Self.quoted(key.name))
            }
        }
        return values
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    private func isCircular(_ relation: Relation, of model: Model, _ path: String) -> PlannerError {
        let columns = relation.sourceKey.map { model.properties[$0].column }.joined(separator: ", ")
        return PlannerError(
            .unsupported,
            "A new \(model.name) refers by \(relation.name) to a record that can only be made after it. Let \(columns) be NULL, so that it is written when both are there; or make its foreign key DEFERRABLE, and give the key of the other record in the data.",
            path: path.isEmpty ? nil : path, model: model.name, relation: relation.name)
    }

    /// Tells the server which constraints are to be looked at when all is there.
    func deferChecks() async throws {
        let constraints = graphRecords.takeDeferred()
        guard !constraints.isEmpty, !context.isLooking else { return }
        try await transaction.execute(Statement("SET CONSTRAINTS \(constraints.joined(separator: ", ")) DEFERRED"))
    }

    // MARK: When others are there

    /// Links or unlinks a record of the graph that may have to be made first.
    func connect(
        _ number: Int, _ link: JSONValue?, _ nested: NestedRelation, of model: Model, _ parent: NestedParent
    ) async throws {
        guard let target = nested.target else { return }
        guard let key = key(of: number, target) else {
            var later = NestedRelation(relation: nested.relation, target: target, path: nested.path)
            later.connect = [.new(number, link: link)]
            return graphRecords.wait(.init(owner: .parent(parent), model: model.id, nested: later))
        }
        try await transaction.addRelated(
            model.name, id: parent.id, relation: nested.relation.name, key: typed(key, nested.relation), link ?? [:])
    }

    /// The key of a record of the graph; nil where it isn't there yet.
    private func key(of number: Int, _ model: Model) -> JSONValue? {
        switch graphRecords.made(number) {
        case .row(let row)?: key(of: model, row)
        case .key(let key)?: key
        case nil: .none
        }
    }

    /// A record of the graph that is there.
    func record(_ number: Int, of target: Model, _ path: String) async throws -> ParentRecord? {
        switch graphRecords.made(number) {
        case .row(let row)?: return row
        case .key(let key)?: return try await record(target, key, path)
        case nil: return nil
        }
    }

    /// Writes what has waited, and lets the database look at what it was not to look at before.
    func finish() async throws {
        while true {
            let waiting = graphRecords.takeWaiting()
            guard let first = waiting.first else { break }
            var isMoving = false
            var links: [GraphRecords.Waiting] = []
            for group in Self.grouped(waiting) {
                let model = schema[group[0].model]
                guard let target = group[0].nested.target else { continue }
                var parts: [(parent: Int, nested: NestedRelation)] = []
                var parents: [NestedParent] = []
                for waiting in group {
                    var (now, later) = (waiting, waiting)
                    now.nested.connect = []
                    let owner = owner(of: waiting, model)
                    now.nested.create = waiting.nested.create.filter {
                        owner != nil && graphRecords.missing(needs(of: $0, target)).isEmpty
                    }
                    let ready = Set(now.nested.create.compactMap(\.number))
                    later.nested.create.removeAll { $0.number.map(ready.contains) ?? true }
                    if !later.nested.create.isEmpty || !later.nested.connect.isEmpty { links.append(later) }
                    guard let owner, !now.nested.create.isEmpty else { continue }
                    parts.append((parents.count, now.nested))
                    parents.append(owner)
                }
                guard !parts.isEmpty else { continue }
                isMoving = true
                try await relateOrRefer(parts, group[0].nested.relation, of: model, parents)
            }
            for group in Self.grouped(links) {
                if try await link(group) { isMoving = true }
            }
            guard isMoving else {
                throw isCircular(
                    first.nested.create.isEmpty
                        ? first.nested.relation : circular(first.nested) ?? first.nested.relation,
                    of: first.nested.create.isEmpty ? schema[first.model] : first.nested.target ?? schema[first.model],
                    first.nested.path)
            }
        }
        let deferred = graphRecords.deferred
        guard !deferred.isEmpty, !context.isLooking else { return }
        do {
            try await transaction.execute(Statement("SET CONSTRAINTS \(deferred.joined(separator: ", ")) IMMEDIATE"))
        } catch let error as PostgresError {
            guard let number = graphRecords.references?.records.first,
                let violation = ConstraintViolation(error, in: schema, writing: schema[number.model])
            else { throw error }
            throw violation
        }
    }

    /// The relation by which a record that waits refers to one that isn't there.
    private func circular(_ nested: NestedRelation) -> Relation? {
        guard let record = nested.create.first, let target = nested.target else { return nil }
        if let given = record.given.first(where: { graphRecords.made($0.number) == nil }) { return given.relation }
        return record.relations.first { isReferred($0.relation) && !canWait($0.relation, of: target) }?.relation
    }

    private func owner(of waiting: GraphRecords.Waiting, _ model: Model) -> NestedParent? {
        switch waiting.owner {
        case .parent(let parent): parent
        case .record(let number): key(of: number, model).map { NestedParent(id: $0, isReached: true) }
        }
    }

    private static func grouped(_ waiting: [GraphRecords.Waiting]) -> [[GraphRecords.Waiting]] {
        var groups: [[GraphRecords.Waiting]] = []
        for one in waiting {
            if let known = groups.firstIndex(where: {
                $0[0].nested.relation.id == one.nested.relation.id && $0[0].nested.target?.id == one.nested.target?.id
                    && $0[0].model == one.model
            }) {
                groups[known].append(one)
            } else {
                groups.append([one])
            }
        }
        return groups
    }

    /// Writes links between records that are there; the others go on waiting.
    ///
    /// - Returns: whether there were any.
    private func link(_ waiting: [GraphRecords.Waiting]) async throws -> Bool {
        let model = schema[waiting[0].model]
        let relation = waiting[0].nested.relation
        guard let target = waiting[0].nested.target else { return false }
        var links: [(parent: NestedParent, number: Int, data: JSONValue?)] = []
        for one in waiting {
            var later = one
            later.nested.connect = []
            let owner = owner(of: one, model)
            for case .new(let number, let data) in one.nested.connect {
                if let owner, graphRecords.made(number) != nil {
                    links.append((owner, number, data))
                } else {
                    later.nested.connect.append(.new(number, link: data))
                }
            }
            if !later.nested.connect.isEmpty || !later.nested.create.isEmpty { graphRecords.wait(later) }
        }
        guard !links.isEmpty else { return false }
        let isPlain =
            relation.kind == .belongsTo && relation.polymorphic == nil && !relation.copiesFromTarget
            && Filling(relation, of: model) == nil
        guard isPlain else {
            for (parent, number, data) in links {
                try await transaction.addRelated(
                    model.name, id: parent.id, relation: relation.name,
                    key: typed(key(of: number, target) ?? .null, relation), data ?? [:])
            }
            return true
        }
        var found: [ParentRecord] = []
        for (_, number, _) in links {
            if let record = try await record(number, of: target, waiting[0].nested.path) { found.append(record) }
        }
        let rows = try await rows(found, of: target, taking: relation.targetKey)
        var changes: [NestedChange] = []
        for ((parent, _, _), row) in zip(links, rows) {
            var data: [JSONValue.Member] = []
            for (own, other) in zip(relation.sourceKey, relation.targetKey) {
                data.append(.init(model.properties[own].name, try row.value(target.properties[other].name)))
            }
            changes.append(
                NestedChange(parent: 0, key: parent.id, data: .object(data), place: waiting[0].nested.path))
        }
        try await change(changes, of: model)
        return true
    }

    /// Changes records that this graph has made, whatever scopes say of them.
    private func change(_ changes: [NestedChange], of model: Model) async throws {
        func all(_ session: Transaction, _ data: [JSONValue]) async throws {
            let records = try planning.records(
                data, isList: true, at: changes.map(\.place), of: model, .update)
            let names = changes.compactMap { RecordName(key: $0.key, of: model) }
            guard names.count == changes.count else { return }
            var left = Array(changes.indices)
            while !left.isEmpty {
                let (groups, alone) = NestedChange.together(left, records, names)
                left = groups.isEmpty ? Array(alone.dropFirst()) : alone
                for group in groups.isEmpty ? [[alone[0]]] : groups {
                    let graph = try await session.context.answering { planning in
                        let keys = try group.map { try planning.keyValues(changes[$0].key, of: model) }
                        return try await session.context.change(
                            ModelChanges(planning.schema, model).updateEach(keys, .always, group.map { records[$0] }),
                            of: model, planning, as: .updateById)
                    }
                    guard graph.count == group.count else { throw planning.missing(model, changes[group[0]].key) }
                }
            }
        }
        guard let hooked = context.hooked(model.name, as: .updateById) else {
            return try await all(transaction, changes.map(\.data))
        }
        let items = changes.map { HookRunner.Each(key: $0.key, data: $0.data, place: $0.place, parent: nil) }
        try await hooked.updateEach(items, scoped: false) { try await all($0, $1) }
    }
}

extension Relation {
    /// Whether the record itself has the key: the other one has to be there first.
    var isOwn: Bool { kind == .belongsTo || kind == .referencesMany }

    /// Whether records get copies of what they refer to.
    fileprivate var copiesFromTarget: Bool { definition.invertProperties || definition.embedsProperties }
}
