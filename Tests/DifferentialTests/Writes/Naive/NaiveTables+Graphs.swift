// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Whole graphs: what is referred to first, then the records, then what refers to them, one level after the other.
extension NaiveTables {
    mutating func createGraph(_ model: Int, _ graph: WriteGraph) throws(WriteRefusal) -> WriteRow {
        try makeGraphs(model, [graph])[0]
    }

    mutating func upsertGraph(_ model: Int, _ graph: WriteGraph) throws(WriteRefusal) -> WriteRow {
        let names = world.models[model].key
        if names.allSatisfy({ graph.data[$0] != nil }), find(key(graph.data, of: model), of: model) != nil {
            return try updateGraph(model, key(graph.data, of: model), graph)
        }
        return try createGraph(model, graph)
    }

    mutating func updateGraph(_ model: Int, _ key: JSONValue, _ graph: WriteGraph) throws(WriteRefusal) -> WriteRow {
        if !graph.data.isEmpty { _ = try update(model, key, graph.data) }
        guard find(key, of: model) != nil else { throw .missing }
        try follow(model, key, graph)
        return find(key, of: model).map { rows[model][$0] } ?? [:]
    }

    private func row(_ key: JSONValue, of model: Int) throws(WriteRefusal) -> WriteRow {
        guard let place = find(key, of: model) else { throw .missing }
        return rows[model][place]
    }

    /// The relations of several records in the order in which they come up, each with its parts.
    private func grouped(_ graphs: [WriteGraph]) -> [(relation: Int, parts: [(parent: Int, part: WriteGraph.Part)])] {
        var groups: [(relation: Int, parts: [(parent: Int, part: WriteGraph.Part)])] = []
        for (parent, graph) in graphs.enumerated() {
            for part in graph.parts {
                if let known = groups.firstIndex(where: { $0.relation == part.relation }) {
                    groups[known].parts.append((parent, part))
                } else {
                    groups.append((part.relation, [(parent, part)]))
                }
            }
        }
        return groups
    }

    private func isReferred(_ relation: WriteRelation) -> Bool {
        relation.kind == .belongsTo || relation.kind == .referencesMany
    }

    private mutating func makeGraphs(
        _ model: Int, _ graphs: [WriteGraph], given: [WriteRow] = []
    ) throws(WriteRefusal) -> [WriteRow] {
        guard !graphs.isEmpty else { return [] }
        var own = graphs.map(\.data)
        for position in given.indices {
            // Keys are the relation's to say; what is copied wins.
            own[position].merge(given[position]) { _, given in given }
        }
        try makeReferred(model, graphs, &own)
        var made = try createAll(model, own)
        for (number, parts) in grouped(graphs) where !isReferred(relation(model, number)) {
            try relate(model, number, parts, made.map { key($0, of: model) }, areNew: true)
            for position in made.indices { made[position] = stored(made[position], of: model) }
        }
        return made
    }

    /// Makes what records refer to, ahead of them.
    private mutating func makeReferred(
        _ model: Int, _ graphs: [WriteGraph], _ own: inout [WriteRow]
    ) throws(WriteRefusal) {
        for (number, parts) in grouped(graphs) {
            let relation = relation(model, number)
            guard isReferred(relation) else { continue }
            var found: [[WriteRow]] = graphs.map { _ in [] }
            let new = parts.flatMap { part in part.part.create.map { (part.parent, $0) } }
            let made = try makeGraphs(relation.target, new.map(\.1))
            for ((parent, _), row) in zip(new, made) { found[parent].append(row) }
            for (parent, part) in parts {
                for key in part.connect { found[parent].append(try self.row(key, of: relation.target)) }
            }
            for (parent, targets) in found.enumerated() where !targets.isEmpty {
                if let list = relation.list {
                    let keys = JSONValue.array(targets.map { $0[relation.targetKey[0]] ?? .null })
                    if let given = graphs[parent].data[list], given != keys { throw .keyOverride }
                    own[parent][list] = keys
                } else {
                    try requireSame(graphs[parent].data, targets[0], relation)
                    own[parent].merge(self.given(byTarget: targets[0], relation)) { _, new in new }
                }
            }
        }
    }

    /// Data may only say the same of a key as what is named beside it (D24).
    private func requireSame(
        _ data: WriteRow, _ target: WriteRow, _ relation: WriteRelation
    ) throws(WriteRefusal) {
        for (own, other) in zip(relation.sourceKey, relation.targetKey) {
            if let given = data[own], given != target[other] ?? .null { throw .keyOverride }
        }
    }

    private mutating func relate(
        _ model: Int, _ number: Int, _ parts: [(parent: Int, part: WriteGraph.Part)], _ parents: [JSONValue],
        areNew: Bool = false
    ) throws(WriteRefusal) {
        let relation = relation(model, number)
        for (parent, part) in parts { try changeLinks(model, number, parents[parent], part) }
        let new = parts.flatMap { part in part.part.create.map { (part.parent, $0) } }
        guard !new.isEmpty else { return }
        if isReferred(relation) {
            let made = try makeGraphs(relation.target, new.map(\.1))
            for ((parent, _), row) in zip(new, made) {
                try addRelated(model, parents[parent], number, key(row, of: relation.target), [:])
            }
        } else if relation.kind == .hasOne, !areNew {
            for (parent, graph) in new {
                var own = [graph.data]
                try makeReferred(relation.target, [graph], &own)
                let made = try createRelated(model, parents[parent], number, own)
                var rest = graph
                rest.parts.removeAll { isReferred(self.relation(relation.target, $0.relation)) }
                try follow(relation.target, key(made[0], of: relation.target), rest)
            }
        } else {
            var given: [WriteRow] = []
            for (parent, _) in new { given.append(self.given(by: try row(parents[parent], of: model), relation)) }
            let made = try makeGraphs(relation.target, new.map(\.1), given: given)
            guard relation.link != nil else { return }
            for ((parent, _), target) in zip(new, made) {
                guard let place = find(parents[parent], of: model) else { throw .missing }
                try hook([target], to: place, relation)
            }
            try finish()
        }
    }

    private mutating func follow(_ model: Int, _ key: JSONValue, _ graph: WriteGraph)
        throws(WriteRefusal)
    {
        for (number, parts) in grouped([graph]) {
            let relation = relation(model, number)
            for (_, part) in parts where relation.kind == .belongsTo {
                if let created = part.create.last?.data, part.connect.isEmpty {
                    try requireSame(graph.data, created, relation)
                } else if let key = part.connect.last {
                    let names = world.models[relation.target].key
                    let target =
                        names.count == 1
                        ? [names[0]: key]
                        : WriteRow(uniqueKeysWithValues: (key.members ?? []).map { ($0.key, $0.value) })
                    // What another key than the primary one is only its record says.
                    guard relation.targetKey.allSatisfy({ target[$0] != nil }) else { continue }
                    try requireSame(graph.data, target, relation)
                }
            }
            try relate(model, number, parts, [key])
        }
    }

    private mutating func changeLinks(
        _ model: Int, _ number: Int, _ parent: JSONValue, _ part: WriteGraph.Part
    ) throws(WriteRefusal) {
        let relation = relation(model, number)
        if let set = part.set { _ = try setRelated(model, parent, number, set) }
        for key in part.disconnect {
            _ = try removeRelated(model, parent, number, key == .bool(true) ? nil : .some(key))
        }
        for key in part.delete {
            _ = try deleteRelated(model, parent, number, key == .bool(true) ? nil : .some(key))
        }
        for key in part.connect { try addRelated(model, parent, number, key, [:]) }
        for graph in part.update { try updateTarget(model, number, parent, graph) }
        for graph in part.upsert {
            let names = world.models[relation.target].key
            let isNamed = names.allSatisfy { graph.data[$0] != nil }
            let targets = try targets(row(parent, of: model), relation)
            let isTheirs = targets.contains {
                isNamed && key(rows[relation.target][$0], of: relation.target) == key(graph.data, of: relation.target)
            }
            if isTheirs {
                try updateTarget(model, number, parent, graph)
            } else {
                var one = WriteGraph.Part(relation: number)
                one.create = [graph]
                try relate(model, number, [(0, one)], [parent])
            }
        }
    }

    private mutating func updateTarget(
        _ model: Int, _ number: Int, _ parent: JSONValue, _ graph: WriteGraph
    ) throws(WriteRefusal) {
        let relation = relation(model, number)
        let names = world.models[relation.target].key
        let isNamed = names.allSatisfy { graph.data[$0] != nil }
        try checkChange(graph.data, of: relation.target)
        let own = try row(parent, of: model)
        let target = targets(own, relation).first { place in
            !isNamed || key(rows[relation.target][place], of: relation.target) == key(graph.data, of: relation.target)
        }
        guard let target else { throw isNamed ? .missing : .empty }
        let targetKey = self.key(rows[relation.target][target], of: relation.target)
        let data = graph.data.filter { !names.contains($0.key) }
        if !data.isEmpty { _ = try updateRelated(model, parent, number, targetKey, data) }
        try follow(relation.target, targetKey, graph)
    }
}
