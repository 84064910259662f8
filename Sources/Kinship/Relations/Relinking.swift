// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The rows that an operation on a relation writes beside the records it is about, or instead of them: links, lists and foreign keys;
/// with the hooks of their model.
struct Relinking {
    /// What is done.
    enum Change {
        case create(JSONValue, through: JSONValue?)
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
        guard id != .null, let source = try? context.state.planning.heldModel(model),
            var relation = source.relation(name)
        else { return nil }
        var change = change
        if relation.target == nil {
            guard let (way, typed) = try Self.typed(change, relation, model, context.state.planning) else { return nil }
            (relation, change) = (way, typed)
        }
        guard let target = relation.target.map({ schema[$0] }) else { return nil }
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

    /// A change of a belongsTo to several models as it is where it leads to the one that is meant; where nothing is referred to any
    /// more to any of them.
    private static func typed(
        _ change: Change, _ relation: Relation, _ model: String, _ planning: Planning
    ) throws(PlannerError) -> (Relation, Change)? {
        func way(_ json: JSONValue) throws(PlannerError) -> (Relation, JSONValue)? {
            let (target, own) = try planning.typed(json, of: relation.name, model)
            return target.flatMap { relation.leading(to: $0.id) }.map { ($0, own) }
        }
        switch change {
        case .create(let data, let link): return try way(data).map { ($0, .create($1, through: link)) }
        case .add(let key, let data): return try way(key).map { ($0, .add($1, data)) }
        case .remove, .delete:
            return relation.polymorphic?.targets.first.flatMap { relation.leading(to: $0) }.map { ($0, change) }
        case .update, .set: return nil
        }
    }

    /// Runs the operation.
    ///
    /// - Parameters:
    ///   - answer: the answer's rows: the link that was written.
    ///   - body: the operation, with what hooks have made of the data of a link.
    func run<R: Sendable>(
        answer: (R) -> Graph? = { _ in nil }, _ body: (Transaction, JSONValue) async throws -> R
    ) async throws -> R {
        let isLinked = relation.through != nil
        var isSettingLinks = false
        if isLinked, case .set = change { isSettingLinks = true }
        return try await runner.relink(
            items: items, readsAll: isLinked, look: { try await self.planned($0) }, writes: isLinked
        ) { session, written in
            switch change {
            case .add(_, let given) where isLinked:
                guard let first = written.first else { return (try await body(session, given), []) }
                let keys = linkKeys
                let data = JSONValue.object((first.change.data.members ?? []).filter { !keys.contains($0.key) })
                // What is there is held; of what isn't nobody else makes one.
                let own = first.change.isNew ? session.choosing(isNew: true, of: carrier) : session
                do {
                    let result = try await body(own, data)
                    return (result, try answer(result).map { try HookedRows.records($0, of: carrier) } ?? [])
                } catch let error as PlannerError where error.code == .conflict && first.change.isNew {
                    // One that isn't to be reached stays in the way; one that was made meanwhile is found the next time.
                    guard try await !self.planned(session.free).rows.contains(where: { $0.kind == .create }) else {
                        throw error
                    }
                    throw runner.raced
                }
            case .create where isLinked:
                let links = NewLinks(try await copying(written.map(\.change.data), session.free), given: [])
                return (try await body(session.making(links), .object([])), links.made)
            case .set where isSettingLinks:
                let new = written.filter(\.change.isNew)
                let links = NewLinks(
                    try await copying(new.map(\.change.data), session.free),
                    given: Set(new.flatMap { $0.addition.members?.map(\.key) ?? [] }))
                let result = try await body(session.making(links), .object([]))
                return (result, links.made)
            case .add(_, let given): return (try await body(session, given), [])
            default: return (try await body(session, .object([])), [])
            }
        }
    }

    /// Embedded records that are made or changed.
    private var items: HookRunner.Items? {
        guard relation.embedded != nil else { return nil }
        switch change {
        case .create(let data, _):
            return .init(
                data: relation.isToMany ? data.elements ?? [data] : [data],
                isList: relation.isToMany && data.elements != nil, areNew: true)
        case .update(let data): return .init(data: [data], isList: false, areNew: false)
        default: return nil
        }
    }

    /// The properties of links that the relation says.
    var linkKeys: Set<String> {
        guard let through = relation.through else { return [] }
        var properties = through.sourceKey + through.targetKey
        if let polymorphic = relation.polymorphic { properties.append(polymorphic.discriminator) }
        return Set(properties.map { carrier.properties[$0].name })
    }
}
