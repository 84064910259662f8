// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Random conditions, orders and fields for one model.
struct ScopeGenerator {
    let models: [TreeModel]
    let position: Int
    let model: TreeModel
    /// What conditions and orders are for.
    let use: Use
    /// What conditions and orders may name.
    private let columns: [Int]
    private let shown: [Int]

    enum Use: Equatable {
        /// At the root of a request.
        case root
        /// Inside of a request, where protected columns are out of bounds.
        case request
        /// Common to several types: only columns are named that have the same type wherever there is one of the name.
        case types
        /// The definitions' own scopes of relations, where hidden columns may be named.
        case relation
        /// The default scope of a model.
        case model(Int)
    }

    init(_ models: [TreeModel], _ position: Int, for use: Use = .request) {
        self.models = models
        self.position = position
        self.use = use
        model = models[position]
        let columns =
            switch use {
            case .root: model.visible
            case .request, .types: model.included
            case .relation, .model: Array(model.columns.indices)
            }
        shown = use == .types ? columns.filter { [model] in !Self.varying.contains(model.columns[$0].name) } : columns
        self.columns = shown.filter { [model] in model.columns[$0].list == nil }
    }

    private static let varying: Set<String> = ["id", "k1", "k2", "code", "grp"]

    /// A value that stands in the column, or another one.
    private func value(_ column: Int, _ dice: inout SeededRandom) -> JSONValue {
        let type = model.columns[column].type
        if !model.rows.isEmpty, dice.chance(85) { return type.json(dice.choose(model.rows)[column]) }
        return type.json(type.value(&dice))
    }

    func condition(_ dice: inout SeededRandom, depth: Int = 0) -> JSONValue {
        if depth < 2, dice.chance(20) {
            let parts = (0..<(1 + dice.roll(2))).map { _ in condition(&dice, depth: depth + 1) }
            let word = dice.choose(["or", "or", "and", "and", "nor", "not"])
            return .object([.init(word, word == "not" ? parts[0] : .array(parts))])
        }
        if depth < 3, dice.chance(22), let related = related(&dice, depth: depth + 1) { return related }
        let column = dice.choose(columns)
        let name = model.columns[column].name
        let value = value(column, &dice)
        func asked(_ word: String, _ value: JSONValue) -> JSONValue {
            .object([.init(name, .object([.init(word, value)]))])
        }
        switch dice.roll(9) {
        case 0: return .object([.init(name, .null)])
        case 1: return asked("neq", value)
        case 2: return asked("inq", .array((0..<(1 + dice.roll(4))).map { _ in self.value(column, &dice) }))
        case 3: return asked("nin", .array((0..<(1 + dice.roll(2))).map { _ in self.value(column, &dice) }))
        case 4, 5, 6:
            let type = model.columns[column].type
            guard value != .null, type != .boolean, type != .uuid else { return asked("neq", .null) }
            return asked(dice.choose(["gt", "gte", "lt", "lte"]), value)
        default: return .object([.init(name, value)])
        }
    }

    // MARK: Related rows

    /// The use for related rows.
    private var inside: Use { use == .types || use == .root ? .request : use }

    /// The relations that may be asked about; scopes name only those that don't lead back to them.
    private func relations() -> [TreeRelation] {
        model.relations.filter { relation in
            guard let target = relation.target, !model.isEmbedded, relation.function == nil else { return false }
            // The server can't be asked about records that are kept as text, nor about what is below embedded ones.
            if relation.isEmbedded, model.columns[relation.sourceKey[0]].list != .jsonb { return false }
            let visited = [target] + (relation.link.map { [$0.model] } ?? [])
            return switch use {
            case .root, .request, .types: true
            case .relation: relation.isFree
            case .model(let owner): relation.isFree && visited.allSatisfy { $0 != owner && models[$0].scope == nil }
            }
        }
    }

    private func related(_ dice: inout SeededRandom, depth: Int) -> JSONValue? {
        let relations = relations()
        guard !relations.isEmpty else { return nil }
        let relation = dice.choose(relations)
        guard let target = relation.target else { return nil }
        let inner = ScopeGenerator(models, target, for: inside)
        func below() -> JSONValue {
            if dice.chance(12) { return .object([]) }
            return inner.condition(&dice, depth: depth)
        }
        var words: [JSONValue.Member] = []
        if relation.isToMany, dice.chance(25) {
            words = inner.numbers(&dice)
            if dice.chance(40) { words.append(.init("where", below())) }
            if dice.chance(20) { words.append(.init("some", below())) }
        } else if relation.isToMany {
            words.append(.init(dice.choose(["some", "none", "every"]), below()))
            if dice.chance(12) { words.append(.init(dice.choose(["some", "every"]), below())) }
        } else {
            words.append(.init(dice.choose(["is", "isNot"]), dice.chance(20) ? .null : below()))
        }
        if words.count == 2, words[0].key == words[1].key { words.removeLast() }
        return .object([.init(relation.name, .object(words))])
    }

    /// What is asked of numbers about rows of the model.
    private func numbers(_ dice: inout SeededRandom) -> [JSONValue.Member] {
        func compared(_ value: JSONValue, _ words: [String]) -> JSONValue {
            value == .null ? .object([.init("eq", .null)]) : .object([.init(dice.choose(words), value)])
        }
        let count = JSONValue.number(String(dice.roll(4)))
        var members: [JSONValue.Member] = []
        if dice.chance(60) {
            members.append(.init("count", compared(count, ["eq", "neq", "gt", "gte", "lt", "lte"])))
            if dice.chance(60) { return members }
        }
        let function = dice.choose(["sum", "avg", "min", "max"])
        let fitting = columns.filter { column in
            let family = model.columns[column].type.family
            return family == 0 || family == 1 && (function == "min" || function == "max")
        }
        guard !fitting.isEmpty else { return [.init("count", count)] }
        let column = dice.choose(fitting)
        // How many digits a mean has is the server's business.
        let words = function == "avg" ? ["gt", "lt"] : ["eq", "neq", "gt", "gte", "lt", "lte"]
        let asked = dice.chance(15) ? ["eq": .null] : compared(value(column, &dice), words)
        members.append(.init(function, .object([.init(model.columns[column].name, asked)])))
        return members
    }

    /// What is refused: a word of the other kind of relation, conditions on rows of several types, or on those that a function
    /// of each record chooses.
    func mistake(_ dice: inout SeededRandom) -> JSONValue? {
        guard !model.relations.isEmpty else { return nil }
        let relation = dice.choose(model.relations)
        let isToMany = relation.isToMany == (relation.function != nil)
        return .object([.init(relation.name, isToMany ? ["some": [:]] : ["is": [:]])])
    }

    // MARK: Orders and fields

    /// What rows can be ordered by.
    struct Key {
        var name: String
        var type: CellType
        /// Nil where it stands in other rows.
        var column: Int?
    }

    /// Terms that differ, and what they order by.
    func terms(_ dice: inout SeededRandom) -> [(text: String, key: Key)] {
        var keys = columns.shuffled(using: &dice).prefix(1 + dice.roll(2)).map(key)
        if dice.chance(28), let related = relatedKey(&dice, depth: 0) {
            keys.insert(related, at: dice.roll(keys.count + 1))
            if dice.chance(30) { keys = [related] }
        }
        return keys.map { key in
            let ending = dice.choose(["", "", " ASC", " DESC", " DESC", " DESC NULLS LAST", " NULLS FIRST"])
            return (key.name + ending, key)
        }
    }

    private func key(_ column: Int) -> Key {
        Key(name: model.columns[column].name, type: model.columns[column].type, column: column)
    }

    /// What stands in the row of a to-one relation, or numbers about the rows of a to-many one (B2).
    private func relatedKey(_ dice: inout SeededRandom, depth: Int) -> Key? {
        let relations = relations()
        guard !relations.isEmpty else { return nil }
        let relation = dice.choose(relations)
        guard let target = relation.target else { return nil }
        let inner = ScopeGenerator(models, target, for: inside)
        if !relation.isToMany {
            let below = depth < 2 && dice.chance(25) ? inner.relatedKey(&dice, depth: depth + 1) : nil
            let key = below ?? inner.key(dice.choose(inner.columns))
            return Key(name: "\(relation.name).\(key.name)", type: key.type)
        }
        if dice.chance(45) { return Key(name: "\(relation.name).count", type: .int4) }
        let function = dice.choose(["sum", "avg", "min", "max"])
        let fitting = inner.columns.filter { column in
            let family = models[target].columns[column].type.family
            return family == 0 || family == 1 && (function == "min" || function == "max")
        }
        guard !fitting.isEmpty else { return nil }
        let key = inner.key(dice.choose(fitting))
        let isNumber = function == "sum" || function == "avg"
        return Key(name: "\(relation.name).\(function)(\(key.name))", type: isNumber ? .numeric : key.type)
    }

    func order(_ dice: inout SeededRandom) -> JSONValue {
        let terms = terms(&dice).map(\.text)
        return dice.chance(50) ? .string(terms.joined(separator: ", ")) : .array(terms.map { .string($0) })
    }

    func fields(_ dice: inout SeededRandom) -> JSONValue {
        let names = shown.filter { !model.columns[$0].isHidden }.map { model.columns[$0].name }
        switch dice.roll(5) {
        case 0: return .array(model.names(model.primaryKey).map { .string($0) })
        case 1: return .object(dice.some(of: names, 40).map { .init($0, false) })
        case 2: return .object(dice.some(of: names, 60).map { .init($0, true) })
        case 3: return .string(dice.choose(names))
        default: return .array(dice.some(of: names, 50).map { .string($0) })
        }
    }

    /// The place of a row in an order, for a cursor; values that stand in other rows are made up.
    func place(in keys: [Key], _ dice: inout SeededRandom) -> JSONValue? {
        guard !model.rows.isEmpty else { return nil }
        let row = dice.choose(model.rows)
        let missing = model.primaryKey.filter { part in !keys.contains { $0.column == part } }
        var members: [JSONValue.Member] = []
        for key in keys + missing.map(key) {
            let value: String? =
                if let column = key.column { row[column] } else { dice.chance(25) ? nil : key.type.value(&dice) }
            members.append(.init(key.name, key.type.json(value)))
        }
        return .object(members)
    }
}
