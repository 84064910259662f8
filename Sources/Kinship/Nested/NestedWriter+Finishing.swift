// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// What has waited for other records of the graph, when these are there.
extension NestedWriter {
    /// Writes what has waited, and lets the database look at what it was not to look at before.
    func finish() async throws {
        while true {
            let records = graphRecords.takeReady(records: true)
            for group in Self.grouped(records) {
                let model = schema[group[0].model]
                var parts: [(parent: Int, nested: NestedRelation)] = []
                var parents: [NestedParent] = []
                for waiting in group {
                    guard let owner = try owner(of: waiting, model) else { continue }
                    parts.append((parents.count, waiting.nested))
                    parents.append(owner)
                }
                try await relateOrRefer(parts, group[0].nested.relation, of: model, parents)
            }
            let links = graphRecords.takeReady(records: false)
            for group in Self.grouped(links) { try await link(group) }
            guard records.isEmpty, links.isEmpty else { continue }
            guard let first = graphRecords.firstWaiting else { break }
            throw isCircular(
                first.isRecord ? circular(first.nested) ?? first.nested.relation : first.nested.relation,
                of: first.isRecord ? first.nested.target ?? schema[first.model] : schema[first.model],
                first.nested.path)
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

    private func owner(of waiting: GraphRecords.Waiting, _ model: Model) throws(PlannerError) -> NestedParent? {
        switch waiting.owner {
        case .parent(let parent): return parent
        case .record(let number):
            return try key(of: number, meant: nil, model, waiting.nested.path).map {
                NestedParent(id: $0, isReached: true)
            }
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

    /// Writes links between records that are there.
    private func link(_ waiting: [GraphRecords.Waiting]) async throws {
        let model = schema[waiting[0].model]
        let relation = waiting[0].nested.relation
        guard let target = waiting[0].nested.target else { return }
        var links: [NestedLink] = []
        var parents: [NestedParent] = []
        var isOwn = true
        var found: [ParentRecord?] = []
        for one in waiting {
            guard let owner = try owner(of: one, model) else { continue }
            for case .new(let number, let data, let meant, let path) in one.nested.connect {
                guard let key = try key(of: number, meant: meant, target, path) else { continue }
                links.append(NestedLink(parent: parents.count, key: key, link: data, place: path))
                if case .row(let row)? = graphRecords.made(number, meant: meant, of: target) {
                    found.append(row)
                } else {
                    found.append(nil)
                    isOwn = isOwn && graphRecords.isSure(number)
                }
            }
            parents.append(owner)
        }
        let isPlain =
            relation.kind == .belongsTo && relation.polymorphic == nil && !relation.copiesFromTarget
            && Filling(relation, of: model) == nil && isOwn
        guard isPlain else {
            return try await connect(
                links, NestedLevel(relation: relation, model: model, target: target, parents: parents))
        }
        let unread = links.indices.filter { found[$0] == nil }
        for (position, row) in zip(
            unread, try await records(target, unread.map { (links[$0].key ?? .null, links[$0].place) }))
        {
            found[position] = row
        }
        let rows = try await rows(found.compactMap(\.self), of: target, taking: relation.targetKey)
        var changes: [NestedChange] = []
        for (link, row) in zip(links, rows) {
            var data: [JSONValue.Member] = []
            for (own, other) in zip(relation.sourceKey, relation.targetKey) {
                data.append(.init(model.properties[own].name, try row.value(target.properties[other].name)))
            }
            changes.append(
                NestedChange(parent: 0, key: parents[link.parent].id, data: .object(data), place: link.place))
        }
        try await change(
            changes, of: model, trusting: TrustedKey(source: target.id, properties: Set(relation.sourceKey)))
    }

    /// Changes records that this graph has made, whatever scopes say of them.
    private func change(_ changes: [NestedChange], of model: Model, trusting trusted: TrustedKey) async throws {
        func some(_ session: Transaction, _ positions: [Int], _ data: [JSONValue]) async throws {
            let records = try planning.records(
                data, isList: true, at: positions.map { changes[$0].place }, of: model, .update)
            let names = positions.compactMap { RecordName(key: changes[$0].key, of: model) }
            guard names.count == positions.count else { return }
            var left = Array(positions.indices)
            while !left.isEmpty {
                let (groups, alone) = NestedChange.together(left, records, names)
                left = groups.isEmpty ? Array(alone.dropFirst()) : alone
                for group in groups.isEmpty ? [[alone[0]]] : groups {
                    let graph = try await session.context.answering { planning -> Graph in
                        let keys = try group.map { try planning.keyValues(changes[positions[$0]].key, of: model) }
                        return try await session.context.change(
                            ModelChanges(planning.schema, model).updateEach(keys, .always, group.map { records[$0] }),
                            of: model, planning, as: .updateById, trusting: group.map { _ in [trusted] })
                    }
                    guard graph.count == group.count else {
                        throw planning.missing(model, changes[positions[group[0]]].key)
                    }
                }
            }
        }
        guard let hooked = context.hooked(model.name, as: .updateById) else {
            return try await some(transaction, Array(changes.indices), changes.map(\.data))
        }
        let items = changes.map { HookRunner.Each(key: $0.key, data: $0.data, place: $0.place, parent: nil) }
        try await hooked.updateEach(
            items, look: { try await $0.context.looking(at: model, keys: changes.map(\.key), scoped: false) }
        ) { try await some($0, $1, $2) }
    }
}
