// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// What relations lead to, and changes of it.
extension NaiveTables {
    func relation(_ model: Int, _ relation: Int) -> WriteRelation { world.models[model].relations[relation] }

    /// Whether a relation's scope and the default scope of its target show a row.
    private func meets(_ row: WriteRow, _ relation: WriteRelation) -> Bool {
        shows(row, of: relation.target) && (relation.scope.map { row[$0.property] == $0.value } ?? true)
    }

    func values(_ row: WriteRow, _ names: [String]) -> [JSONValue] { names.map { row[$0] ?? .null } }

    /// The places of the links of a record that are shown.
    func links(_ parent: WriteRow, _ relation: WriteRelation, to target: [JSONValue]? = nil) -> [Int] {
        guard let link = relation.link else { return [] }
        return rows[link.model].indices.filter { place in
            let row = rows[link.model][place]
            return shows(row, of: link.model) && values(row, link.sourceKey) == values(parent, relation.sourceKey)
                && (target.map { values(row, link.targetKey) == $0 } ?? true)
        }
    }

    /// The places of a record's targets, in the order of their keys.
    func targets(_ parent: WriteRow, _ relation: WriteRelation, _ condition: WriteWhere = .all) -> [Int] {
        let own = values(parent, relation.sourceKey)
        let linked = Set(
            links(parent, relation).map { values(rows[relation.link?.model ?? 0][$0], relation.link?.targetKey ?? []) })
        let listed = Set(list(parent, relation))
        let places = rows[relation.target].indices.filter { place in
            let row = rows[relation.target][place]
            guard meets(row, relation), condition.finds(row) else { return false }
            let key = values(row, relation.targetKey)
            if relation.link != nil { return linked.contains(key) }
            if relation.list != nil { return listed.contains(key[0]) }
            if own.contains(.null) || key != own { return false }
            return relation.discriminator.map { row[$0] == .string(relation.typeName) } ?? true
        }
        return sorted(places, of: relation.target)
    }

    func list(_ parent: WriteRow, _ relation: WriteRelation) -> [JSONValue] {
        relation.list.flatMap { parent[$0]?.elements } ?? []
    }

    private func parent(_ key: JSONValue, _ relation: WriteRelation) throws(WriteRefusal) -> Int {
        guard let place = find(key, of: relation.source) else { throw .missing }
        return place
    }

    /// What a record that becomes another one's gets of it: its key, its type, what is copied.
    func given(by parent: WriteRow, _ relation: WriteRelation) -> WriteRow {
        var given: WriteRow = [:]
        guard relation.link == nil, relation.list == nil, relation.kind != .belongsTo else { return given }
        for copy in relation.copies { given[copy.to] = parent[copy.from] }
        for (own, other) in zip(relation.sourceKey, relation.targetKey) { given[other] = parent[own] }
        if let type = relation.discriminator { given[type] = .string(relation.typeName) }
        return given
    }

    /// What a record gets of the target it refers to.
    func given(byTarget target: WriteRow, _ relation: WriteRelation) -> WriteRow {
        var given: WriteRow = [:]
        for (own, other) in zip(relation.sourceKey, relation.targetKey) { given[own] = target[other] }
        if relation.isInverted { for copy in relation.copies { given[copy.to] = target[copy.from] } }
        return given
    }

    // MARK: Making

    mutating func createRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ data: [WriteRow]
    ) throws(WriteRefusal) -> [WriteRow] {
        let relation = relation(model, number)
        if relation.list != nil, !relation.isStored { return try createEmbedded(relation, key, data) }
        let own = find(key, of: relation.source).map { rows[relation.source][$0] }
        let given = own.map { self.given(by: $0, relation) } ?? [:]
        for data in data {
            // Whoever isn't there says nothing.
            for (name, value) in given where data[name] != nil && data[name] != value {
                if relation.targetKey.contains(name) || relation.discriminator == name { throw .keyOverride }
            }
        }
        var made: [WriteRow] = []
        for data in data { made.append(try make(data, of: relation.target, given: given)) }
        let place = try parent(key, relation)
        if relation.kind == .hasOne, !targets(rows[relation.source][place], relation).isEmpty {
            throw WriteRefusal("RELATION_EXISTS")
        }
        for index in made.indices { made[index] = insert(made[index], of: relation.target) }
        try checkUnique()
        // What is copied of them is what they have by then.
        keepCopies()
        made = made.map { stored($0, of: relation.target) }
        try hook(made, to: place, relation)
        try finish()
        return made.map { stored($0, of: relation.target) }
    }

    /// Links new records to the record whose they are.
    mutating func hook(_ made: [WriteRow], to place: Int, _ relation: WriteRelation) throws(WriteRefusal) {
        let parent = rows[relation.source][place]
        if relation.link != nil {
            for target in made { try link(parent, target, relation, [:]) }
        } else if let list = relation.list {
            let keys = self.list(parent, relation) + made.map { $0[relation.targetKey[0]] ?? .null }
            change(place, of: relation.source, [list: .array(keys)])
        } else if relation.kind == .belongsTo {
            change(place, of: relation.source, given(byTarget: made[0], relation))
        }
    }

    /// Makes a link.
    private mutating func link(
        _ parent: WriteRow, _ target: WriteRow, _ relation: WriteRelation, _ data: WriteRow
    ) throws(WriteRefusal) {
        guard let link = relation.link else { return }
        var given: WriteRow = [:]
        for copy in relation.linkCopies { given[copy.to] = parent[copy.from] }
        for (name, own) in zip(link.sourceKey, relation.sourceKey) { given[name] = parent[own] }
        for (name, own) in zip(link.targetKey, relation.targetKey) { given[name] = target[own] }
        let row = try make(data, of: link.model, given: given)
        _ = insert(row, of: link.model)
    }

    // MARK: Linking

    mutating func addRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ target: JSONValue, _ data: WriteRow
    ) throws(WriteRefusal) {
        let relation = relation(model, number)
        let place = try parent(key, relation)
        guard let found = find(target, of: relation.target), meets(rows[relation.target][found], relation) else {
            throw .missing
        }
        let (own, other) = (rows[relation.source][place], rows[relation.target][found])
        if let link = relation.link {
            try add(own, other, relation, link, data)
        } else if let list = relation.list {
            let keys = self.list(own, relation)
            if keys.contains(other[relation.targetKey[0]] ?? .null) { throw .validation }
            change(place, of: model, [list: .array(keys + [other[relation.targetKey[0]] ?? .null])])
        } else if relation.kind == .belongsTo {
            change(place, of: model, given(byTarget: other, relation))
        } else {
            if relation.kind == .hasOne { letGo(targets(own, relation).filter { $0 != found }, relation) }
            change(found, of: relation.target, given(by: own, relation))
        }
        try finish()
    }

    private mutating func add(
        _ own: WriteRow, _ other: WriteRow, _ relation: WriteRelation, _ link: WriteRelation.Link, _ data: WriteRow,
        burning: Bool = true
    ) throws(WriteRefusal) {
        let key = values(other, relation.targetKey)
        if let there = sorted(links(own, relation, to: key), of: link.model).first {
            if !data.isEmpty { change(there, of: link.model, data) }
            // A key was made for it all the same, where the index is asked.
            if link.isUnique, burning { lastKey[link.model] += 1 }
            return
        }
        // A deleted link that has the place is one again.
        if link.isUnique, let deleted = world.models[link.model].softDelete,
            let there = rows[link.model].firstIndex(where: {
                values($0, link.sourceKey) == values(own, relation.sourceKey) && values($0, link.targetKey) == key
            })
        {
            var data = data
            data[deleted] = .null
            lastKey[link.model] += 1
            return change(there, of: link.model, data)
        }
        try self.link(own, other, relation, data)
    }

    /// Records become nobody's.
    mutating func letGo(_ places: [Int], _ relation: WriteRelation) {
        for place in places {
            change(place, of: relation.target, Dictionary(relation.targetKey.map { ($0, .null) }) { one, _ in one })
        }
    }

    mutating func setRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ keys: [JSONValue]
    ) throws(WriteRefusal) -> [WriteRow] {
        let relation = relation(model, number)
        guard relation.link != nil || relation.kind == .hasMany else { throw WriteRefusal("UNSUPPORTED") }
        let place = try parent(key, relation)
        var wanted: [Int] = []
        for key in keys {
            guard let found = find(key, of: relation.target), meets(rows[relation.target][found], relation) else {
                throw .missing
            }
            if !wanted.contains(found) { wanted.append(found) }
        }
        let own = rows[relation.source][place]
        // In the order of their keys, whatever the order of the call.
        let wantedKeys = sorted(wanted, of: relation.target).map { rows[relation.target][$0] }
        if let link = relation.link {
            let want = wantedKeys.map { values($0, relation.targetKey) }
            // What the relation doesn't lead to stays linked.
            let led = targets(own, relation).map { values(rows[relation.target][$0], relation.targetKey) }
            let isScoped =
                relation.scope != nil || world.models[relation.target].scope != nil
                || world.models[relation.target].softDelete != nil
            let gone = links(own, relation).filter { place in
                let key = values(rows[link.model][place], link.targetKey)
                return !want.contains(key) && (!isScoped || led.contains(key))
            }
            let before = rows[link.model]
            let kept = Set(links(own, relation).map { values(before[$0], link.targetKey) })
            delete(gone, of: link.model)
            for target in wantedKeys where !kept.contains(values(target, relation.targetKey)) {
                try add(own, target, relation, link, [:], burning: false)
            }
        } else {
            letGo(targets(own, relation).filter { !wanted.contains($0) }, relation)
            for place in wanted { change(place, of: relation.target, given(by: own, relation)) }
        }
        try finish()
        return sorted(wanted, of: relation.target).map { rows[relation.target][$0] }
    }

    // MARK: Changing

    /// The target with a key, or that of a to-one relation.
    private func target(
        _ parent: WriteRow?, _ relation: WriteRelation, _ key: JSONValue?
    ) throws(WriteRefusal) -> Int {
        let places = parent.map { targets($0, relation) } ?? []
        guard let key else {
            guard let first = places.first else { throw .empty }
            return first
        }
        guard let found = places.first(where: { self.key(rows[relation.target][$0], of: relation.target) == key })
        else { throw .missing }
        return found
    }

    mutating func updateRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ target: JSONValue?, _ data: WriteRow
    ) throws(WriteRefusal) -> [WriteRow] {
        let relation = relation(model, number)
        if !relation.isStored { return try updateEmbedded(relation, key, target, data) }
        try checkChange(data, of: relation.target)
        let parent = find(key, of: model).map { rows[model][$0] }
        let found = try self.target(parent, relation, target)
        change(found, of: relation.target, data)
        try finish()
        return [stored(rows[relation.target][found], of: relation.target)]
    }

    mutating func updateAllRelated(
        _ model: Int, _ key: JSONValue, _ number: Int, _ condition: WriteWhere, _ data: WriteRow
    ) throws(WriteRefusal) -> Int {
        let relation = relation(model, number)
        try checkChange(data, of: relation.target)
        guard let place = find(key, of: model) else { return 0 }
        let places = targets(rows[model][place], relation, condition)
        for place in places { change(place, of: relation.target, data) }
        try finish()
        return places.count
    }
}
