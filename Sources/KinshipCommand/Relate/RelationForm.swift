// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A kind of relation as a dialogue offers it.
enum RelationForm: CaseIterable {
    case belongsTo, hasMany, hasOne, hasManyThrough, hasAndBelongsToMany, referencesMany, embedsOne, embedsMany
    case belongsToSeveral, hasManyPolymorphic, hasOnePolymorphic, hasManyThroughPolymorphic, hasManyThroughInverted

    /// The kind.
    var kind: RelationKind {
        switch self {
        case .belongsTo, .belongsToSeveral: .belongsTo
        case .hasMany, .hasManyPolymorphic: .hasMany
        case .hasOne, .hasOnePolymorphic: .hasOne
        case .hasManyThrough, .hasManyThroughPolymorphic, .hasManyThroughInverted: .hasManyThrough
        case .hasAndBelongsToMany: .hasAndBelongsToMany
        case .referencesMany: .referencesMany
        case .embedsOne: .embedsOne
        case .embedsMany: .embedsMany
        }
    }

    /// Whether models of several types are at one end.
    var isPolymorphic: Bool {
        switch self {
        case .belongsToSeveral, .hasManyPolymorphic, .hasOnePolymorphic, .hasManyThroughPolymorphic,
            .hasManyThroughInverted:
            true
        default: false
        }
    }

    /// What it is called.
    var title: String {
        switch self {
        case .belongsToSeveral: "belongsTo, polymorphic"
        case .hasManyPolymorphic: "hasMany, polymorphic"
        case .hasOnePolymorphic: "hasOne, polymorphic"
        case .hasManyThroughPolymorphic: "hasManyThrough, polymorphic"
        case .hasManyThroughInverted: "hasManyThrough, polymorphic, inverted"
        default: kind.rawValue
        }
    }

    /// A sentence and a small picture, of a model that gets the relation.
    func explanation(of source: String) -> [String] {
        let key = (source.first?.lowercased() ?? "") + source.dropFirst() + "Id"
        switch self {
        case .belongsTo:
            return ["Each \(source) has the key of one Other.", "[\(source) otherId] ---> [Other id]"]
        case .hasMany:
            return ["Each Other has the key of a \(source), which has many.", "[\(source) id] <---* [Other \(key)]"]
        case .hasOne:
            return ["One Other has the key of a \(source).", "[\(source) id] <---1 [Other \(key)]"]
        case .hasManyThrough:
            return [
                "Links of a model of their own have the keys of both.",
                "[\(source) id] <---* [Link \(key), otherId] *---> [Other id]",
            ]
        case .hasAndBelongsToMany:
            return [
                "The same, with a link model that nobody needs to define.",
                "[\(source) id] <---* [\(source)Other] *---> [Other id]",
            ]
        case .referencesMany:
            return ["Each \(source) has a list of keys.", "[\(source) otherIds: 3, 7, 9] ---> [Other id]"]
        case .embedsOne:
            return ["One Other is kept inside each \(source), as JSON.", "[\(source) {Other}]"]
        case .embedsMany:
            return ["Several are kept inside each \(source), as JSON.", "[\(source) {Other} {Other} {Other}]"]
        case .belongsToSeveral:
            return [
                "The key goes with the name of a model: each \(source) leads to a record of any.",
                "[\(source) thingId, thingType] ---> [Other id] or [Another id]",
            ]
        case .hasManyPolymorphic:
            return [
                "Others lead to a \(source) by key and type, or to other models.",
                "[\(source) id] <---* [Other thingId, thingType = \(source)]",
            ]
        case .hasOnePolymorphic:
            return [
                "One Other leads to a \(source) by key and type.",
                "[\(source) id] <---1 [Other thingId, thingType = \(source)]",
            ]
        case .hasManyThroughPolymorphic:
            return [
                "Links lead to a \(source) by key and type, and to the Other by its key.",
                "[\(source) id] <---* [Link thingId, thingType, otherId] *---> [Other id]",
            ]
        case .hasManyThroughInverted:
            return [
                "Links have the key of a \(source), and lead to the Other by key and type.",
                "[\(source) id] <---* [Link \(key), thingId, thingType] *---> [Other id]",
            ]
        }
    }
}
