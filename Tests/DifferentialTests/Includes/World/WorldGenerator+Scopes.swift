// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Scopes of relations and models.
extension WorldGenerator {
    /// Scopes include only relations without one of their own, so that none comes back to itself.
    mutating func addScopes() {
        var scoped: [(model: Int, relation: Int)] = []
        var linked: [(model: Int, relation: Int)] = []
        var reckoned: [(model: Int, relation: Int)] = []
        for model in models.indices {
            for relation in models[model].relations.indices where dice.chance(25) {
                scoped.append((model, relation))
                models[model].relations[relation].scope = .object([])
            }
            for relation in models[model].relations.indices where dice.chance(15) {
                guard let link = models[model].relations[relation].link, !models[link.model].isMade else { continue }
                linked.append((model, relation))
                models[model].relations[relation].linkScope = .object([])
            }
            for relation in models[model].relations.indices where dice.chance(8) && !models[model].isEmbedded {
                guard models[model].relations[relation].scope == nil else { continue }
                reckoned.append((model, relation))
                models[model].relations[relation].function = TreeScopeFunction(property: "n", kind: .equal("n"))
            }
        }
        for (model, relation) in scoped { addScope(model, relation) }
        for (model, relation) in reckoned { addFunction(model, relation) }
        for (model, relation) in linked {
            guard let link = models[model].relations[relation].link else { continue }
            let condition = ScopeGenerator(models, link.model, for: .relation).condition(&dice)
            models[model].relations[relation].linkScope = ["where": condition]
        }
        for model in models.indices where !models[model].isMade && dice.chance(14) { addDefaultScope(model) }
    }

    private mutating func addScope(_ model: Int, _ position: Int) {
        let relation = models[model].relations[position]
        guard let target = relation.target else {
            // What every type has.
            models[model].relations[position].scope =
                dice.chance(50)
                ? ["where": ["n": ["gte": -1]], "fields": ["s": false]] : ["where": ["s": ["neq": "a"]]]
            return
        }
        var members = scope(of: target, isToMany: relation.isToMany, for: .relation)
        let inner = models[target].relations.filter { $0.scope == nil }
        if dice.chance(30), !inner.isEmpty {
            let chosen = dice.choose(inner)
            if let below = chosen.target, dice.chance(50) {
                let scope = JSONValue.object(scope(of: below, isToMany: chosen.isToMany, for: .relation))
                members.append(.init("include", ["relation": .string(chosen.name), "scope": scope]))
            } else {
                members.append(.init("include", .string(chosen.name)))
            }
        }
        models[model].relations[position].scope = .object(members)
    }

    /// A function of what several parents share.
    private mutating func addFunction(_ model: Int, _ position: Int) {
        let relation = models[model].relations[position]
        let property = dice.choose(["n", "s"])
        var kind = TreeScopeFunction.Kind.equal(property)
        if let target = relation.target, dice.chance(75) {
            kind = .size
            if !relation.isToMany || dice.chance(65) {
                kind = .choice(functionScope(of: target, relation), functionScope(of: target, relation))
            }
        }
        models[model].relations[position].function = TreeScopeFunction(property: property, kind: kind)
    }

    private mutating func functionScope(of target: Int, _ relation: TreeRelation) -> JSONValue {
        var members = scope(of: target, isToMany: relation.isToMany, for: .relation)
        let inner = models[target].relations.filter(\.isFree)
        if dice.chance(30), !inner.isEmpty { members.append(.init("include", .string(dice.choose(inner).name))) }
        return .object(members)
    }

    private mutating func addDefaultScope(_ model: Int) {
        var members = scope(of: model, isToMany: true, for: .model(model))
        let inner = models[model].relations.filter { relation in
            relation.scope == nil && relation.function == nil
                && relation.target.map { $0 != model && models[$0].scope == nil } ?? false
        }
        if dice.chance(40), !inner.isEmpty { members.append(.init("include", .string(dice.choose(inner).name))) }
        models[model].scope = .object(members)
    }

    private mutating func scope(
        of model: Int, isToMany: Bool, for use: ScopeGenerator.Use
    ) -> [JSONValue.Member] {
        let generator = ScopeGenerator(models, model, for: use)
        var members: [JSONValue.Member] = []
        if dice.chance(50) { members.append(.init("where", generator.condition(&dice))) }
        if dice.chance(40) { members.append(.init("order", generator.order(&dice))) }
        if dice.chance(25) { members.append(.init("fields", generator.fields(&dice))) }
        if isToMany, dice.chance(25) { members.append(.init("limit", .number(String(1 + dice.roll(3))))) }
        if isToMany, dice.chance(10) { members.append(.init("skip", .number(String(dice.roll(2))))) }
        return members
    }
}
