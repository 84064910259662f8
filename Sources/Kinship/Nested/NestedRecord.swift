// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A record of a whole graph: its own data, and what is to become of its related records.
struct NestedRecord: Sendable {
    /// Its own properties, as an object.
    var data: JSONValue
    /// Its relations, in the order of the data.
    var relations: [NestedRelation] = []
    /// Properties of the link to it, where a many-to-many relation leads here.
    var link: JSONValue?
    /// Its place in the data.
    let path: String
    /// The record as it was read, where it is known.
    var known: JSONValue?
    /// Whether it is changed itself, not only what belongs to it.
    var changesItself = true
    /// What other places of the data call it.
    var label: String?
    /// Its number in the graph; nil where nothing of the graph is named by others.
    var number: Int?
    /// Relations whose keys, in its data, are those of other new records of the graph, with their numbers.
    var given: [(relation: Relation, number: Int)] = []

    /// The value of a member of its own.
    subscript(name: String) -> JSONValue? { data[name] }

    /// The same without the key.
    func withoutKey(of model: Model) -> NestedRecord {
        let keys = model.primaryKey.map { model.properties[$0].name }
        var record = self
        record.data = .object((data.members ?? []).filter { !keys.contains($0.key) })
        return record
    }

    /// The key of a record of which nothing itself is to be changed; nil for others.
    func unchangedKey(of model: Model) -> JSONValue? {
        changesItself ? nil : known.flatMap { model.keyJSON($0) }
    }
}

/// What is to become of what a relation leads to.
struct NestedRelation: Sendable {
    /// The relation.
    let relation: Relation
    /// The model that it leads to; nil where the relation says it.
    var target: Model?
    /// Its place in the data.
    let path: String
    /// Records to make.
    var create: [NestedRecord] = []
    /// Records that are there, to be linked.
    var connect: [Target] = []
    /// Records to be linked, made where there are none.
    var connectOrCreate: [(where: JSONValue, create: NestedRecord)] = []
    /// Records that are linked no more.
    var disconnect: [Target] = []
    /// The records that are linked from now on, no others.
    var set: [JSONValue]?
    /// Records to be changed.
    var update: [NestedRecord] = []
    /// Records to be changed, made where there are none.
    var upsert: [NestedRecord] = []
    /// Records to be deleted.
    var delete: [Target] = []
    /// The keys of records to be deleted that somebody else may have deleted meanwhile.
    var mayBeGone: Set<String> = []

    /// A record that is there.
    enum Target: Sendable {
        /// That of a to-one relation.
        case only
        /// The one with a key, and properties of the link to it, at a place.
        case key(JSONValue, link: JSONValue?, path: String)
        /// The one that has a name in the data, at a place.
        case named(String, link: JSONValue?, path: String)
        /// The one that the graph itself makes or changes, by its number; with the key that means it, where a key does.
        case new(Int, link: JSONValue?, key: JSONValue?, path: String)

        /// Its place; nil where it is that of the relation.
        var path: String? {
            switch self {
            case .only: nil
            case .key(_, _, let path), .named(_, _, let path), .new(_, _, _, let path): path
            }
        }
    }

    /// Whether nothing is asked for.
    var isEmpty: Bool { isNew && create.isEmpty && connect.isEmpty && connectOrCreate.isEmpty }

    /// Whether nothing but new records and new links are asked for.
    var isNew: Bool { disconnect.isEmpty && set == nil && update.isEmpty && upsert.isEmpty && delete.isEmpty }
}
