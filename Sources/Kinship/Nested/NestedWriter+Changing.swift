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
        let level = NestedLevel(relation: relation, model: model, target: target, parents: parents)
        let names = target.primaryKey.map { target.properties[$0].name }
        let only = try await onlyTargets(parts, level, target, names)
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
                guard let key = isNamed ? key(record, names) : only[parent] else {
                    let changed = try await naming(record.path, target, relation) {
                        try await transaction.updateRelated(
                            model.name, id: parents[parent].id, relation: relation.name, typed(data, relation))
                    }
                    guard relation.embedded == nil, let row = Self.parents(changed.graph, target).first else {
                        continue
                    }
                    graphRecords.note(self.key(of: target, row), of: record)
                    followed.append((record, self.parent(row, of: target)))
                    continue
                }
                graphRecords.note(key, of: record)
                changes.append(NestedChange(parent: parent, key: key, data: data, place: record.path))
                followed.append((record, NestedParent(id: key, isReached: true)))
            }
        }
        try await change(changes, level, target)
        guard relation.embedded == nil else { return }
        try await follow(followed.map(\.record), of: target, followed.map(\.parent))
    }

    /// The keys of the targets that records of a to-one relation have, where several are changed that data don't name.
    private func onlyTargets(
        _ parts: [(parent: Int, nested: NestedRelation)], _ level: NestedLevel, _ target: Model, _ names: [String]
    ) async throws -> [Int: JSONValue] {
        guard !level.relation.isToMany, canBeTogether(level) else { return [:] }
        let positions = parts.filter { _, nested in
            nested.update.contains { record in
                record.unchangedKey(of: target) == nil && !names.allSatisfy { record[$0] != nil }
                    && !names.contains { record[$0] != nil }
            }
        }.map(\.parent)
        guard positions.count > 1 else { return [:] }
        return try await only(positions, level, target) ?? [:]
    }

    /// Does what is asked of the relations of records that are there.
    func follow(_ records: [NestedRecord], of model: Model, _ parents: [NestedParent]) async throws {
        for (relation, parts) in Self.grouped(records) {
            for (parent, nested) in parts { try requireSameKey(nested, records[parent], of: model) }
            try await relateOrRefer(parts, relation, of: model, parents)
        }
    }

    private func change(_ changes: [NestedChange], _ level: NestedLevel, _ target: Model) async throws {
        func one(_ change: NestedChange, _ session: Transaction) async throws {
            try await naming(change.place, target, level.relation) {
                _ = try await session.updateRelated(
                    level.model.name, id: level.parents[change.parent].id, relation: level.relation.name,
                    key: change.key, typed(change.data, level.relation))
            }
        }
        guard changes.count > 1, canBeTogether(level), !says(changes, level, target), try await !isLimited(level) else {
            for change in changes { try await one(change, transaction) }
            return
        }
        func some(_ session: Transaction, _ positions: [Int], _ data: [JSONValue]) async throws {
            var now = positions.map { changes[$0] }
            for position in now.indices { now[position].data = data[position] }
            let left = try await together(now, level, target, session.context)
            for change in left { try await one(change, session) }
        }
        guard let hooked = context.hooked(target.name, as: .updateRelated) else {
            return try await some(transaction, Array(changes.indices), changes.map(\.data))
        }
        let items = changes.map { change in
            HookRunner.Each(
                key: change.key, data: change.data, place: change.place,
                parent: .init(
                    model: level.model.name, id: level.parents[change.parent].id, relation: level.relation.name))
        }
        let links = changes.map { NestedLink(parent: $0.parent, key: $0.key, place: $0.place) }
        try await hooked.updateEach(
            items,
            look: { try await owned(links, level, target, isHeld: true, in: $0.context) ?? [] }
        ) { session, positions, data in
            // What is another one's, or isn't there, is told as whoever changes one tells it.
            try await some(session, positions, data)
        }
    }

    /// Whether data say what the relation says: that is compared with what the record has, one by one.
    private func says(_ changes: [NestedChange], _ level: NestedLevel, _ target: Model) -> Bool {
        let relation = level.relation
        var said = relation.through == nil && !relation.hasOwnKey ? relation.targetKey : []
        if relation.kind == .belongsTo { said = relation.targetKey }
        if let polymorphic = relation.polymorphic, relation.through == nil, relation.kind != .belongsTo {
            said.append(polymorphic.discriminator)
        }
        let names = said.map { target.properties[$0].name }
        return changes.contains { change in names.contains { change.data[$0] != nil } }
    }

    /// Whether limits of scopes say which targets there are.
    private func isLimited(_ level: NestedLevel) async throws -> Bool {
        guard !level.parents.isEmpty else { return false }
        return try await context.answering { planning -> Bool in try self.way(level, 0, planning).isLimited }
    }

    /// Changes what can be changed together.
    ///
    /// - Returns: what is to be changed by itself: also what wasn't there, for whoever changes one knows how that is told.
    private func together(
        _ changes: [NestedChange], _ level: NestedLevel, _ target: Model, _ context: SessionContext
    ) async throws -> [NestedChange] {
        let rows = try await ownerRecords(changes.map(\.parent), level)
        let records = try planning.records(
            changes.map(\.data), isList: true, at: changes.map(\.place), of: target, .update)
        let names = changes.map { RecordName(key: $0.key, of: target) }
        guard !names.contains(nil) else { return changes }
        // Who refers to nobody has none.
        let owned = Set(changes.indices.filter { refers(rows[changes[$0].parent], level) })
        let (groups, alone) = NestedChange.together(owned.sorted(), records, names.compactMap(\.self))
        var left = changes.indices.filter { !owned.contains($0) }.map { changes[$0] }
        for group in groups {
            let some = group.map { changes[$0] }
            let found = try await context.answering { planning -> Set<RecordName> in
                let way = try self.way(level, some[0].parent, planning)
                let keys = try some.map { try planning.keyValues($0.key, of: target) }
                let owners = try values(some.map(\.parent), rows, level, way, planning)
                return self.names(
                    try await context.change(
                        way.updateEach(keys, of: owners, group.map { records[$0] }), of: target, planning,
                        as: .updateRelated), target)
            }
            for position in group where !(names[position].map(found.contains) ?? false) {
                left.append(changes[position])
            }
        }
        return left + alone.map { changes[$0] }
    }
}
