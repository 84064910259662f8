// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A record with what becomes of its related ones.
struct WriteGraph: Sendable {
    struct Part: Sendable {
        /// The relation, by its place among the model's.
        let relation: Int
        var create: [WriteGraph] = []
        var connect: [JSONValue] = []
        /// The names of records that the graph makes, to be linked.
        var references: [String] = []
        var disconnect: [JSONValue] = []
        var set: [JSONValue]?
        var update: [WriteGraph] = []
        var upsert: [WriteGraph] = []
        var delete: [JSONValue] = []
    }

    var data: WriteRow
    var parts: [Part] = []
    /// Its name for other places of the graph.
    var label: String?

    func json(_ model: WriteModel, _ world: WriteWorld) -> JSONValue {
        var members = data.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
        if let label { members.append(.init("#id", .string(label))) }
        for part in parts {
            let relation = model.relations[part.relation]
            let target = world.models[relation.target]
            var words: [JSONValue.Member] = []
            func records(_ word: String, _ graphs: [WriteGraph]) {
                guard !graphs.isEmpty else { return }
                let list = graphs.map { $0.json(target, world) }
                words.append(.init(word, relation.isToMany ? .array(list) : list[0]))
            }
            func keys(_ word: String, _ keys: [JSONValue]) {
                guard !keys.isEmpty else { return }
                words.append(.init(word, relation.isToMany ? .array(keys) : keys[0]))
            }
            records("create", part.create)
            keys("connect", part.connect + part.references.map { ["#ref": .string($0)] })
            keys("disconnect", part.disconnect)
            if let set = part.set { words.append(.init("set", .array(set))) }
            records("update", part.update)
            records("upsert", part.upsert)
            keys("delete", part.delete)
            members.append(.init(relation.name, .object(words)))
        }
        return .object(members)
    }
}

extension WriteGraph {
    /// A record of a model, by its key.
    private struct Name: Hashable {
        let model: Int
        let key: JSONValue
    }

    /// The graph without keys of records that it makes itself: these may be made ahead of what refers to them or not, which a
    /// model that goes level by level doesn't know. Tests of their own say what becomes of them.
    func connectingOld(_ model: Int, _ tables: NaiveTables) -> WriteGraph {
        var made: Set<Name> = []
        collect(model, tables, into: &made)
        made = made.filter { tables.find($0.key, of: $0.model) == nil }
        return made.isEmpty ? self : without(made, model, tables)
    }

    private func collect(_ model: Int, _ tables: NaiveTables, into made: inout Set<Name>) {
        if tables.world.models[model].key.allSatisfy({ data[$0] != nil }) {
            made.insert(Name(model: model, key: tables.key(data, of: model)))
        }
        for part in parts {
            let target = tables.world.models[model].relations[part.relation].target
            for graph in part.create + part.update + part.upsert { graph.collect(target, tables, into: &made) }
        }
    }

    private func without(_ made: Set<Name>, _ model: Int, _ tables: NaiveTables) -> WriteGraph {
        var graph = self
        for index in graph.parts.indices {
            let target = tables.world.models[model].relations[graph.parts[index].relation].target
            func rest(_ graphs: [WriteGraph]) -> [WriteGraph] { graphs.map { $0.without(made, target, tables) } }
            graph.parts[index].create = rest(graph.parts[index].create)
            graph.parts[index].update = rest(graph.parts[index].update)
            graph.parts[index].upsert = rest(graph.parts[index].upsert)
            graph.parts[index].connect.removeAll { made.contains(Name(model: target, key: $0)) }
        }
        graph.parts.removeAll { part in
            part.create.isEmpty && part.connect.isEmpty && part.references.isEmpty && part.disconnect.isEmpty
                && part.set == nil
                && part.update.isEmpty
                && part.upsert.isEmpty && part.delete.isEmpty
        }
        return graph
    }

    // MARK: Records that are there

    /// The graph where records that are there, and that something else in it names too, are changed and not "changed or made": what
    /// refers to a record that may be new waits until it is known, which a model that goes level by level doesn't.
    func changingWhatIsNamed(_ model: Int, _ tables: NaiveTables) -> WriteGraph {
        var named: Set<JSONValue> = []
        collectValues(model, tables, into: &named)
        return changing(named, model, tables)
    }

    /// The parts of all keys that are connected, or stand in data that aren't a key themselves.
    private func collectValues(_ model: Int, _ tables: NaiveTables, into named: inout Set<JSONValue>) {
        let names = tables.world.models[model].key
        for (name, value) in data where !names.contains(name) { named.insert(value) }
        for part in parts {
            let target = tables.world.models[model].relations[part.relation].target
            for key in part.connect + (part.set ?? []) {
                named.formUnion(key.members.map { $0.map(\.value) } ?? [key])
            }
            for graph in part.create + part.update + part.upsert { graph.collectValues(target, tables, into: &named) }
        }
    }

    private func changing(_ named: Set<JSONValue>, _ model: Int, _ tables: NaiveTables) -> WriteGraph {
        var graph = self
        for index in graph.parts.indices {
            let target = tables.world.models[model].relations[graph.parts[index].relation].target
            let names = tables.world.models[target].key
            func rest(_ graphs: [WriteGraph]) -> [WriteGraph] { graphs.map { $0.changing(named, target, tables) } }
            graph.parts[index].create = rest(graph.parts[index].create)
            graph.parts[index].update = rest(graph.parts[index].update)
            let upserts = rest(graph.parts[index].upsert)
            func isNamed(_ graph: WriteGraph) -> Bool {
                names.allSatisfy { name in graph.data[name].map(named.contains) ?? false }
            }
            graph.parts[index].update += upserts.filter(isNamed)
            graph.parts[index].upsert = upserts.filter { !isNamed($0) }
        }
        return graph
    }
}
