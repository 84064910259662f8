// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A relation of several records of a graph that are there.
struct NestedLevel: Sendable {
    let relation: Relation
    /// The model that has the relation.
    let model: Model
    /// The model that it leads to; nil where it is to refer to nothing, of several models.
    let target: Model?
    /// The records.
    let parents: [NestedParent]

    /// The rows that say what is related to what: links, or those that have the key.
    func carrier(in schema: Schema) -> Model? {
        relation.through.map { schema[$0.model] } ?? (relation.hasOwnKey ? model : target)
    }
}

/// A record that is there, and what it is to one of the records of a level.
struct NestedLink: Sendable {
    /// The position of the record that has the relation.
    let parent: Int
    /// Its key; nil for that of a to-one relation.
    let key: JSONValue?
    /// What the link to it has.
    var link: JSONValue?
    /// Its place in the data.
    let place: String
    /// Whether somebody else may have deleted it meanwhile.
    var mayBeGone = false
}

/// The records that a relation of one of the records of a level is to lead to.
struct NestedSet: Sendable {
    /// The position of the record that has the relation.
    let parent: Int
    /// Their keys.
    let keys: [JSONValue]
    /// Its place in the data.
    let place: String
}
