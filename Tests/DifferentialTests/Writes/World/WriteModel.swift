// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A record as the naive model has it: every property, with null for NULL.
typealias WriteRow = [String: JSONValue]

/// A model of a random schema for writes, with its table.
struct WriteModel: Sendable {
    struct Property: Sendable {
        enum Kind: String { case int, text, bool, ints, jsonInts, textInts, json }

        let name: String
        let kind: Kind
        /// The definition's default, and the table's.
        var modelDefault: JSONValue?
        var databaseDefault: JSONValue?
        var isRequired = false
        var isNotNull = false

        var sql: String {
            switch kind {
            case .int: "int"
            case .text, .textInts: "text"
            case .bool: "boolean"
            case .ints: "int[]"
            case .jsonInts, .json: "jsonb"
            }
        }

        var json: JSONValue {
            switch kind {
            case .int: "number"
            case .text: "string"
            case .bool: "boolean"
            case .ints, .jsonInts, .textInts: ["number"]
            case .json: "any"
            }
        }
    }

    let name: String
    var properties: [Property] = []
    var key: [String] = []
    /// Whether the database makes the key.
    var isGenerated = false
    var unique: [[String]] = []
    var foreignKeys: [(columns: [String], target: Int, targetColumns: [String])] = []
    /// The default scope: the value that a property of visible records has.
    var scope: (property: String, value: JSONValue)?
    /// The property that counts changes.
    var version: String?
    /// The property that says that a record was deleted.
    var softDelete: String?
    var relations: [WriteRelation] = []
    /// Whether its rows only link others.
    var isLink = false

    func property(_ name: String) -> Property? { properties.first { $0.name == name } }
}

/// A relation of a random schema for writes.
struct WriteRelation: Sendable {
    struct Link: Sendable {
        let model: Int
        let sourceKey: [String]
        let targetKey: [String]
        /// Whether a unique index keeps links from being there twice.
        let isUnique: Bool
    }

    let name: String
    let kind: RelationKind
    let source: Int
    let target: Int
    var sourceKey: [String] = []
    var targetKey: [String] = []
    var link: Link?
    /// The property of the type, of the target or of the link; the type's name.
    var discriminator: String?
    var typeName = ""
    /// What is copied, and whether from the target to the record.
    var copies: [RelationDefinition.Copy] = []
    var isInverted = false
    var linkCopies: [RelationDefinition.Copy] = []
    /// Whether copies are kept right.
    var isSynced = false
    /// The relation's scope: the value that a property of its targets has.
    var scope: (property: String, value: JSONValue)?
    /// The property of a list of keys or of embedded records.
    var list: String?

    var isToMany: Bool { kind != .belongsTo && kind != .hasOne && kind != .embedsOne }
    /// Whether its targets have tables of their own.
    var isStored: Bool { kind != .embedsMany && kind != .embedsOne }
}
