// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a write is refused with.
struct WriteRefusal: Error {
    let code: String
    init(_ code: String) { self.code = code }

    static let missing = WriteRefusal("MODEL_NOT_FOUND")
    static let validation = WriteRefusal("VALIDATION_ERROR")
    static let constraint = WriteRefusal("CONSTRAINT_VIOLATION")
    static let empty = WriteRefusal("RELATION_EMPTY")
    static let keyOverride = WriteRefusal("KEY_OVERRIDE")
}

/// All rows of a world in memory, and the rules of Documentation/Writing.md and Semantics.md applied to them one row at a time.
struct NaiveTables {
    /// The keys of a graph's records that others mean by their names.
    var labels: [String: JSONValue] = [:]
    /// What of a graph is linked when others are there.
    var waiting: [(model: Int, parent: JSONValue, relation: Int, label: String)] = []

    let world: WriteWorld
    /// By model.
    var rows: [[WriteRow]]
    /// The last key that the database made, by model.
    var lastKey: [Int]

    init(_ world: WriteWorld) {
        self.world = world
        rows = world.models.map { _ in [] }
        lastKey = world.models.map { _ in 0 }
    }

    // MARK: Rows

    /// Whether the model's default scope shows a row, and it isn't deleted.
    func shows(_ row: WriteRow, of model: Int) -> Bool {
        let model = world.models[model]
        if let deleted = model.softDelete, row[deleted] == .bool(true) { return false }
        return model.scope.map { row[$0.property] == $0.value } ?? true
    }

    func key(_ row: WriteRow, of model: Int) -> JSONValue {
        let key = world.models[model].key
        return key.count == 1 ? row[key[0]] ?? .null : .object(key.map { .init($0, row[$0] ?? .null) })
    }

    /// The place of the shown row with a key.
    func find(_ key: JSONValue, of model: Int) -> Int? {
        rows[model].indices.first { self.key(rows[model][$0], of: model) == key && shows(rows[model][$0], of: model) }
    }

    /// Shown rows in the order of their keys.
    func sorted(_ places: [Int], of model: Int) -> [Int] {
        let key = world.models[model].key
        return places.sorted { one, other in
            for part in key {
                let (own, others) = (rows[model][one][part] ?? .null, rows[model][other][part] ?? .null)
                if own == others { continue }
                if case .number(let own) = own, case .number(let others) = others {
                    return (Int(own) ?? 0) < (Int(others) ?? 0)
                }
                return (own.text ?? "").utf8.lexicographicallyPrecedes((others.text ?? "").utf8)
            }
            return false
        }
    }

    func shown(_ condition: WriteWhere, of model: Int) -> [Int] {
        sorted(
            rows[model].indices.filter { shows(rows[model][$0], of: model) && condition.finds(rows[model][$0]) },
            of: model)
    }

    // MARK: Constraints

    /// What the tables' constraints make of a statement.
    func check() throws(WriteRefusal) {
        for (position, model) in world.models.enumerated() {
            for row in rows[position] {
                for property in model.properties where property.isNotNull && (row[property.name] ?? .null) == .null {
                    throw .constraint
                }
                for key in model.foreignKeys {
                    let values = key.columns.map { row[$0] ?? .null }
                    if values.contains(.null) { continue }
                    let isThere = rows[key.target].contains { other in
                        key.targetColumns.map { other[$0] ?? .null } == values
                    }
                    if !isThere { throw .constraint }
                }
            }
        }
        try checkUnique()
    }

    /// Unique indexes refuse a row when it is written, whatever becomes of the others behind it.
    func checkUnique() throws(WriteRefusal) {
        for (position, model) in world.models.enumerated() {
            for unique in model.unique + [model.key] {
                var seen: Set<[JSONValue]> = []
                for row in rows[position] {
                    let values = unique.map { row[$0] ?? .null }
                    if values.contains(.null) { continue }
                    if !seen.insert(values).inserted { throw .constraint }
                }
            }
        }
    }

    /// The end of a statement: copies that are kept right, then constraints.
    mutating func finish() throws(WriteRefusal) {
        keepCopies()
        try check()
    }

    // MARK: Making

    /// A new record of data: defaults, the default scope's values, the number of changes.
    mutating func make(_ data: WriteRow, of position: Int, given: WriteRow = [:]) throws(WriteRefusal) -> WriteRow {
        let model = world.models[position]
        var row: WriteRow = [:]
        for property in model.properties {
            let name = property.name
            if let value = given[name] {
                row[name] = value
            } else if let value = data[name] {
                if value == .null, property.isRequired { throw .validation }
                row[name] = value
            } else if let value = property.modelDefault ?? property.databaseDefault {
                row[name] = value
            } else if model.isGenerated, model.key == [name] {
                continue
            } else if property.isRequired {
                throw .validation
            } else {
                row[name] = .null
            }
        }
        if let scope = model.scope { row[scope.property] = scope.value }
        if let version = model.version, row[version] == .null { row[version] = .number("1") }
        return row
    }

    /// Puts a new record into its table.
    mutating func insert(_ row: WriteRow, of position: Int) -> WriteRow {
        var row = row
        let model = world.models[position]
        if model.isGenerated, row[model.key[0]] == nil {
            lastKey[position] += 1
            row[model.key[0]] = .number(String(lastKey[position]))
        }
        rows[position].append(row)
        return row
    }

    /// Checks data that change records that are there.
    func checkChange(_ data: WriteRow, of position: Int) throws(WriteRefusal) {
        for property in world.models[position].properties
        where property.isRequired && data[property.name] == .null {
            throw .validation
        }
    }

    /// Changes a row, and counts it.
    mutating func change(_ place: Int, of position: Int, _ data: WriteRow) {
        let old = rows[position][place]
        for (name, value) in data { rows[position][place][name] = value }
        copyFromItself(place, of: position, as: old, data)
        guard let version = world.models[position].version else { return }
        rows[position][place][version] = .number(String(Self.number(rows[position][place][version]) + 1))
    }

    static func number(_ json: JSONValue?) -> Int {
        if case .number(let text)? = json { Int(text) ?? 0 } else { 0 }
    }

    /// Deletes rows: they go, or say so.
    mutating func delete(_ places: [Int], of position: Int) {
        guard let deleted = world.models[position].softDelete else {
            for place in places.sorted(by: >) { rows[position].remove(at: place) }
            return
        }
        for place in places { change(place, of: position, [deleted: .bool(true)]) }
    }
}
