// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Where relations lead.
extension TreeRows {
    /// A row, and the link it was reached by, or its place in a list.
    struct Reached {
        var row: Row
        var link: Row?
        var place: Int?
    }

    /// The rows a relation leads to, before anything is asked of them.
    func related(_ relation: TreeRelation, from row: Row, links conditions: [JSONValue]) -> [Reached] {
        guard let target = relation.target else { return [] }
        let model = relation.source
        if relation.isEmbedded {
            let found = places[[model, relation.sourceKey[0]]]?[row] ?? []
            return found.enumerated().map { Reached(row: $1, place: $0) }
        }
        if relation.kind == .referencesMany {
            let column = relation.targetKey[0]
            let keys = rows[model][row][relation.sourceKey[0]].elements ?? []
            return keys.enumerated().flatMap { place, key in
                rows[target].indices.filter {
                    key != .null && TreeRows.compare(rows[target][$0][column], key) == 0
                }
                .map { Reached(row: $0, place: place) }
            }
        }
        guard let link = relation.link else {
            let found = rows(of: target, relation.targetKey, equalTo: row, of: model, relation.sourceKey)
            return found.filter { isTyped(relation, target, $0) }.map { Reached(row: $0) }
        }
        let links = rows(of: link.model, link.sourceKey, equalTo: row, of: model, relation.sourceKey)
        return links.filter { isTyped(relation, link.model, $0) && meets(conditions, link.model, $0) }.flatMap {
            linked in
            rows(of: target, relation.targetKey, equalTo: linked, of: link.model, link.targetKey)
                .map { Reached(row: $0, link: linked) }
        }
    }

    private func isTyped(_ relation: TreeRelation, _ carrier: Int, _ row: Row) -> Bool {
        guard let discriminator = relation.discriminator, let name = relation.typeName else { return true }
        return rows[carrier][row][discriminator] == .string(name)
    }

    /// The record of a to-one relation: of several rows the first in the order of its own scope, else of its model's, then by
    /// key (D20).
    func shown(_ relation: TreeRelation, from row: Row) -> Row? {
        guard let target = relation.target else { return nil }
        let found = allowed(by: relation, from: row)
        guard found.count > 1 else { return found.first }
        let terms = choices[relation.name] ?? choice(relation, target)
        return found.min { one, other in
            for term in terms {
                let order = Self.compare(value(of: term, target, one), value(of: term, target, other), by: term)
                if order != 0 { return order < 0 }
            }
            return false
        }
    }

    private func choice(_ relation: TreeRelation, _ target: Int) -> [TreeAsk.Term] {
        var ask = TreeAsk()
        for scope in [relation.scope, world.models[target].scope] {
            guard let scope, let read = try? TreeReader(world: world).ask(scope, target) else { continue }
            ask = ask.merged(scope: read)
        }
        let model = world.models[target]
        let terms = ask.order + model.primaryKey.map { .init(name: model.columns[$0].name, column: $0) }
        choices[relation.name] = terms
        return terms
    }

    /// The rows a relation leads to that the `where` of its own scope and of the models' default scopes let pass.
    func allowed(by relation: TreeRelation, from row: Row) -> [Row] {
        guard let target = relation.target else { return [] }
        if let known = known[relation.name]?[row] { return known }
        let linkScopes = [relation.linkScope, relation.link.flatMap { world.models[$0.model].scope }]
        let found = related(relation, from: row, links: linkScopes.compactMap { $0?["where"] }).map(\.row)
        let scopes = [relation.scope, world.models[target].scope].compactMap { $0?["where"] }
        let allowed = found.filter { meets(scopes, target, $0) }
        known[relation.name, default: [:]][row] = allowed
        return allowed
    }
}
