// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Related records that are there: linked, unlinked, changed and deleted.
extension NestedWriter {
    /// Links, unlinks, changes and deletes what is there, of several records.
    func changeLinks(
        _ parts: [(parent: Int, nested: NestedRelation)], _ relation: Relation, of model: Model,
        _ parents: [NestedParent]
    ) async throws {
        for (parent, nested) in parts { try await changeLinks(nested, of: model, parents[parent]) }
        try await change(parts, relation, of: model, parents)
        for (parent, nested) in parts { try await upsert(nested, of: model, parents[parent]) }
    }

    private func changeLinks(_ nested: NestedRelation, of model: Model, _ parent: NestedParent) async throws {
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
        for connect in nested.connect {
            switch connect {
            case .key(let key, let link):
                try await transaction.addRelated(
                    model.name, id: id, relation: name, key: typed(key, nested.relation), link ?? [:])
            case .new(let number, let link): try await self.connect(number, link, nested, of: model, parent)
            case .only, .named: continue
            }
        }
        guard let target = try nested.relation.target.map({ try schema.model($0) }) else { return }
        for (condition, create) in nested.connectOrCreate {
            let record = try await findOrCreate(target, condition, create)
            try await transaction.addRelated(
                model.name, id: id, relation: name, key: typed(self.key(of: target, record), nested.relation),
                create.link ?? [:])
        }
    }

    private func upsert(_ nested: NestedRelation, of model: Model, _ parent: NestedParent) async throws {
        let (id, name) = (parent.id, nested.relation.name)
        guard !nested.upsert.isEmpty, let target = try nested.relation.target.map({ try schema.model($0) }) else {
            return
        }
        for record in nested.upsert {
            let names = target.primaryKey.map { target.properties[$0].name }
            let hasKey = names.allSatisfy { record[$0] != nil && record[$0] != .null }
            if hasKey,
                try await transaction.relatedExists(model.name, id: id, relation: name, key: key(record, names)).count
                    > 0
            {
                var one = NestedRelation(relation: nested.relation, target: target, path: nested.path)
                one.update = [record]
                try await change([(0, one)], nested.relation, of: model, [parent])
            } else {
                if hasKey { looks.noteMissing() }
                var one = NestedRelation(relation: nested.relation, target: target, path: nested.path)
                one.create = [record]
                try await relateOrRefer([(0, one)], nested.relation, of: model, [parent])
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
    var key: JSONValue? { if case .key(let key, _) = self { .some(key) } else { .none } }
}
