// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport

/// Models that change at random, a step at a time.
struct ModelWalk {
    /// One change: what it is, and what was renamed by it.
    struct Change {
        var title: String
        var renames: [String: String] = [:]
        /// What a relation becomes.
        var kind: Kind?
        /// What it was.
        var oldKind: Kind?
    }

    var models: [ModelDefinition]
    var random: SeededRandom
    private var count = 0

    init(_ seed: UInt64) {
        random = SeededRandom(seed)
        models = [
            ModelDefinition("Person", properties: [.id(), .string("name")]),
            ModelDefinition("Größe", properties: [.id(), .number("value")]),
        ]
    }

    var schema: Schema { get throws { try Schema(uncheckedScopes: models) } }

    mutating func once(in number: Int) -> Bool { random.once(in: number) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { random.number(range) }

    /// Takes the models as they were. What comes next isn't what came then.
    mutating func go(backTo earlier: ModelWalk) { models = earlier.models }

    /// Makes a change. What leaves relations without their models or keys isn't one.
    mutating func step() -> Change {
        while true {
            let before = models
            if let change = attempt(), (try? schema) != nil { return change }
            models = before
        }
    }

    mutating func next(_ prefix: String) -> String {
        count += 1
        return "\(prefix)\(count)"
    }

    private mutating func attempt() -> Change? {
        let index = random.number(0...(models.count - 1))
        let model = models[index].name
        switch random.number(0...22) {
        case 0:
            guard models.count < 6 else { return nil }
            let name = random.pick([next("Thing"), next("Odd \"name\" "), next("Ärger")])
            models.append(ModelDefinition(name, properties: [.id(), newProperty()]))
            return Change(title: "model \(name)")
        case 1:
            guard models.count > 2 else { return nil }
            models.remove(at: index)
            return Change(title: "no model \(model)")
        case 2: return renameModel(index)
        case 3, 4, 5:
            let property = newProperty()
            models[index].properties.append(property)
            return Change(title: "\(model).\(property.name)")
        case 6:
            guard let at = somePlace(index) else { return nil }
            let old = models[index].properties.remove(at: at)
            return Change(title: "no \(model).\(old.name)")
        case 7:
            guard let at = somePlace(index) else { return nil }
            let (old, name) = (models[index].properties[at].name, next("other"))
            models[index].properties[at].name = name
            // The column has the property's name, unless it has one of its own.
            return Change(title: "\(model).\(old) is \(name)", renames: ["\(model).\(old)": "\(model).\(name)"])
        case 8, 9:
            guard let at = somePlace(index) else { return nil }
            var changed = newProperty()
            changed.name = models[index].properties[at].name
            models[index].properties[at] = changed
            return Change(title: "another type of \(model).\(changed.name)")
        case 10, 11:
            guard let at = somePlace(index) else { return nil }
            let title = toggle(index, at)
            return Change(title: "\(title) of \(model).\(models[index].properties[at].name)")
        case 12, 13: return addRelation(index, [.belongsTo, .hasMany, .hasOne])
        case 14: return addRelation(index, [.hasAndBelongsToMany, .hasManyThrough])
        case 15: return addRelation(index, [.referencesMany, .embedsOne, .embedsMany])
        case 16: return addPolymorphicPair(index)
        case 17, 18, 19, 20: return changeKind(index)
        case 21: return renameKey(index)
        default: return removeRelation(index)
        }
    }
}
