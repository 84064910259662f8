// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// The rows that are written where these aren't links.
extension Relinking {
    /// What is written, held until it is.
    func planned(_ session: Transaction) async throws -> HookRunner.Planned {
        if relation.through != nil { return try await linkRows(session) }
        guard relation.kind == .belongsTo || relation.kind == .referencesMany || relation.embedded != nil else {
            return try await targetRows(session)
        }
        let record = try await sourceRow(session)
        var planned = HookRunner.Planned(record.map { [.init(kind: .update, old: $0, data: ownData)] } ?? [])
        switch change {
        case .create, .add, .set: planned.isInVain = record == nil
        default: break
        }
        return planned
    }

    /// What the record's own row gets.
    private var ownData: JSONValue {
        let names = relation.sourceKey.map { source.properties[$0].name }
        guard let name = names.first, relation.embedded == nil else { return .object([]) }
        if relation.kind == .belongsTo {
            let type = relation.polymorphic.map { source.properties[$0.discriminator].name }
            switch change {
            case .remove, .delete: return .object((names + [type].compactMap(\.self)).map { .init($0, .null) })
            case .add(let key, _) where relation.targetKey == target.primaryKey && names.count == 1:
                return .object([.init(name, key)] + [type].compactMap(\.self).map { .init($0, .string(target.name)) })
            default: return .object([])
            }
        }
        switch change {
        case .add(let key, _): return ["$push": .object([.init(name, key)])]
        case .set(let keys) where relation.targetKey == target.primaryKey:
            return .object([.init(name, .array(keys))])
        case .remove(let key?), .delete(let key?, _): return ["$pull": .object([.init(name, key)])]
        default: return .object([])
        }
    }

    /// The record that has the relation; nil where there is none.
    func sourceRow(_ session: Transaction) async throws -> JSONValue? {
        try await rows(session, of: source) { changes, _ in changes.lookAtSource() }.first
    }

    /// Targets that become the record's, or nobody's.
    private func targetRows(_ session: Transaction) async throws -> HookRunner.Planned {
        let names = relation.targetKey.map { target.properties[$0].name }
        func leaving(_ rows: [JSONValue]) -> [HookRunner.Relinked] {
            rows.map { .init(kind: .update, old: $0, data: .object(names.map { .init($0, .null) })) }
        }
        func entering(_ rows: [JSONValue], _ record: JSONValue) -> [HookRunner.Relinked] {
            var members: [JSONValue.Member] = []
            for (own, other) in zip(relation.sourceKey, names) {
                members.append(.init(other, record[source.properties[own].name] ?? .null))
            }
            if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
                members.append(.init(target.properties[polymorphic.discriminator].name, .string(type)))
            }
            return rows.map { .init(kind: .update, old: $0, data: .object(members)) }
        }
        func key(_ row: JSONValue) -> JSONValue { HookedRows.key(row, of: target) ?? .null }
        let keys: [JSONValue]
        switch change {
        case .remove(let key):
            return HookRunner.Planned(
                leaving(
                    try await rows(session, of: target) { changes, planning in
                        changes.look(
                            try key.map { try planning.keyValues($0, of: target) }, toDelete: false, isAll: key == nil)
                    }))
        case .add(let key, _): keys = [key]
        case .set(let all): keys = all
        default: return HookRunner.Planned([])
        }
        // The record first: who sets its targets meanwhile waits.
        guard let record = try await sourceRow(session) else { return .inVain }
        let (wanted, isComplete) = try await targets(session, keys)
        guard isComplete else { return .inVain }
        if case .add = change, relation.kind != .hasOne { return HookRunner.Planned(entering(wanted, record)) }
        let there = try await rows(session, of: target) { changes, _ in
            changes.look(nil, toDelete: false, isAll: true)
        }
        let (old, new) = (Set(there.map(key)), Set(wanted.map(key)))
        var planned = HookRunner.Planned(
            leaving(there.filter { !new.contains(key($0)) })
                + entering(wanted.filter { !old.contains(key($0)) }, record))
        // Those that stay are written with what they have.
        planned.others = wanted.map(key).filter { old.contains($0) }
        return planned
    }

    /// The targets with these keys, each once, and whether there is one for each.
    func targets(
        _ session: Transaction, _ keys: [JSONValue]
    ) async throws -> (rows: [JSONValue], isComplete: Bool) {
        guard !keys.isEmpty else { return ([], true) }
        var count = 0
        let found = try await rows(session, of: target) { changes, planning in
            let values = try self.values(keys, planning)
            count = values.count
            return changes.lookAtTargets(values)
        }
        return (found, found.count == count)
    }

    /// Keys of targets as they are bound, each once.
    func values(_ keys: [JSONValue], _ planning: Planning) throws -> [[BoundValue]] {
        var seen: Set<[BoundValue]> = []
        var values: [[BoundValue]] = []
        for key in keys {
            let value = try planning.keyValues(key, of: target)
            if seen.insert(value).inserted { values.append(value) }
        }
        return values
    }

    /// Rows that are looked at, and held; none where there is nothing to look at.
    func rows(
        _ session: Transaction, of model: Model, where condition: JSONValue? = nil,
        _ look: (RelationChanges, Planning) throws -> RelationPlanner.Change?
    ) async throws -> [JSONValue] {
        try await session.context.answering { planning in
            let changes = try await session.context.changes(
                of: name, self.model, id: id, where: condition, type: target, planning)
            guard let look = try look(changes, planning) else { return [] }
            return try HookedRows.records(
                try await session.context.looking(look, of: model, planning), of: model)
        }
    }
}
