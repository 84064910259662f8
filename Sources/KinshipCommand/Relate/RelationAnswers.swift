// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A relation as somebody asks for it: what is nil or empty has not been said.
struct RelationAnswers {
    /// The model that gets the relation.
    var source = ""
    var kind = RelationKind.belongsTo
    /// The model it leads to; nil for a polymorphic belongsTo.
    var target: String?
    var name: String?
    var foreignKey: [String] = []
    /// The column of the key, where that isn't the key's name in lower case.
    var column: String?
    var primaryKey: [String] = []
    var through: String?
    /// Whether nobody describes the links: ``through`` then says what their model and its table are called.
    var linksAreMade = false
    var keyThrough: [String] = []
    /// What key and discriminator of a polymorphic relation are called after.
    var polymorphic: String?
    /// Whether it is the reverse side of a polymorphic relation through links.
    var inverts = false
    /// Where embedded records are kept.
    var property: String?
    var scope: JSONValue?
    var properties: JSONValue?
    var nestsRemoting = false
    var disablesInclude = false
    /// The name of the relation back; nil for none.
    var inverse: String?
    /// Whether the relation back of a belongsTo leads to one record.
    var inverseIsOne = false

    /// Whether the model itself has the key.
    var holdsKey: Bool { kind == .belongsTo || kind == .referencesMany }

    /// Whether records of the target are kept inside those of the source.
    var embeds: Bool { kind == .embedsOne || kind == .embedsMany }

    /// The relation as a model file has it.
    var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ key: String, _ value: JSONValue?) {
            if let value { members.append(.init(key, value)) }
        }
        func add(_ key: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            add(key, names.count == 1 ? .string(names[0]) : .array(names.map { .string($0) }))
        }
        add("type", .string(kind.written))
        add("model", target.map { .string($0) })
        add(linksAreMade ? "throughTable" : "through", through.map { .string($0) })
        add("polymorphic", polymorphic.map { $0 == name ? .bool(true) : .string($0) })
        if inverts { add("invert", .bool(true)) }
        add("foreignKey", foreignKey)
        add("keyThrough", keyThrough)
        add("primaryKey", primaryKey)
        add("property", property.map { .string($0) })
        add("scope", scope)
        add("properties", properties)
        var options: [JSONValue.Member] = []
        if nestsRemoting { options.append(.init("nestRemoting", .bool(true))) }
        if disablesInclude { options.append(.init("disableInclude", .bool(true))) }
        if !options.isEmpty { add("options", .object(options)) }
        return .object(members)
    }
}
