// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What the evaluator knows about a table: written by hand, so that it shares nothing with the schema under test.
struct TableSpec: Sendable {
    /// What a column holds.
    indirect enum Kind: Sendable, Equatable {
        case int2, int4, int8, numeric, float8, text, bool, timestamptz, date, uuid, jsonb, point
        case list(Kind)
    }

    struct Column: Sendable {
        let name: String
        let kind: Kind
        var isHidden = false
    }

    struct Relation: Sendable {
        let name: String
        let target: String
        let isToMany: Bool
        /// Columns that are equal: this table's and the target's, or both of the link's.
        let here: String
        let there: String
        /// The link's table, its column for this table's key and for the target's.
        var link: (table: String, here: String, there: String)?
        /// The `where` of the relation's own scope.
        var scope: JSONValue = .null
    }

    let model: String
    let table: String
    let columns: [Column]
    var relations: [Relation] = []
    /// The `where` of the default scope.
    var defaultScope: JSONValue = .null

    func position(of name: String) -> Int? { columns.firstIndex { Array($0.name.utf8) == Array(name.utf8) } }
}

extension TableSpec {
    static let all = [thing, owner, part, tag, thingTag]

    static let thing = TableSpec(
        model: "Thing", table: "thing",
        columns: [
            Column(name: "id", kind: .int4), Column(name: "small", kind: .int2), Column(name: "whole", kind: .int4),
            Column(name: "other", kind: .int4), Column(name: "big", kind: .int8),
            Column(name: "amount", kind: .numeric),
            Column(name: "ratio", kind: .float8), Column(name: "name", kind: .text), Column(name: "nick", kind: .text),
            Column(name: "flag", kind: .bool), Column(name: "at", kind: .timestamptz), Column(name: "day", kind: .date),
            Column(name: "code", kind: .uuid), Column(name: "doc", kind: .jsonb),
            Column(name: "words", kind: .list(.text)), Column(name: "numbers", kind: .list(.int4)),
            Column(name: "place", kind: .point), Column(name: "ownerid", kind: .int4),
            Column(name: "secret", kind: .text, isHidden: true),
        ],
        relations: [
            Relation(name: "owner", target: "Owner", isToMany: false, here: "ownerid", there: "id"),
            Relation(name: "parts", target: "Part", isToMany: true, here: "id", there: "thingid"),
            Relation(
                name: "bigParts", target: "Part", isToMany: true, here: "id", there: "thingid",
                scope: ["qty": ["gt": 5]]),
            Relation(
                name: "tags", target: "Tag", isToMany: true, here: "id", there: "id",
                link: (table: "thingtag", here: "thingid", there: "tagid")),
        ])

    static let owner = TableSpec(
        model: "Owner", table: "owner",
        columns: [
            Column(name: "id", kind: .int4), Column(name: "name", kind: .text), Column(name: "score", kind: .int4),
        ],
        relations: [Relation(name: "things", target: "Thing", isToMany: true, here: "id", there: "ownerid")])

    static let part = TableSpec(
        model: "Part", table: "part",
        columns: [
            Column(name: "id", kind: .int4), Column(name: "thingid", kind: .int4), Column(name: "label", kind: .text),
            Column(name: "qty", kind: .int4), Column(name: "price", kind: .numeric),
        ],
        relations: [Relation(name: "thing", target: "Thing", isToMany: false, here: "thingid", there: "id")])

    static let tag = TableSpec(
        model: "Tag", table: "tag",
        columns: [
            Column(name: "id", kind: .int4), Column(name: "label", kind: .text), Column(name: "active", kind: .bool),
        ],
        defaultScope: ["active": true])

    static let thingTag = TableSpec(
        model: "ThingTag", table: "thingtag",
        columns: [
            Column(name: "id", kind: .int4), Column(name: "thingid", kind: .int4), Column(name: "tagid", kind: .int4),
        ])
}
