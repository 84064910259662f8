// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a new link is made of: the data given with it, and what the relation says of it, which data can only repeat (D24).
struct LinkData {
    private let model: Model
    private let place: String
    private var members: [JSONValue.Member]

    /// - Parameter place: where the data are.
    init(_ data: JSONValue?, of model: Model, at place: String) {
        self.model = model
        self.place = place
        members = data?.members ?? []
    }

    /// All of it.
    var json: JSONValue { .object(members) }

    /// Says a key, or the type that it is of.
    ///
    /// - Throws: ``PlannerError`` `KEY_OVERRIDE` where the data say another one.
    mutating func set(_ property: Property.ID, key value: JSONValue) throws(PlannerError) {
        let name = model.properties[property].name
        for member in members where member.key == name {
            guard member.value == value || member.value.text == value.description else {
                throw PlannerError(
                    .keyOverride, "The relation says what \(model.name).\(name) is; leave it out, or give the same.",
                    path: place.isEmpty ? name : "\(place).\(name)", model: model.name, property: name)
            }
        }
        copy(name, value)
    }

    /// Says what is copied, whatever the data say.
    mutating func copy(_ name: String, _ value: JSONValue) {
        members.removeAll { $0.key == name }
        members.append(.init(name, value))
    }
}
