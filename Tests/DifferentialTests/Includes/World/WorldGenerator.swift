// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Makes random worlds of a seed.
struct WorldGenerator {
    var dice: SeededRandom
    var models: [TreeModel] = []
    private let schema: String
    private var relationCount = 0

    init(seed: UInt64, schema: String) {
        dice = SeededRandom(seed)
        self.schema = schema
    }

    mutating func world() -> TreeWorld {
        let names = ["Anna", "Bert", "Cora", "Dora", "Emil", "Finn"].shuffled(using: &dice)
        let isShared = dice.chance(35)
        for name in names.prefix(3 + dice.roll(3)) { addModel(name, isShared: isShared) }
        let count = models.count
        for source in 0..<count {
            for _ in 0..<(1 + dice.roll(3)) { addRelation(from: source, to: dice.roll(count)) }
        }
        for _ in 0..<(1 + dice.roll(2)) { addThrough(isShared: isShared) }
        if dice.chance(45) { addAutomaticLinks() }
        if dice.chance(60) { addPolymorphic() }
        if dice.chance(40) { addPolymorphicThrough() }
        if dice.chance(50) { addReferences() }
        if dice.chance(60) { addEmbedded() }
        fill()
        addScopes()
        return TreeWorld(schema: schema, models: models)
    }

    // MARK: Models

    private mutating func addModel(_ name: String, isShared: Bool) {
        var model = TreeModel(name: name, table: dice.chance(30) ? "t \(name)" : name.lowercased())
        if dice.chance(18) {
            model.primaryKey = [
                model.add("k1", dice.choose([.int4, .text, .int8])), model.add("k2", dice.choose([.int4, .uuid])),
            ]
            if dice.chance(30) { model.primaryKey.swapAt(0, 1) }
        } else {
            model.primaryKey = [model.add("id", dice.choose([.int4, .int4, .int4, .int8, .text, .uuid, .numeric]))]
        }
        _ = model.add("n", .int4)
        _ = model.add("s", .text)
        if dice.chance(40) { _ = model.add("d", .numeric) }
        if dice.chance(30) { _ = model.add("b", .boolean) }
        if dice.chance(50) { _ = model.add("x\(dice.roll(2))", .int4) }
        if dice.chance(30) { _ = model.add("secret", .text, isHidden: true) }
        if dice.chance(30) { model.columns[model.add("inner", dice.choose([.int4, .text]))].isProtected = true }
        if dice.chance(60) {
            let type: CellType = dice.choose([.text, .int4, .uuid, .varchar, .numeric])
            model.unique.append((model.add("code", type, isHidden: dice.chance(15)), dice.chance(60)))
        }
        if dice.chance(40) { _ = model.add("grp", dice.choose([.int4, .numeric])) }
        model.hasKeyConstraint = !dice.chance(12)
        model.isAnalyzed = isShared || dice.chance(30)
        model.size = isShared && dice.chance(50) ? 1 + dice.roll(2) : dice.chance(8) ? 0 : 2 + dice.roll(14)
        if dice.chance(25), model.size > 2 { model.inherited = 1 + dice.roll(model.size - 1) }
        models.append(model)
    }

    mutating func newName(_ word: String) -> String {
        relationCount += 1
        return word + String(relationCount)
    }

    // MARK: Direct relations

    /// A key of a model that others may point at; `isUnique` when one row at most may have it.
    mutating func keyToPointAt(of model: Int, isUnique: Bool) -> (key: [Int], isPrimary: Bool) {
        let primary = (key: models[model].primaryKey, isPrimary: true)
        guard dice.chance(35) else { return primary }
        if !isUnique, let group = models[model].columns.firstIndex(where: { $0.name == "grp" }), dice.chance(50) {
            return ([group], false)
        }
        return models[model].unique.first.map { ([$0.column], false) } ?? primary
    }

    /// Columns of `carrier` that point at a key; of the key's types, or of types that compare with them.
    mutating func addForeignKey(
        on carrier: Int, to target: Int, _ key: [Int], named name: String, isUnique: Bool = false,
        isImplied: Bool = false
    ) -> [Int] {
        var columns: [Int] = []
        var areSame = true
        for (part, position) in key.enumerated() {
            var type = models[target].columns[position].type
            if dice.chance(15), !isImplied {
                let other: CellType =
                    switch type {
                    case .int4: dice.choose([.int8, .numeric])
                    case .int8: .numeric
                    case .text: .varchar
                    case .varchar: .text
                    default: type
                    }
                areSame = areSame && other == type
                type = other
            }
            let name = key.count == 1 ? name : name + "p" + String(part + 1)
            columns.append(
                models[carrier].add(name, type, isHidden: !isImplied && dice.chance(8), isImplied: isImplied))
        }
        // Rows of an inheriting table are nobody's to point at.
        let hasConstraint =
            models[target].inherited == 0
            && (models[target].primaryKey == key && models[target].hasKeyConstraint
                || key.count == 1 && models[target].unique.contains { $0.column == key[0] && $0.isIndexed })
        models[carrier].foreignKeys.append(
            TreeModel.ForeignKey(
                columns: columns, target: target, targetColumns: key, isUnique: isUnique, isIndexed: dice.chance(50),
                constraint: hasConstraint && areSame
                    ? dice.choose([.none, .none, .plain, .plain, .notValid, .deferrable]) : .none))
        return columns
    }

    mutating func addRelation(from source: Int, to target: Int) {
        switch dice.roll(3) {
        case 0:
            let (key, isPrimary) = keyToPointAt(of: target, isUnique: true)
            let name = newName("one")
            let isDefault = key.count == 1 && dice.chance(30)
            let columns = addForeignKey(
                on: source, to: target, key, named: name + (isDefault ? "Id" : "Key"),
                isImplied: isDefault && dice.chance(50))
            addBelongsTo(name, from: source, columns, to: target, key, isPrimary, namesKey: !isDefault)
            if dice.chance(50) { addHas(from: target, key, isPrimary, to: source, columns, isUnique: false) }
        default:
            let isUnique = dice.chance(25)
            let (key, isPrimary) = keyToPointAt(of: source, isUnique: false)
            let columns = addForeignKey(
                on: target, to: source, key, named: newName("key"), isUnique: isUnique)
            addHas(from: source, key, isPrimary, to: target, columns, isUnique: isUnique)
            // Of several rows with the key a belongsTo leads to the first.
            if dice.chance(60) {
                addBelongsTo(newName("one"), from: target, columns, to: source, key, isPrimary, namesKey: true)
            }
        }
    }

    mutating func addBelongsTo(
        _ name: String, from source: Int, _ columns: [Int], to target: Int, _ key: [Int], _ isPrimary: Bool,
        namesKey: Bool
    ) {
        var definition: [JSONValue.Member] = [
            .init("type", "belongsTo"), .init("model", .string(models[target].name)),
        ]
        if namesKey { definition.append(.init("foreignKey", models[source].json(columns))) }
        if !isPrimary || dice.chance(20) { definition.append(.init("primaryKey", models[target].json(key))) }
        models[source].relations.append(
            TreeRelation(
                name: name, kind: .belongsTo, source: source, target: target, sourceKey: columns, targetKey: key,
                definition: definition))
    }

    mutating func addHas(
        from source: Int, _ key: [Int], _ isPrimary: Bool, to target: Int, _ columns: [Int], isUnique: Bool
    ) {
        let kind: TreeRelation.Kind = dice.chance(isUnique ? 80 : 25) ? .hasOne : .hasMany
        var definition: [JSONValue.Member] = [
            .init("type", .string(kind.rawValue)), .init("model", .string(models[target].name)),
            .init("foreignKey", models[target].json(columns)),
        ]
        if !isPrimary { definition.append(.init("primaryKey", models[source].json(key))) }
        models[source].relations.append(
            TreeRelation(
                name: newName(kind == .hasOne ? "own" : "many"), kind: kind, source: source, target: target,
                sourceKey: key, targetKey: columns, definition: definition))
    }
}
