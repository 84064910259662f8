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
    }

    private(set) var models: [ModelDefinition]
    private(set) var random: SeededRandom
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

    /// Makes a change.
    mutating func step() -> Change {
        while true {
            if let change = attempt() { return change }
        }
    }

    private mutating func next(_ prefix: String) -> String {
        count += 1
        return "\(prefix)\(count)"
    }

    private mutating func attempt() -> Change? {
        let index = random.number(0...(models.count - 1))
        let model = models[index].name
        switch random.number(0...13) {
        case 0:
            guard models.count < 6 else { return nil }
            let name = random.pick([next("Thing"), next("Odd \"name\" "), next("Ärger")])
            models.append(ModelDefinition(name, properties: [.id(), newProperty()]))
            return Change(title: "model \(name)")
        case 1:
            guard models.count > 2, !isTarget(model) else { return nil }
            models.remove(at: index)
            return Change(title: "no model \(model)")
        case 2:
            let name = next("Renamed")
            models[index].name = name
            for other in models.indices { retarget(other, from: model, to: name) }
            return Change(title: "\(model) is \(name)", renames: [model: name])
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
        case 8:
            guard let at = somePlace(index) else { return nil }
            var changed = newProperty()
            changed.name = models[index].properties[at].name
            models[index].properties[at] = changed
            return Change(title: "another type of \(model).\(changed.name)")
        case 9, 10:
            guard let at = somePlace(index) else { return nil }
            let title = toggle(index, at)
            return Change(title: "\(title) of \(model).\(models[index].properties[at].name)")
        case 11, 12:
            guard models[index].relations.count < 3 else { return nil }
            let target = random.pick(models.map(\.name))
            let (name, key) = (next("link"), next("key"))
            let one = RelationDefinition.belongsTo(name, target, foreignKey: key)
            models[index].relations.append(
                random.pick(
                    [.hasMany(name, target, foreignKey: key), .hasOne(name, target, foreignKey: key), one], one))
            return Change(title: "\(model).\(name) to \(target)")
        default:
            guard !models[index].relations.isEmpty else { return nil }
            let at = random.number(0...(models[index].relations.count - 1))
            let old = models[index].relations.remove(at: at)
            return Change(title: "no \(model).\(old.name)")
        }
    }

    // MARK: Properties

    private mutating func newProperty() -> PropertyDefinition {
        let name = next("p")
        var property = random.pick(
            [
                .string(name), PropertyDefinition(name, .string, length: 20), .number(name),
                .number(name, dataType: "numeric(12,2)"), .number(name, dataType: "bigint"), .date(name),
                PropertyDefinition(name, .boolean), PropertyDefinition(name, .object),
            ], .string(name))
        property.isIndexed = random.once(in: 5) && property.kind != .object
        property.isRequired = random.once(in: 5)
        if property.isRequired || random.once(in: 4) {
            switch property.kind {
            case .string: property.defaultValue = .string(random.pick(["it's \\ ok", "", "null"]))
            case .number: property.defaultValue = .number(random.pick(["7", "-1"]))
            case .boolean: property.defaultValue = .bool(true)
            default: break
            }
        }
        return property
    }

    private mutating func toggle(_ index: Int, _ at: Int) -> String {
        let kind = models[index].properties[at].kind
        switch random.number(0...3) {
        case 0:
            models[index].properties[at].isRequired.toggle()
            return "required"
        case 1 where kind != .object && kind != .boolean:
            models[index].properties[at].isUnique.toggle()
            return "unique"
        case 2 where kind == .string:
            let value = models[index].properties[at].defaultValue
            models[index].properties[at].defaultValue = value == nil ? .some(.string("new")) : .none
            return "default"
        default:
            guard kind != .object else {
                models[index].properties[at].isRequired.toggle()
                return "required"
            }
            models[index].properties[at].isIndexed.toggle()
            return "index"
        }
    }

    /// A property that is no key.
    private mutating func somePlace(_ index: Int) -> Int? {
        let places = models[index].properties.indices.filter { models[index].properties[$0].keyPosition == nil }
        guard let first = places.first else { return nil }
        return random.pick(places, first)
    }

    // MARK: Relations

    private func isTarget(_ name: String) -> Bool {
        models.contains { $0.name != name && $0.relations.contains { $0.model == name } }
    }

    private mutating func retarget(_ index: Int, from old: String, to new: String) {
        for at in models[index].relations.indices where models[index].relations[at].model == old {
            models[index].relations[at].model = new
        }
    }
}
