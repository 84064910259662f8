// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Related records that are there: linked, unlinked, changed and deleted.
extension NestedWriter {
    /// Links, unlinks, changes and deletes what is there.
    func changeLinks(_ nested: NestedRelation, of model: Model, _ parent: NestedParent) async throws {
        let (id, name) = (parent.id, nested.relation.name)
        if let keys = nested.set { try await transaction.setRelated(model.name, id: id, relation: name, keys: keys) }
        for target in nested.disconnect {
            try await transaction.removeRelated(model.name, id: id, relation: name, key: target.key)
        }
        for target in nested.delete {
            if let key = target.key, nested.mayBeGone.contains(key.description),
                let gone = nested.relation.target.map({ schema[$0] })
            {
                // It is held as it was read; where it is gone already that is what was wanted.
                try await transaction.deleteAllRelated(
                    model.name, id: id, relation: name, where: gone.condition(key: key))
                continue
            }
            try await transaction.deleteRelated(model.name, id: id, relation: name, key: target.key)
        }
        for case .key(let key, let link) in nested.connect {
            try await transaction.addRelated(
                model.name, id: id, relation: name, key: typed(key, nested.relation), link ?? [:])
        }
        guard let target = try nested.relation.target.map({ try schema.model($0) }) else { return }
        for (condition, create) in nested.connectOrCreate {
            let record = try await findOrCreate(target, condition, create)
            try await transaction.addRelated(
                model.name, id: id, relation: name, key: typed(self.key(of: target, record), nested.relation),
                create.link ?? [:])
        }
        for record in nested.update { try await update(record, in: nested, of: model, id, target) }
        for record in nested.upsert {
            let names = target.primaryKey.map { target.properties[$0].name }
            let hasKey = names.allSatisfy { record[$0] != nil && record[$0] != .null }
            if hasKey,
                try await transaction.relatedExists(model.name, id: id, relation: name, key: key(record, names)).count
                    > 0
            {
                try await update(record, in: nested, of: model, id, target)
            } else {
                if hasKey { looks.noteMissing() }
                var one = NestedRelation(relation: nested.relation, path: nested.path)
                one.create = [record]
                try await relateOrRefer([(0, one)], nested.relation, of: model, [parent])
            }
        }
    }

    /// Changes a related record, and what belongs to it.
    private func update(
        _ record: NestedRecord, in nested: NestedRelation, of model: Model, _ id: JSONValue, _ target: Model
    ) async throws {
        let names = target.primaryKey.map { target.properties[$0].name }
        let isNamed = names.allSatisfy { record[$0] != nil }
        guard isNamed || !nested.relation.isToMany else {
            throw PlannerError(
                .invalidValue, "A record to be changed is named by its key; give \(names.joined(separator: ", ")).",
                path: record.path, model: target.name, relation: nested.relation.name)
        }
        if let key = record.unchangedKey(of: target) {
            return try await follow(record, of: target, NestedParent(id: key, isReached: false))
        }
        let changes = JSONValue.object((record.data.members ?? []).filter { !names.contains($0.key) })
        let changed = try await transaction.updateRelated(
            model.name, id: id, relation: nested.relation.name, key: isNamed ? .some(key(record, names)) : .none,
            typed(changes, nested.relation))
        let own: JSONValue
        if isNamed {
            own = key(record, names)
        } else if let row = Self.parents(changed.graph, target).first {
            own = key(of: target, row)
        } else {
            return
        }
        try await follow(record, of: target, NestedParent(id: own, isReached: true))
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
    var key: JSONValue? { if case .key(let key, _) = self { .some(key) } else { .none } }
}
