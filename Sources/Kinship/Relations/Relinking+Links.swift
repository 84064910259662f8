// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Links that are written. Only those of the targets in question are looked at, and which these are is the server's to say.
extension Relinking {
    func linkRows(_ session: Transaction) async throws -> HookRunner.Planned {
        guard let through = relation.through else { return HookRunner.Planned([]) }
        switch change {
        case .update: return HookRunner.Planned([])
        case .create(let data, let link):
            guard let record = try await sourceRow(session) else { return .inVain }
            let new = try newLink(record, through, nil, link)
            return HookRunner.Planned(
                Array(repeating: .init(kind: .create, data: new), count: data.elements?.count ?? 1))
        case .add(let key, let data):
            guard let record = try await sourceRow(session) else { return .inVain }
            let (targets, _) = try await targets(session, [key])
            guard let row = targets.first else { return .inVain }
            let there = try await rows(session, of: carrier) { changes, planning in
                changes.lookAtLinks(to: try planning.keyValues(key, of: target), isFirst: true)
            }
            guard there.isEmpty else {
                return HookRunner.Planned(
                    there.map { .init(kind: .update, old: $0, data: data, isFree: true) })
            }
            return HookRunner.Planned(
                [.init(kind: .create, data: try newLink(record, through, row, data), isFree: true)])
        case .remove(let key?):
            return HookRunner.Planned(
                try await rows(session, of: carrier) { changes, planning in
                    changes.lookAtLinks(to: try planning.keyValues(key, of: target), isFirst: false)
                }.map { .init(kind: .delete, old: $0) })
        case .remove(nil): return HookRunner.Planned([])
        case .delete(let key, let condition):
            return HookRunner.Planned(
                try await rows(session, of: carrier, where: condition) { changes, planning in
                    changes.lookAtLinksToDelete(try key.map { try planning.keyValues($0, of: target) })
                }.map { .init(kind: .delete, old: $0) })
        case .set(let keys):
            return try await setRows(session, through, keys)
        }
    }

    private func setRows(
        _ session: Transaction, _ through: Relation.Through, _ keys: [JSONValue]
    ) async throws -> HookRunner.Planned {
        // The links that go first: who sets them meanwhile waits for what is locked ahead of that.
        let gone = try await rows(session, of: carrier) { changes, planning in
            changes.lookAtOtherLinks(than: try values(keys, planning))
        }
        guard let record = try await sourceRow(session) else { return .inVain }
        let (wanted, isComplete) = try await targets(session, keys)
        guard isComplete else { return .inVain }
        var linked: Set<JSONValue> = []
        if !keys.isEmpty {
            let there = try await rows(session, of: target) { changes, planning in
                changes.lookAtTargets(try values(keys, planning), areLinked: true)
            }
            linked = Set(there.compactMap { HookedRows.key($0, of: target) })
        }
        var planned = HookRunner.Planned(gone.map { .init(kind: .delete, old: $0) })
        for row in wanted where !linked.contains(HookedRows.key(row, of: target) ?? .null) {
            planned.rows.append(.init(kind: .create, data: try newLink(record, through, row, nil)))
        }
        return planned
    }

    /// What a new link has.
    private func newLink(
        _ record: JSONValue, _ through: Relation.Through, _ row: JSONValue?, _ data: JSONValue?
    ) throws -> JSONValue {
        var new = LinkData(data, of: carrier, at: "")
        for (property, own) in zip(through.sourceKey, relation.sourceKey) {
            try new.set(property, key: record[source.properties[own].name] ?? .null)
        }
        if let row {
            for (property, other) in zip(through.targetKey, relation.targetKey) {
                try new.set(property, key: row[target.properties[other].name] ?? .null)
            }
        }
        if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
            try new.set(polymorphic.discriminator, key: .string(type))
        }
        return new.json
    }

    /// Data of links with what the relation copies into them.
    func copying(_ data: [JSONValue], _ session: Transaction) async throws -> [JSONValue] {
        let copies = relation.definition.throughProperties
        guard !copies.isEmpty, !data.isEmpty, let record = try await sourceRow(session) else { return data }
        return data.map { data in
            var new = LinkData(data, of: carrier, at: "")
            for copy in copies where !linkKeys.contains(copy.to) { new.copy(copy.to, record[copy.from] ?? .null) }
            return new.json
        }
    }
}

extension SessionContext {
    /// Makes links as hooks have left them.
    ///
    /// - Parameter made: the targets, in their order, where these have been made just now.
    func make(
        _ links: NewLinks, _ changes: RelationChanges, _ planning: Planning, to made: Graph? = nil
    ) async throws {
        guard let through = changes.relation.through, !links.data.isEmpty else { return }
        let link = planning.schema[through.model]
        var data = links.data
        if let made {
            let rows = try HookedRows.records(made, of: changes.target)
            guard rows.count == data.count else {
                throw planning.notMade(data.count - rows.count, of: data.count, link)
            }
            for (index, row) in rows.enumerated() {
                var own = LinkData(data[index], of: link, at: "")
                for (property, other) in zip(through.targetKey, changes.relation.targetKey) {
                    try own.set(property, key: row[changes.target.properties[other].name] ?? .null)
                }
                data[index] = own.json
            }
        }
        var reader = DataReader(planning.schema, link, .create, planning.defaults)
        // What it lacks besides its keys, its table says.
        reader.given = Set(link.properties.map(\.id))
        let records = reader.records(data)
        try reader.finish()
        let given = Set(link.properties.filter { links.given.contains($0.name) }.map(\.id))
        let graph = try await change(
            changes.newLinks(records, given: given), of: link, planning, as: .setRelated)
        guard graph.count == records.count else {
            throw PlannerError(
                .conflict,
                "\(changes.source.name).\(changes.relation.name) has a link to one of these already, which isn't to be reached; nothing was changed.",
                model: changes.source.name, relation: changes.relation.name)
        }
        links.note(try HookedRows.records(graph, of: link))
    }

    /// Writes what hooks have added to a row, whoever may reach it.
    func write(_ data: JSONValue, to model: Model, key: JSONValue, as operation: Operation) async throws {
        let planning = openPlanning
        let values = try planning.keyValues(key, of: model)
        let record = try planning.withoutKey(try planning.record(data, of: model, .update), values, of: model)
        _ = try await change(
            ModelChanges(planning.schema, model).update(key: values, .always, record), of: model, planning,
            as: operation)
    }
}
