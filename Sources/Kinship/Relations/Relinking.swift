// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The rows that an operation on a relation writes beside the records it is about, or instead of them: links, lists and foreign keys;
/// with the hooks of their model.
struct Relinking {
    /// What is done.
    enum Change {
        case create(JSONValue)
        case update(JSONValue)
        case add(JSONValue, JSONValue)
        case set([JSONValue])
        case remove(JSONValue?)
        case delete(JSONValue?, where: JSONValue?)
    }

    let runner: HookRunner
    let model: String
    let id: JSONValue
    let name: String
    let relation: Relation
    let source: Model
    let target: Model
    /// The model whose rows have the keys.
    let carrier: Model
    let change: Change

    /// - Returns: nil where no hooks are to be run for such rows.
    init?(
        _ context: SessionContext, _ model: String, id: JSONValue, relation name: String, _ change: Change,
        as operation: Operation
    ) throws(PlannerError) {
        guard context.hooks != nil else { return nil }
        let schema = context.state.planning.schema
        guard id != .null, let source = try? context.state.planning.model(model), let relation = source.relation(name),
            let target = relation.target.map({ schema[$0] })
        else { return nil }
        let parent = HookedChange.Parent(model: model, id: id, relation: name)
        (self.model, self.id, self.name, self.relation) = (model, id, name, relation)
        (self.source, self.target, self.change) = (source, target, change)
        if relation.embedded != nil {
            guard let runner = context.hooked(embedded: target, in: source, as: operation, parent: parent) else {
                return nil
            }
            (self.runner, self.carrier) = (runner, source)
            return
        }
        if case .update = change { return nil }
        let isOwn = relation.kind == .belongsTo || relation.kind == .referencesMany
        let carrier: Model
        var writesTarget = false
        switch change {
        case .create: (carrier, writesTarget) = (relation.through.map { schema[$0.model] } ?? source, true)
        case .delete:
            (carrier, writesTarget) = (relation.through.map { schema[$0.model] } ?? source, relation.kind != .belongsTo)
        default: carrier = relation.through.map { schema[$0.model] } ?? (isOwn ? source : target)
        }
        if writesTarget, !isOwn, relation.through == nil { return nil }
        guard let runner = context.hooked(carrier.name, as: operation, parent: parent) else { return nil }
        if writesTarget, carrier.name == target.name {
            throw PlannerError(
                .unsupported,
                "\(model).\(name) writes two records of \(carrier.name) at once, of which each has hooks: write them one after the other, in a transaction.",
                model: model, relation: name)
        }
        (self.runner, self.carrier) = (runner, carrier)
    }

    /// Runs the operation.
    ///
    /// - Parameter body: the operation, with what hooks have made of the data of a link.
    func run<R: Sendable>(_ body: (Transaction, JSONValue) async throws -> R) async throws -> R {
        var given: JSONValue = .object([])
        var passesData = false
        if case .add(_, let data) = change, relation.through != nil { (given, passesData) = (data, true) }
        let links: ((Transaction) async throws -> Graph)? =
            relation.through == nil ? nil : { try await self.links($0) }
        return try await runner.relink(
            items: items, look: { try await self.rows($0) }, links: links,
            write: passesData
                ? nil
                : { session, key, data in
                    try await session.unscoped.updateById(self.carrier.name, id: key, data)
                }
        ) { session, changes in
            guard passesData, let first = changes.first else { return try await body(session, given) }
            let keys = linkKeys
            return try await body(
                session, .object((first.data.members ?? []).filter { !keys.contains($0.key) }))
        }
    }

    /// Embedded records that are made or changed.
    private var items: HookRunner.Items? {
        guard relation.embedded != nil else { return nil }
        switch change {
        case .create(let data):
            return .init(
                data: relation.isToMany ? data.elements ?? [data] : [data],
                isList: relation.isToMany && data.elements != nil, areNew: true)
        case .update(let data): return .init(data: [data], isList: false, areNew: false)
        default: return nil
        }
    }

    /// The properties of links that the relation says.
    private var linkKeys: Set<String> {
        guard let through = relation.through else { return [] }
        var properties = through.sourceKey + through.targetKey
        if let polymorphic = relation.polymorphic { properties.append(polymorphic.discriminator) }
        return Set(properties.map { carrier.properties[$0].name })
    }

    // MARK: Rows

    private func rows(_ session: Transaction) async throws -> [HookRunner.Relinked] {
        if relation.through != nil { return try await linkRows(session) }
        let isOwn = relation.kind == .belongsTo || relation.kind == .referencesMany || relation.embedded != nil
        if isOwn {
            return try await sourceRow(session).map {
                .init(kind: .update, old: $0, data: ownData)
            }
        }
        return try await targetRows(session)
    }

    /// What the record's own row gets.
    private var ownData: JSONValue {
        let names = relation.sourceKey.map { source.properties[$0].name }
        guard let name = names.first, relation.embedded == nil else { return .object([]) }
        if relation.kind == .belongsTo {
            switch change {
            case .remove, .delete: return .object(names.map { .init($0, .null) })
            case .add(let key, _) where relation.targetKey == target.primaryKey && names.count == 1:
                return .object([.init(name, key)])
            default: return .object([])
            }
        }
        switch change {
        case .add(let key, _): return ["$push": .object([.init(name, key)])]
        case .remove(let key?), .delete(let key?, _): return ["$pull": .object([.init(name, key)])]
        default: return .object([])
        }
    }

    private func sourceRow(_ session: Transaction) async throws -> [JSONValue] {
        try await look(session, source) { $0.lookAtSource() }
    }

    /// Targets that become the record's, or nobody's.
    private func targetRows(_ session: Transaction) async throws -> [HookRunner.Relinked] {
        let names = relation.targetKey.map { target.properties[$0].name }
        func leaving(_ rows: [JSONValue]) -> [HookRunner.Relinked] {
            rows.map { .init(kind: .update, old: $0, data: .object(names.map { .init($0, .null) })) }
        }
        func entering(_ rows: [JSONValue]) async throws -> [HookRunner.Relinked] {
            guard !rows.isEmpty, let record = try await sourceRow(session).first else { return [] }
            var members: [JSONValue.Member] = []
            for (own, other) in zip(relation.sourceKey, names) {
                members.append(.init(other, record[source.properties[own].name] ?? .null))
            }
            if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
                members.append(.init(target.properties[polymorphic.discriminator].name, .string(type)))
            }
            return rows.map { .init(kind: .update, old: $0, data: .object(members)) }
        }
        switch change {
        case .remove(let key):
            return leaving(
                try records(try await session.looking(atRelated: name, of: model, id: id, key: key)))
        case .add(let key, _):
            let row = try records(try await session.looking(at: target.name, key: key))
            guard relation.kind == .hasOne else { return try await entering(row) }
            return try await replacing(session, by: row, leaving, entering)
        case .set(let keys):
            let rows =
                keys.isEmpty
                ? []
                : try records(
                    try await session.trusting.looking(at: target.name, where: HookedRows.condition(keys, of: target)))
            return try await replacing(session, by: rows, leaving, entering)
        default: return []
        }
    }

    private func replacing(
        _ session: Transaction, by rows: [JSONValue], _ leaving: ([JSONValue]) -> [HookRunner.Relinked],
        _ entering: ([JSONValue]) async throws -> [HookRunner.Relinked]
    ) async throws -> [HookRunner.Relinked] {
        let there = try records(try await session.looking(atAllRelated: name, of: model, id: id))
        let old = Set(there.compactMap { HookedRows.key($0, of: target) })
        let new = Set(rows.compactMap { HookedRows.key($0, of: target) })
        return leaving(there.filter { !new.contains(HookedRows.key($0, of: target) ?? .null) })
            + (try await entering(rows.filter { !old.contains(HookedRows.key($0, of: target) ?? .null) }))
    }

    // MARK: Links

    private func links(_ session: Transaction) async throws -> Graph {
        try await session.context.answering { planning in
            let changes = try planning.changes(of: name, model, id: id, unscoped: session.isUnscoped)
            guard let look = changes.lookAtLinks() else { return try session.context.nothing(of: carrier, planning) }
            return try await session.context.looking(look, of: carrier, planning)
        }
    }

    private func linkRows(_ session: Transaction) async throws -> [HookRunner.Relinked] {
        guard let through = relation.through else { return [] }
        switch change {
        case .update: return []
        case .create(let data):
            return try await newLink(session, through, nil, nil).map {
                Array(repeating: .init(kind: .create, data: $0), count: data.elements?.count ?? 1)
            } ?? []
        case .add(let key, let data):
            let there = try await links(session, through, to: key)
            guard there.isEmpty else { return there.map { .init(kind: .update, old: $0, data: data) } }
            let row = try records(try await session.looking(at: target.name, key: key)).first
            return try await newLink(session, through, row, data).map { [.init(kind: .create, data: $0)] } ?? []
        case .remove(let key?): return try await links(session, through, to: key).map { .init(kind: .delete, old: $0) }
        case .remove(nil): return []
        case .delete(let key, let condition):
            let targets = try records(
                try await session.looking(
                    atRelated: name, of: model, id: id, key: key, where: condition, toDelete: true))
            return try await all(session).filter { link in
                targets.contains { isLink(link, through, to: $0) }
            }.map { .init(kind: .delete, old: $0) }
        case .set(let keys):
            let targets =
                keys.isEmpty
                ? []
                : try records(
                    try await session.trusting.looking(at: target.name, where: HookedRows.condition(keys, of: target)))
            let there = try await all(session)
            var rows: [HookRunner.Relinked] = there.filter { link in
                !targets.contains { isLink(link, through, to: $0) }
            }.map { .init(kind: .delete, old: $0) }
            for row in targets where !there.contains(where: { isLink($0, through, to: row) }) {
                if let data = try await newLink(session, through, row, nil) {
                    rows.append(.init(kind: .create, data: data))
                }
            }
            return rows
        }
    }

    private func all(_ session: Transaction) async throws -> [JSONValue] {
        try HookedRows.records(try await links(session), of: carrier)
    }

    private func links(
        _ session: Transaction, _ through: Relation.Through, to key: JSONValue
    ) async throws -> [JSONValue] {
        if relation.targetKey == target.primaryKey {
            return try await session.context.answering { planning in
                let changes = try planning.changes(of: name, model, id: id, unscoped: session.isUnscoped)
                guard let look = changes.lookAtLinks(to: try planning.keyValues(key, of: target)) else { return [] }
                return try HookedRows.records(
                    try await session.context.looking(look, of: carrier, planning), of: carrier)
            }
        }
        guard let row = try records(try await session.looking(at: target.name, key: key)).first else { return [] }
        return try await all(session).filter { isLink($0, through, to: row) }
    }

    private func isLink(_ link: JSONValue, _ through: Relation.Through, to row: JSONValue) -> Bool {
        zip(through.targetKey, relation.targetKey).allSatisfy {
            (link[carrier.properties[$0].name] ?? .null).keyText == (row[target.properties[$1].name] ?? .null).keyText
        }
    }

    /// What a new link has; nil where there is no such record.
    private func newLink(
        _ session: Transaction, _ through: Relation.Through, _ row: JSONValue?, _ data: JSONValue?
    ) async throws -> JSONValue? {
        guard let record = try await sourceRow(session).first else { return .none }
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
        return .some(new.json)
    }

    private func records(_ graph: Graph) throws -> [JSONValue] { try HookedRows.records(graph, of: target) }

    private func look(
        _ session: Transaction, _ model: Model, _ look: (RelationChanges) -> RelationPlanner.Change
    ) async throws -> [JSONValue] {
        try await session.context.answering { planning in
            let changes = try planning.changes(of: name, self.model, id: id, unscoped: session.isUnscoped)
            return try HookedRows.records(
                try await session.context.looking(look(changes), of: model, planning), of: model)
        }
    }
}
