// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Whole graphs: what is referred to first, then the records, then what refers to them, one level after the other.
extension NaiveTables {
    mutating func createGraph(_ model: Int, _ graph: WriteGraph) throws(WriteRefusal) -> WriteRow {
        let row = try makeGraphs(model, [graph])[0]
        try connectWaiting()
        return stored(row, of: model)
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
        try follow(model, [(key, graph)])
        try connectWaiting()
        return find(key, of: model).map { rows[model][$0] } ?? [:]
    }

    /// Links what was to be linked to records that weren't made yet.
    private mutating func connectWaiting() throws(WriteRefusal) {
        let waiting = self.waiting
        self.waiting = []
        defer { labels = [:] }
        for one in waiting {
            guard let key = labels[one.label] else { throw WriteRefusal("UNSUPPORTED") }
            try addRelated(one.model, one.parent, one.relation, key, [:])
        }
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
        for (graph, row) in zip(graphs, made) {
            if let label = graph.label { labels[label] = key(row, of: model) }
        }
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
        try changeLinks(model, number, parts, parents)
        let new = parts.flatMap { part in part.part.create.map { (part.parent, $0) } }
        guard !new.isEmpty else { return }
        if isReferred(relation) {
            let made = try makeGraphs(relation.target, new.map(\.1))
            let links = zip(new, made).map { (parent: parents[$0.0], key: key($1, of: relation.target)) }
            // As those that are connected.
            if isWrittenOnce(relation), links.count > 1 {
                try relist(model, number, links, adds: true)
            } else {
                for (parent, key) in links { try addRelated(model, parent, number, key, [:]) }
            }
        } else if relation.kind == .hasOne, !areNew {
            for (parent, graph) in new {
                var own = [graph.data]
                try makeReferred(relation.target, [graph], &own)
                let made = try createRelated(model, parents[parent], number, own)
                var rest = graph
                rest.parts.removeAll { isReferred(self.relation(relation.target, $0.relation)) }
                if let label = graph.label { labels[label] = key(made[0], of: relation.target) }
                try follow(relation.target, [(key(made[0], of: relation.target), rest)])
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

    private mutating func follow(
        _ model: Int, _ records: [(key: JSONValue, graph: WriteGraph)]
    ) throws(WriteRefusal) {
        for (number, parts) in grouped(records.map(\.graph)) {
            let relation = relation(model, number)
            for (parent, part) in parts where relation.kind == .belongsTo {
                let graph = records[parent].graph
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
            try relate(model, number, parts, records.map(\.key))
        }
    }

    private typealias Item = (parent: JSONValue, graph: WriteGraph)

    /// One word after the other, each of all records.
    private mutating func changeLinks(
        _ model: Int, _ number: Int, _ parts: [(parent: Int, part: WriteGraph.Part)], _ parents: [JSONValue]
    ) throws(WriteRefusal) {
        let relation = relation(model, number)
        for (parent, part) in parts {
            if let set = part.set { _ = try setRelated(model, parents[parent], number, set) }
        }
        func links(_ word: KeyPath<WriteGraph.Part, [JSONValue]>) -> [(parent: JSONValue, key: JSONValue)] {
            parts.flatMap { parent, part in part[keyPath: word].map { (parents[parent], $0) } }
        }
        let isTogether = isWrittenOnce(relation)
        let disconnected = links(\.disconnect)
        if isTogether, disconnected.count > 1 {
            try relist(model, number, disconnected, adds: false)
        } else {
            for (parent, key) in disconnected {
                _ = try removeRelated(model, parent, number, key == .bool(true) ? nil : .some(key))
            }
        }
        let deleted = links(\.delete)
        if isTogether, deleted.count > 1 {
            var places: [Int] = []
            for (parent, key) in deleted {
                let own = try targets(row(parent, of: model), relation)
                guard let place = own.first(where: { self.key(rows[relation.target][$0], of: relation.target) == key }),
                    !places.contains(place)
                else { throw .missing }
                places.append(place)
            }
            try relist(model, number, deleted, adds: false)
            delete(places, of: relation.target)
            try finish()
        } else {
            for (parent, key) in deleted {
                _ = try deleteRelated(model, parent, number, key == .bool(true) ? nil : .some(key))
            }
        }
        var connected: [(parent: JSONValue, key: JSONValue)] = []
        for (parent, part) in parts {
            connected += part.connect.map { (parents[parent], $0) }
            for label in part.references {
                if let key = labels[label] {
                    connected.append((parents[parent], key))
                } else {
                    waiting.append((model: model, parent: parents[parent], relation: number, label: label))
                }
            }
        }
        if isTogether, connected.count > 1 {
            try relist(model, number, connected, adds: true)
        } else {
            if relation.kind == .hasOne { try displace(relation, connected) }
            for (parent, key) in connected { try addRelated(model, parent, number, key, [:]) }
        }
        var updated: [Item] = []
        for (parent, part) in parts { updated += part.update.map { (parents[parent], $0) } }
        try change(model, number, updated)
        var (changed, made): ([Item], [(parent: Int, part: WriteGraph.Part)]) = ([], [])
        for (parent, part) in parts {
            for graph in part.upsert {
                let names = world.models[relation.target].key
                let isNamed = names.allSatisfy { graph.data[$0] != nil }
                let targets = try targets(row(parents[parent], of: model), relation)
                let isTheirs = targets.contains {
                    isNamed
                        && key(rows[relation.target][$0], of: relation.target) == key(graph.data, of: relation.target)
                }
                if isTheirs {
                    changed.append((parents[parent], graph))
                } else {
                    var one = WriteGraph.Part(relation: number)
                    one.create = [graph]
                    made.append((parent, one))
                }
            }
        }
        try change(model, number, changed)
        if !made.isEmpty { try relate(model, number, made, parents) }
    }

    /// What records of a to-one relation have is nobody's before any of them has another one.
    private mutating func displace(
        _ relation: WriteRelation, _ links: [(parent: JSONValue, key: JSONValue)]
    ) throws(WriteRefusal) {
        let parents = Set(links.map(\.parent))
        guard links.count > 1, parents.count == links.count, Set(links.map(\.key)).count == links.count else { return }
        var places: [Int] = []
        for (parent, key) in links {
            places += try targets(row(parent, of: relation.source), relation).filter {
                self.key(rows[relation.target][$0], of: relation.target) != key
            }
        }
        letGo(places, relation)
    }

    /// Whether a relation's lists of keys are written once for each word: those in JSON or text are changed key by key.
    private func isWrittenOnce(_ relation: WriteRelation) -> Bool {
        relation.list.map { world.models[relation.source].property($0)?.kind == .ints } ?? false
    }

    /// Writes lists of keys, each once.
    private mutating func relist(
        _ model: Int, _ number: Int, _ links: [(parent: JSONValue, key: JSONValue)], adds: Bool
    ) throws(WriteRefusal) {
        let relation = relation(model, number)
        guard let list = relation.list else { return }
        var order: [JSONValue] = []
        var lists: [JSONValue: [JSONValue]] = [:]
        for (parent, key) in links {
            if lists[parent] == nil {
                order.append(parent)
                lists[parent] = self.list(try row(parent, of: model), relation)
            }
            guard adds else {
                lists[parent]?.removeAll { $0 == key }
                continue
            }
            guard let found = find(key, of: relation.target),
                shows(rows[relation.target][found], of: relation.target),
                relation.scope.map({ rows[relation.target][found][$0.property] == $0.value }) ?? true
            else { throw .missing }
            if lists[parent]?.contains(key) ?? false { throw .validation }
            lists[parent]?.append(key)
        }
        for parent in order {
            guard let place = find(parent, of: model) else { throw .missing }
            change(place, of: model, [list: .array(lists[parent] ?? [])])
        }
        try finish()
    }

    /// Changes targets, and then what belongs to them.
    private mutating func change(_ model: Int, _ number: Int, _ items: [Item]) throws(WriteRefusal) {
        let relation = relation(model, number)
        let names = world.models[relation.target].key
        var followed: [(key: JSONValue, graph: WriteGraph)] = []
        for (parent, graph) in items {
            let isNamed = names.allSatisfy { graph.data[$0] != nil }
            try checkChange(graph.data, of: relation.target)
            let own = try row(parent, of: model)
            let target = targets(own, relation).first { place in
                !isNamed
                    || key(rows[relation.target][place], of: relation.target) == key(graph.data, of: relation.target)
            }
            guard let target else { throw isNamed ? .missing : .empty }
            let targetKey = self.key(rows[relation.target][target], of: relation.target)
            var data = graph.data.filter { !names.contains($0.key) }
            if let version = world.models[relation.target].version, let seen = data.removeValue(forKey: version),
                seen != .null, seen != rows[relation.target][target][version]
            {
                throw WriteRefusal("CONFLICT")
            }
            if !data.isEmpty { _ = try updateRelated(model, parent, number, targetKey, data) }
            followed.append((targetKey, graph))
        }
        try follow(relation.target, followed)
    }
}
