// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Makes random requests for trees of one world.
struct RequestGenerator {
    private let world: TreeWorld
    private var dice: SeededRandom
    /// How many more relations may be included.
    private var budget = 0

    init(_ world: TreeWorld, seed: UInt64) {
        self.world = world
        dice = SeededRandom(seed)
    }

    mutating func request() -> TreeRequest {
        let candidates = world.models.indices.filter {
            world.models[$0].isDefined && !world.models[$0].relations.isEmpty
        }
        let position = dice.choose(candidates)
        let model = world.models[position]
        budget = 1 + dice.roll(8)
        var members: [JSONValue.Member] = []
        if dice.chance(92) { members.append(.init("include", includes(of: position, depth: 1))) }
        if dice.chance(25) {
            members.append(.init("fields", ScopeGenerator(world.models, position, for: .root).fields(&dice)))
        }
        let key = model.primaryKey[0]
        let type = model.columns[key].type
        if model.primaryKey.count == 1, dice.chance(22) {
            func anyKey() -> JSONValue {
                model.rows.isEmpty || dice.chance(15)
                    ? type.json(type.dangling) : type.json(dice.choose(model.rows)[key])
            }
            if dice.chance(50) {
                return TreeRequest(model: model.name, form: .byKey(anyKey()), filter: .object(members))
            }
            let keys = (0..<dice.roll(5)).map { _ in anyKey() }
            if dice.chance(30) { members += rows(of: position) }
            return TreeRequest(model: model.name, form: .byKeys(keys), filter: .object(members))
        }
        if dice.chance(25), !model.rows.isEmpty {
            // Keys that are known before anything is sent.
            let keys = (0..<(1 + dice.roll(3))).map { _ in type.json(dice.choose(model.rows)[key]) }
            let name = model.columns[key].name
            let condition: JSONValue =
                dice.chance(50)
                ? .object([.init(name, keys[0])]) : .object([.init(name, .object([.init("inq", .array(keys))]))])
            members.append(.init("where", condition))
            if dice.chance(20) {
                members.append(.init("order", ScopeGenerator(world.models, position, for: .root).order(&dice)))
            }
        } else {
            members += rows(of: position)
        }
        if dice.chance(12) { members.append(.init("page", true)) }
        return TreeRequest(model: model.name, form: .find, filter: .object(members.shuffled(using: &dice)))
    }

    // MARK: Rows

    /// Which rows, in which order.
    private mutating func rows(of position: Int, depth: Int = 0) -> [JSONValue.Member] {
        let model = world.models[position]
        let generator = ScopeGenerator(world.models, position, for: depth == 0 ? .root : .request)
        var members: [JSONValue.Member] = []
        if depth == 0, dice.chance(2), let mistake = generator.mistake(&dice) {
            members.append(.init("where", mistake))
        } else if dice.chance(40) {
            members.append(.init("where", generator.condition(&dice)))
        }
        let terms = dice.chance(45) ? generator.terms(&dice) : []
        if !terms.isEmpty { members.append(.init("order", .array(terms.map { .string($0.text) }))) }
        if dice.chance(40) { members.append(.init("limit", .number(String(dice.roll(5))))) }
        if dice.chance(18) { members.append(.init(dice.chance(50) ? "skip" : "offset", .number(String(dice.roll(3))))) }
        if model.scope == nil, dice.chance(12), let place = generator.place(in: terms.map(\.key), &dice) {
            members.append(.init(dice.chance(50) ? "after" : "before", place))
        }
        return members
    }

    // MARK: Includes

    private mutating func includes(of model: Int, depth: Int) -> JSONValue {
        let relations = world.models[model].relations
        guard !relations.isEmpty else { return .null }
        if dice.chance(12), let alike = alike(relations) { return .array(alike.map { .string($0.name) }) }
        var chosen = Array(relations.shuffled(using: &dice).prefix(1 + dice.roll(3)).prefix(max(1, budget)))
        budget -= chosen.count
        // The same relation twice is one include (D9).
        if dice.chance(12), budget > 0 {
            chosen.append(dice.choose(chosen))
            budget -= 1
        }
        if dice.chance(2), depth == 1 { return .array([mistake(relations)]) }
        if chosen.count == 1, dice.chance(40) { return entry(chosen[0], depth: depth) }
        if Set(chosen.map(\.name)).count == chosen.count, dice.chance(15) {
            return .object(chosen.map { .init($0.name, below($0, depth: depth)) })
        }
        return .array(chosen.map { entry($0, depth: depth) })
    }

    /// Relations to the same model that differ in nothing but their keys.
    private mutating func alike(_ relations: [TreeRelation]) -> [TreeRelation]? {
        let plain = relations.filter { $0.kind == .belongsTo && $0.target != nil && $0.isFree }
        guard let one = plain.shuffled(using: &dice).first else { return nil }
        let alike = plain.filter { $0.target == one.target && $0.targetKey == one.targetKey }
        return alike.count > 1 ? alike : nil
    }

    /// What stands behind a relation's name.
    private mutating func below(_ relation: TreeRelation, depth: Int) -> JSONValue {
        guard depth < 4, budget > 0, let target = relation.target, !world.models[target].relations.isEmpty else {
            return dice.chance(80) ? true : false
        }
        return includes(of: target, depth: depth + 1)
    }

    private mutating func entry(_ relation: TreeRelation, depth: Int) -> JSONValue {
        switch dice.roll(10) {
        case 0, 1: return .string(relation.name)
        case 2: return .object([.init(relation.name, below(relation, depth: depth))])
        default: break
        }
        var members: [JSONValue.Member] = [.init(dice.chance(80) ? "relation" : "rel", .string(relation.name))]
        if let target = relation.target {
            var scope = scope(of: target, isToMany: relation.isToMany, depth: depth)
            if relation.kind == .belongsTo, dice.chance(15) {
                // What the row that points there knows already.
                let model = world.models[target]
                scope = [.init("fields", .array(model.names(model.primaryKey).map { .string($0) }))]
            }
            if !scope.isEmpty || dice.chance(10) { members.append(.init("scope", .object(scope))) }
            if relation.isToMany, dice.chance(18) { members += summary(of: world.models[target]) }
            if let link = relation.link, !world.models[link.model].isMade, dice.chance(45) {
                members.append(.init("through", through(link.model)))
            }
        } else {
            members += typeScopes(depth: depth)
        }
        return .object(members)
    }

    private mutating func scope(
        of position: Int, isToMany: Bool, depth: Int, isCommon: Bool = false
    ) -> [JSONValue.Member] {
        let generator = ScopeGenerator(world.models, position, for: isCommon ? .types : .request)
        var members: [JSONValue.Member] = []
        if isToMany {
            members += rows(of: position, depth: depth)
        } else {
            if dice.chance(25) { members.append(.init("where", generator.condition(&dice))) }
            if dice.chance(25) { members.append(.init("order", generator.order(&dice))) }
        }
        if dice.chance(25) { members.append(.init("fields", generator.fields(&dice))) }
        if depth < 4, budget > 0, dice.chance(60) {
            members.append(.init("include", includes(of: position, depth: depth + 1)))
        }
        return members
    }

    /// One scope for all types, named after what one of them has, and scopes for some (B5).
    private mutating func typeScopes(depth: Int) -> [JSONValue.Member] {
        let types = world.models.indices.filter {
            world.models[$0].primaryKey.count == 1 && world.models[$0].isDefined
        }
        var members: [JSONValue.Member] = []
        guard !types.isEmpty else { return members }
        if dice.chance(50) {
            let scope = scope(of: dice.choose(types), isToMany: false, depth: depth, isCommon: true)
            members.append(.init("scope", .object(scope)))
        }
        if dice.chance(50) {
            let some = dice.some(of: types, 50)
            let scopes = some.map { type in
                JSONValue.Member(
                    world.models[type].name, .object(scope(of: type, isToMany: false, depth: depth)))
            }
            members.append(.init("scopes", .object(scopes)))
        }
        return members
    }

    private mutating func summary(of model: TreeModel) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if dice.chance(70) { members.append(.init("count", true)) }
        let numbers = model.single.filter { model.columns[$0].type.family == 0 }.map { model.columns[$0].name }
        let texts = model.single.filter { [0, 1].contains(model.columns[$0].type.family) }
            .map { model.columns[$0].name }
        // Embedded records can't be added up.
        if model.isEmbedded ? dice.chance(2) : dice.chance(60) || members.isEmpty {
            var functions: [JSONValue.Member] = []
            if dice.chance(50) { functions.append(.init("sum", .string(dice.choose(numbers)))) }
            if dice.chance(40) { functions.append(.init("max", .array(dice.some(of: texts, 50).map { .string($0) }))) }
            if dice.chance(40) { functions.append(.init("min", .string(dice.choose(texts)))) }
            if dice.chance(25) { functions.append(.init("avg", .string(dice.choose(numbers)))) }
            members.append(.init("aggregate", .object(functions)))
        }
        if dice.chance(55) { members.append(.init("rows", true)) }
        return members
    }

    private mutating func through(_ link: Int) -> JSONValue {
        let generator = ScopeGenerator(world.models, link)
        var members: [JSONValue.Member] = []
        if dice.chance(50) { members.append(.init("fields", generator.fields(&dice))) }
        if dice.chance(50) { members.append(.init("as", "via")) }
        if dice.chance(35) { members.append(.init("where", generator.condition(&dice))) }
        if dice.chance(35) { members.append(.init("order", generator.order(&dice))) }
        return .object(members)
    }

    /// What is refused, by whoever is asked.
    private mutating func mistake(_ relations: [TreeRelation]) -> JSONValue {
        let relation = dice.choose(relations)
        let name = JSONValue.string(relation.name)
        switch (relation.isToMany, relation.link) {
        case (false, _):
            return dice.choose([
                ["relation": name, "scope": ["limit": 1]], ["relation": name, "count": true],
                ["relation": name, "scope": ["after": ["n": 1]]],
            ])
        case (true, nil):
            return dice.choose([
                ["relation": name, "through": ["where": ["n": 1]]],
                ["relation": name, "scopes": ["Anna": ["limit": 1]]],
                ["relation": name, "scope": ["include": "nothing"]], ["relation": name, "scope": ["page": true]],
            ])
        default: return dice.choose([["relation": name, "scope": ["where": ["nothing": 1]]], "nothing"])
        }
    }
}
