// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipMigration
import TestSupport

extension ModelWalk {
    mutating func newProperty() -> PropertyDefinition {
        let name = next("p")
        var property = random.pick(
            [
                .string(name), PropertyDefinition(name, .string, length: 20), .string(name, dataType: "uuid"),
                .number(name), .number(name, dataType: "numeric(12,2)"), .number(name, dataType: "bigint"),
                .number(name, dataType: "double precision"), .date(name), .date(name, dataType: "date"),
                PropertyDefinition(name, .boolean), PropertyDefinition(name, .object),
                PropertyDefinition(name, .buffer),
                PropertyDefinition(name, .geopoint), PropertyDefinition(name, .array(of: .number)),
                PropertyDefinition(name, .array(of: .string), dataType: "text[]"),
            ], .string(name))
        property.isIndexed = random.once(in: 5) && Self.isOrdered(property)
        property.isRequired = random.once(in: 5)
        if property.isRequired || random.once(in: 4) {
            switch property.kind {
            case .string where property.dataType == nil:
                property.defaultValue = .string(random.pick(["it's \\ ok", "", "null"]))
            case .number: property.defaultValue = .number(random.pick(["7", "-1"]))
            case .boolean: property.defaultValue = .bool(true)
            default: break
            }
        }
        return property
    }

    mutating func toggle(_ index: Int, _ at: Int) -> String {
        let property = models[index].properties[at]
        switch random.number(0...3) {
        case 0: break
        case 1 where Self.isOrdered(property) && property.kind != .boolean:
            models[index].properties[at].isUnique.toggle()
            return "unique"
        case 2 where property.kind == .string && property.dataType == nil:
            models[index].properties[at].defaultValue = property.defaultValue == nil ? .some(.string("new")) : .none
            return "default"
        default:
            guard Self.isOrdered(property) else { break }
            models[index].properties[at].isIndexed.toggle()
            return "index"
        }
        models[index].properties[at].isRequired.toggle()
        return "required"
    }

    /// A property that is no key.
    mutating func somePlace(_ index: Int) -> Int? {
        let places = models[index].properties.indices.filter { models[index].properties[$0].keyPosition == nil }
        guard let first = places.first else { return nil }
        return random.pick(places, first)
    }

    /// Whether a `btree` takes its values.
    private static func isOrdered(_ property: PropertyDefinition) -> Bool {
        switch property.kind {
        case .string, .number, .boolean, .date: true
        default: false
        }
    }
}
