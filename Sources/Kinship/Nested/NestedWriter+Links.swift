// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Related records that are there: linked, unlinked, changed and deleted.
extension NestedWriter {
    /// Links, unlinks, changes and deletes what is there, of several records: one after the other of these words, each of all records.
    func changeLinks(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [NestedParent]
    ) async throws {
        let target = try relation.target.map { try schema.model($0) }
        let level = NestedLevel(relation: relation, model: model, target: target, parents: parents)
        try await set(parts, level)
        try await disconnect(links(parts, "disconnect", \.disconnect), level)
        try await delete(links(parts, "delete", \.delete), level)
        var sought: ArraySlice<ParentRecord> = []
        if let target { sought = try await findOrCreate(parts.flatMap(\.nested.connectOrCreate), of: target)[...] }
        var connected: [NestedLink] = []
        for (parent, nested) in parts {
            for connect in nested.connect {
                if let link = try link(connect, parent, nested, level) { connected.append(link) }
            }
            guard let target else { continue }
            for (_, create) in nested.connectOrCreate {
                guard let record = sought.popFirst() else { continue }
                connected.append(
                    NestedLink(parent: parent, key: key(of: target, record), link: create.link, place: create.path))
            }
        }
        try await connect(connected, level)
        try await change(parts, relation, of: model, parents)
        try await upsert(parts, level)
    }

    private func links(
        _ parts: [(parent: Int, nested: NestedRelation)], _ word: String,
        _ targets: KeyPath<NestedRelation, [NestedRelation.Target]>
    ) -> [NestedLink] {
        parts.flatMap { parent, nested in
            nested[keyPath: targets].map { target in
                NestedLink(
                    parent: parent, key: target.key, place: target.path ?? "\(nested.path).\(word)",
                    mayBeGone: target.key.map { nested.mayBeGone.contains($0.description) } ?? false)
            }
        }
    }

    /// What is to be linked; nil for a record of the graph that isn't there yet, which waits.
    private func link(
        _ connect: NestedRelation.Target, _ parent: Int, _ nested: NestedRelation, _ level: NestedLevel
    ) throws -> NestedLink? {
        switch connect {
        case .key(let key, let link, let path): return NestedLink(parent: parent, key: key, link: link, place: path)
        case .new(let number, let link, let meant, let path):
            guard let target = level.target else { return nil }
            guard let key = try key(of: number, meant: meant, target, path) else {
                var later = NestedRelation(relation: level.relation, target: target, path: nested.path)
                later.connect = [connect]
                graphRecords.wait(
                    .init(owner: .parent(level.parents[parent]), model: level.model.id, nested: later), for: [number])
                return nil
            }
            return NestedLink(parent: parent, key: key, link: link, place: path)
        case .only, .named: return nil
        }
    }

    /// The key of a record of the graph; nil where it isn't there yet.
    func key(of number: Int, meant: JSONValue?, _ model: Model, _ path: String) throws(PlannerError) -> JSONValue? {
        switch graphRecords.made(number, meant: meant, of: model) {
        case .row(let row)?: return key(of: model, row)
        case .key(let key)?: return key
        case .absent?: throw isAbsent(model, path)
        case nil: return nil
        }
    }

    // MARK: One by one

    func connect(one link: NestedLink, _ level: NestedLevel) async throws {
        try await naming(link.place, level.target, level.relation) {
            _ = try await transaction.addRelated(
                level.model.name, id: level.parents[link.parent].id, relation: level.relation.name,
                key: typed(link.key ?? .null, level.relation), link.link ?? [:])
        }
    }

    func set(one set: NestedSet, _ level: NestedLevel) async throws {
        try await naming(set.place, level.target, level.relation) {
            _ = try await transaction.setRelated(
                level.model.name, id: level.parents[set.parent].id, relation: level.relation.name, keys: set.keys)
        }
    }

    func disconnect(one link: NestedLink, _ level: NestedLevel) async throws {
        try await naming(link.place, level.target, level.relation) {
            _ = try await transaction.removeRelated(
                level.model.name, id: level.parents[link.parent].id, relation: level.relation.name, key: link.key)
        }
    }

    func delete(one link: NestedLink, _ level: NestedLevel) async throws {
        let (model, id, name) = (level.model.name, level.parents[link.parent].id, level.relation.name)
        try await naming(link.place, level.target, level.relation) {
            if link.mayBeGone, let key = link.key, let target = level.target {
                // It is held as it was read; where it is gone already that is what was wanted.
                _ = try await transaction.deleteAllRelated(
                    model, id: id, relation: name, where: target.condition(key: key))
            } else {
                _ = try await transaction.deleteRelated(model, id: id, relation: name, key: link.key)
            }
        }
    }

    /// A key or data as an operation takes them: of a relation to several models with the name of the one.
    func typed(_ json: JSONValue, _ relation: Relation) -> JSONValue {
        guard relation.kind == .belongsTo, relation.polymorphic != nil, let target = relation.target else {
            return json
        }
        return .object([.init(schema[target].name, json)])
    }
}

extension NestedRelation.Target {
    /// The key; nil for the record of a to-one relation.
    var key: JSONValue? { if case .key(let key, _, _) = self { .some(key) } else { .none } }
}
