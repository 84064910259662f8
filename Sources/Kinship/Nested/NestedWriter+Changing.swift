// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Records that are there and are changed: one statement for those of a relation that get values of the same properties.
extension NestedWriter {
    /// Changes related records of several records, and what belongs to them.
    func change(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [NestedParent]
    ) async throws {
        guard parts.contains(where: { !$0.nested.update.isEmpty }),
            let target = try relation.target.map({ try schema.model($0) })
        else { return }
        let names = target.primaryKey.map { target.properties[$0].name }
        var changes: [NestedChange] = []
        var followed: [(record: NestedRecord, parent: NestedParent)] = []
        for (parent, nested) in parts {
            for record in nested.update {
                let isNamed = names.allSatisfy { record[$0] != nil }
                guard isNamed || !relation.isToMany else {
                    throw PlannerError(
                        .invalidValue,
                        "A record to be changed is named by its key; give \(names.joined(separator: ", ")).",
                        path: record.path, model: target.name, relation: relation.name)
                }
                if let key = record.unchangedKey(of: target) {
                    graphRecords.note(key, of: record)
                    followed.append((record, NestedParent(id: key, isReached: false)))
                    continue
                }
                let data = JSONValue.object((record.data.members ?? []).filter { !names.contains($0.key) })
                guard isNamed else {
                    let changed = try await transaction.updateRelated(
                        model.name, id: parents[parent].id, relation: relation.name, typed(data, relation))
                    guard relation.embedded == nil, let row = Self.parents(changed.graph, target).first else {
                        continue
                    }
                    graphRecords.note(key(of: target, row), of: record)
                    followed.append((record, self.parent(row, of: target)))
                    continue
                }
                let key = key(record, names)
                graphRecords.note(key, of: record)
                changes.append(NestedChange(parent: parent, key: key, data: data, place: record.path))
                followed.append((record, NestedParent(id: key, isReached: true)))
            }
        }
        try await change(changes, relation, of: model, target, parents)
        guard relation.embedded == nil else { return }
        try await follow(followed.map(\.record), of: target, followed.map(\.parent))
    }

    /// Does what is asked of the relations of records that are there.
    func follow(_ records: [NestedRecord], of model: Model, _ parents: [NestedParent]) async throws {
        for (relation, parts) in Self.grouped(records) {
            for (parent, nested) in parts { try requireSameKey(nested, records[parent], of: model) }
            try await relateOrRefer(parts, relation, of: model, parents)
        }
    }

    private func change(
        _ changes: [NestedChange], _ relation: Relation, of model: Model, _ target: Model, _ parents: [NestedParent]
    ) async throws {
        func one(_ change: NestedChange, _ session: Transaction) async throws {
            try await session.updateRelated(
                model.name, id: parents[change.parent].id, relation: relation.name, key: change.key,
                typed(change.data, relation))
        }
        guard changes.count > 1, canBeTogether(changes, relation, target) else {
            for change in changes { try await one(change, transaction) }
            return
        }
        func all(_ session: Transaction, _ data: [JSONValue]) async throws {
            var now = changes
            for position in now.indices { now[position].data = data[position] }
            let planned = try await together(now, relation, of: model, target, parents, session)
            for change in planned { try await one(change, session) }
        }
        guard let hooked = context.hooked(target.name, as: .updateRelated) else {
            return try await all(transaction, changes.map(\.data))
        }
        let items = changes.map { change in
            HookRunner.Each(
                key: change.key, data: change.data, place: change.place,
                parent: .init(model: model.name, id: parents[change.parent].id, relation: relation.name))
        }
        try await hooked.updateEach(items, scoped: true) { try await all($0, $1) }
    }

    /// Whether one statement can say whose each of some records is.
    private func canBeTogether(_ changes: [NestedChange], _ relation: Relation, _ target: Model) -> Bool {
        guard relation.embedded == nil, !relation.hasScopeFunction, !target.hasKeysOfTheServer else { return false }
        // What the relation says is compared with what the record has, one by one.
        var said = relation.through == nil ? relation.targetKey : []
        if let polymorphic = relation.polymorphic, relation.through == nil, relation.kind != .belongsTo {
            said.append(polymorphic.discriminator)
        }
        let names = said.map { target.properties[$0].name }
        return changes.allSatisfy { change in !names.contains { change.data[$0] != nil } }
    }

    /// Changes what can be changed together.
    ///
    /// - Returns: what is to be changed by itself: also what wasn't there, for whoever changes one knows how that is told.
    private func together(
        _ changes: [NestedChange], _ relation: Relation, of model: Model, _ target: Model, _ parents: [NestedParent],
        _ session: Transaction
    ) async throws -> [NestedChange] {
        let context = session.context
        let positions = changes.map(\.parent)
        var rows: [Int: ParentRecord] = [:]
        if relation.kind != .belongsTo, relation.kind != .referencesMany {
            let isScoped = try planning.defaultCondition(of: model, unscoped: context.isUnscoped) != .always
            let isByKey = relation.sourceKey.allSatisfy(model.primaryKey.contains)
            if isScoped || !isByKey {
                rows = try await self.rows(of: parents, at: positions, of: model, taking: relation.sourceKey)
            }
        }
        for position in Set(positions) where rows[position] == nil {
            rows[position] = keyRecord(parents[position].id, of: model)
        }
        let records = try planning.records(
            changes.map(\.data), isList: true, at: changes.map(\.place), of: target, .update)
        let names = changes.map { RecordName(key: $0.key, of: target) }
        guard !names.contains(nil) else { return changes }
        // Who refers to nobody has none.
        let owned = changes.indices.filter { position in
            guard let row = rows[changes[position].parent] else { return false }
            return relation.hasOwnKey || relation.sourceKey.allSatisfy { row[model.properties[$0].name] != .null }
        }
        let (groups, alone) = NestedChange.together(owned, records, names.compactMap(\.self))
        var left = changes.indices.filter { !owned.contains($0) }.map { changes[$0] } + alone.map { changes[$0] }
        for group in groups {
            let some = group.map { changes[$0] }
            let found = try await context.answering { planning -> Set<RecordName>? in
                let way = try planning.changes(
                    of: relation.name, model.name, id: parents[some[0].parent].id,
                    type: target, unscoped: context.isUnscoped)
                guard !way.isLimited else { return nil }
                let (owner, properties, source) = way.ownership
                var (keys, owners): ([[BoundValue]], [[BoundValue]]) = ([], [])
                for change in some {
                    keys.append(try planning.keyValues(change.key, of: target))
                    var values: [BoundValue] = []
                    for (property, from) in zip(properties, source) {
                        let value = try rows[change.parent]?.value(model.properties[from].name) ?? .null
                        values.append(try planning.schema.value(value, of: property, in: owner.id))
                    }
                    owners.append(values)
                }
                let graph = try await context.change(
                    way.updateEach(keys, of: owners, group.map { records[$0] }), of: target, planning,
                    as: .updateRelated)
                return Set(Self.parents(graph, target).compactMap { RecordName(key: key(of: target, $0), of: target) })
            }
            guard let found else {
                left += some
                continue
            }
            for position in group where !(names[position].map(found.contains) ?? false) {
                left.append(changes[position])
            }
        }
        return left
    }
}
