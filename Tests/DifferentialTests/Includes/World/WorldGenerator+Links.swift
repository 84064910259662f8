// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Relations that go through link models, and those to or from models of several types.
extension WorldGenerator {
    /// A link model without keys.
    private mutating func addLinkModel(isShared: Bool) -> Int {
        let name = newName("Link")
        var model = TreeModel(name: name, table: name.lowercased())
        model.primaryKey = [model.add("id", dice.choose([.int4, .int4, .uuid, .text]))]
        _ = model.add("n", .int4)
        _ = model.add("s", .text)
        if dice.chance(30) { _ = model.add("secret", .text, isHidden: true) }
        model.hasKeyConstraint = !dice.chance(12)
        model.isAnalyzed = isShared || dice.chance(30)
        model.size = isShared ? 34 + dice.roll(16) : dice.roll(26)
        models.append(model)
        return models.count - 1
    }

    /// Both directions over one link model; of a model to itself, too.
    mutating func addThrough(isShared: Bool) {
        let simple = models.indices.filter { !models[$0].name.hasPrefix("Link") && !models[$0].isMade }
        let (one, other) = (dice.choose(simple), dice.choose(simple))
        let link = addLinkModel(isShared: isShared)
        let (key, isPrimary) = keyToPointAt(of: one, isUnique: true)
        let otherKey = models[other].primaryKey
        let near = addForeignKey(on: link, to: one, key, named: newName("near"))
        let far = addForeignKey(on: link, to: other, otherKey, named: newName("far"))
        addThrough(from: one, key, isPrimary, near, link, far, to: other, otherKey)
        // Targets are found by their primary key.
        if isPrimary, dice.chance(70) { addThrough(from: other, otherKey, true, far, link, near, to: one, key) }
        if dice.chance(50) {
            addBelongsTo(newName("one"), from: link, near, to: one, key, isPrimary, namesKey: true)
        }
        if dice.chance(50) {
            addBelongsTo(newName("one"), from: link, far, to: other, otherKey, true, namesKey: true)
        }
        if dice.chance(40) {
            let name = newName("many")
            var definition: [JSONValue.Member] = [
                .init("type", "hasMany"), .init("model", .string(models[link].name)),
                .init("foreignKey", models[link].json(near)),
            ]
            if !isPrimary { definition.append(.init("primaryKey", models[one].json(key))) }
            models[one].relations.append(
                TreeRelation(
                    name: name, kind: .hasMany, source: one, target: link, sourceKey: key, targetKey: near,
                    definition: definition))
        }
    }

    private mutating func addThrough(
        from source: Int, _ key: [Int], _ isPrimary: Bool, _ near: [Int], _ link: Int, _ far: [Int], to target: Int,
        _ targetKey: [Int]
    ) {
        var definition: [JSONValue.Member] = [
            .init("type", "hasMany"), .init("model", .string(models[target].name)),
            .init("through", .string(models[link].name)), .init("foreignKey", models[link].json(near)),
            .init("keyThrough", models[link].json(far)),
        ]
        if !isPrimary { definition.append(.init("primaryKey", models[source].json(key))) }
        models[source].relations.append(
            TreeRelation(
                name: newName("thru"), kind: .hasMany, source: source, target: target, sourceKey: key,
                targetKey: targetKey, link: .init(model: link, sourceKey: near, targetKey: far),
                definition: definition))
    }

    /// hasAndBelongsToMany in both directions, whose link model nobody defines.
    mutating func addAutomaticLinks() {
        let simple = models.indices.filter {
            models[$0].primaryKey.count == 1 && models[$0].columns[models[$0].primaryKey[0]].name == "id"
                && !models[$0].name.hasPrefix("Link")
        }
        guard simple.count > 1 else { return }
        let pair = simple.shuffled(using: &dice)
        let (one, other) = (pair[0], pair[1])
        let name = dice.chance(50) ? models[one].name + models[other].name : models[other].name + models[one].name
        var model = TreeModel(name: name, table: name.lowercased())
        model.isMade = true
        model.primaryKey = [model.add("id", .int4)]
        model.size = dice.roll(30)
        models.append(model)
        let link = models.count - 1
        let near = addForeignKey(
            on: link, to: one, models[one].primaryKey, named: models[one].name.lowercased() + "Id", isImplied: true)
        let far = addForeignKey(
            on: link, to: other, models[other].primaryKey, named: models[other].name.lowercased() + "Id",
            isImplied: true)
        for (source, near, far, target) in [(one, near, far, other), (other, far, near, one)] {
            models[source].relations.append(
                TreeRelation(
                    name: newName("habtm"), kind: .hasAndBelongsToMany, source: source, target: target,
                    sourceKey: models[source].primaryKey, targetKey: models[target].primaryKey,
                    link: .init(model: link, sourceKey: near, targetKey: far),
                    definition: [
                        .init("type", "hasAndBelongsToMany"), .init("model", .string(models[target].name)),
                    ]))
        }
    }

    /// Lists of keys, as arrays or as JSON.
    mutating func addReferences() {
        let simple = models.indices.filter { !models[$0].isMade }
        let source = dice.choose(simple)
        let targets = simple.filter { models[$0].primaryKey.count == 1 }
        guard !targets.isEmpty else { return }
        let target = dice.choose(targets)
        let key = models[target].primaryKey
        let name = newName("refs")
        let list = models[source].add(name + "Keys", models[target].columns[key[0]].type)
        models[source].columns[list].list = dice.choose([.array, .array, .jsonb, .text])
        models[source].foreignKeys.append(
            TreeModel.ForeignKey(columns: [list], target: target, targetColumns: key))
        models[source].relations.append(
            TreeRelation(
                name: name, kind: .referencesMany, source: source, target: target, sourceKey: [list], targetKey: key,
                definition: [
                    .init("type", "referencesMany"), .init("model", .string(models[target].name)),
                    .init("foreignKey", models[source].json([list])),
                ]))
    }

    // MARK: Several types

    /// A type that keys of several models may be written in.
    private mutating func polymorphicType() -> CellType {
        let keys = models.filter { $0.primaryKey.count == 1 }.map { $0.columns[$0.primaryKey[0]].type }
        guard !keys.isEmpty, !dice.chance(25) else { return .text }
        let type = dice.choose(keys)
        return type == .int4 ? .int8 : type
    }

    /// A polymorphic belongsTo, and hasOne or hasMany the other way.
    mutating func addPolymorphic() {
        let carrier = dice.roll(models.count)
        guard !models[carrier].isMade else { return }
        let name = newName("poly")
        let key = models[carrier].add(name + "Id", polymorphicType())
        let type = models[carrier].add(name + "Type", .text)
        models[carrier].foreignKeys.append(
            TreeModel.ForeignKey(columns: [key], target: nil, discriminator: type, isIndexed: dice.chance(50)))
        let selector: JSONValue =
            dice.chance(50)
            ? .string(name) : ["foreignKey": .string(name + "Id"), "discriminator": .string(name + "Type")]
        models[carrier].relations.append(
            TreeRelation(
                name: name, kind: .belongsTo, source: carrier, target: nil, sourceKey: [key], discriminator: type,
                definition: [.init("type", "belongsTo"), .init("polymorphic", selector)]))
        for owner in models.indices where models[owner].primaryKey.count == 1 && !models[owner].isMade {
            guard dice.chance(50) else { continue }
            let kind: TreeRelation.Kind = dice.chance(35) ? .hasOne : .hasMany
            models[owner].relations.append(
                TreeRelation(
                    name: newName("of"), kind: kind, source: owner, target: carrier,
                    sourceKey: models[owner].primaryKey, targetKey: [key], discriminator: type,
                    typeName: models[owner].name,
                    definition: [
                        .init("type", .string(kind.rawValue)), .init("model", .string(models[carrier].name)),
                        .init("polymorphic", selector),
                    ]))
        }
    }

    /// Links whose one side is of several types, followed from both sides.
    mutating func addPolymorphicThrough() {
        let simple = models.indices.filter { !models[$0].name.hasPrefix("Link") && !models[$0].isMade }
        let far = dice.choose(simple)
        let link = addLinkModel(isShared: false)
        let name = newName("poly")
        let key = models[link].add(name + "Id", polymorphicType())
        let type = models[link].add(name + "Type", .text)
        models[link].foreignKeys.append(
            TreeModel.ForeignKey(columns: [key], target: nil, discriminator: type, isIndexed: dice.chance(50)))
        let farKey = models[far].primaryKey
        let columns = addForeignKey(on: link, to: far, farKey, named: newName("far"))
        let selector: JSONValue = ["foreignKey": .string(name + "Id"), "discriminator": .string(name + "Type")]
        for owner in simple {
            let own = models[owner].primaryKey
            guard own.count == 1, dice.chance(60) else { continue }
            models[owner].relations.append(
                TreeRelation(
                    name: newName("thru"), kind: .hasMany, source: owner, target: far, sourceKey: own,
                    targetKey: farKey, link: .init(model: link, sourceKey: [key], targetKey: columns),
                    discriminator: type, typeName: models[owner].name,
                    definition: [
                        .init("type", "hasMany"), .init("model", .string(models[far].name)),
                        .init("through", .string(models[link].name)), .init("polymorphic", selector),
                        .init("keyThrough", models[link].json(columns)),
                    ]))
            models[far].relations.append(
                TreeRelation(
                    name: newName("thru"), kind: .hasMany, source: far, target: owner, sourceKey: farKey,
                    targetKey: own, link: .init(model: link, sourceKey: columns, targetKey: [key]),
                    discriminator: type, typeName: models[owner].name,
                    definition: [
                        .init("type", "hasMany"), .init("model", .string(models[owner].name)),
                        .init("through", .string(models[link].name)), .init("polymorphic", selector),
                        .init("foreignKey", models[link].json(columns)), .init("invert", true),
                    ]))
        }
    }
}
