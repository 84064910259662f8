// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// What has waited for other records of the graph, when these are there.
extension NestedWriter {
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
