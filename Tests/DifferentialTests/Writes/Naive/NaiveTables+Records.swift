// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Records by themselves.
extension NaiveTables {
    mutating func createAll(_ position: Int, _ data: [WriteRow]) throws(WriteRefusal) -> [WriteRow] {
        var made: [WriteRow] = []
        for data in data { made.append(try make(data, of: position)) }
        for index in made.indices { made[index] = insert(made[index], of: position) }
        try finish()
        return made.map { stored($0, of: position) }
    }

    /// The row with the key of a row, as it is now.
    func stored(_ row: WriteRow, of position: Int) -> WriteRow {
        let key = key(row, of: position)
        return rows[position].first { self.key($0, of: position) == key } ?? row
    }

    /// Data without the key, which they may only say again.
    func withoutKey(_ data: WriteRow, _ key: JSONValue, of position: Int) throws(WriteRefusal) -> WriteRow {
        var data = data
        for name in world.models[position].key {
            let own = key[name] ?? key
            if let given = data.removeValue(forKey: name), given != own { throw .keyOverride }
        }
        return data
    }

    mutating func update(
        _ position: Int, _ key: JSONValue, _ data: WriteRow, increment: Int = 0
    ) throws(WriteRefusal) -> WriteRow {
        try checkChange(data, of: position)
        var data = try withoutKey(data, key, of: position)
        guard let place = find(key, of: position) else { throw .missing }
        if let version = world.models[position].version, let seen = data.removeValue(forKey: version) {
            if seen != rows[position][place][version] { throw WriteRefusal("CONFLICT") }
        }
        if increment != 0 {
            data["n"] = .number(String(Self.number(rows[position][place]["n"]) + increment))
        }
        if !data.isEmpty { change(place, of: position, data) }
        try finish()
        return stored(rows[position][place], of: position)
    }

    /// What a record becomes that is replaced.
    private func replacement(_ data: WriteRow, of position: Int) throws(WriteRefusal) -> WriteRow {
        let model = world.models[position]
        var all: WriteRow = [:]
        for property in model.properties where !model.key.contains(property.name) && property.name != model.version {
            let value = data[property.name]
            if property.isRequired, value ?? property.modelDefault ?? property.databaseDefault ?? .null == .null {
                throw .validation
            }
            all[property.name] = value ?? property.modelDefault ?? property.databaseDefault ?? .null
        }
        if let scope = model.scope { all[scope.property] = scope.value }
        return all
    }

    mutating func replace(_ position: Int, _ key: JSONValue, _ data: WriteRow) throws(WriteRefusal) -> WriteRow {
        var all = try replacement(data, of: position)
        _ = try withoutKey(data, key, of: position)
        guard let place = find(key, of: position) else { throw .missing }
        if let version = world.models[position].version, let seen = data[version] {
            if seen != rows[position][place][version] { throw WriteRefusal("CONFLICT") }
            all[version] = nil
        }
        change(place, of: position, all)
        try finish()
        return stored(rows[position][place], of: position)
    }

    private func givenKey(_ data: WriteRow, of position: Int) -> JSONValue? {
        let key = world.models[position].key
        guard key.allSatisfy({ data[$0] != nil }) else { return nil }
        return self.key(data, of: position)
    }

    mutating func upsert(_ position: Int, _ data: WriteRow) throws(WriteRefusal) -> WriteRow {
        guard let key = givenKey(data, of: position) else { return try createAll(position, [data])[0] }
        try checkChange(data, of: position)
        if find(key, of: position) != nil { return try update(position, key, data) }
        return try makeGiven(position, data)
    }

    /// A new record whose key is given, although the database may make such keys.
    private mutating func makeGiven(_ position: Int, _ data: WriteRow) throws(WriteRefusal) -> WriteRow {
        let row = insert(try make(data, of: position), of: position)
        try finish()
        return stored(row, of: position)
    }

    mutating func replaceOrCreate(_ position: Int, _ data: WriteRow) throws(WriteRefusal) -> WriteRow {
        guard let key = givenKey(data, of: position) else { return try createAll(position, [data])[0] }
        if find(key, of: position) != nil { return try replace(position, key, data) }
        return try makeGiven(position, data)
    }

    mutating func updateAll(_ position: Int, _ condition: WriteWhere, _ data: WriteRow) throws(WriteRefusal) -> Int {
        try checkChange(data, of: position)
        let places = shown(condition, of: position)
        for place in places { change(place, of: position, data) }
        try finish()
        return places.count
    }

    mutating func upsertWithWhere(
        _ position: Int, _ condition: WriteWhere, _ data: WriteRow
    ) throws(WriteRefusal) -> WriteRow {
        try checkChange(data, of: position)
        let places = shown(condition, of: position)
        if places.count > 1 { throw WriteRefusal("MULTIPLE_INSTANCES") }
        guard let place = places.first else { return try makeGiven(position, data) }
        return try update(position, key(rows[position][place], of: position), data)
    }

    mutating func findOrCreate(
        _ position: Int, _ condition: WriteWhere, _ data: WriteRow
    ) throws(WriteRefusal) -> WriteRow {
        let new = try make(data, of: position)
        if let place = shown(condition, of: position).first { return rows[position][place] }
        let row = insert(new, of: position)
        try finish()
        return stored(row, of: position)
    }

    mutating func deleteAll(_ position: Int, _ condition: WriteWhere) throws(WriteRefusal) -> Int {
        let places = shown(condition, of: position)
        delete(places, of: position)
        try finish()
        return places.count
    }

    mutating func delete(_ position: Int, _ key: JSONValue) throws(WriteRefusal) -> Int {
        guard let place = find(key, of: position) else { return 0 }
        delete([place], of: position)
        try finish()
        return 1
    }
}
