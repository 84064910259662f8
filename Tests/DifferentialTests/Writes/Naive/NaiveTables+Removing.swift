// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Links that go, records that go, and records in another one's row.
extension NaiveTables {
    private func nothing(_ names: [String]) -> WriteRow {
        Dictionary(names.map { ($0, JSONValue.null) }) { one, _ in one }
    }

    /// - Returns: how many links there were; nil for the list of a referencesMany.
    mutating func removeRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ target: JSONValue?
    ) throws(WriteRefusal) -> Int? {
        let relation = relation(model, number)
        guard let place = find(key, of: model) else {
            if relation.list != nil { throw .missing }
            return 0
        }
        let own = rows[model][place]
        var count: Int?
        if relation.kind == .belongsTo {
            let isSet = !values(own, relation.sourceKey).contains(.null)
            if isSet { change(place, of: model, nothing(relation.sourceKey)) }
            count = isSet ? 1 : 0
        } else if let list = relation.list {
            change(place, of: model, [list: .array(self.list(own, relation).filter { $0 != target })])
        } else if let link = relation.link, let target {
            let names = relation.targetKey
            let gone = links(own, relation, to: names.map { target[$0] ?? target })
            delete(gone, of: link.model)
            count = gone.count
        } else {
            let gone = targets(own, relation).filter { place in
                target.map { self.key(rows[relation.target][place], of: relation.target) == $0 } ?? true
            }
            letGo(gone, relation)
            count = gone.count
        }
        try finish()
        return count
    }

    mutating func deleteRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ target: JSONValue?
    ) throws(WriteRefusal) -> Int {
        let relation = relation(model, number)
        if !relation.isStored { return try deleteEmbedded(relation, key, target) }
        if relation.kind == .belongsTo {
            let count = try removeRelated(model, key, number, nil)
            if count == 0 { throw .empty }
            return count ?? 0
        }
        let parent = find(key, of: model).map { rows[model][$0] }
        let places = parent.map { targets($0, relation) } ?? []
        let found = places.first { place in
            target.map { self.key(rows[relation.target][place], of: relation.target) == $0 } ?? true
        }
        guard let found else { throw target == nil ? .empty : .missing }
        try destroy([found], of: key, relation)
        return 1
    }

    mutating func deleteAllRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ condition: WriteWhere
    ) throws(WriteRefusal) -> Int {
        let relation = relation(model, number)
        guard let place = find(key, of: model) else { return 0 }
        let places = targets(rows[model][place], relation, condition)
        try destroy(places, of: key, relation)
        return places.count
    }

    /// Deletes targets with the record's links to them, or their keys in its list.
    private mutating func destroy(
        _ places: [Int], of key: JSONValue, _ relation: WriteRelation
    ) throws(WriteRefusal) {
        guard let place = find(key, of: relation.source) else { return }
        let own = rows[relation.source][place]
        let keys = places.map { values(rows[relation.target][$0], relation.targetKey) }
        if let link = relation.link {
            delete(keys.flatMap { links(own, relation, to: $0) }, of: link.model)
        } else if let list = relation.list, !places.isEmpty {
            let gone = keys.map { $0[0] }
            change(
                place, of: relation.source, [list: .array(self.list(own, relation).filter { !gone.contains($0) })])
        }
        delete(places, of: relation.target)
        try finish()
    }

    // MARK: Embedded

    private func pieces(_ relation: WriteRelation, _ place: Int) -> [JSONValue] {
        rows[relation.source][place][relation.list ?? ""]?.elements ?? []
    }

    private func piece(_ data: WriteRow) -> JSONValue {
        .object(["id", "n", "s"].compactMap { name in data[name].map { .init(name, $0) } })
    }

    mutating func createEmbedded(
        _ relation: WriteRelation, _ key: JSONValue, _ data: [WriteRow]
    ) throws(WriteRefusal) -> [WriteRow] {
        let given = data.compactMap { $0["id"] }
        if Set(given).count < given.count { throw .validation }
        guard let place = find(key, of: relation.source) else { throw .missing }
        var pieces = pieces(relation, place)
        if pieces.contains(where: { given.contains($0["id"] ?? .null) }) { throw .validation }
        // Numbers are given once all of them are in the list.
        let old = (pieces.map { Self.number($0["id"]) } + given.map { Self.number($0) }).max() ?? 0
        var next = old
        for data in data {
            var data = data
            if data["id"] == nil {
                next += 1
                data["id"] = .number(String(next))
            }
            pieces.append(piece(data))
        }
        change(place, of: relation.source, [relation.list ?? "": .array(pieces)])
        try finish()
        return []
    }

    mutating func updateEmbedded(
        _ relation: WriteRelation, _ key: JSONValue, _ target: JSONValue?, _ data: WriteRow
    ) throws(WriteRefusal) -> [WriteRow] {
        guard let place = find(key, of: relation.source) else { throw .missing }
        var pieces = pieces(relation, place)
        guard let found = pieces.firstIndex(where: { $0["id"] == target }) else { throw .missing }
        var members: WriteRow = [:]
        for member in pieces[found].members ?? [] { members[member.key] = member.value }
        pieces[found] = piece(members.merging(data) { _, new in new })
        change(place, of: relation.source, [relation.list ?? "": .array(pieces)])
        try finish()
        return []
    }

    mutating func deleteEmbedded(
        _ relation: WriteRelation, _ key: JSONValue, _ target: JSONValue?
    ) throws(WriteRefusal) -> Int {
        guard let place = find(key, of: relation.source) else { throw .missing }
        var pieces = pieces(relation, place)
        // Of a list in the record's own row nothing is a good end, too.
        guard let found = pieces.firstIndex(where: { $0["id"] == target }) else { return 0 }
        pieces.remove(at: found)
        change(place, of: relation.source, [relation.list ?? "": .array(pieces)])
        try finish()
        return 1
    }
}
