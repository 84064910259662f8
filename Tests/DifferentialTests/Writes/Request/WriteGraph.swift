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
        var disconnect: [JSONValue] = []
        var set: [JSONValue]?
        var update: [WriteGraph] = []
        var upsert: [WriteGraph] = []
        var delete: [JSONValue] = []
    }

    var data: WriteRow
    var parts: [Part] = []

    func json(_ model: WriteModel, _ world: WriteWorld) -> JSONValue {
        var members = data.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
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
            keys("connect", part.connect)
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
