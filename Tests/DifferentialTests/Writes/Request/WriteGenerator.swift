// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Makes random writes, mostly about records that are there.
struct WriteGenerator {
    let world: WriteWorld
    var dice: SeededRandom

    init(_ world: WriteWorld, seed: UInt64) {
        self.world = world
        dice = SeededRandom(seed)
    }

    private var own: [Int] { world.models.indices.filter { !world.models[$0].isLink } }

    /// A write that makes something, for tables that are empty.
    mutating func beginning(_ tables: NaiveTables) -> WriteOperation {
        let model = dice.choose(own)
        return .create(model, newRow(model, tables))
    }

    mutating func operation(_ tables: NaiveTables) -> WriteOperation {
        let model = dice.choose(own)
        switch dice.roll(100) {
        case 0..<38: return related(model, tables) ?? .create(model, newRow(model, tables))
        case 38..<58: return graph(model, tables)
        case 58..<63: return .create(model, newRow(model, tables))
        case 63..<66: return .createAll(model, (0...dice.roll(3)).map { _ in newRow(model, tables) })
        case 66..<72: return .update(model, key(model, tables), change(model, tables))
        case 72..<74: return .increment(model, key(model, tables), 1 + dice.roll(3), few(model, tables))
        case 74..<78:
            return .replace(model, key(model, tables), newRow(model, tables).filter { !isKey($0.key, model) })
        case 78..<82: return .upsert(model, keyed(model, tables))
        case 82..<86: return .replaceOrCreate(model, keyed(model, tables))
        case 86..<90: return .updateAll(model, condition(model, tables), few(model, tables))
        case 90..<92:
            return .upsertWithWhere(
                model, condition(model, tables),
                newRow(model, tables, keyed: !world.models[model].isGenerated && dice.chance(30)))
        case 92..<94: return .findOrCreate(model, condition(model, tables), newRow(model, tables))
        case 94..<97: return .delete(model, key(model, tables))
        default: return .deleteAll(model, narrow(model, tables))
        }
    }

    // MARK: Values

    func isKey(_ name: String, _ model: Int) -> Bool { world.models[model].key.contains(name) }

    mutating func value(_ property: WriteModel.Property) -> JSONValue {
        switch property.kind {
        case .int: .number(String(dice.roll(4)))
        case .text: .string(dice.choose(["", "a", "b", "O'x", "ü"]))
        case .bool: .bool(dice.chance(50))
        case .ints, .jsonInts, .textInts, .json: .null
        }
    }

    /// The key of a record that is there, mostly.
    mutating func key(_ model: Int, _ tables: NaiveTables) -> JSONValue {
        guard !tables.rows[model].isEmpty, !dice.chance(6) else { return newKey(model) }
        return tables.key(dice.choose(tables.rows[model]), of: model)
    }

    mutating func newKey(_ model: Int) -> JSONValue {
        let names = world.models[model].key
        let values = names.map { name -> JSONValue in
            world.models[model].property(name)?.kind == .text
                ? .string("k\(dice.roll(60))'") : .number(String(500 + dice.roll(60)))
        }
        return names.count == 1 ? values[0] : .object(zip(names, values).map { .init($0, $1) })
    }

    /// Where a foreign key points, by its columns.
    private func foreignKeys(_ model: Int) -> [(columns: [String], target: Int, targetColumns: [String])] {
        var keys = world.models[model].foreignKeys
        for (source, other) in world.models.enumerated() {
            for relation in other.relations where relation.link == nil && relation.isStored && relation.list == nil {
                if relation.kind == .belongsTo, source == model {
                    keys.append((relation.sourceKey, relation.target, relation.targetKey))
                } else if relation.kind != .belongsTo, relation.target == model {
                    keys.append((relation.targetKey, source, relation.sourceKey))
                }
            }
        }
        return keys
    }

    /// Data of a new record.
    mutating func newRow(_ model: Int, _ tables: NaiveTables, keyed: Bool? = nil) -> WriteRow {
        let definition = world.models[model]
        var row: WriteRow = [:]
        for property in definition.properties where !isKey(property.name, model) {
            if [definition.version, definition.softDelete, definition.scope?.property].contains(property.name) {
                continue
            }
            if property.isRequired ? !dice.chance(4) : dice.chance(55) {
                row[property.name] = property.name == "code" ? .string("c\(dice.roll(40))") : value(property)
            }
        }
        point(&row, model, tables)
        if keyed ?? !definition.isGenerated {
            let key = newKey(model)
            for name in definition.key { row[name] = key[name] ?? key }
        }
        return row
    }

    /// Lets foreign keys in data point at records that are there, or at nothing.
    private mutating func point(_ row: inout WriteRow, _ model: Int, _ tables: NaiveTables) {
        for key in foreignKeys(model) {
            guard dice.chance(50), let target = tables.rows[key.target].randomElement(using: &dice) else {
                for column in key.columns { row[column] = nil }
                continue
            }
            for (own, other) in zip(key.columns, key.targetColumns) { row[own] = target[other] }
        }
        for relation in world.models.flatMap(\.relations)
        where relation.target == model && relation.discriminator != nil
            && relation.link == nil
        {
            row[relation.discriminator ?? ""] = nil
            if row[relation.targetKey[0]] != nil, dice.chance(80) {
                row[relation.discriminator ?? ""] = .string(relation.typeName)
            }
        }
    }

    /// A few values to be changed, none of which is unique or a key.
    mutating func few(_ model: Int, _ tables: NaiveTables) -> WriteRow {
        var row: WriteRow = ["s": value(.init(name: "s", kind: .text))]
        for property in world.models[model].properties
        where ["b", "d", "r"].contains(property.name) && dice.chance(30)
            || property.name.hasPrefix("copy") && dice.chance(15)
        {
            row[property.name] = dice.chance(8) ? .null : value(property)
        }
        return row
    }

    /// Data for a record that is there.
    mutating func change(_ model: Int, _ tables: NaiveTables) -> WriteRow {
        var row = few(model, tables)
        if dice.chance(50) { row["n"] = .number(String(dice.roll(4))) }
        if dice.chance(40) { point(&row, model, tables) }
        if dice.chance(15), world.models[model].property("code") != nil { row["code"] = .string("c\(dice.roll(40))") }
        if let version = world.models[model].version, dice.chance(30) {
            row[version] = .number(String(1 + dice.roll(3)))
        }
        return row
    }

    /// Data with the key of a record that is there, or of a new one.
    mutating func keyed(_ model: Int, _ tables: NaiveTables) -> WriteRow {
        var row = dice.chance(70) ? newRow(model, tables) : few(model, tables)
        let key = dice.chance(70) ? key(model, tables) : newKey(model)
        for name in world.models[model].key { row[name] = key[name] ?? key }
        return row
    }

    // MARK: Conditions

    mutating func condition(_ model: Int, _ tables: NaiveTables) -> WriteWhere {
        switch dice.roll(6) {
        case 0: .all
        case 1: .other("s", .string(dice.choose(["a", "b"])))
        case 2: .equal("n", dice.chance(20) ? .null : .number(String(dice.roll(4))))
        default: narrow(model, tables)
        }
    }

    /// A condition that finds few.
    mutating func narrow(_ model: Int, _ tables: NaiveTables) -> WriteWhere {
        let name = world.models[model].key[0]
        if dice.chance(30) { return .equal("n", .number(String(dice.roll(4)))) }
        return .oneOf(
            name,
            (0...dice.roll(2)).map { _ in tables.rows[model].randomElement(using: &dice)?[name] ?? .number("77") }
                .map { world.models[model].property(name)?.kind == .text && $0.text == nil ? .string("x") : $0 })
    }
}
