// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Makes random schemas for writes of a seed.
struct WriteWorldGenerator {
    private var dice: SeededRandom
    private var models: [WriteModel] = []
    private let schema: String
    private var count = 0

    init(seed: UInt64, schema: String) {
        dice = SeededRandom(seed)
        self.schema = schema
    }

    mutating func world() -> WriteWorld {
        let names = ["Ada", "Ben", "Cleo", "Dan"].shuffled(using: &dice)
        for name in names.prefix(2 + dice.roll(3)) { addModel(name) }
        let own = models.count
        for source in 0..<own {
            for _ in 0..<(1 + dice.roll(2)) { addKeyed(from: source, to: dice.roll(own)) }
            if dice.chance(25) { addEmbedded(source) }
            if dice.chance(35) { addReferences(source, to: dice.roll(own)) }
        }
        for _ in 0..<(1 + dice.roll(2)) { addThrough(dice.roll(own), dice.roll(own)) }
        if dice.chance(50) { addPolymorphic() }
        return WriteWorld(schema: schema, models: models)
    }

    private mutating func addModel(_ name: String) {
        var model = WriteModel(name: name)
        switch dice.roll(5) {
        case 0: add("id", .text, to: &model)
        case 1:
            add("k1", .int, to: &model)
            add("k2", .text, to: &model)
        default:
            add("id", .int, to: &model)
            model.isGenerated = dice.chance(45)
        }
        model.key = model.properties.map(\.name)
        for position in model.properties.indices { model.properties[position].isNotNull = true }
        add("n", .int, to: &model)
        add("s", .text, to: &model)
        if dice.chance(40) { add("b", .bool, to: &model, modelDefault: dice.chance(50) ? true : nil) }
        if dice.chance(40) { add("d", .text, to: &model, databaseDefault: "given") }
        if dice.chance(30) {
            add("r", .text, to: &model)
            model.properties[model.properties.count - 1].isRequired = true
        }
        if dice.chance(45) {
            add("code", .text, to: &model)
            model.unique.append(["code"])
        }
        if dice.chance(25) {
            add("kind", .text, to: &model)
            model.scope = ("kind", "x")
        }
        if dice.chance(25) {
            add("rev", .int, to: &model)
            model.version = "rev"
        }
        if dice.chance(25) {
            add("gone", .bool, to: &model)
            model.softDelete = "gone"
        }
        models.append(model)
    }

    private func add(
        _ name: String, _ kind: WriteModel.Property.Kind, to model: inout WriteModel, modelDefault: JSONValue? = nil,
        databaseDefault: JSONValue? = nil
    ) {
        model.properties.append(
            WriteModel.Property(
                name: name, kind: kind, modelDefault: modelDefault, databaseDefault: databaseDefault))
    }

    private mutating func name(_ word: String) -> String {
        count += 1
        return word + String(count)
    }

    /// Columns of a carrier that point at a key of another one.
    private mutating func addForeignKey(
        on carrier: Int, to target: Int, _ key: [String], word: String, isKept: Bool
    ) -> [String] {
        let base = name(word)
        var columns: [String] = []
        for part in key {
            let column = key.count == 1 ? base : base + part
            add(column, models[target].property(part)?.kind ?? .int, to: &models[carrier])
            columns.append(column)
        }
        if isKept { models[carrier].foreignKeys.append((columns, target, key)) }
        return columns
    }

    // MARK: Relations

    private mutating func addKeyed(from source: Int, to target: Int) {
        let isByCode = models[source].property("code") != nil && dice.chance(25)
        let key = isByCode ? ["code"] : models[source].key
        let isOne = dice.chance(30)
        let columns = addForeignKey(on: target, to: source, key, word: "key", isKept: dice.chance(50))
        if isOne, dice.chance(50) { models[target].unique.append(columns) }
        var relation = WriteRelation(
            name: name(isOne ? "own" : "many"), kind: isOne ? .hasOne : .hasMany, source: source, target: target,
            sourceKey: key, targetKey: columns)
        var copies: [RelationDefinition.Copy] = []
        if dice.chance(45) {
            let to = name("copy")
            add(to, .text, to: &models[target])
            // Copies of copies, too.
            let older = models[source].properties.filter { $0.name.hasPrefix("copy") && $0.kind == .text }.map(\.name)
            copies = [.init(from: older.isEmpty || source == target ? "s" : dice.choose(older + ["s"]), to: to)]
            if dice.chance(40) {
                let to = name("copy")
                add(to, .int, to: &models[target])
                copies.append(.init(from: "n", to: to))
            }
        }
        // Of either side: the copies are where the key is.
        let isInverted = dice.chance(50)
        let isSynced = dice.chance(60) && models[target].version == nil
        if !isInverted, !copies.isEmpty { (relation.copies, relation.isSynced) = (copies, isSynced) }
        if !relation.isSynced, dice.chance(20) { relation.scope = ("n", .number("1")) }
        if relation.scope == nil || dice.chance(50) { models[source].relations.append(relation) }
        guard isInverted || dice.chance(60) else { return }
        var back = WriteRelation(
            name: name("one"), kind: .belongsTo, source: target, target: source, sourceKey: columns, targetKey: key)
        if isInverted, !copies.isEmpty {
            (back.copies, back.isInverted, back.isSynced) = (copies, true, isSynced)
        }
        models[target].relations.append(back)
    }

    private mutating func addThrough(_ one: Int, _ other: Int) {
        var link = WriteModel(name: name("Link"))
        link.isLink = true
        add("id", .int, to: &link)
        link.key = ["id"]
        link.isGenerated = true
        link.properties[0].isNotNull = true
        let isUnique = dice.chance(50)
        let isKept = dice.chance(50)
        add("role", .text, to: &link, modelDefault: dice.chance(50) ? "member" : nil)
        if dice.chance(20) {
            add("gone", .bool, to: &link)
            link.softDelete = "gone"
        }
        models.append(link)
        let position = models.count - 1
        let left = addForeignKey(on: position, to: one, models[one].key, word: "left", isKept: isKept)
        let right = addForeignKey(on: position, to: other, models[other].key, word: "right", isKept: isKept)
        if isUnique { models[position].unique.append(left + right) }
        var there = WriteRelation(
            name: name("links"), kind: .hasManyThrough, source: one, target: other, sourceKey: models[one].key,
            targetKey: models[other].key)
        there.link = .init(model: position, sourceKey: left, targetKey: right, isUnique: isUnique)
        if dice.chance(40) {
            let to = name("copy")
            add(to, .text, to: &models[position])
            there.linkCopies = [.init(from: "s", to: to)]
            there.isSynced = dice.chance(60)
        }
        models[one].relations.append(there)
        guard one != other, dice.chance(60) else { return }
        var back = WriteRelation(
            name: name("links"), kind: .hasManyThrough, source: other, target: one, sourceKey: models[other].key,
            targetKey: models[one].key)
        back.link = .init(model: position, sourceKey: right, targetKey: left, isUnique: isUnique)
        models[other].relations.append(back)
    }

    private mutating func addPolymorphic() {
        let sources = models.indices.filter { !models[$0].isLink && models[$0].key.count == 1 }
        guard let first = sources.first, let target = models.indices.last(where: { !models[$0].isLink }) else { return }
        let kind = models[first].properties[0].kind
        let (key, type) = (name("owner"), name("type"))
        add(key, kind, to: &models[target])
        add(type, .text, to: &models[target])
        var to: String?
        if dice.chance(40) {
            let name = name("copy")
            add(name, .text, to: &models[target])
            to = name
        }
        for source in sources where models[source].properties[0].kind == kind && models[source].name != "" {
            let isOne = dice.chance(30)
            var relation = WriteRelation(
                name: name(isOne ? "typed" : "typeds"), kind: isOne ? .hasOne : .hasMany, source: source,
                target: target, sourceKey: models[source].key, targetKey: [key])
            relation.discriminator = type
            relation.typeName = models[source].name
            if let to {
                (relation.copies, relation.isSynced) = ([.init(from: "s", to: to)], models[target].version == nil)
            }
            models[source].relations.append(relation)
        }
    }

    private mutating func addReferences(_ source: Int, to target: Int) {
        guard models[target].key.count == 1, models[target].properties[0].kind == .int else { return }
        let list = name("list")
        add(list, dice.choose([.ints, .jsonInts, .textInts]), to: &models[source])
        models[source].relations.append(
            WriteRelation(
                name: name("refs"), kind: .referencesMany, source: source, target: target, sourceKey: [list],
                targetKey: models[target].key, list: list))
    }

    private mutating func addEmbedded(_ source: Int) {
        guard models[source].version == nil else { return }
        let list = name("pieces")
        add(list, .json, to: &models[source], modelDefault: .array([]))
        models[source].relations.append(
            WriteRelation(name: name("embeds"), kind: .embedsMany, source: source, target: 0, list: list))
    }
}
