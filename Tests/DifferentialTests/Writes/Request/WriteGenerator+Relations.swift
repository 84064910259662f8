// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

// Writes through relations, and whole graphs.
extension WriteGenerator {
    mutating func related(_ model: Int, _ tables: NaiveTables) -> WriteOperation? {
        let relations = world.models[model].relations
        guard !relations.isEmpty else { return nil }
        let number = dice.roll(relations.count)
        let relation = relations[number]
        let key = key(model, tables)
        if !relation.isStored { return embedded(model, key, number, relation, tables) }
        let parent = tables.find(key, of: model).map { tables.rows[model][$0] }
        // One of the record's own targets, mostly.
        let own = parent.map { tables.targets($0, relation) } ?? []
        let target =
            own.randomElement(using: &dice).flatMap { place in
                dice.chance(75)
                    ? tables.key(tables.rows[relation.target][place], of: relation.target) : nil as JSONValue?
            } ?? self.key(relation.target, tables)
        let named: JSONValue? = relation.isToMany || dice.chance(20) ? .some(target) : .none
        switch dice.roll(9) {
        case 0, 1:
            let count = relation.isToMany ? 1 + dice.roll(3) : 1
            return .createRelated(model, key, number, (0..<count).map { _ in newTarget(relation, tables) })
        case 2:
            return .addRelated(model, key, number, self.key(relation.target, tables), linkData(relation))
        case 3:
            guard relation.link != nil || relation.kind == .hasMany else {
                return .addRelated(model, key, number, self.key(relation.target, tables), linkData(relation))
            }
            return .setRelated(
                model, key, number,
                (0..<dice.roll(4)).map { _ in dice.chance(50) ? target : self.key(relation.target, tables) })
        case 4: return .updateRelated(model, key, number, named, changeOfTarget(relation, tables))
        case 5:
            guard relation.isToMany else {
                return .updateRelated(model, key, number, named, changeOfTarget(relation, tables))
            }
            return .updateAllRelated(
                model, key, number, condition(relation.target, tables), few(relation.target, tables))
        case 6:
            return .removeRelated(model, key, number, relation.kind == .belongsTo ? nil : named)
        case 7: return .deleteRelated(model, key, number, relation.kind == .belongsTo ? nil : named)
        default:
            guard relation.isToMany else {
                return .removeRelated(model, key, number, relation.kind == .belongsTo ? nil : named)
            }
            return .deleteAllRelated(model, key, number, narrow(relation.target, tables))
        }
    }

    private mutating func embedded(
        _ model: Int, _ key: JSONValue, _ number: Int, _ relation: WriteRelation, _ tables: NaiveTables
    ) -> WriteOperation {
        let pieces = tables.find(key, of: model).map { tables.list(tables.rows[model][$0], relation) } ?? []
        let target = pieces.randomElement(using: &dice)?["id"] ?? .number("9")
        func piece(_ dice: inout SeededRandom) -> WriteRow {
            ["n": .number(String(dice.roll(9))), "s": .string(dice.choose(["x", "y'"]))]
        }
        switch dice.roll(4) {
        case 0: return .updateRelated(model, key, number, target, piece(&dice))
        case 1: return .deleteRelated(model, key, number, target)
        default:
            return .createRelated(
                model, key, number,
                (0...dice.roll(2)).map { _ in
                    var piece = piece(&dice)
                    if dice.chance(25) { piece["id"] = .number(String(1 + dice.roll(8))) }
                    return piece
                })
        }
    }

    private mutating func linkData(_ relation: WriteRelation) -> WriteRow {
        relation.link != nil && dice.chance(40) ? ["role": .string(dice.choose(["boss", "guest"]))] : [:]
    }

    /// A new record without what the relation says.
    private mutating func newTarget(_ relation: WriteRelation, _ tables: NaiveTables) -> WriteRow {
        var row = newRow(relation.target, tables)
        if relation.link == nil, relation.list == nil, relation.kind != .belongsTo {
            for name in relation.targetKey { row[name] = nil }
            if let type = relation.discriminator { row[type] = nil }
        }
        return row
    }

    private mutating func changeOfTarget(_ relation: WriteRelation, _ tables: NaiveTables) -> WriteRow {
        var row = few(relation.target, tables)
        if dice.chance(40) { row["n"] = .number(String(dice.roll(4))) }
        return row
    }

    // MARK: Graphs

    mutating func graph(_ model: Int, _ tables: NaiveTables) -> WriteOperation {
        func plain(_ graph: WriteGraph) -> WriteGraph {
            graph.connectingOld(model, tables).changingWhatIsNamed(model, tables)
        }
        return switch anyGraph(model, tables) {
        case .createGraph(let model, let graph):
            .createGraph(model, referring(plain(graph), model))
        case .upsertGraph(let model, let graph): .upsertGraph(model, plain(graph))
        case .updateGraph(let model, let key, let graph):
            .updateGraph(model, key, referring(plain(graph), model))
        case let other: other
        }
    }

    /// A graph in which a record that it makes is linked at another place, ahead of where it is made or behind it.
    private mutating func referring(_ graph: WriteGraph, _ model: Int) -> WriteGraph {
        var graph = graph
        let relations = world.models[model].relations
        func isOwn(_ relation: WriteRelation) -> Bool {
            relation.link != nil || relation.kind == .hasMany
        }
        for place in graph.parts.indices where !graph.parts[place].create.isEmpty && dice.chance(50) {
            let made = relations[graph.parts[place].relation]
            guard isOwn(made) else { continue }
            // Another relation to the same model.
            guard
                let other = relations.indices.filter({ number in
                    number != graph.parts[place].relation && relations[number].target == made.target
                        && isOwn(relations[number]) && relations[number].scope == nil
                }).randomElement(using: &dice)
            else { continue }
            let label = "r\(place)"
            graph.parts[place].create[0].label = label
            if let known = graph.parts.firstIndex(where: { $0.relation == other }) {
                if graph.parts[known].set == nil { graph.parts[known].references.append(label) }
            } else {
                var part = WriteGraph.Part(relation: other)
                part.references = [label]
                graph.parts.insert(part, at: dice.chance(50) ? 0 : graph.parts.endIndex)
            }
            break
        }
        return graph
    }

    private mutating func anyGraph(_ model: Int, _ tables: NaiveTables) -> WriteOperation {
        switch dice.roll(5) {
        case 0, 1: return .createGraph(model, newGraph(model, tables, depth: 0))
        case 2:
            var graph = dice.chance(50) ? newGraph(model, tables, depth: 1) : changedGraph(model, tables, depth: 0)
            let key = dice.chance(70) ? key(model, tables) : newKey(model)
            if tables.find(key, of: model) != nil {
                graph.parts = changedGraph(model, tables, depth: 0, parent: key).parts
            } else {
                if world.models[model].isGenerated { return .createGraph(model, newGraph(model, tables, depth: 0)) }
                graph = newGraph(model, tables, depth: 0)
            }
            for name in world.models[model].key { graph.data[name] = key[name] ?? key }
            return .upsertGraph(model, graph)
        default:
            let key = key(model, tables)
            return .updateGraph(model, key, changedGraph(model, tables, depth: 0, parent: key))
        }
    }

    private mutating func newGraph(_ model: Int, _ tables: NaiveTables, depth: Int, in relation: WriteRelation? = nil)
        -> WriteGraph
    {
        var graph = WriteGraph(data: relation.map { newTarget($0, tables) } ?? newRow(model, tables))
        guard depth < 2 else { return graph }
        for (number, relation) in world.models[model].relations.enumerated()
        where relation.isStored && relation.scope == nil && dice.chance(depth == 0 ? 55 : 30) {
            var part = WriteGraph.Part(relation: number)
            let isReferred = relation.kind == .belongsTo || relation.kind == .referencesMany
            for name in relation.sourceKey where isReferred { graph.data[name] = nil }
            if relation.isToMany {
                part.create = (0..<dice.roll(3)).map { _ in
                    newGraph(relation.target, tables, depth: depth + 1, in: relation)
                }
                if dice.chance(35) { part.connect = keys(1 + dice.roll(3), relation.target, tables) }
            } else if dice.chance(70) {
                part.create = [newGraph(relation.target, tables, depth: depth + 1, in: relation)]
            } else {
                part.connect = [key(relation.target, tables)]
            }
            if part.create.isEmpty, part.connect.isEmpty { continue }
            graph.parts.append(part)
        }
        return graph
    }

    /// Different keys.
    private mutating func keys(_ count: Int, _ model: Int, _ tables: NaiveTables) -> [JSONValue] {
        var keys: [JSONValue] = []
        for _ in 0..<count {
            let key = key(model, tables)
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private mutating func changedGraph(
        _ model: Int, _ tables: NaiveTables, depth: Int, parent: JSONValue? = nil
    ) -> WriteGraph {
        var graph = WriteGraph(data: dice.chance(60) ? few(model, tables) : [:])
        let row = parent.flatMap { tables.find($0, of: model) }.map { tables.rows[model][$0] }
        for (number, relation) in world.models[model].relations.enumerated()
        where relation.isStored && relation.scope == nil && dice.chance(50) {
            var part = WriteGraph.Part(relation: number)
            // Not itself: what becomes of who deletes itself is nobody's business.
            let own = (row.map { tables.targets($0, relation) } ?? []).map { tables.rows[relation.target][$0] }
                .filter { relation.target != model || tables.key($0, of: model) != parent }
            change(&part, relation, own, tables, depth)
            let isEmpty =
                part.create.isEmpty && part.connect.isEmpty && part.disconnect.isEmpty && part.set == nil
                && part.update.isEmpty && part.upsert.isEmpty && part.delete.isEmpty
            if !isEmpty { graph.parts.append(part) }
        }
        if graph.data.isEmpty, graph.parts.isEmpty { graph.data = few(model, tables) }
        return graph
    }

    private mutating func change(
        _ part: inout WriteGraph.Part, _ relation: WriteRelation, _ own: [WriteRow], _ tables: NaiveTables, _ depth: Int
    ) {
        guard relation.isToMany else {
            switch dice.roll(6) {
            case 0: part.create = [newGraph(relation.target, tables, depth: depth + 1, in: relation)]
            case 1: part.connect = [key(relation.target, tables)]
            case 2: part.disconnect = [true]
            case 3, 4: part.update = [WriteGraph(data: few(relation.target, tables))]
            default: part.delete = [true]
            }
            return
        }
        var rest = own.shuffled(using: &dice)
        func next(_ model: Int, _ rest: inout [WriteRow]) -> WriteRow? { rest.isEmpty ? nil : rest.removeLast() }
        if dice.chance(50) {
            part.create = (0...dice.roll(2)).map { _ in
                newGraph(relation.target, tables, depth: depth + 1, in: relation)
            }
        }
        if dice.chance(60) {
            for _ in 0...dice.roll(3) {
                guard let row = next(relation.target, &rest) else { break }
                let key = tables.key(row, of: relation.target)
                var graph =
                    depth < 1 && dice.chance(40)
                    ? changedGraph(relation.target, tables, depth: depth + 1, parent: key)
                    : WriteGraph(data: few(relation.target, tables))
                for name in world.models[relation.target].key { graph.data[name] = row[name] }
                if let version = world.models[relation.target].version, dice.chance(40) {
                    graph.data[version] = dice.chance(50) ? .null : dice.chance(90) ? row[version] : .number("9")
                }
                if dice.chance(40) { part.upsert.append(graph) } else { part.update.append(graph) }
            }
        }
        func some(_ chance: Int) -> [JSONValue] {
            guard dice.chance(chance) else { return [] }
            return (0...dice.roll(3)).compactMap { _ in
                next(relation.target, &rest).map { tables.key($0, of: relation.target) }
            }
        }
        part.delete = some(25)
        part.disconnect = some(30)
        if dice.chance(35) { part.connect = keys(1 + dice.roll(3), relation.target, tables) }
        let canSet = relation.link != nil || relation.kind == .hasMany
        if canSet, dice.chance(15), part.disconnect.isEmpty, part.delete.isEmpty, part.update.isEmpty,
            part.upsert.isEmpty
        {
            part.set = keys(2, relation.target, tables)
        }
    }
}
